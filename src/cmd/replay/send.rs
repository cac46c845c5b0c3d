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
use super::parcel::{NO_ID, Parcel};
use crate::cmd::sending::{Report, Sent, Unsent};
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

/// A delivery that is ready to go, or that cannot.
struct Ready {
    parcel: Parcel,
    url: Uri,
    headers: Result<HeaderMap, Unsent>,
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

/// Sends, and answers whether a stop was asked for. After an error nothing more is sent, and what came of the
/// deliveries that are under way is waited for all the same.
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
    let mut failure = None;
    loop {
        while !interrupted && failure.is_none() && under_way.len() < plan.concurrency {
            let went = match next(plan, parcels, signers, session) {
                Ok(None) => break,
                Ok(Some(Ready { parcel, url, headers: Ok(headers) })) => {
                    let began = session.timestamp();
                    under_way.spawn(post(sender.clone(), parcel, url, headers, began));
                    Ok(())
                }
                Ok(Some(Ready { parcel, url, headers: Err(why) })) => {
                    with_sent(&parcel, &url, Duration::ZERO, |sent| report.unsent(sent, why))
                }
                Err(error) => Err(error),
            };
            failure = went.err();
        }
        tokio::select! {
            done = under_way.join_next() => {
                let noted = match done {
                    None => break,
                    Some(Ok(done)) => {
                        notes.add(&done);
                        let Done { parcel, url, latency, outcome, .. } = done;
                        with_sent(&parcel, &url, latency, |sent| report.record(sent, outcome))
                    }
                    Some(Err(error)) => Err(Failure::bug("a delivery was given up").because(error)),
                };
                failure = failure.or(noted.err());
            }
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
    failure.map_or(Ok(interrupted), Err)
}

/// The next delivery, as it is to be sent; none at the end.
fn next(
    plan: &Plan,
    parcels: &mut Parcels,
    signers: &mut Signers<'_>,
    session: &Session,
) -> Result<Option<Ready>, Failure> {
    let Some(parcel) = parcels.take()? else { return Ok(None) };
    let url = match plan.keeps_path {
        true => at_captured_path(&plan.url, &parcel.path),
        false => plan.url.clone(),
    };
    let headers = match parcel.id_bytes() {
        _ if plan.is_original => Ok(parcel.original_headers(&url, &plan.headers)),
        Some(id) => {
            let signer = signers.of(parcel.scheme(), parcel.key_name.as_deref())?;
            Ok(parcel.signed_headers(&url, &plan.headers, &signer, id, session.now())?)
        }
        None => Err(NO_ID),
    };
    Ok(Some(Ready { parcel, url, headers }))
}

async fn post(
    sender: Arc<Sender>,
    parcel: Parcel,
    url: Uri,
    headers: HeaderMap,
    began: jiff::Timestamp,
) -> Done {
    let start = Instant::now();
    let outcome = sender.post(&url, headers, parcel.body.clone()).await;
    Done { parcel, url, began, latency: start.elapsed(), outcome }
}

/// Tells of a delivery in the words of the report.
fn with_sent<T>(parcel: &Parcel, url: &Uri, latency: Duration, tell: impl FnOnce(Sent<'_>) -> T) -> T {
    let id = parcel.id().unwrap_or_else(|| "(no id)".to_owned());
    let event_type = parcel.event_type();
    tell(Sent {
        id: &id,
        event_type: event_type.as_deref(),
        url,
        body_size: parcel.body.len(),
        attempt: 1,
        latency,
    })
}

/// What came of deliveries, to be noted with them.
#[derive(Default)]
struct Notes(Vec<(Row, Forward)>);

impl Notes {
    fn add(&mut self, done: &Done) {
        let Some(row) = done.parcel.row else { return };
        let (answer, error) = (done.outcome.as_ref().ok(), done.outcome.as_ref().err());
        let forward = Forward {
            kind: Sending::Replay.name().to_owned(),
            sent_at: done.began,
            url: done.url.to_string(),
            // Of an answer that broke off nobody knows what it would have said.
            status: answer.map(|answer| answer.status.as_u16()),
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
