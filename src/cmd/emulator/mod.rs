//! `gwh emulator`: a local stand-in for the service.

mod args;
mod jobs;

use std::sync::Arc;
use std::time::Duration;

use hyper::http::uri::Scheme;
use serde::Serialize;
use tokio::sync::oneshot;
use tokio::time::timeout;

pub use args::Emulator;

use super::bind;
use super::ready_file::ReadyFile;
use crate::emulator::{self, Reach, Service};
use crate::error::{Exit, Failure};
use crate::runtime;
use crate::server::{self, Limits};
use crate::session::Session;

/// How long the output may take to show what is queued once the run has ended.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Serialize)]
struct Ready<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    url: &'a str,
    jwks: String,
    webhooks: usize,
}

/// Serves until Ctrl-C.
///
/// # Errors
/// Kind `Configuration` where the address, the state file or a key cannot be had; `OutputClosed`
/// where the reader of the log went away.
pub fn run(args: Emulator, session: &Session) -> Result<Exit, Failure> {
    let options = args.options(session)?;
    let identity = session.local_identity()?;
    let (ui, clock, random) = (session.ui.clone(), session.clock.clone(), session.random.clone());
    let emulator = Arc::new(emulator::Emulator::new(options, &identity, ui, clock, random)?);
    runtime::block_on(serve(&args, session, &emulator))
}

async fn serve(
    args: &Emulator,
    session: &Session,
    emulator: &Arc<emulator::Emulator>,
) -> Result<Exit, Failure> {
    let (listener, address) = bind::bind(&args.host, args.port).await?;
    let url = bind::url(&Scheme::HTTP, address, "/");
    // Without a handler a signal would end the process at once, so there is one before anybody can
    // know that the emulator is up.
    let stopped = session.shutdown.armed().await;
    if !address.ip().is_loopback() {
        session.ui.warn(&format!("{address} can be reached from other machines, and any API key opens it"));
    }
    let file = args.ready_file.as_deref();
    let ready_file = file.map(|file| ReadyFile::write(&session.directory, file, &url)).transpose()?;
    greet(session, emulator, &url)?;

    let reach = if address.ip().is_loopback() { Reach::Loopback } else { Reach::Network };
    let service =
        Arc::new(Service::new(emulator.clone(), session.ui.clone(), Limits::default(), (&url, reach)));
    let (stop, stopping) = oneshot::channel::<()>();
    let serving = tokio::spawn(server::serve(listener, service, async {
        // A sender that is gone means the end as well.
        let _ = stopping.await;
    }));
    let end = tokio::select! {
        () = stopped => Ok(Exit::Done),
        failure = emulator.log_trouble() => Err(failure),
        never = emulator.run_jobs() => match never {},
    };
    drop(ready_file);
    // Fails where the server has ended already.
    let _ = stop.send(());
    let finish = async {
        // A panic has been printed; the run ends either way.
        let _ = serving.await;
        // An output that takes nothing cannot be waited for.
        let _ = timeout(PATIENCE, emulator.log_written()).await;
    };
    tokio::select! {
        () = finish => {}
        () = session.shutdown.requested_again() => {}
    }
    match emulator.running_jobs() {
        0 => {}
        1 => session.ui.note("1 job was still under way"),
        count => session.ui.note(&format!("{count} jobs were still under way")),
    }
    match emulator.pending() {
        0 => {}
        1 => session.ui.note("1 delivery was still under way"),
        count => session.ui.note(&format!("{count} deliveries were still under way")),
    }
    end
}

fn greet(session: &Session, emulator: &emulator::Emulator, url: &str) -> Result<(), Failure> {
    let (ui, webhooks) = (&session.ui, emulator.webhooks());
    if ui.json() {
        let jwks = format!("{url}.well-known/jwks.json");
        return ui.object(&Ready { kind: "ready", url, jwks, webhooks });
    }
    let style = ui.err_style();
    let base = url.trim_end_matches('/');
    let kept = if webhooks == 1 { "1 webhook".to_owned() } else { format!("{webhooks} webhooks") };
    ui.note(&format!("Ready on {}  {kept}   ^C to quit", style.bold(url)));
    let dim = |text: String| ui.note(&style.dim(text));
    dim(format!("  SDKs and gwh:    GOOGLE_GEMINI_BASE_URL={base} GEMINI_API_KEY=any"));
    dim(format!("  public keys:     {base}/.well-known/jwks.json"));
    dim(format!("  emit an event:   gwh trigger --via-emulator={base} batch.succeeded"));
    Ok(())
}
