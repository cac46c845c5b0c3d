//! `gwh demo`: the whole story in seconds, with keys that live no longer than the demo.
//!
//! `cast` holds the keys, `script` says what is sent and what must come of it; this file plays it
//! through a real listener on a free port and compares.

mod cast;
mod script;

use clap::Args;
use hyper::Uri;
use serde::Serialize;
use std::time::{Duration, Instant};
use tokio::time::timeout;

use crate::deliver::{Limits, Sender, own_headers};
use crate::error::{Exit, Failure};
use crate::event::Event;
use crate::runtime;
use crate::server::{Arrival, Receiver, Settings};
use crate::session::Session;
use crate::signature::diagnose::{Context, Diagnosis, Finding, diagnose};
use crate::signature::{Keys, Policy, extract};
use crate::ui::arrival;
use crate::units::TimesOfDay;
use cast::Cast;
use script::{Expected, Scene, Step};

/// A delivery on this machine takes far less; a demo must not hang.
const PATIENCE: Duration = Duration::from_secs(10);

/// Play the whole story on this machine, with nothing set up
///
/// A listener on a free port receives every event type signed with each scheme, a rotation, a retry and
/// four forged deliveries, over real HTTP. The keys are made for the demo and forgotten after it.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit code 0 where every verdict is as expected, else 1.

With --json each delivery is a capture record, as of gwh listen --json, and the last line is
  {\"type\":\"summary\",\"accepted\",\"refused\",\"unexpected\",\"duration_ms\"}")]
pub struct Demo {}

#[derive(Serialize)]
struct Summary {
    #[serde(rename = "type")]
    kind: &'static str,
    accepted: usize,
    refused: usize,
    unexpected: usize,
    duration_ms: u128,
}

/// Plays.
///
/// # Errors
/// Kind `Configuration` where no port or key can be had, `Remote` where the demo's own listener does not
/// answer, `Interrupted` on Ctrl-C.
pub fn run(_args: Demo, session: &Session) -> Result<Exit, Failure> {
    let start = Instant::now();
    let cast = Cast::new(session.random.as_ref())?;
    let scenes = script::write(&cast, session)?;
    let tally = runtime::block_on(async {
        tokio::select! {
            tally = play(&cast, scenes, session) => tally,
            () = session.shutdown.requested() => Err(Failure::new(crate::error::Kind::Interrupted, "stopped")),
        }
    })?;
    finish(tally, start.elapsed(), session)
}

/// What came of the deliveries so far.
#[derive(Default)]
struct Tally {
    accepted: usize,
    refused: usize,
    unexpected: usize,
}

async fn play(cast: &Cast, scenes: Vec<Scene>, session: &Session) -> Result<Tally, Failure> {
    let ui = &session.ui;
    let keys = cast.keys();
    let mut receiver =
        Receiver::start(Settings::new(keys.clone(), Policy::at(session.now()), session.clock.clone()))
            .await?;
    let url: Uri = receiver
        .url()
        .parse()
        .map_err(|error| Failure::bug("the listener's own address is not a URL").because(error))?;
    let mut stage = Stage {
        session,
        keys,
        url,
        sender: Sender::new(Limits::within(PATIENCE)),
        times: TimesOfDay::new(session.clock.zone()),
    };
    if !ui.json() {
        let name = ui.out_style().accent(&stage.url);
        ui.line(&format!(
            "A listener on {name} with keys made for this demo.\nEvery line is a real HTTP request."
        ))?;
    }
    let mut tally = Tally::default();
    for scene in scenes {
        if !ui.json() {
            ui.line(&format!("\n{}", ui.out_style().bold(scene.title)))?;
        }
        for step in scene.steps {
            stage.perform(&mut receiver, step, &mut tally).await?;
        }
    }
    receiver.stop().await;
    Ok(tally)
}

struct Stage<'s> {
    session: &'s Session,
    keys: Keys,
    url: Uri,
    sender: Sender,
    times: TimesOfDay,
}

impl Stage<'_> {
    /// Sends one delivery, and shows and counts what the listener made of it.
    async fn perform(
        &mut self,
        receiver: &mut Receiver,
        step: Step,
        tally: &mut Tally,
    ) -> Result<(), Failure> {
        let lost = || Failure::remote("the demo's own listener did not answer");
        let headers = step
            .message
            .headers(&own_headers(&self.url))
            .map_err(|error| Failure::bug("the demo made a header that cannot be sent").because(error))?;
        let answer = self
            .sender
            .post(&self.url, headers, step.message.body)
            .await
            .map_err(|error| lost().because(error))?;
        let arrival = timeout(PATIENCE, receiver.next()).await.ok().flatten().ok_or_else(lost)?;
        let as_expected = step.expected.holds(&arrival.verdict) && answer.status == arrival.status;
        match arrival.verdict.is_valid() {
            true => tally.accepted += 1,
            false => tally.refused += 1,
        }
        self.show(&arrival)?;
        if !as_expected {
            tally.unexpected += 1;
            self.session.ui.warn(&format!("expected it to be {}", step.expected));
        }
        Ok(())
    }

    fn show(&mut self, arrival: &Arrival) -> Result<(), Failure> {
        let ui = &self.session.ui;
        let event = Event::parse(arrival.body());
        let diagnosis = self.explain(arrival);
        if ui.json() {
            return ui.object(&arrival.record(event.as_ref(), &diagnosis));
        }
        let notes: Vec<String> = diagnosis.findings.iter().map(Finding::hint).collect();
        let mut lines = String::new();
        arrival::delivery(&mut lines, ui.out_style(), &mut self.times, arrival, event.as_ref(), &notes);
        ui.raw(lines.as_bytes())
    }

    fn explain(&self, arrival: &Arrival) -> Diagnosis {
        match extract(arrival.headers(), arrival.body()) {
            Ok(delivery) if !arrival.verdict.is_valid() => {
                let now = arrival.received_at.as_second();
                diagnose(&delivery, &arrival.verdict, &self.keys, now, Context::default())
            }
            _ => Diagnosis::default(),
        }
    }
}

fn finish(tally: Tally, spent: Duration, session: &Session) -> Result<Exit, Failure> {
    let ui = &session.ui;
    let Tally { accepted, refused, unexpected } = tally;
    if ui.json() {
        let duration_ms = spent.as_millis();
        ui.object(&Summary { kind: "summary", accepted, refused, unexpected, duration_ms })?;
    } else {
        ui.note(
            "\nNext: gwh listen in one terminal, gwh trigger batch.succeeded in another,\n\
             then gwh trigger batch.succeeded --to 3000/webhook against your own handler.\n",
        );
        let style = ui.out_style();
        let verdict = match unexpected {
            0 => style.good("all as expected"),
            count => style.bad(format_args!("{count} not as expected")),
        };
        ui.line(&format!("{accepted} accepted, {refused} refused, {verdict} ({:.1}s)", spent.as_secs_f64()))?;
    }
    Ok(if unexpected == 0 { Exit::Done } else { Exit::Negative })
}

impl Expected {
    fn holds(self, verdict: &crate::signature::Verdict) -> bool {
        match self {
            Expected::Accepted(scheme) => verdict.proof().is_some_and(|proof| proof.scheme == scheme),
            Expected::Refused(reason) => !verdict.is_valid() && verdict.reason() == Some(reason),
        }
    }
}
