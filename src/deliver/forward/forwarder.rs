//! Forwarding itself: into the lanes of a delivery's targets, to the handlers, and back with what they said.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hyper::Uri;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use super::headers::onward;
use super::lane::{Full, Lane, Place, Room};
use super::outcome::{Forward, Outcome};
use super::routes::{Route, Routes};
use crate::deliver::{Limits, Sender, Trust};

/// How a forwarder forwards.
#[derive(Debug)]
pub struct Options {
    /// How many deliveries to one target may be under way; 1 keeps the order of arrival.
    pub concurrency: usize,
    /// What may wait for one target.
    pub room: Room,
    /// How long a delivery may wait for its turn.
    pub patience: Duration,
    /// How long a handler may take to answer.
    pub limits: Limits,
    /// Whose certificates count.
    pub trust: Trust,
    /// Headers that are added, in the place of those of the same name.
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

/// Forwards deliveries to the targets of its routes. Needs a tokio runtime.
pub struct Forwarder {
    routes: Routes,
    lanes: Vec<Arc<Lane>>,
    sender: Sender,
    patience: Duration,
    headers: Vec<(HeaderName, HeaderValue)>,
    ended: watch::Sender<bool>,
}

/// A delivery's places in the lanes of its targets.
///
/// They are taken when it arrives, so that the order of arrival is kept whatever happens to the delivery
/// before it is sent.
#[derive(Debug)]
pub struct Admission(Vec<(usize, Result<Place, Full>)>);

impl Admission {
    /// Whether no route takes the delivery.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Forwarder {
    /// A forwarder along `routes`, of which a path alone is one of `base`.
    pub fn new(routes: &[Route], base: &Uri, options: Options) -> Self {
        let Options { concurrency, room, patience, limits, trust, headers } = options;
        let routes = Routes::new(routes, base);
        let lanes = routes.urls().iter().map(|_| Lane::new(concurrency, room)).collect();
        let sender = Sender::trusting(limits, trust);
        Forwarder { routes, lanes, sender, patience, headers, ended: watch::Sender::new(false) }
    }

    /// Where deliveries may go to, each target once.
    pub fn targets(&self) -> &[Uri] {
        self.routes.urls()
    }

    /// Takes the places of a delivery of `event_type` with a body of `bytes`. Never waits.
    pub fn admit(&self, event_type: Option<&str>, bytes: usize) -> Admission {
        let targets = self.routes.of(event_type).into_iter();
        Admission(targets.map(|index| (index, self.lanes[index].enter(bytes))).collect())
    }

    /// Sends a delivery to its targets, to all of them at once, and answers what came of it in the order of
    /// the routes.
    pub async fn forward<'a>(
        self: &Arc<Self>,
        admission: Admission,
        headers: impl Iterator<Item = (&'a str, &'a [u8])> + Clone,
        body: Bytes,
    ) -> Vec<Forward> {
        let mut tasks = JoinSet::new();
        for (order, (target, place)) in admission.0.into_iter().enumerate() {
            let url = self.routes.urls()[target].clone();
            let headers = onward(headers.clone(), &url, body.len(), &self.headers);
            let parcel = Parcel { url, headers, body: body.clone() };
            let forwarder = self.clone();
            tasks.spawn(async move { (order, forwarder.to_one(place, parcel).await) });
        }
        let mut forwards = tasks.join_all().await;
        forwards.sort_by_key(|(order, _)| *order);
        forwards.into_iter().map(|(_, forward)| forward).collect()
    }

    /// Gives up what is under way and what waits: all of it comes back at once as [`Outcome::Ended`].
    pub fn end(&self) {
        self.ended.send_replace(true);
    }

    async fn to_one(&self, place: Result<Place, Full>, parcel: Parcel) -> Forward {
        let url = parcel.url.clone();
        let arrived = Instant::now();
        let Ok(mut place) = place else {
            return Forward { url, waited: Duration::ZERO, latency: Duration::ZERO, outcome: Outcome::Full };
        };
        let mut ended = self.ended.subscribe();
        let mut begun = None;
        let outcome = {
            let sending = async {
                if timeout(self.patience, place.turn()).await.is_err() {
                    return Outcome::Late;
                }
                begun = Some(Instant::now());
                match self.sender.post(&parcel.url, parcel.headers, parcel.body).await {
                    Ok(answer) => Outcome::Answered(answer),
                    Err(error) => Outcome::Failed(error),
                }
            };
            tokio::select! {
                outcome = sending => outcome,
                // The forwarder outlives its forwards, so that an error cannot happen.
                _ = ended.wait_for(|ended| *ended) => Outcome::Ended,
            }
        };
        let waited = begun.map_or_else(|| arrived.elapsed(), |begun| begun - arrived);
        let latency = match &outcome {
            Outcome::Answered(answer) => answer.latency,
            _ => begun.map_or(Duration::ZERO, |begun| begun.elapsed()),
        };
        Forward { url, waited, latency, outcome }
    }
}

/// What is sent to one target.
struct Parcel {
    url: Uri,
    headers: HeaderMap,
    body: Bytes,
}
