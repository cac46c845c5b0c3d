//! A local stand-in for the service: the webhooks resource, jobs, files, deliveries, and public keys.
//!
//! Data flows one way: a request becomes a `routes::Route`, its body `params`, the `registry` changes as
//! values, the `store` keeps it, and the `engine` delivers events and notes what came of them in
//! `deliveries`. `jobs` end by themselves and emit events; their results are `files`. Webhooks may be kept
//! over a restart, everything else is in memory. What the service does in a respect that nobody outside knows is an option.

mod answer;
mod api;
mod control;
mod deliveries;
mod engine;
mod error;
mod files;
mod jobs;
mod keys;
mod lanes;
mod log;
mod origin;
mod params;
mod registry;
mod resource;
mod routes;
mod schedule;
mod service;
mod state;
mod store;
mod target;
mod writer;

use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;

pub use deliveries::{Attempt, Delivery, Standing};
pub use engine::Options as DeliveryOptions;
pub use error::Shape;
pub use jobs::{IdForm, MetadataAt, Options as JobOptions, ResultUri, VideoFields, VideoInteraction};
pub use keys::{DynamicScheme, Options as KeyOptions};
pub use origin::Reach;
pub use params::EventPolicy;
pub use schedule::Schedule;
pub use service::Service;

use crate::clock::Clock;
use crate::error::Failure;
use crate::random::Random;
use crate::secrets::LocalIdentity;
use crate::ui::Ui;
use deliveries::Deliveries;
use engine::Engine;
use files::{Files, Uploads};
use jobs::Jobs;
use keys::KeyRing;
use log::Log;
use store::Store;

/// How an emulator behaves.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// The file that keeps webhooks and secrets; none keeps them in memory.
    pub state: Option<PathBuf>,
    /// Which event types a webhook may subscribe to.
    pub events: EventPolicy,
    /// The shape of the webhooks resource's errors.
    pub webhook_errors: Shape,
    /// What a ping delivers.
    pub ping: Ping,
    /// How deliveries are made.
    pub delivery: DeliveryOptions,
    /// How deliveries to the URIs of jobs are signed.
    pub keys: KeyOptions,
    /// How jobs go.
    pub jobs: JobOptions,
    /// How many bytes of files are kept.
    pub file_space: usize,
}

/// What a ping delivers; unknown of the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ping {
    /// The `type` of the event.
    pub event_type: String,
    /// The whole body, instead of one that names the webhook.
    pub body: Option<Bytes>,
    /// Whether a webhook that is turned off is pinged, too.
    pub reaches_disabled: bool,
}

/// An emulator, as all its parts share it. Needs a tokio runtime once it serves.
pub struct Emulator {
    options: Options,
    store: Arc<Store>,
    deliveries: Arc<Deliveries>,
    engine: Arc<Engine>,
    log: Arc<Log>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    keys: Arc<KeyRing>,
    jobs: Jobs,
    files: Files,
    uploads: Uploads,
    /// What every video is.
    video: Bytes,
}

impl Emulator {
    /// An emulator that publishes the keys of `identity`, with the webhooks of its state file.
    ///
    /// # Errors
    /// Kind `Configuration` where the state file cannot be used or the keys cannot be read or made.
    pub fn new(
        options: Options,
        identity: &LocalIdentity,
        ui: Arc<Ui>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, Failure> {
        let keys = Arc::new(KeyRing::new(identity, options.keys.clone())?);
        let store = Arc::new(match &options.state {
            Some(path) => Store::in_file(path.clone())?,
            None => Store::in_memory(),
        });
        let deliveries = Arc::new(Deliveries::new());
        let log = Arc::new(Log::new(ui, clock.clone())?);
        let parts = (store.clone(), keys.clone(), deliveries.clone(), log.clone());
        let engine = Arc::new(Engine::new(parts, clock.clone(), random.clone(), options.delivery.clone()));
        let (jobs, files, uploads) = (Jobs::default(), Files::new(options.file_space), Uploads::default());
        let video = jobs::video();
        Ok(Emulator {
            options,
            store,
            deliveries,
            engine,
            log,
            clock,
            random,
            keys,
            jobs,
            files,
            uploads,
            video,
        })
    }

    /// How many webhooks there are.
    pub fn webhooks(&self) -> usize {
        self.store.read(|registry| registry.all().len())
    }

    /// How many deliveries are under way.
    pub fn pending(&self) -> usize {
        self.deliveries.pending()
    }

    /// Waits until the log cannot be written, and says why.
    pub async fn log_trouble(&self) -> Failure {
        self.log.writer().trouble().await
    }

    /// Waits until what was logged so far is written.
    pub async fn log_written(&self) {
        self.log.writer().written().await;
    }
}
