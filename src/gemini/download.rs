//! Reading a file of the Files API bit by bit, from any place, across connections that break.

use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_RANGE, ETAG, HeaderMap, IF_RANGE, RANGE,
};
use reqwest::{Method, Response, StatusCode, Url};

use super::call::{Api, Holds, host};
use super::error::{ApiError, Cause};
use super::job_id::FileName;
use super::retry::Attempts;

/// A download takes as long as it takes: what is bounded is how long nothing comes.
const LONGEST: Duration = Duration::from_hours(7 * 24);

/// A file on its way. Where the connection breaks, the rest is asked for.
pub struct Download<'a> {
    api: &'a Api,
    url: Url,
    start: u64,
    at: u64,
    total: Option<u64>,
    etag: Option<String>,
    /// Whether an answer has said which file it is.
    is_begun: bool,
    response: Option<Response>,
    /// The attempts since anything came.
    attempts: Attempts,
    /// Bytes to leave out, where the service sends the file from its start once more.
    skip: u64,
}

impl Api {
    /// Begins to read a file at `from`; a service that does not send parts begins at the start, which
    /// [`Download::start`] tells.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn download(&self, file: &FileName, from: u64) -> Result<Download<'_>, ApiError> {
        let verb = format!("{}:download", file.id());
        let url = self.url(&["files", &verb], &[("alt", "media")]);
        let (start, at) = (from, from);
        let mut download = Download {
            api: self,
            url,
            start,
            at,
            total: None,
            etag: None,
            is_begun: false,
            response: None,
            attempts: Attempts::untimed(),
            skip: 0,
        };
        download.open().await?;
        if download.skip > 0 {
            (download.start, download.at, download.skip) = (0, 0, 0);
        }
        Ok(download)
    }
}

/// What the service did with a request for a part.
enum Opened {
    /// It sends from this place on.
    From(u64, Response),
    /// There is nothing after the place that was asked for.
    AtEnd,
    /// There is nothing at the place that was asked for, and what an earlier run has is no beginning of it.
    Nowhere,
}

