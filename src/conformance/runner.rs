//! Running cases: those that share the handler at once, those that need it for themselves one by one.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hyper::Uri;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::case::{Case, Class, Expect, Family, Step};
use super::craft::{Fill, Request, craft};
use super::judge::{Measure, judge};
use super::keys::SuiteKeys;
use super::leaks;
use super::outcome::{Exchange, Problem, State, Tested};
use super::preflight;
use super::processed::Processed;
use super::recipe::{Framing, Recipe};
use super::wire::{self, Connection, Deadline, Endpoint};
use crate::clock::Clock;
use crate::deliver::SendError;
use crate::random::{Random, uuid};
use crate::signature::{KeyError, NamedSecret};

/// What is tested and how.
pub struct Plan {
    /// The handler.
    pub url: Uri,
    /// The keys of each scheme that is tested.
    pub keys: Vec<SuiteKeys>,
    /// The cases, in the order of the table; those of the preflight always run.
    pub cases: Vec<&'static Case>,
    /// How long an exchange may take.
    pub timeout: Duration,
    /// How long an answer may take where that is what counts.
    pub budget: Duration,
    /// How many shared cases are under way at once.
    pub concurrency: usize,
    /// How often each case is run.
    pub rounds: u32,
    /// Whether the first failure ends the run.
    pub bail: bool,
    /// Secrets that the handler may have by mistake.
    pub known: Vec<NamedSecret>,
    /// Where the handler says what it has processed.
    pub processed: Option<Processed>,
}

