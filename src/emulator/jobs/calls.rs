//! The calls that start, show and end jobs, and what happens at the end of one.

use std::convert::Infallible;

use bytes::Bytes;
use hyper::header::HeaderValue;
use serde_json::json;
use tokio::task::yield_now;
use tokio::time::Instant;

use super::body::{self, Pace, Submission};
use super::registry::Sequence;
use super::results::Wanted;
use super::view::Detail;
use super::{End, Job, Outcome, Task, event};
use crate::emulator::Emulator;
use crate::emulator::answer::Answer;
use crate::emulator::engine::Event;
use crate::emulator::error::ApiError;
use crate::emulator::files::{NewFile, Provenance};
use crate::emulator::registry::lower_case_id;
use crate::emulator::routes::{BatchCall, InteractionCall, ModelCall, OperationCall};
use crate::emulator::service::Request;
use crate::random::message_id;

/// How long the ids of jobs are.
const ID_LENGTH: usize = 24;
/// How many batches a page holds where the caller does not say, and at most.
const PAGE: usize = 50;
const MAX_PAGE: usize = 1_000;
/// After so many ends in a row, requests are looked at in between.
const ENDS_IN_A_ROW: usize = 32;
const JSON_LINES: HeaderValue = HeaderValue::from_static("application/jsonl");
const MP4: HeaderValue = HeaderValue::from_static("video/mp4");

impl Emulator {
    /// Does what a call of the interactions resource asks for.
    pub(in crate::emulator) fn interaction(
        &self,
        call: &InteractionCall,
        request: &Request<'_>,
    ) -> Result<Answer, ApiError> {
        match call {
            InteractionCall::Create => {
                let (submission, pace) = body::interaction(&request.body)?;
                let name = format!("v1_{}", lower_case_id(self.random.as_ref(), ID_LENGTH));
                match pace {
                    Pace::Background => self.submit(name, submission, request),
                    Pace::AtOnce => self.at_once(name, submission, request),
                }
            }
            InteractionCall::Get(_) if request.target.query(&["stream"]) == Some("true") => {
                Err(ApiError::invalid("The emulator does not stream: leave 'stream' out."))
            }
            InteractionCall::Get(id) => self.show(interaction_name(id)?),
            InteractionCall::Cancel(id) => {
                let name = interaction_name(id)?;
                self.cancel(name)?;
                self.show(name)
            }
            InteractionCall::Delete(id) => self.forget(interaction_name(id)?),
        }
    }

    /// Starts the job that a model is asked for.
    pub(in crate::emulator) fn model(
        &self,
        call: &ModelCall,
        request: &Request<'_>,
    ) -> Result<Answer, ApiError> {
        let id = lower_case_id(self.random.as_ref(), ID_LENGTH);
        let (model, wanted) = match call {
            ModelCall::Video(model) => {
                let submission = body::video(model, &request.body)?;
                return self.submit(format!("models/{model}/operations/{id}"), submission, request);
            }
            ModelCall::Batch(model) => (model, Wanted::Content),
            ModelCall::Embed(model) => (model, Wanted::Embeddings),
        };
        let file = |name: &str| self.files.content(name, self.clock.now());
        let submission = body::batch(model, wanted, &request.body, file)?;
        self.submit(format!("batches/{id}"), submission, request)
    }

    /// Does what a call about an operation asks for.
    pub(in crate::emulator) fn operation(&self, call: &OperationCall) -> Result<Answer, ApiError> {
        match call {
            OperationCall::Get(name) => self.show(name),
            OperationCall::Cancel(name) => self.cancel(name),
        }
    }

    /// Does what a call of the batches resource asks for.
    pub(in crate::emulator) fn batch(
        &self,
        call: &BatchCall,
        request: &Request<'_>,
    ) -> Result<Answer, ApiError> {
        match call {
            BatchCall::List => self.list_batches(request),
            BatchCall::Get(name) => self.show(name),
            BatchCall::Cancel(name) => self.cancel(name),
            BatchCall::Delete(name) => self.forget(name),
        }
    }

    /// How many jobs are under way.
    pub fn running_jobs(&self) -> usize {
        self.jobs.registry().running()
    }

    /// Ends jobs when their time has come. Jobs run only while this does.
    pub async fn run_jobs(&self) -> Infallible {
        let mut in_a_row = 0;
        loop {
            let sequence = self.jobs.next_due().await;
            self.end(sequence, None);
            in_a_row += 1;
            if in_a_row == ENDS_IN_A_ROW {
                in_a_row = 0;
                yield_now().await;
            }
        }
    }

    fn submit(
        &self,
        name: String,
        submission: Submission,
        request: &Request<'_>,
    ) -> Result<Answer, ApiError> {
        let job = self.new_job(name, submission, request);
        let note = format!("{} {}", job.kind(), job.name);
        let options = &self.options.jobs;
        let view = self.jobs.submit(job, options.delay, |job| job.view(options, Detail::Full))?;
        Ok(Answer::of(&view).noted(note))
    }

