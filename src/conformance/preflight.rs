//! What is tried before the suite: whether the handler is there, takes a POST, has the right secret, answers
//! in time and verifies at all. A secret that seems wrong is looked into: what is said of it is proved by a
//! delivery that the handler accepts.

use super::case::{Case, Family};
use super::cases::{POST, REACHABLE, SECRET, TIME, VERIFIES, table};
use super::judge::seconds;
use super::keys::SuiteKeys;
use super::outcome::{Exchange, Problem, State, Tested};
use super::recipe::{Body, Edit, Entry, Form, Header, Recipe, Signatory, Signature, Stamp, VALID};
use super::runner::Context;
use crate::deliver::SendError;
use crate::signature::{KeyError, Secret, Signer};

/// The sample as `json.dumps` of Python writes it.
const SPACED: &str = r#"{"type": "batch.succeeded", "version": "v1", "timestamp": "2026-01-22T12:00:00Z", "data": {"id": "batch_123456"}}"#;
/// The sample with its keys sorted, as serializers of maps write it.
const SORTED: &str = r#"{"data":{"id":"batch_123456"},"timestamp":"2026-01-22T12:00:00Z","type":"batch.succeeded","version":"v1"}"#;
/// The same with spaces.
const SORTED_SPACED: &str = r#"{"data": {"id": "batch_123456"}, "timestamp": "2026-01-22T12:00:00Z", "type": "batch.succeeded", "version": "v1"}"#;

/// What a check came to.
struct Verdict {
    id: &'static str,
    reason: String,
    expected: &'static str,
    fix: Option<String>,
}

/// Runs the checks for one scheme.
///
/// # Errors
/// [`KeyError`] where a key cannot sign.
pub(super) async fn run(context: &Context, keys: usize) -> Result<Vec<Tested>, KeyError> {
    let keys = &context.plan.keys[keys];
    let exchange = context.exchange(&VALID, keys, &context.id("preflight.valid", 1, 0)).await?;
    let mut exchanges = vec![exchange];
    let verdict = match of_valid(context, keys, &exchanges[0]).await? {
        Some(verdict) => Some(verdict),
        None => of_forged(context, keys, &mut exchanges).await?,
    };
    Ok(report(keys, verdict, exchanges))
}

/// What the answer to a valid delivery says.
async fn of_valid(
    context: &Context,
    keys: &SuiteKeys,
    exchange: &Exchange,
) -> Result<Option<Verdict>, KeyError> {
    let fail = |id, expected, reason: String, fix| Ok(Some(Verdict { id, reason, expected, fix }));
    let reply = match &exchange.outcome {
        Ok(reply) => reply,
        Err(error @ SendError::Timeout { .. }) => {
            return fail(TIME, "2xx within the time budget", error.sentence(), None);
        }
        Err(error) => return fail(REACHABLE, "an answer in HTTP", error.sentence(), fix_of(error)),
    };
    match reply.status {
        300..400 => {
            let place = reply.header("location").unwrap_or("nowhere");
            let reason = format!("POST is redirected with {} to {place}", reply.status);
            let fix = "give the final URL: the service is not known to follow redirects, and gwh does not; often \
                       all that is missing is a slash at the end of the path";
            fail(POST, "no redirect", reason, Some(fix.to_owned()))
        }
        404 | 405 | 410 | 501 => {
            let reason = format!("POST {} is answered with {}", exchange.request.target, reply.status);
            fail(POST, "a handler at this path", reason, None)
        }
        _ if reply.latency > context.plan.budget => {
            let reason = format!(
                "the answer took {}, and the time budget is {}",
                seconds(reply.latency),
                seconds(context.plan.budget)
            );
            fail(TIME, "2xx within the time budget", reason, None)
        }
        _ if reply.is_success() => Ok(None),
        status => {
            let found = explain(context, keys).await?;
            let (cause, fix) = found.map_or((None, None), |(cause, fix)| (Some(cause), Some(fix)));
            let reason = match cause {
                Some(cause) => {
                    format!("a valid delivery is answered with {status}, because the handler {cause}")
                }
                None if status >= 500 => format!("the handler fails with {status} on a valid delivery"),
                None => format!(
                    "a valid delivery is answered with {status}: most likely the handler has another secret or key"
                ),
            };
            let fix = fix.or_else(|| {
                (status >= 500).then(|| {
                    "look into the handler's log; an exception while verifying often means a secret or a library \
                     that is missing"
                        .to_owned()
                })
            });
            fail(SECRET, "2xx", reason, fix)
        }
    }
}

/// Whether what nobody signed is accepted, too.
async fn of_forged(
    context: &Context,
    keys: &SuiteKeys,
    exchanges: &mut Vec<Exchange>,
) -> Result<Option<Verdict>, KeyError> {
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
    Ok(Some(Verdict { id: VERIFIES, reason: reason.to_owned(), expected: "4xx", fix: None }))
}

