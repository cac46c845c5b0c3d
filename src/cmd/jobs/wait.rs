//! `gwh jobs wait`: until a job is done, as a command that scripts can stop at.

use std::time::Duration;

use clap::Args;
use tokio::time::{Instant, sleep_until};

use super::arrivals::Arrivals;
use super::{JobArgs, failed, show};
use crate::error::{Exit, Failure, Kind};
use crate::gemini::{Api, Job, JobId, Prospect};
use crate::runtime;
use crate::session::Session;
use crate::ui::sanitize;
use crate::units;

const HELP: &str = "\
It takes the place of a polling loop in a shell script: it ends when the job has ended.

Examples:
  file=$(gwh jobs wait batches/123456 --timeout 2h) && gwh jobs download \"$file\" -o results.jsonl
  gwh jobs wait \"$(gwh jobs submit interaction --model gemini-flash-latest 'Tell me a joke')\"

On success stdout holds where the results are, one a line: files/…, a URI, or the job's own id where \
they stand in the job itself. gwh jobs download takes each of them.

Exit codes: 0 when the job succeeded; 1 when it failed, was cancelled, expired, waits for an action of its \
caller, or was not done in time; 4 when the API cannot be asked.";

/// Wait until a job has ended, and print where its results are
///
/// Where a gwh listen of the same profile on this machine receives the job's events, the wait ends with the
/// event; otherwise the API is asked again and again, less and less often.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct Wait {
    #[command(flatten)]
    job: JobArgs,
    #[command(flatten)]
    patience: Patience,
}

/// Long enough for a batch, which may take a day.
const TIMEOUT: Duration = Duration::from_hours(24);

/// How long to wait, and how often to ask meanwhile.
#[derive(Debug, Args)]
pub(super) struct Patience {
    /// How long to wait [default: 24h]
    #[arg(long, value_name = "DURATION", value_parser = units::duration)]
    timeout: Option<Duration>,
    /// Ask this often, instead of after half a second and then less and less often, up to every 15 s
    #[arg(long, value_name = "DURATION", value_parser = units::positive_duration)]
    interval: Option<Duration>,
}

/// Waits for the job.
///
/// # Errors
/// Kind `Negative` where the job ends without a result or not in time, `Usage` where the id has no known form,
/// `Configuration` without a key, `Remote` where the API cannot be asked, `Interrupted` on Ctrl-C.
pub fn run(args: &Wait, session: &Session) -> Result<Exit, Failure> {
    let id = args.job.parse()?;
    let api = session.api()?;
    let job = runtime::block_on(args.patience.until_ended(session, &api, &id))?;
    report(session, &job)
}

/// Prints where the results of a job that has ended are.
///
/// # Errors
/// Kind `Negative` where it has none.
pub(super) fn report(session: &Session, job: &Job) -> Result<Exit, Failure> {
    match show::lost(job) {
        Some(failure) => {
            if session.ui.json() {
                show::object(session, job)?;
            }
            Err(failure)
        }
        None => show::pointers(session, job).map(|()| Exit::Done),
    }
}

impl Patience {
    /// Whether a flag says how to wait, which is of no use where nobody waits.
    pub(super) fn is_given(&self) -> bool {
        self.timeout.is_some() || self.interval.is_some()
    }

    /// The job once it has ended, in whatever way.
    ///
    /// # Errors
    /// Kind `Negative` where that takes too long, `Remote` where the API cannot be asked, `Interrupted` on Ctrl-C.
    pub(super) async fn until_ended(&self, session: &Session, api: &Api, id: &JobId) -> Result<Job, Failure> {
        let timeout = self.timeout.unwrap_or(TIMEOUT);
        let deadline = Instant::now() + timeout;
        let mut watch = Watch { session, api, id, arrivals: Arrivals::from_now(session), seen: None };
        tokio::select! {
            // An answer that is there counts, also at the deadline.
            biased;
            job = watch.poll(Pace::new(self.interval)) => job,
            () = session.shutdown.requested() => Err(Failure::new(Kind::Interrupted, "stopped")
                .hint(format!("the job goes on: gwh jobs wait {id} waits again, gwh jobs cancel {id} ends it"))),
            () = sleep_until(deadline) => Err(watch.too_late(timeout)),
        }
    }
}

