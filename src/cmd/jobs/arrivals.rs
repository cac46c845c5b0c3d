//! Events about a job that a `gwh listen` of the profile has verified and kept, as they come.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Duration;

use crate::event::Event;
use crate::gemini::{JobId, candidates};
use crate::session::Session;
use crate::store::{Order, Query, Row, Store, StoreError, Summary};
use crate::ui::sanitize;

/// The pause between two looks at the store.
const PAUSE: Duration = Duration::from_millis(200);

/// What is kept from now on.
pub(super) struct Arrivals<'a> {
    session: &'a Session,
    folder: PathBuf,
    store: Option<Store>,
    /// What was kept up to here has been looked at.
    seen: Row,
    is_broken: bool,
}

impl<'a> Arrivals<'a> {
    /// Looks from what is kept last on: what came before is older than the first answer of the API. Where the
    /// environment does not say where data belongs, no listener keeps any.
    pub(super) fn from_now(session: &'a Session) -> Self {
        let folder = session.profile_folder().ok();
        let is_broken = folder.is_none();
        let folder = folder.unwrap_or_default();
        let mut arrivals = Arrivals { session, folder, store: None, seen: 0, is_broken };
        if is_broken {
            return arrivals;
        }
        match arrivals.open().and_then(|store| store.map_or(Ok(None), Store::last_row)) {
            Ok(row) => arrivals.seen = row.unwrap_or_default(),
            Err(error) => arrivals.give_up(&error),
        }
        arrivals
    }

    /// Waits until an event about the job has been kept.
    pub(super) async fn until_about(&mut self, id: &JobId) {
        while !self.is_broken {
            match self.look(id) {
                Ok(true) => return,
                Ok(false) => tokio::time::sleep(PAUSE).await,
                Err(error) => self.give_up(&error),
            }
        }
        // The API is asked all the same.
        std::future::pending().await
    }

    fn open(&mut self) -> Result<Option<&Store>, StoreError> {
        if self.store.is_none() {
            self.store = Store::open_existing(&self.folder)?;
        }
        Ok(self.store.as_ref())
    }

    /// Whether an event about the job is among what was kept since the last look.
    fn look(&mut self, id: &JobId) -> Result<bool, StoreError> {
        let after = Some(self.seen);
        let Some(store) = self.open()? else { return Ok(false) };
        let mut new: Vec<Summary> = Vec::new();
        let query = Query { after, valid: Some(true), order: Order::OldestFirst, ..Query::default() };
        store.each(&query, |summary| {
            new.push(summary);
            ControlFlow::Continue(())
        })?;
        let last = new.last().map(|summary| summary.row);
        let mut is_about = false;
        for summary in new {
            is_about |= store.load(summary)?.is_some_and(|stored| is_event_about(&stored.body, id));
        }
        self.seen = last.unwrap_or(self.seen);
        Ok(is_about)
    }

    fn give_up(&mut self, error: &StoreError) {
        self.is_broken = true;
        let why = sanitize::text(&error.to_string()).into_owned();
        self.session
            .ui
            .warn(&format!("cannot look for events that gwh listen keeps: {why}; asking the API alone"));
    }
}

/// Whether a body is an event about the job, in whatever form it names it.
fn is_event_about(body: &[u8], id: &JobId) -> bool {
    let Some(event) = Event::parse(body) else { return false };
    let is_its_end = |text: String| id.as_str().rsplit('/').next() == Some(text.as_str());
    candidates(&event).is_ok_and(|ids| ids.contains(id)) || event.job_id().is_some_and(is_its_end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_about_a_job_in_whatever_form_it_names_it() {
        let is_about = |job: &str, type_name: &str, id: &str| {
            let body = format!(r#"{{"type":"{type_name}","data":{{"id":"{id}"}}}}"#);
            is_event_about(body.as_bytes(), &JobId::parse(job).expect("an id"))
        };
        for id in ["batches/7", "7", "batch_7"] {
            assert!(is_about("batches/7", "batch.succeeded", id), "{id}");
        }
        assert!(is_about("v1_abc", "interaction.completed", "v1_abc"));
        assert!(is_about("models/veo/operations/op1", "video.generated", "op1"));
        assert!(!is_about("batches/7", "batch.succeeded", "batches/8"));
        assert!(!is_about("batches/7", "batch.succeeded", ""));
        assert!(!is_event_about(b"{}", &JobId::parse("v1_abc").expect("an id")));
    }
}
