//! What is tried before the suite: whether the handler is there, takes a POST, has the right secret, answers
//! in time and verifies at all. A secret that seems wrong is looked into: what is said of it is proved by a
//! delivery that the handler accepts. A redirect and a late answer show in their own cases of the table; like
//! the others they block what is left, because every case would show the same.

use super::case::{Case, Family};
use super::cases::{ACCEPTED, BUDGET, DECODING, POST, REACHABLE, REDIRECT, SECRET, VERIFIES, table};
use super::judge::late;
use super::keys::SuiteKeys;
use super::outcome::{Exchange, Problem, Skip, State, Tested};
use super::recipe::{Body, Edit, Entry, Form, Header, Recipe, Signatory, Signature, Stamp, VALID};
use super::sender::Context;
use crate::deliver::SendError;
use crate::signature::{KeyError, Secret, Signer};

/// The sample as `json.dumps` of Python writes it.
const SPACED: &str = r#"{"type": "batch.succeeded", "version": "v1", "timestamp": "2026-01-22T12:00:00Z", "data": {"id": "batch_123456"}}"#;
/// The sample with its keys sorted, as serializers of maps write it.
const SORTED: &str = r#"{"data":{"id":"batch_123456"},"timestamp":"2026-01-22T12:00:00Z","type":"batch.succeeded","version":"v1"}"#;
/// The same with spaces.
const SORTED_SPACED: &str = r#"{"data": {"id": "batch_123456"}, "timestamp": "2026-01-22T12:00:00Z", "type": "batch.succeeded", "version": "v1"}"#;

/// What was found wrong.
struct Finding {
    /// The case that it shows in: one of the preflight, or another that no other can show anything beside.
    id: &'static str,
    reason: String,
    expected: &'static str,
    /// What to do, where that is more than the case says.
    fix: Option<String>,
    /// Which of the exchanges it shows in.
    exchange: usize,
}

/// Runs the checks for one scheme; the first failure among them blocks every other case.
///
/// # Errors
/// [`KeyError`] where a key cannot sign.
pub(super) async fn run(context: &Context, keys: usize) -> Result<Vec<Tested>, KeyError> {
    let keys = &context.plan.keys[keys];
    let exchange = context.exchange(&VALID, keys, &context.id("preflight.valid", 1, 0)).await?;
    let mut exchanges = vec![exchange];
    let counts = |found: &Finding| !context.plan.selection.leaves_out(found.id);
    let mut finding = of_arrival(context, &exchanges[0]).await.filter(counts);
    if finding.is_none() {
        finding = of_forged(context, keys, &mut exchanges).await?.filter(counts);
    }
    if finding.is_none() {
        finding = of_valid(context, keys, &exchanges[0]).await?.filter(counts);
    }
    Ok(report(context, keys, finding, exchanges))
}

/// Whether a delivery arrives at a handler that answers it in time, whatever it says.
async fn of_arrival(context: &Context, exchange: &Exchange) -> Option<Finding> {
    let find = |id, expected, reason: String, fix| Some(Finding { id, reason, expected, fix, exchange: 0 });
    let budget = context.plan.budget;
    let reply = match &exchange.outcome {
        Ok(reply) => reply,
        Err(error @ SendError::Timeout { .. }) => match context.connect().await {
            Ok(_) => return find(BUDGET, "2xx within the time budget", error.sentence(), None),
            Err(error) => return find(REACHABLE, "an answer in HTTP", error.sentence(), fix_of(&error)),
        },
        Err(error) => return find(REACHABLE, "an answer in HTTP", error.sentence(), fix_of(error)),
    };
    match reply.status {
        300..400 => {
            let place = reply.header("location").unwrap_or("nowhere");
            let reason = format!("POST is redirected with {} to {place}", reply.status);
            find(REDIRECT, "no redirect", reason, None)
        }
        404 | 405 | 410 | 501 => {
            let reason = format!("POST {} is answered with {}", exchange.request.target, reply.status);
            find(POST, "a handler at this path", reason, None)
        }
        _ if reply.latency > budget => {
            find(BUDGET, "2xx within the time budget", late(reply.latency, budget), None)
        }
        _ => None,
    }
}

