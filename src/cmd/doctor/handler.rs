//! The handler: whether it is there, and refuses what nobody has signed.

use std::time::Duration;

use hyper::Uri;

use crate::capture::shown_url;
use crate::cmd::checks::{Check, Findings};
use crate::cmd::destination::named_destination;
use crate::deliver::{
    Answer, Flags, Limits, Message, SendError, Sender, Sent, Target, likely_cause, own_headers,
};
use crate::error::Failure;
use crate::event::catalog;
use crate::random::message_id;
use crate::runtime;
use crate::session::Session;
use crate::units::{human_millis, whole_millis};

/// How long an answer may take: as long as `gwh test` waits for one.
const PATIENCE: Duration = Duration::from_secs(10);

/// How the flags that a fix names are called.
const FLAGS: Flags = Flags {
    target: "--to",
    timeout: "gwh test --timeout",
    trust: None,
    slower: "run gwh doctor again in a little while",
};

const REFUSES: &str = "refuses a delivery that nobody signed";

/// Tells of the handler that `to` or the setting names. Answers whether one is named.
///
/// # Errors
/// Where stdout cannot be written.
pub(super) fn check(
    to: Option<&Target>,
    session: &Session,
    findings: &mut Findings<'_>,
) -> Result<bool, Failure> {
    let url = match named_destination(to, session) {
        Ok(Some(url)) => url,
        Ok(None) => return Ok(false),
        Err(failure) => {
            findings.tell(&Check::failure("handler", &failure))?;
            return Ok(true);
        }
    };
    let body = catalog::find("batch.succeeded").map_or("{}", |event| event.sample);
    let (id, timestamp) = (message_id(session.random.as_ref()), session.now());
    let unsigned = Message { id, timestamp, signature: None, body: body.into() };
    let headers = unsigned
        .headers(&own_headers(&url))
        .map_err(|error| Failure::bug("made a header that cannot be sent").because(error))?;
    let result = runtime::block_on(async {
        Ok(Sender::new(Limits::within(PATIENCE)).post(&url, headers, unsigned.body).await)
    })?;
    let check = match result {
        Ok(answer) => judge(&url, body.len(), &answer),
        Err(error) => unanswered(&url, &error),
    };
    findings.tell(&check)?;
    Ok(true)
}

/// What an answer to a delivery without a signature says of a handler.
fn judge(url: &Uri, body_size: usize, answer: &Answer) -> Check {
    let (shown, status) = (shown(url), answer.status.as_u16());
    let took = human_millis(whole_millis(answer.latency));
    let found = |what: &str| format!("{shown} {what} ({status}, {took})");
    let cause = likely_cause(Sent { url, body_size, not_authentic: REFUSES }, answer, &FLAGS);
    match (status, cause) {
        (200..=299, _) => Check::bad(
            "handler",
            found("takes a delivery that nobody signed"),
            vec![format!(
                "have it verify each delivery before it acts on it; run gwh test {shown} to see it fail"
            )],
        ),
        // A cause other than the signature, such as a path that is not served, hides what the handler would say.
        (400..=499, cause) if cause.as_deref().is_none_or(|cause| cause == REFUSES) => {
            Check::good("handler", found(REFUSES))
        }
        (_, cause) if answer.is_redirect() => {
            Check::bad("handler", found("redirects deliveries"), fixes(cause, &shown))
        }
        (_, cause) => Check::bad(
            "handler",
            found("neither takes nor refuses a delivery that nobody signed"),
            fixes(cause, &shown),
        ),
    }
}

fn unanswered(url: &Uri, error: &SendError) -> Check {
    let shown = shown(url);
    Check::bad("handler", format!("{shown}: {}", error.sentence()), fixes(error.hint(url, &FLAGS), &shown))
}

/// What is likely to help, and what says more.
fn fixes(likely: Option<String>, shown: &str) -> Vec<String> {
    let test = format!("run gwh test {shown}");
    match likely {
        Some(likely) => vec![likely, format!("then {test}")],
        None => vec![test],
    }
}

fn shown(url: &Uri) -> String {
    shown_url(&url.to_string()).into_owned()
}