    /// An interaction that ends before it is answered. It tells nobody: whoever asked knows.
    fn at_once(
        &self,
        name: String,
        submission: Submission,
        request: &Request<'_>,
    ) -> Result<Answer, ApiError> {
        let mut job = self.new_job(name, submission, request);
        job.end = Some(self.planned_end(&job));
        let answer = Answer::of(&job.view(&self.options.jobs, Detail::Full));
        self.jobs.registry().add(job)?;
        Ok(answer)
    }

    fn new_job(&self, name: String, submission: Submission, request: &Request<'_>) -> Job {
        let Submission { model, task, config, plan } = submission;
        let (created, since) = (self.clock.now(), Instant::now());
        Job { name, model, task, config, plan, end: None, created, since, base: request.base() }
    }

    fn show(&self, name: &str) -> Result<Answer, ApiError> {
        Ok(Answer::of(&self.jobs.registry().get(name)?.view(&self.options.jobs, Detail::Full)))
    }

    fn forget(&self, name: &str) -> Result<Answer, ApiError> {
        self.jobs.registry().delete(name)?;
        Ok(Answer::empty())
    }

    /// Ends a job early; one that has ended stays as it is.
    fn cancel(&self, name: &str) -> Result<Answer, ApiError> {
        let sequence = self.jobs.registry().find(name)?;
        let is_cancelled = self.end(sequence, Some(Outcome::Cancelled));
        let answer = Answer::empty();
        Ok(if is_cancelled { answer } else { answer.noted("it has ended already: nothing is cancelled") })
    }

    fn list_batches(&self, request: &Request<'_>) -> Result<Answer, ApiError> {
        let (size, before) = request.page(PAGE, MAX_PAGE)?;
        let registry = self.jobs.registry();
        let page = registry.page(size, before, |job| matches!(job.task, Task::Batch(_)));
        let mut list = json!({});
        if !page.jobs.is_empty() {
            let options = &self.options.jobs;
            list["operations"] = page.jobs.iter().map(|job| job.view(options, Detail::Listed)).collect();
        }
        if let Some(next) = page.next {
            list["nextPageToken"] = json!(next.to_string());
        }
        Ok(Answer::of(&list))
    }

    /// How a job ends as planned, with its result in a file where it has one.
    fn planned_end(&self, job: &Job) -> End {
        let plan = &job.plan;
        let end =
            End { outcome: plan.outcome, at: self.clock.now(), file: None, reason: plan.reason.clone() };
        let id = job.id().trim_start_matches("v1_");
        let (id, content_type, content) = match &job.task {
            Task::Text { .. } => return end,
            _ if plan.outcome != Outcome::Succeeded => return end,
            Task::Video | Task::VideoInteraction => (id.to_owned(), MP4, self.video.clone()),
            Task::Batch(batch) => (format!("batch-{id}"), JSON_LINES, batch.results.clone()),
        };
        let file = NewFile {
            id: id.clone(),
            display_name: None,
            content_type,
            content,
            provenance: Provenance::Generated,
            base: job.base.clone(),
        };
        match self.files.add(file, end.at) {
            Ok(()) => End { file: Some(id), ..end },
            Err(error) => End { outcome: Outcome::Failed, reason: Some(error.message), ..end },
        }
    }

    /// Ends a job that is open, early where `early` says how, and tells of it; answers whether it did.
    fn end(&self, sequence: Sequence, early: Option<Outcome>) -> bool {
        let mut registry = self.jobs.registry();
        let Some(job) = registry.open(sequence) else { return false };
        let end = match early {
            Some(outcome) => End { outcome, at: self.clock.now(), file: None, reason: None },
            // Its time has come before, and it waits for an action since.
            None if job.end.is_some() => return false,
            None => self.planned_end(job),
        };
        let outcome = end.outcome;
        let Some(job) = registry.end(sequence, end) else { return false };
        let told = event::of(job, &self.options.jobs);
        let uris = job.config.as_ref().map(|config| config.uris.clone()).unwrap_or_default();
        let (name, kind) = (job.name.clone(), job.kind());
        drop(registry);
        let event_type = told.as_ref().map(|told| told.event_type);
        let is_heard = event_type.is_some_and(|name| !uris.is_empty() || self.engine.is_wanted(name));
        self.log.job(&name, (kind, outcome), event_type, is_heard);
        if let Some(told) = told {
            let event = Event {
                id: message_id(self.random.as_ref()),
                event_type: told.event_type.to_owned(),
                body: Bytes::from(told.body),
                job: Some(name),
            };
            match uris.as_slice() {
                [] => self.engine.emit(&event),
                uris => self.engine.emit_to(&event, uris),
            }
        }
        true
    }
}

/// The name of an interaction, whose id must not be another family's name.
fn interaction_name(id: &str) -> Result<&str, ApiError> {
    if id.contains('/') { Err(ApiError::not_found()) } else { Ok(id) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interaction_is_not_found_by_another_familys_name() {
        assert!(interaction_name("batches/1").is_err());
        assert_eq!(interaction_name("v1_a"), Ok("v1_a"));
    }
}
