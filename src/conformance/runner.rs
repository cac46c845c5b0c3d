//! Running cases: those that share the handler at once, those that need it for themselves one by one.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use hyper::Uri;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::case::{Case, Class, Family};
use super::cases::table;
use super::keys::SuiteKeys;
use super::keyserver::Readers;
use super::outcome::{Skip, Tested};
use super::preflight;
use super::processed::Processed;
use super::select::Selection;
use super::sender::Context;
use crate::clock::Clock;
use crate::deliver::SendError;
use crate::random::Random;
use crate::signature::{KeyError, NamedSecret, Scheme};

/// What is tested and how.
pub struct Plan {
    /// The handler.
    pub url: Uri,
    /// The keys of each scheme that is tested.
    pub keys: Vec<SuiteKeys>,
    /// Which cases.
    pub selection: Selection,
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
    /// Who has fetched the key set, where one is served.
    pub readers: Option<Readers>,
}

impl Plan {
    /// The cases of a scheme, in the order of the table.
    pub fn cases(&self, scheme: Scheme) -> impl Iterator<Item = &'static Case> {
        self.selection.cases().into_iter().filter(move |case| case.schemes.contains(&scheme))
    }
}

/// What came of a run.
#[derive(Debug)]
pub struct Run {
    /// Every case of the plan, in the order of the table, for one scheme after another.
    pub tested: Vec<Tested>,
    /// Whether it was stopped before it ended.
    pub is_interrupted: bool,
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

/// Runs the plan until it is done or `stop` resolves, and tells of each case as it ends.
///
/// # Errors
/// [`RunError`] where nothing can be sent at all.
pub async fn run(
    plan: Plan,
    clock: Arc<dyn Clock>,
    random: &dyn Random,
    stop: impl Future<Output = ()>,
    ended: impl FnMut(&Tested),
) -> Result<Run, RunError> {
    let context = Arc::new(Context::new(plan, clock, random).map_err(RunError::Endpoint)?);
    let mut results = Results { tested: Vec::new(), ended };
    let end = tokio::select! {
        end = run_all(&context, &mut results) => end?,
        () = stop => End::Interrupted,
    };
    Ok(Run { tested: complete(&context.plan, results.tested, end), is_interrupted: end == End::Interrupted })
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Done,
    Bail,
    Interrupted,
}

/// What is known so far, so that it is there however the run ends.
struct Results<E> {
    tested: Vec<Tested>,
    ended: E,
}

impl<E: FnMut(&Tested)> Results<E> {
    fn add(&mut self, tested: Tested) {
        (self.ended)(&tested);
        self.tested.push(tested);
    }
}

async fn run_all<E: FnMut(&Tested)>(
    context: &Arc<Context>,
    results: &mut Results<E>,
) -> Result<End, RunError> {
    for (index, keys) in context.plan.keys.iter().enumerate() {
        let mut blocking = None;
        for tested in preflight::run(context, index).await? {
            blocking = blocking.or(tested.problem().map(|_| tested.case.id));
            results.add(tested);
        }
        if let Some(id) = blocking {
            let others = cases(&context.plan, keys.scheme).filter(|case| case.id != id);
            let blocked = others.map(|case| Tested::skipped(case, keys.scheme, Skip::Blocked(id)));
            results.tested.extend(blocked);
        } else if run_scheme(context, index, results).await? == End::Bail {
            return Ok(End::Bail);
        }
        if context.plan.bail && blocking.is_some() {
            return Ok(End::Bail);
        }
    }
    Ok(End::Done)
}

/// The cases that the preflight stands before.
fn cases(plan: &Plan, scheme: Scheme) -> impl Iterator<Item = &'static Case> {
    plan.cases(scheme).filter(|case| case.family() != Family::Preflight)
}

/// Runs the cases of a scheme. Dropping the future stops those that are under way.
async fn run_scheme<E: FnMut(&Tested)>(
    context: &Arc<Context>,
    keys: usize,
    results: &mut Results<E>,
) -> Result<End, RunError> {
    let mut is_last = |tested: Tested| {
        let is_last = context.plan.bail && tested.problem().is_some();
        results.add(tested);
        is_last
    };
    let cases = cases(&context.plan, context.plan.keys[keys].scheme);
    let (shared, alone): (Vec<_>, Vec<_>) = cases.partition(|case| case.class == Class::Shared);
    let mut under_way = JoinSet::new();
    let room = Arc::new(Semaphore::new(context.plan.concurrency));
    for case in shared {
        let (context, room) = (context.clone(), room.clone());
        under_way.spawn(async move {
            // The semaphore is never closed.
            let _permit = room.acquire().await;
            context.run_case(case, keys).await
        });
    }
    while let Some(tested) = under_way.join_next().await {
        if is_last(tested.map_err(RunError::Stopped)??) {
            return Ok(End::Bail);
        }
    }
    for case in alone {
        if is_last(context.run_case(case, keys).await?) {
            return Ok(End::Bail);
        }
    }
    Ok(End::Done)
}

/// Adds the cases that were not run, and brings all into the order of the table.
fn complete(plan: &Plan, mut tested: Vec<Tested>, end: End) -> Vec<Tested> {
    let why = if end == End::Bail { Skip::Bail } else { Skip::Interrupted };
    let done: HashSet<(Scheme, &str)> = tested.iter().map(|one| (one.scheme, one.case.id)).collect();
    for scheme in plan.keys.iter().map(|keys| keys.scheme) {
        let missing = plan.cases(scheme).filter(|case| !done.contains(&(scheme, case.id)));
        tested.extend(missing.map(|case| Tested::skipped(case, scheme, why)));
    }
    tested.sort_by_key(|one| {
        let scheme = plan.keys.iter().position(|keys| keys.scheme == one.scheme);
        (scheme, table().position(|case| case.id == one.case.id))
    });
    tested
}
