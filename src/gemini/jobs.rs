//! The calls that start, read, cancel and list jobs.

use reqwest::Method;

use super::call::{Api, Call, Holds, Repeat};
use super::error::ApiError;
use super::job::Job;
use super::job_id::{JobId, JobKind};
use super::new_job::NewJob;
use super::paging::{Next, Walk};
use crate::json::{self, Node};

impl Api {
    /// Starts a job. Sent once: each success starts another, which costs.
    ///
    /// # Errors
    /// [`ApiError`], after which [`ApiError::may_have_happened`] says whether a job may be running.
    pub async fn submit(&self, new: &NewJob) -> Result<Job, ApiError> {
        let verb = |verb: &str| format!("{}:{verb}", new.model);
        let url = match new.kind {
            JobKind::Interaction => self.url(&["interactions"], &[]),
            JobKind::Batch => self.url(&["models", &verb("batchGenerateContent")], &[]),
            JobKind::Video => self.url(&["models", &verb("predictLongRunning")], &[]),
        };
        let call = Call {
            method: Method::POST,
            url,
            body: Some(new.body.clone()),
            repeat: Repeat::Once,
            holds: Holds::NoSecret,
        };
        Job::read(new.kind, None, &self.send(&call).await?).map_err(ApiError::unexpected)
    }

    /// A job as it is now.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn job(&self, id: &JobId) -> Result<Job, ApiError> {
        let call = Call::read(self.url(&id.path(), &[]));
        Job::read(id.kind(), Some(id), &self.send(&call).await?).map_err(ApiError::unexpected)
    }

    /// Asks for the end of a job; it may take a while. Asking again changes nothing.
    ///
    /// For a video operation this is the verb that long-running operations have elsewhere at Google; whether
    /// this API has it is not documented.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn cancel_job(&self, id: &JobId) -> Result<(), ApiError> {
        let mut path = id.path();
        let verb = format!("{}:cancel", path.last().copied().unwrap_or_default());
        match id.kind() {
            JobKind::Interaction => path.push("cancel"),
            JobKind::Batch | JobKind::Video => {
                path.pop();
                path.push(&verb);
            }
        }
        let call = Call { method: Method::POST, ..Call::read(self.url(&path, &[])) };
        self.send(&call).await.map(drop)
    }

    /// The batches of the project, page by page: the only jobs that the API lists.
    pub fn batches(&self, size: Option<u32>) -> Batches<'_> {
        Batches { api: self, size, walk: Walk::new(), unreadable: 0 }
    }
}

/// A list that is read page by page.
pub struct Batches<'a> {
    api: &'a Api,
    size: Option<u32>,
    walk: Walk,
    unreadable: usize,
}

impl Batches<'_> {
    /// How many batches so far have no id that can be read. They are on no page: nothing can be done with them.
    pub fn unreadable(&self) -> usize {
        self.unreadable
    }

    /// The batches of the next page, or nothing after the last.
    ///
    /// # Errors
    /// [`ApiError`]; also where the service sends a page token again, which would never end.
    pub async fn next(&mut self) -> Result<Option<Vec<Job>>, ApiError> {
        let next = self.walk.step();
        if matches!(next, Next::End) {
            return Ok(None);
        }
        let size = self.size.map(|size| size.to_string());
        let mut query: Vec<(&str, &str)> = Vec::new();
        query.extend(size.as_deref().map(|size| ("pageSize", size)));
        query.extend(next.token().map(|token| ("pageToken", token)));
        let answer = self.api.send(&Call::read(self.api.url(&["batches"], &query))).await?;
        let tree =
            json::parse(&answer).map_err(|_| ApiError::unexpected("it is no JSON that can be read"))?;
        let list = match tree.get("operations").or_else(|| tree.get("batches")) {
            Some(Node::Array(list)) => list.as_slice(),
            _ => &[],
        };
        let jobs: Vec<Job> =
            list.iter().filter_map(|node| Job::of_node(JobKind::Batch, None, node).ok()).collect();
        self.unreadable += list.len() - jobs.len();
        self.walk.go_on(tree.get("nextPageToken").and_then(Node::as_str).as_deref())?;
        Ok(Some(jobs))
    }
}
