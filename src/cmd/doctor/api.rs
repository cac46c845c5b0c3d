//! The API key, the API, and the clock of this machine against the API's.

use std::time::{Duration, Instant};

use crate::cmd::checks::{Check, Findings};
use crate::error::Failure;
use crate::gemini::{Api, ApiError, ServerTime, Webhook};
use crate::runtime;
use crate::secrets::WebhookSecrets;
use crate::session::{KeySource, Session};
use crate::signature::Policy;
use crate::units::{human_duration, human_millis, whole_millis};

/// How far the clock may be off. The `Date` of an answer is of whole seconds, and deliveries are refused only
/// beyond [`Policy::TOLERANCE`]: before that happens there is time to mend it.
const SKEW: Duration = Duration::from_secs(60);

/// Tells what there is of a key, the API and the clock. Answers the webhooks, where the API has listed them.
///
/// # Errors
/// Where stdout cannot be written.
pub(super) fn check(
    session: &Session,
    secrets: &WebhookSecrets,
    findings: &mut Findings<'_>,
) -> Result<Option<Vec<Webhook>>, Failure> {
    let key = match session.api_key(|| Ok(secrets)) {
        Ok((key, source)) => {
            findings.tell(&Check::good("api key", place(source)))?;
            key
        }
        Err(failure) => {
            let unasked = "the API, the clock and the state of webhooks are not checked without one";
            findings.tell(&Check::failure("api key", &failure).noting(unasked))?;
            return Ok(None);
        }
    };
    let api = match session.api_with(key) {
        Ok(api) => api,
        Err(failure) => {
            findings.tell(&Check::failure("api", &failure))?;
            return Ok(None);
        }
    };
    let start = Instant::now();
    let result = runtime::block_on(async { Ok(api.all().await) })?;
    let speaks = result.as_ref().map_or_else(|error| error.refusal().is_some(), |_| true);
    let clock = api.server_time().filter(|_| speaks).and_then(|time| clock(&time, result.is_ok()));
    let (check, listed) = answer(&api, result, start.elapsed());
    findings.tell(&check)?;
    if let Some(clock) = clock {
        findings.tell(&clock)?;
    }
    Ok(listed)
}

/// Where a key was found, never any of it.
fn place(source: KeySource) -> String {
    match source {
        KeySource::Variable(name) => format!("from {name}"),
        KeySource::Store(backend) => format!("from gwh login, in {backend}"),
    }
}

/// What came of the list.
fn answer(
    api: &Api,
    result: Result<Vec<Webhook>, ApiError>,
    took: Duration,
) -> (Check, Option<Vec<Webhook>>) {
    let place = api.elsewhere().map(|url| format!("{url}: ")).unwrap_or_default();
    match result {
        Ok(listed) => {
            let count = match listed.len() {
                0 => "no webhooks".to_owned(),
                1 => "1 webhook".to_owned(),
                count => format!("{count} webhooks"),
            };
            let took = human_millis(whole_millis(took));
            (Check::good("api", format!("{place}{count}, listed in {took}")), Some(listed))
        }
        Err(error) => {
            let failure = error.into_failure("list the webhooks");
            (Check::failure("api", &failure).prefixed(&place), None)
        }
    }
}

/// The clock of this machine against that of an answer. An answer without a date is wondered about only where
/// nothing else is wrong with it.
fn clock(time: &ServerTime, is_listed: bool) -> Option<Check> {
    let Some(ahead) = time.ahead() else {
        let fix = "a proxy may have taken it away: HTTPS_PROXY and NO_PROXY say which is used";
        let check =
            Check::bad("clock", "the API's answer has no Date that can be read", vec![fix.to_owned()]);
        return is_listed.then_some(check);
    };
    let skew = ahead.unsigned_abs();
    // To the nearest second: a network takes milliseconds.
    let seconds = (skew + Duration::from_millis(500)).as_secs();
    let side = if ahead.is_negative() { "behind" } else { "ahead of" };
    let detail = match seconds {
        // The date of an answer leaves the fraction of its second out.
        0 | 1 => "agrees with the API's".to_owned(),
        seconds => format!("{} {side} the API's", human_duration(seconds)),
    };
    if seconds <= SKEW.as_secs() {
        return Some(Check::good("clock", detail));
    }
    let tolerance = human_duration(Policy::TOLERANCE.as_secs());
    let refused = if skew > Policy::TOLERANCE { "are refused" } else { "will be refused" };
    let detail = format!("{detail}: deliveries {refused} beyond {tolerance}");
    Some(Check::bad("clock", detail, vec![how_to_set_clock().to_owned()]))
}

/// The way of the system to set its clock.
fn how_to_set_clock() -> &'static str {
    if cfg!(windows) {
        "run w32tm /resync"
    } else if cfg!(target_os = "macos") {
        "turn on System Settings > General > Date & Time > Set time and date automatically"
    } else {
        "run timedatectl set-ntp true"
    }
}