impl Download<'_> {
    /// The place in the file of the first byte that [`Download::next`] answers.
    pub fn start(&self) -> u64 {
        self.start
    }

    /// How long the file is, where the service says so.
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// The next bytes, or nothing at the end of the file.
    ///
    /// # Errors
    /// [`ApiError`] where the rest cannot be had.
    pub async fn next(&mut self) -> Result<Option<Bytes>, ApiError> {
        loop {
            let Some(response) = &mut self.response else { return Ok(None) };
            let cause = match tokio::time::timeout(self.api.timeout(), response.chunk()).await {
                Err(_) => self.api.timed_out(&self.url),
                Ok(Err(error)) => self.api.cut_off(&error, &self.url),
                Ok(Ok(Some(mut bytes))) => {
                    let skipped = usize::try_from(self.skip).unwrap_or(usize::MAX).min(bytes.len());
                    let bytes = bytes.split_off(skipped);
                    self.skip -= skipped as u64;
                    if bytes.is_empty() {
                        continue;
                    }
                    self.at += bytes.len() as u64;
                    self.attempts = Attempts::untimed();
                    if self.total.is_some_and(|total| self.at > total) {
                        return Err(ApiError::unexpected("more bytes come than the file has"));
                    }
                    return Ok(Some(bytes));
                }
                Ok(Ok(None)) if self.total.is_none_or(|total| total <= self.at) => {
                    self.response = None;
                    return Ok(None);
                }
                // A service may send less than was asked for.
                Ok(Ok(None)) => {
                    Cause::CutOff { host: host(&self.url), why: "it ended before the file did".to_owned() }
                }
            };
            self.response = None;
            self.api.again(&mut self.attempts, cause).await?;
            self.open().await?;
        }
    }

    /// Asks for the file from the place that was reached, until it comes or trying again is of no use.
    async fn open(&mut self) -> Result<(), ApiError> {
        let mut attempts = Attempts::timed();
        loop {
            match self.ask().await {
                Ok(Opened::From(place, response)) => {
                    self.skip = self.at - place;
                    self.response = Some(response);
                    return Ok(());
                }
                Ok(Opened::AtEnd) => return Ok(()),
                Ok(Opened::Nowhere) => (self.start, self.at) = (0, 0),
                Err(cause) => self.api.again(&mut attempts, cause).await?,
            }
        }
    }

    async fn ask(&mut self) -> Result<Opened, Cause> {
        let mut request = self
            .api
            .request(Method::GET, &self.url)
            .header(ACCEPT, "*/*")
            // Places in a compressed file would not be places in the file.
            .header(ACCEPT_ENCODING, "identity")
            .timeout(LONGEST);
        if self.at > 0 {
            request = request.header(RANGE, format!("bytes={}-", self.at));
            if let Some(etag) = &self.etag {
                request = request.header(IF_RANGE, etag);
            }
        }
        let response = tokio::time::timeout(self.api.timeout(), self.api.begin(request, &self.url))
            .await
            .unwrap_or_else(|_| Err(self.api.timed_out(&self.url)))?;
        let range = content_range(response.headers());
        let unexpected = |what: &str| Cause::Unexpected { what: what.to_owned() };
        if response.headers().get(CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
            return Err(unexpected("the file is compressed, which was not asked for"));
        }
        match response.status() {
            StatusCode::OK => {
                self.recognise(response.content_length(), etag(response.headers()))?;
                Ok(Opened::From(0, response))
            }
            StatusCode::PARTIAL_CONTENT => match range {
                Some(Range { start: Some(place), total }) if place == self.at => {
                    self.recognise(total, etag(response.headers()).or(self.etag.clone()))?;
                    Ok(Opened::From(place, response))
                }
                _ => Err(unexpected("it is another part of the file than was asked for")),
            },
            StatusCode::RANGE_NOT_SATISFIABLE
                if range.as_ref().is_some_and(|it| it.total == Some(self.at)) =>
            {
                self.recognise(Some(self.at), self.etag.clone())?;
                Ok(Opened::AtEnd)
            }
            StatusCode::RANGE_NOT_SATISFIABLE if !self.is_begun && self.at > 0 => Ok(Opened::Nowhere),
            status => {
                let headers = response.headers().clone();
                let body = self.api.read(response, &self.url).await?;
                let answer = super::call::Exchanged { status: status.as_u16(), headers, body };
                self.api.judge(&self.url, Holds::NoSecret, answer)?;
                Err(unexpected("it is no file"))
            }
        }
    }

    /// Takes down how long the file is and which it is, and refuses another one than came before: parts of two
    /// files make none.
    fn recognise(&mut self, total: Option<u64>, etag: Option<String>) -> Result<(), Cause> {
        let is_other_length = total.zip(self.total).is_some_and(|(new, old)| new != old);
        if self.is_begun && (is_other_length || etag != self.etag) {
            return Err(Cause::Changed);
        }
        self.total = total.or(self.total);
        self.etag = etag;
        self.is_begun = true;
        Ok(())
    }
}

/// The entity tag, where it promises the same bytes.
fn etag(headers: &HeaderMap) -> Option<String> {
    let etag = headers.get(ETAG)?.to_str().ok()?;
    (!etag.starts_with("W/")).then(|| etag.to_owned())
}

/// `bytes 5-9/10`, `bytes */10`, `bytes 5-9/*`.
#[derive(Debug, PartialEq, Eq)]
struct Range {
    start: Option<u64>,
    total: Option<u64>,
}

fn content_range(headers: &HeaderMap) -> Option<Range> {
    let text = headers.get(CONTENT_RANGE)?.to_str().ok()?;
    let (range, total) = text.strip_prefix("bytes ")?.split_once('/')?;
    let start = range.split_once('-').and_then(|(start, _)| start.parse().ok());
    Some(Range { start, total: total.parse().ok() })
}