/// Why a run could not be made.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The URL cannot be connected to from this machine at all.
    #[error("cannot connect to the handler")]
    Endpoint(#[source] SendError),
    /// A key cannot sign.
    #[error("a key cannot sign")]
    Key(#[from] KeyError),
    /// A case ended in a panic.
    #[error("a case stopped")]
    Stopped(#[source] tokio::task::JoinError),
}

/// Sends single steps; shared by everything that runs.
pub(super) struct Context {
    pub(super) plan: Plan,
    endpoint: Endpoint,
    clock: Arc<dyn Clock>,
    /// Tells this run's ids from those of others.
    nonce: String,
}

/// Runs the plan and tells of each case as it ends.
///
/// What comes back is in the order of the table, for one scheme after another. Dropping the future stops it.
///
/// # Errors
/// [`RunError`] where nothing can be sent at all.
pub async fn run(
    plan: Plan,
    clock: Arc<dyn Clock>,
    random: &dyn Random,
    mut ended: impl FnMut(&Tested),
) -> Result<Vec<Tested>, RunError> {
    let endpoint = Endpoint::of(&plan.url).map_err(RunError::Endpoint)?;
    let nonce = uuid(random).chars().take(8).collect();
    let context = Arc::new(Context { plan, endpoint, clock, nonce });
    let mut all = Vec::new();
    let mut is_over = false;
    for keys in 0..context.plan.keys.len() {
        let before = preflight::run(&context, keys).await?;
        let failed = before.iter().any(|tested| tested.problem().is_some());
        before.iter().for_each(&mut ended);
        all.extend(before);
        let tested = match () {
            () if failed => skip_all(&context, keys, "the preflight failed"),
            () if is_over => skip_all(&context, keys, STOPPED),
            () => run_scheme(&context, keys, &mut ended).await?,
        };
        is_over |= context.plan.bail && (failed || tested.iter().any(|one| one.problem().is_some()));
        all.extend(tested);
    }
    Ok(all)
}

const STOPPED: &str = "a case before it failed, and --bail stops there";

fn applicable(context: &Context, keys: usize) -> impl Iterator<Item = &'static Case> + '_ {
    let scheme = context.plan.keys[keys].scheme;
    let cases = context.plan.cases.iter().copied();
    cases.filter(move |case| case.family() != Family::Preflight && case.schemes.contains(&scheme))
}

fn skip_all(context: &Context, keys: usize, why: &str) -> Vec<Tested> {
    let scheme = context.plan.keys[keys].scheme;
    applicable(context, keys).map(|case| Tested::skipped(case, scheme, why)).collect()
}

async fn run_scheme(
    context: &Arc<Context>,
    keys: usize,
    ended: &mut impl FnMut(&Tested),
) -> Result<Vec<Tested>, RunError> {
    let cases: Vec<&'static Case> = applicable(context, keys).collect();
    let mut done: HashMap<&'static str, Tested> = HashMap::new();
    let mut is_over = false;
    let mut shared = JoinSet::new();
    let room = Arc::new(Semaphore::new(context.plan.concurrency));
    for &case in cases.iter().filter(|case| case.class == Class::Shared) {
        let (context, room) = (context.clone(), room.clone());
        shared.spawn(async move {
            // The semaphore is never closed.
            let _permit = room.acquire().await;
            context.run_case(case, keys).await
        });
    }
    while let Some(tested) = shared.join_next().await {
        let tested = tested.map_err(RunError::Stopped)??;
        ended(&tested);
        is_over |= context.plan.bail && tested.problem().is_some();
        done.insert(tested.case.id, tested);
        if is_over {
            shared.shutdown().await;
        }
    }
    for &case in cases.iter().filter(|case| case.class != Class::Shared) {
        if is_over {
            break;
        }
        let tested = context.run_case(case, keys).await?;
        ended(&tested);
        is_over = context.plan.bail && tested.problem().is_some();
        done.insert(case.id, tested);
    }
    let scheme = context.plan.keys[keys].scheme;
    let missing = |case| Tested::skipped(case, scheme, STOPPED);
    Ok(cases.into_iter().map(|case| done.remove(case.id).unwrap_or_else(|| missing(case))).collect())
}

impl Context {
    /// Runs a case as often as the plan says.
    async fn run_case(&self, case: &'static Case, keys: usize) -> Result<Tested, KeyError> {
        let begun = Instant::now();
        let scheme = self.plan.keys[keys].scheme;
        if let Some(why) = self.cannot_show(case, keys) {
            return Ok(Tested::skipped(case, scheme, why));
        }
        let (mut state, mut exchanges, mut failed_rounds) = (State::Passed, Vec::new(), 0);
        for round in 1..=self.plan.rounds {
            let (round_state, round_exchanges) = self.run_round(case, &self.plan.keys[keys], round).await?;
            let is_failure = matches!(round_state, State::Failed(_));
            failed_rounds += u32::from(is_failure);
            if failed_rounds == 0 || (is_failure && failed_rounds == 1) {
                (state, exchanges) = (round_state, round_exchanges);
            }
            if is_failure && self.plan.bail {
                break;
            }
        }
        let (rounds, took) = (self.plan.rounds, begun.elapsed());
        Ok(Tested { case, scheme, state, exchanges, rounds, failed_rounds, took })
    }

    /// Why a case can show nothing with this plan.
    fn cannot_show(&self, case: &Case, keys: usize) -> Option<&'static str> {
        let asks_for = |expect| case.steps.iter().any(|step| step.expect == expect);
        if asks_for(Expect::ProcessedOnce) && self.plan.processed.is_none() {
            return Some("nothing says what the handler processes; --start or --processed does");
        }
        let is_about_audience = case.id.ends_with("-audience");
        (is_about_audience && self.plan.keys[keys].audience.is_none())
            .then_some("no audience is given with --audience")
    }

    async fn run_round(
        &self,
        case: &'static Case,
        keys: &SuiteKeys,
        round: u32,
    ) -> Result<(State, Vec<Exchange>), KeyError> {
        let mut exchanges: Vec<Exchange> = Vec::new();
        let mut held = Vec::new();
        let mut id = String::new();
        for (index, step) in case.steps.iter().enumerate() {
            if !step.again {
                id = self.id(case.id, round, index);
            }
            if step.recipe.framing == Framing::Stalled {
                held.extend(self.stall(step, keys, &id).await?);
                continue;
            }
            let first = exchanges.len();
            exchanges.extend(self.send(step, keys, &id).await?);
            let (earlier, new) = exchanges.split_at(first);
            let before = earlier.last().and_then(|exchange| exchange.outcome.as_ref().ok());
            for (offset, exchange) in new.iter().enumerate() {
                let measure = Measure { budget: self.plan.budget, before };
                if let Err(reason) = judge(step.expect, &exchange.outcome, &measure) {
                    let exchange = Some(first + offset);
                    return Ok((failed(case, step.expect, exchange, reason), exchanges));
                }
            }
            if let (Expect::ProcessedOnce, Some(processed)) = (step.expect, &self.plan.processed) {
                match processed.times(&id).await {
                    0 => {
                        let why = "the handler does not say what it processes";
                        return Ok((State::Skipped(why.to_owned()), exchanges));
                    }
                    1 => {}
                    times => {
                        let reason = format!("it was processed {times} times");
                        return Ok((failed(case, step.expect, Some(first), reason), exchanges));
                    }
                }
            }
        }
        drop(held);
        Ok((State::Passed, exchanges))
    }

    /// The id of a step's delivery, which names the case in the handler's view.
    pub(super) fn id(&self, case: &str, round: u32, step: usize) -> String {
        format!("msg_{}_{}_{round}_{}", case.replace('.', "-"), self.nonce, step + 1)
    }

    /// Sends the copies of a step at once.
    async fn send(&self, step: &Step, keys: &SuiteKeys, id: &str) -> Result<Vec<Exchange>, KeyError> {
        if step.copies == 1 {
            return Ok(vec![self.exchange(&step.recipe, keys, id).await?]);
        }
        let mut crafted = Vec::new();
        let mut sending = JoinSet::new();
        for copy in 0..step.copies {
            let request = self.craft(&step.recipe, keys, &format!("{id}_{}", copy + 1))?;
            let (bytes, endpoint) = (request.to_bytes(), self.endpoint.clone());
            let timeout = self.plan.timeout;
            crafted.push((request, self.clock.now()));
            sending.spawn(async move { (copy, wire::exchange(&endpoint, &bytes, timeout).await) });
        }
        let mut outcomes: HashMap<u16, _> = HashMap::new();
        while let Some(sent) = sending.join_next().await {
            // A task here has nothing to panic with; one that is lost counts as not answered.
            outcomes.extend(sent.ok());
        }
        let exchange = |(copy, (request, sent_at)): (u16, (Request, _))| {
            let lost = Err(SendError::Closed { status: None });
            Exchange { request, sent_at, outcome: outcomes.remove(&copy).unwrap_or(lost) }
        };
        Ok((0..).zip(crafted).map(exchange).map(|exchange| redacted(exchange, keys)).collect())
    }

    /// Sends one request and waits for its answer.
    pub(super) async fn exchange(
        &self,
        recipe: &Recipe,
        keys: &SuiteKeys,
        id: &str,
    ) -> Result<Exchange, KeyError> {
        let request = self.craft(recipe, keys, id)?;
        let sent_at = self.clock.now();
        let outcome = wire::exchange(&self.endpoint, &request.to_bytes(), self.plan.timeout).await;
        Ok(redacted(Exchange { request, sent_at, outcome }, keys))
    }

    /// Opens connections that stop in the middle of a body; they hang for as long as they are held.
    async fn stall(
        &self,
        step: &Step,
        keys: &SuiteKeys,
        id: &str,
    ) -> Result<Vec<Box<dyn Connection>>, KeyError> {
        use tokio::io::AsyncWriteExt;
        let mut held = Vec::new();
        for copy in 0..step.copies {
            let request = self.craft(&step.recipe, keys, &format!("{id}_{}", copy + 1))?;
            let connected = self.endpoint.connect(Deadline::after(self.plan.timeout)).await;
            if let Ok(mut connection) = connected
                && connection.write_all(&request.to_bytes()).await.is_ok()
                && connection.flush().await.is_ok()
            {
                held.push(connection);
            }
        }
        Ok(held)
    }

    fn craft(&self, recipe: &Recipe, keys: &SuiteKeys, id: &str) -> Result<Request, KeyError> {
        let now = self.clock.now().as_second();
        craft(recipe, &Fill { keys, url: &self.plan.url, id, now })
    }
}

/// The exchange without the secret, which a handler may have given away, once that has been looked for.
fn redacted(mut exchange: Exchange, keys: &SuiteKeys) -> Exchange {
    if let Ok(reply) = &mut exchange.outcome {
        reply.leak = leaks::find(reply, &exchange.request, keys);
        let encoded = keys.secret().map(|secret| secret.expose().trim_start_matches("whsec_"));
        reply.redact(encoded);
    }
    exchange
}

fn failed(case: &'static Case, expect: Expect, exchange: Option<usize>, reason: String) -> State {
    State::Failed(Problem { exchange, expected: expect.what(), reason, fix: case.fix.to_owned() })
}