/// A mistake that would make a handler refuse valid deliveries, and the delivery that it would accept.
struct Trial {
    recipe: Recipe,
    own: Option<Signer>,
    /// What the handler does, as the end of a sentence.
    cause: String,
    fix: &'static str,
}

/// Which mistake it is, where one of the known ones can be proved, and what to do about it.
async fn explain(context: &Context, keys: &SuiteKeys) -> Result<Option<(String, String)>, KeyError> {
    for (index, trial) in trials(context, keys).into_iter().enumerate() {
        let other = trial.own.map(|own| keys.with_own(own));
        let id = context.id("preflight.explain", 1, index);
        let exchange = context.exchange(&trial.recipe, other.as_ref().unwrap_or(keys), &id).await?;
        if exchange.outcome.is_ok_and(|reply| reply.is_success()) {
            return Ok(Some((trial.cause, trial.fix.to_owned())));
        }
    }
    Ok(None)
}

fn trials(context: &Context, keys: &SuiteKeys) -> Vec<Trial> {
    let signed_by =
        |own: Signer, cause: &str, fix| Trial { recipe: VALID, own: Some(own), cause: cause.to_owned(), fix };
    let mut trials = Vec::new();
    if let Some(secret) = keys.secret() {
        const DECODE: &str =
            "take what follows whsec_, base64-decode it, and use the bytes as the key of HMAC-SHA256";
        let text = secret.expose();
        for text in [text, text.trim_start_matches("whsec_")] {
            let own = Signer::V1(vec![Secret::from_key(text.as_bytes())]);
            trials.push(signed_by(own, "uses the secret without base64-decoding it", DECODE));
        }
        for known in &context.plan.known {
            let cause = format!("verifies with another secret, {} ({})", known.label, known.name);
            let fix = "give the handler the secret that gwh signs with, or name its own to gwh with --webhook, \
                       --secret-file or --secret-env";
            trials.push(signed_by(Signer::V1(vec![known.secret.clone()]), &cause, fix));
        }
    }
    if let Some(decoy) = &keys.decoy {
        let fix = "try every key of the set that has no kid, and look the others up by kid: keys are added and replaced";
        trials.push(signed_by(decoy.clone(), "uses the first key of the key set only", fix));
    }
    let with = |recipe: Recipe, cause: &str, fix| Trial { recipe, own: None, cause: cause.to_owned(), fix };
    const RAW: &str = "verify the bytes as they arrived, before any JSON parser: request.get_data() in Flask, await \
                       request.body() in FastAPI, express.raw() in Express";
    for text in [SPACED, SORTED, SORTED_SPACED] {
        let recipe = Recipe { body: Body::Text(text), ..VALID };
        trials.push(with(
            recipe,
            "verifies JSON that it has parsed and written anew instead of the raw body",
            RAW,
        ));
    }
    if keys.secret().is_some() {
        let hex = Signature::List(&[Entry { by: Signatory::Own, version: None, form: Form::Hex }]);
        trials.push(with(
            Recipe { signature: hex, ..VALID },
            "expects the signature in hexadecimal digits",
            "compare with the base64 of the HMAC, not with its hexadecimal digits",
        ));
        trials.push(with(
            Recipe { stamp: Stamp::Millis, ..VALID },
            "takes webhook-timestamp for milliseconds",
            "webhook-timestamp is in seconds: compare it with the time in seconds",
        ));
    }
    trials
}

/// The rows of the preflight: those before the one that failed have passed, those after it were not tried.
fn report(keys: &SuiteKeys, verdict: Option<Verdict>, exchanges: Vec<Exchange>) -> Vec<Tested> {
    let rows: Vec<&'static Case> = table().filter(|case| case.family() == Family::Preflight).collect();
    let scheme = keys.scheme;
    let failed_at = verdict.as_ref().and_then(|verdict| rows.iter().position(|row| row.id == verdict.id));
    let mut left = Some((verdict, exchanges));
    let last = rows.len() - 1;
    let mut all = Vec::new();
    for (index, case) in rows.into_iter().enumerate() {
        // The exchanges belong to the row that failed, or to the last one.
        let is_telling = failed_at.map_or(index == last, |at| index == at);
        let (verdict, exchanges) = match is_telling {
            true => left.take().unwrap_or_default(),
            false => (None, Vec::new()),
        };
        let state = match verdict {
            Some(verdict) => State::Failed(Problem {
                exchange: exchanges.len().checked_sub(1),
                expected: verdict.expected,
                reason: verdict.reason,
                fix: verdict.fix.unwrap_or_else(|| case.fix.to_owned()),
            }),
            None if failed_at.is_some_and(|at| index > at) => {
                State::Skipped("a check before it failed".to_owned())
            }
            None => State::Passed,
        };
        let failed_rounds = u32::from(matches!(state, State::Failed(_)));
        let took =
            exchanges.iter().filter_map(|one| one.outcome.as_ref().ok()).map(|reply| reply.latency).sum();
        all.push(Tested { case, scheme, state, exchanges, rounds: 1, failed_rounds, took });
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