/// One job that is asked for again and again.
struct Watch<'a> {
    session: &'a Session,
    api: &'a Api,
    id: &'a JobId,
    /// An event is no answer, but says when to ask for one.
    arrivals: Arrivals<'a>,
    /// The word for its state, as it was last seen.
    seen: Option<String>,
}

impl Watch<'_> {
    async fn poll(&mut self, mut pace: Pace) -> Result<Job, Failure> {
        let mut is_told_of_trouble = false;
        loop {
            let mut pause = pace.next();
            match self.api.job(self.id).await {
                Ok(job) if job.state.prospect() != Prospect::Open => return Ok(job),
                Ok(job) => {
                    is_told_of_trouble = false;
                    self.tell(job.state.as_str());
                }
                // Waits take hours, in which a network may be gone for minutes. Where the API could be asked
                // before, it is asked again.
                Err(error) if self.seen.is_some() && error.is_transient() => {
                    let asked = error.refusal().and_then(|refusal| refusal.retry_after);
                    pause = pause.max(asked.unwrap_or_default());
                    if !is_told_of_trouble {
                        let why = failed(error, &format!("look up {}", self.id)).to_string();
                        self.session.ui.warn(&format!("{}; still trying", sanitize::text(&why)));
                    }
                    is_told_of_trouble = true;
                }
                Err(error) => return Err(failed(error, &format!("look up {}", self.id))),
            }
            tokio::select! {
                () = self.arrivals.until_about(self.id) => {
                    self.session.ui.note("gwh listen has verified an event about it");
                }
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    fn tell(&mut self, state: &str) {
        if self.seen.as_deref() == Some(state) {
            return;
        }
        let (id, word) = (sanitize::text(self.id.as_str()), sanitize::text(state));
        self.session.ui.note(&match self.seen {
            None => format!("waiting for {id}, which is {word}"),
            Some(_) => format!("{id} is {word}"),
        });
        self.seen = Some(state.to_owned());
    }

    fn too_late(&self, timeout: Duration) -> Failure {
        let id = self.id;
        let limit = units::human_duration(timeout.as_secs());
        let failure = Failure::negative(match &self.seen {
            Some(state) => format!("{id} was not done within {limit}: it is {state}"),
            None => format!("{id} was not done within {limit}: the API did not say how far it is"),
        });
        failure.hint(format!("the job goes on: gwh jobs wait {id} --timeout allows more"))
    }
}

/// How long to wait before asking again.
struct Pace {
    next: Duration,
    longest: Duration,
}

impl Pace {
    const FIRST: Duration = Duration::from_millis(500);
    const LONGEST: Duration = Duration::from_secs(15);

    fn new(interval: Option<Duration>) -> Self {
        Pace { next: interval.unwrap_or(Self::FIRST), longest: interval.unwrap_or(Self::LONGEST) }
    }

    /// Half as long again each time, up to the longest.
    fn next(&mut self) -> Duration {
        let wait = self.next;
        self.next = wait.mul_f64(1.5).min(self.longest);
        wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_get_longer_up_to_a_bound_unless_an_interval_is_given() {
        let mut pace = Pace::new(None);
        let waits: Vec<Duration> = (0..12).map(|_| pace.next()).collect();
        assert_eq!(waits[..3], [500, 750, 1125].map(Duration::from_millis));
        assert_eq!(waits[10..], [Pace::LONGEST; 2]);
        let mut fixed = Pace::new(Some(Duration::from_secs(60)));
        assert_eq!([fixed.next(), fixed.next()], [Duration::from_secs(60); 2]);
    }
}