/// What is behind the refusal of a valid delivery, where it was refused.
async fn of_valid(
    context: &Context,
    keys: &SuiteKeys,
    exchange: &Exchange,
) -> Result<Option<Finding>, KeyError> {
    let Ok(reply) = &exchange.outcome else { return Ok(None) };
    let (status, expected) = (reply.status, "2xx");
    if reply.is_success() {
        return Ok(None);
    }
    if let Some(Trial { id, cause, fix, .. }) = explain(context, keys).await? {
        let reason = format!("a valid delivery is answered with {status}, because the handler {cause}");
        return Ok(Some(Finding { id, reason, expected, fix: fix.map(str::to_owned), exchange: 0 }));
    }
    let (reason, fix) = match status {
        500.. => (
            format!("the handler fails with {status} on a valid delivery"),
            Some(
                "look into the handler's log; an exception while verifying often means a secret or a library \
                 that is missing",
            ),
        ),
        _ => (
            format!(
                "a valid delivery is answered with {status}: most likely the handler has another secret or key"
            ),
            None,
        ),
    };
    Ok(Some(Finding { id: SECRET, reason, expected, fix: fix.map(str::to_owned), exchange: 0 }))
}

/// Whether what nobody signed is accepted, too.
async fn of_forged(
    context: &Context,
    keys: &SuiteKeys,
    exchanges: &mut Vec<Exchange>,
) -> Result<Option<Finding>, KeyError> {
    let unsigned = Recipe { edits: &[Edit::Drop(Header::Signature)], ..VALID };
    let foreign = Recipe { signature: Signature::Foreign, ..VALID };
    for (index, recipe) in [unsigned, foreign].iter().enumerate() {
        let exchange = context.exchange(recipe, keys, &context.id("preflight.forged", 1, index)).await?;
        let is_refused = !exchange.outcome.as_ref().is_ok_and(|reply| reply.is_success());
        exchanges.push(exchange);
        if is_refused {
            return Ok(None);
        }
    }
    let reason = "a delivery without a signature is accepted, and so is one with a foreign signature: nothing is verified";
    let exchange = exchanges.len() - 1;
    Ok(Some(Finding { id: VERIFIES, reason: reason.to_owned(), expected: "4xx", fix: None, exchange }))
}

/// A mistake that would make a handler refuse valid deliveries, and the delivery that it would accept.
struct Trial {
    /// The case that the mistake shows in.
    id: &'static str,
    recipe: Recipe,
    own: Option<Signer>,
    /// What the handler does, as the end of a sentence.
    cause: String,
    /// What to do, where that is more than the case says.
    fix: Option<&'static str>,
}

/// Which mistake it is, where one of the known ones can be proved.
async fn explain(context: &Context, keys: &SuiteKeys) -> Result<Option<Trial>, KeyError> {
    for (index, trial) in trials(context, keys).into_iter().enumerate() {
        let other = trial.own.as_ref().map(|own| keys.with_own(own.clone()));
        let id = context.id("preflight.explain", 1, index);
        let exchange = context.exchange(&trial.recipe, other.as_ref().unwrap_or(keys), &id).await?;
        if exchange.outcome.is_ok_and(|reply| reply.is_success()) {
            return Ok(Some(trial));
        }
    }
    Ok(None)
}

