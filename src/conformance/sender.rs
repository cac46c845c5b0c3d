//! Sending the steps of a case and judging what comes back.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use tokio::task::JoinSet;

use super::case::{Case, Expect, Step};
use super::craft::{Fill, Request, craft};
use super::judge::{Measure, judge};
use super::keys::SuiteKeys;
use super::keyserver::Readers;
use super::leaks;
use super::outcome::{Exchange, Problem, Skip, State, Tested};
use super::recipe::{Framing, Recipe, Signature, Token};
use super::runner::Plan;
use super::wire::{self, Connection, Deadline, Endpoint};
use crate::clock::Clock;
use crate::deliver::SendError;
use crate::random::{Random, uuid};
use crate::signature::KeyError;

/// Sends single steps; shared by everything that runs.
pub(super) struct Context {
    pub(super) plan: Plan,
    endpoint: Endpoint,
    clock: Arc<dyn Clock>,
    /// Tells this run's ids from those of others.
    nonce: String,
}

impl Context {
    /// What sends for a plan.
    ///
    /// # Errors
    /// [`SendError`] where the URL cannot be connected to from this machine at all.
    pub(super) fn new(plan: Plan, clock: Arc<dyn Clock>, random: &dyn Random) -> Result<Self, SendError> {
        let endpoint = Endpoint::of(&plan.url)?;
        let nonce = uuid(random).chars().take(8).collect();
        Ok(Context { plan, endpoint, clock, nonce })
    }

    /// Runs a case as often as the plan says.
    pub(super) async fn run_case(&self, case: &'static Case, keys: usize) -> Result<Tested, KeyError> {
        let begun = Instant::now();
        let scheme = self.plan.keys[keys].scheme;
        if let Some(why) = self.cannot_show(case, keys) {
            return Ok(Tested::skipped(case, scheme, why));
        }
        let (mut state, mut exchanges, mut rounds, mut failed_rounds) = (State::Passed, Vec::new(), 0, 0);
        for round in 1..=self.plan.rounds {
            rounds = round;
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
        Ok(Tested { case, scheme, state, exchanges, rounds, failed_rounds, took: begun.elapsed() })
    }

    /// Why a case can show nothing with this plan.
    fn cannot_show(&self, case: &Case, keys: usize) -> Option<Skip> {
        let has_step = |is_meant: fn(&Step) -> bool| case.steps.iter().any(is_meant);
        if has_step(|step| step.expect == Expect::ProcessedOnce) && self.plan.processed.is_none() {
            return Some(Skip::NoRecord);
        }
        let is_about_audience = has_step(|step| {
            matches!(step.recipe.signature, Signature::Token(Token::OtherAudience | Token::NoAudience))
        });
        if is_about_audience && self.plan.keys[keys].audience.is_none() {
            return Some(Skip::NoAudience);
        }
        let is_about_key_set = has_step(|step| matches!(step.recipe.signature, Signature::OtherKey));
        let is_read = || self.plan.readers.as_ref().is_some_and(Readers::any);
        (is_about_key_set && !is_read()).then_some(Skip::KeySetUnread)
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
                    0 => return Ok((State::Skipped(Skip::SilentHandler), exchanges)),
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

    /// A new connection, on which nothing is sent.
    ///
    /// # Errors
    /// [`SendError`] where none comes about in time.
    pub(super) async fn connect(&self) -> Result<Box<dyn Connection>, SendError> {
        self.endpoint.connect(Deadline::after(self.plan.timeout)).await
    }

    /// Opens connections that stop in the middle of a body; they hang for as long as they are held.
    async fn stall(
        &self,
        step: &Step,
        keys: &SuiteKeys,
        id: &str,
    ) -> Result<Vec<Box<dyn Connection>>, KeyError> {
        let mut held = Vec::new();
        for copy in 0..step.copies {
            let request = self.craft(&step.recipe, keys, &format!("{id}_{}", copy + 1))?;
            let deadline = Deadline::after(self.plan.timeout);
            // One that cannot be opened holds nothing up.
            held.extend(wire::begin(&self.endpoint, &request.to_bytes(), deadline).await.ok());
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
        reply.redact(keys.encoded_secret());
    }
    exchange
}

fn failed(case: &'static Case, expect: Expect, exchange: Option<usize>, reason: String) -> State {
    State::Failed(Problem { exchange, expected: expect.what(), reason, fix: case.fix.to_owned() })
}
