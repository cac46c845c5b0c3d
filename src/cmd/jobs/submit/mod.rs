//! `gwh jobs submit`: starts a job and prints its id.

mod batch;
mod interaction;
mod requests;
mod video;

use clap::{Args, Subcommand};

use super::wait::{self, Patience};
use super::webhook::WebhookArgs;
use super::{failed, show};
use crate::error::{self, Exit, Failure};
use crate::event::Change;
use crate::gemini::{Api, ApiError, Job, JobKind, NameError, NewJob};
use crate::runtime;
use crate::session::Session;
use crate::ui::sanitize;
use crate::units;

/// Start a job that reports to a webhook, and print its id
///
/// stdout holds the job's id and nothing else, or with --wait where its results are. A job is submitted once:
/// where the answer is lost, gwh says so and does not try again.
#[derive(Debug, Args)]
pub struct Submit {
    #[command(subcommand)]
    kind: Kind,
}

#[derive(Debug, Subcommand)]
enum Kind {
    Interaction(interaction::Interaction),
    Batch(batch::Batch),
    Video(video::Video),
}

/// What every kind of job is submitted with.
#[derive(Debug, Args)]
struct Common {
    /// The model, such as gemini-flash-latest
    #[arg(short, long, value_name = "MODEL")]
    model: String,
    #[command(flatten)]
    webhook: WebhookArgs,
    /// Set a value in the body of the call: JSON where it is JSON, else text (repeatable)
    #[arg(long, value_name = "PATH=VALUE", value_parser = units::path_value)]
    set: Vec<(String, String)>,
    /// Wait until the job has ended, as gwh jobs wait does
    #[arg(long)]
    wait: bool,
    #[command(flatten)]
    patience: Patience,
}

/// Submits the job.
///
/// # Errors
/// Kind `Usage` where the input or a flag is malformed, `Configuration` where there is no key or a file cannot be
/// read, `Remote` where the API refuses or its answer is lost; with `--wait` those of `gwh jobs wait`.
pub fn run(args: Submit, session: &Session) -> Result<Exit, Failure> {
    match args.kind {
        Kind::Interaction(args) => interaction::run(&args, session),
        Kind::Batch(args) => batch::run(&args, session),
        Kind::Video(args) => video::run(&args, session),
    }
}

impl Common {
    /// Sends the call and reports what came of it.
    fn submit(&self, session: &Session, api: &Api, new: NewJob) -> Result<Exit, Failure> {
        if self.patience.is_given() && !self.wait {
            return Err(Failure::usage("--timeout and --interval say how to wait, but --wait is not given")
                .hint("add --wait"));
        }
        let new = self.changed(new)?;
        runtime::block_on(self.submitted(session, api, &new)).and_then(|job| self.report(session, api, &job))
    }

    /// The call with what `--set` asks for.
    fn changed(&self, new: NewJob) -> Result<NewJob, Failure> {
        let changes: Vec<Change> = self.set.iter().map(|(path, value)| Change::at(path, value)).collect();
        new.changed(&changes)
            .map_err(|error| Failure::usage("the call cannot be changed as --set says").because(error))
    }

    async fn submitted(&self, session: &Session, api: &Api, new: &NewJob) -> Result<Job, Failure> {
        // An upload before it has taken over the signals, and leaves their handlers behind.
        let job = tokio::select! {
            biased;
            job = api.submit(new) => job.map_err(|error| lost(error, new.kind()))?,
            () = session.shutdown.requested() => return Err(abandoned(new.kind())),
        };
        session.ui.note(&format!(
            "submitted {}, which reports to {}",
            sanitize::text(job.id.as_str()),
            sanitize::text(&self.webhook.destination())
        ));
        Ok(job)
    }

    fn report(&self, session: &Session, api: &Api, job: &Job) -> Result<Exit, Failure> {
        if self.wait {
            let job = runtime::block_on(self.patience.until_ended(session, api, &job.id))?;
            return wait::report(session, &job);
        }
        let ui = &session.ui;
        if ui.json() {
            show::object(session, job)?
        } else {
            ui.line(&sanitize::text(job.id.as_str()))?
        }
        Ok(Exit::Done)
    }
}

/// The failure of a model's name.
fn wrong_model(error: NameError) -> Failure {
    Failure::usage("--model is not the name of a model").because(error)
}

/// The failure of a call that starts a job, which may have done so all the same.
fn lost(error: ApiError, kind: JobKind) -> Failure {
    if !error.may_have_happened() {
        return failed(error, &format!("submit the {}", kind.name()));
    }
    unknown(Failure::remote(format!("the {} may be running, but its id is lost", kind.name())), kind)
        .because(error.cause)
}

/// The failure of a call whose answer somebody did not want to wait for.
fn abandoned(kind: JobKind) -> Failure {
    let message = format!("stopped; the {} may be running, but its id is not known", kind.name());
    unknown(Failure::new(error::Kind::Interrupted, message), kind)
}

/// Says how to see whether a job runs.
fn unknown(failure: Failure, kind: JobKind) -> Failure {
    match kind {
        JobKind::Batch => {
            failure.hint("run gwh jobs list to see whether it is there before submitting again")
        }
        _ => failure.hint("submitting it again may run it twice; the API does not list such jobs"),
    }
}