fn trials(context: &Context, keys: &SuiteKeys) -> Vec<Trial> {
    let mut trials = Vec::new();
    if let (Some(secret), Some(encoded)) = (keys.secret(), keys.encoded_secret()) {
        for text in [secret.expose(), encoded] {
            let own = Some(Signer::V1(vec![Secret::from_key(text.as_bytes())]));
            let cause = "uses the secret without base64-decoding it".to_owned();
            trials.push(Trial { id: DECODING, recipe: VALID, own, cause, fix: None });
        }
        for known in &context.plan.known {
            let own = Some(Signer::V1(vec![known.secret.clone()]));
            let cause = format!("verifies with another secret, {} ({})", known.label, known.name);
            let fix = "give the handler the secret that gwh signs with, or name its own to gwh with --webhook, \
                       --secret-file or --secret-env";
            trials.push(Trial { id: SECRET, recipe: VALID, own, cause, fix: Some(fix) });
        }
    }
    let accepted = |recipe: Recipe, cause: &str, fix| Trial {
        id: ACCEPTED,
        recipe,
        own: None,
        cause: cause.to_owned(),
        fix: Some(fix),
    };
    if keys.other.is_some() {
        trials.push(accepted(
            Recipe { signature: Signature::OtherKey, ..VALID },
            "uses the last key of the key set only",
            "try every key of the key set that has no kid, and look the others up by kid: a map by kid keeps one \
             key alone of those without",
        ));
    }
    for text in [SPACED, SORTED, SORTED_SPACED] {
        trials.push(accepted(
            Recipe { body: Body::Text(text), ..VALID },
            "verifies JSON that it has parsed and written anew instead of the raw body",
            "verify the bytes as they arrived, before any JSON parser: request.get_data() in Flask, await \
             request.body() in FastAPI, express.raw() in Express",
        ));
    }
    if keys.secret().is_some() {
        const HEX: &[Entry] = &[Entry { by: Signatory::Own, version: None, form: Form::Hex }];
        trials.push(accepted(
            Recipe { signature: Signature::List(HEX), ..VALID },
            "expects the signature in hexadecimal digits",
            "compare with the base64 of the HMAC, not with its hexadecimal digits",
        ));
        trials.push(accepted(
            Recipe { stamp: Stamp::Millis, ..VALID },
            "takes webhook-timestamp for milliseconds",
            "webhook-timestamp is in seconds: compare it with the time in seconds",
        ));
    }
    trials
}

/// The checks that were made: those before the one that failed have passed, those after it were not tried.
///
/// The exchanges belong to the one that failed, or to the last one.
fn report(
    context: &Context,
    keys: &SuiteKeys,
    finding: Option<Finding>,
    exchanges: Vec<Exchange>,
) -> Vec<Tested> {
    let scheme = keys.scheme;
    let blocking = finding.as_ref().map(|found| found.id);
    let is_reported = |case: &&Case| {
        let is_tried = case.family() == Family::Preflight && !context.plan.selection.leaves_out(case.id);
        case.schemes.contains(&scheme) && (is_tried || blocking == Some(case.id))
    };
    let rows: Vec<&'static Case> = table().filter(is_reported).collect();
    // What is not of the preflight is found where something answers a POST, and before all the rest.
    let end = match blocking {
        Some(BUDGET | REDIRECT) => rows.iter().position(|row| ![REACHABLE, POST].contains(&row.id)),
        Some(id) => rows.iter().position(|row| row.id == id),
        None => None,
    };
    let telling = blocking.or(rows.last().map(|row| row.id));
    let mut left = Some((finding, exchanges));
    let mut all = Vec::new();
    for (index, case) in rows.into_iter().enumerate() {
        let (finding, exchanges) = match telling == Some(case.id) {
            true => left.take().unwrap_or_default(),
            false => (None, Vec::new()),
        };
        let state = match (finding, blocking) {
            (Some(found), _) => State::Failed(Problem {
                exchange: Some(found.exchange),
                expected: found.expected,
                reason: found.reason,
                fix: found.fix.unwrap_or_else(|| case.fix.to_owned()),
            }),
            (None, Some(id)) if end.is_some_and(|end| index >= end) => State::Skipped(Skip::Blocked(id)),
            (None, _) => State::Passed,
        };
        let failed_rounds = u32::from(matches!(state, State::Failed(_)));
        let took =
            exchanges.iter().filter_map(|one| one.outcome.as_ref().ok()).map(|reply| reply.latency).sum();
        let rounds = u32::from(!matches!(state, State::Skipped(_)));
        all.push(Tested { case, scheme, state, exchanges, rounds, failed_rounds, took });
    }
    all
}

/// What to do where nothing answers.
fn fix_of(error: &SendError) -> Option<String> {
    let fix = match error {
        SendError::UnknownHost { .. } => "check the host in the URL",
        SendError::Tls { .. } | SendError::TlsSetup(_) => {
            "the certificate must be issued for this host by an authority that this machine trusts; for a handler \
             that speaks plain HTTP write http://"
        }
        SendError::NotHttp { .. } | SendError::Closed { .. } => {
            "look into the handler's log; if the port speaks TLS, write https://"
        }
        _ => return None,
    };
    Some(fix.to_owned())
}
