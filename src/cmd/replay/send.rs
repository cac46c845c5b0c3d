//! The sending itself: so many deliveries at once, in their order.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::Uri;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::Parcels;
use super::keys::Signers;
use super::parcel::Parcel;
use crate::cmd::sending::{Report, Sent};
use crate::deliver::{Answer, SendError, Sender, at_captured_path};
use crate::error::{Exit, Failure};
use crate::session::Session;
use crate::store::{Forward, Row, Sending};
use crate::ui::sanitize;

/// How long deliveries that are under way may take once a stop is asked for.
const GRACE: Duration = Duration::from_secs(1);
/// So many results are noted in one transaction, and none waits longer for it than this.
const PART: usize = 64;
const NOTED_EVERY: Duration = Duration::from_secs(1);

/// How deliveries are sent.
pub(super) struct Plan {
    pub(super) url: Uri,
    /// Whether each goes to the path it came to.
    pub(super) keeps_path: bool,
    /// Headers that are added or replaced.
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    /// Whether the original signature is sent.
    pub(super) is_original: bool,
    pub(super) concurrency: usize,
}

/// A delivery that is ready to go.
struct Ready {
    parcel: Parcel,
    url: Uri,
    headers: HeaderMap,
}

/// A delivery that has been sent.
struct Done {
    parcel: Parcel,
    url: Uri,
    began: jiff::Timestamp,
    latency: Duration,
    outcome: Result<Answer, SendError>,
}

/// Sends everything, or what can be sent until a stop is asked for, and says how it went.
pub(super) async fn send(
    plan: Plan,
    sender: Sender,
    mut parcels: Parcels,
    mut signers: Signers<'_>,
    mut report: Report,
    session: &Session,
) -> Result<Exit, Failure> {
    let mut notes = Notes::default();
    let sent = send_all(&plan, sender, &mut parcels, &mut signers, (&mut report, &mut notes), session).await;
    // Whatever ended it, what has been sent has been sent.
    notes.write(&parcels, session);
    report.finish(sent?)
}

/// Sends, and answers whether a stop was asked for.
async fn send_all(
    plan: &Plan,
    sender: Sender,
    parcels: &mut Parcels,
    signers: &mut Signers<'_>,
    (report, notes): (&mut Report, &mut Notes),
    session: &Session,
) -> Result<bool, Failure> {
    let sender = Arc::new(sender);
    let mut under_way = JoinSet::new();
    let mut noted_at = Instant::now();
    let mut stopped = pin!(session.shutdown.requested());
    let mut interrupted = false;
    let mut grace = pin!(sleep(Duration::MAX));
    loop {
        while !interrupted && under_way.len() < plan.concurrency {
            let Some(parcel) = parcels.take()? else { break };
            let ready = prepare(plan, parcel, signers, session)?;
            under_way.spawn(post(sender.clone(), ready, session.timestamp()));
        }
        tokio::select! {
            done = under_way.join_next() => match done {
                None => break,
                Some(Ok(done)) => {
                    notes.add(&done);
                    record(report, done)?;
                }
                Some(Err(error)) => return Err(Failure::bug("a delivery was given up").because(error)),
            },
            () = &mut stopped, if !interrupted => {
                interrupted = true;
                grace.as_mut().reset(Instant::now() + GRACE);
            }
            () = &mut grace, if interrupted => break,
        }
        if notes.0.len() >= PART || noted_at.elapsed() >= NOTED_EVERY {
            notes.write(parcels, session);
            noted_at = Instant::now();
        }
    }
    Ok(interrupted)
}

fn prepare(
    plan: &Plan,
    parcel: Parcel,
    signers: &mut Signers<'_>,
    session: &Session,
) -> Result<Ready, Failure> {
    let url = match plan.keeps_path {
        true => at_captured_path(&plan.url, &parcel.path),
        false => plan.url.clone(),
    };
    let headers = if plan.is_original {
        parcel.original_headers(&url, &plan.headers)
    } else {
        let signer = signers.of(parcel.scheme(), parcel.key_name.as_deref())?;
        parcel.signed_headers(&url, &plan.headers, &signer, session.now())?
    };
    Ok(Ready { parcel, url, headers })
}

async fn post(sender: Arc<Sender>, ready: Ready, began: jiff::Timestamp) -> Done {
    let Ready { parcel, url, headers } = ready;
    let start = Instant::now();
    let outcome = sender.post(&url, headers, parcel.body.clone()).await;
    Done { parcel, url, began, latency: start.elapsed(), outcome }
}

fn record(report: &mut Report, done: Done) -> Result<(), Failure> {
    let Done { parcel, url, latency, outcome, .. } = done;
    let id = parcel.id().unwrap_or_else(|| "(no id)".to_owned());
    let event_type = parcel.event_type();
    let sent = Sent {
        id: &id,
        event_type: event_type.as_deref(),
        url: &url,
        body_size: parcel.body.len(),
        attempt: 1,
        latency,
    };
    report.record(sent, outcome)
}

/// What came of deliveries, to be noted with them.
#[derive(Default)]
struct Notes(Vec<(Row, Forward)>);

impl Notes {
    fn add(&mut self, done: &Done) {
        let Some(row) = done.parcel.row else { return };
        let (answer, error) = (done.outcome.as_ref().ok(), done.outcome.as_ref().err());
        let status = answer.map(|answer| answer.status).or_else(|| error.and_then(SendError::status));
        let forward = Forward {
            kind: Sending::Replay.name().to_owned(),
            sent_at: done.began,
            url: done.url.to_string(),
            status: status.map(|status| status.as_u16()),
            latency: done.latency,
            error: error.map(SendError::sentence),
            answer: answer.map(|answer| answer.body.to_vec()).unwrap_or_default(),
        };
        self.0.push((row, forward));
    }

    /// Writes them. A store that takes nothing is no reason not to send.
    fn write(&mut self, parcels: &Parcels, session: &Session) {
        let notes = std::mem::take(&mut self.0);
        let Some(store) = parcels.store().filter(|_| !notes.is_empty()) else { return };
        if let Err(error) = store.note(notes.iter().map(|(row, forward)| (*row, forward))) {
            let why = error.sentence();
            session.ui.warn(&format!("what came of the replay is not kept: {}", sanitize::text(&why)));
        }
    }
}
