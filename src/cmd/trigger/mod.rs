//! `gwh trigger`: sending signed sample events to a handler.
//!
//! This file holds the flags and what they mean together; `emulator` has one send them; `event` says which event, `body` makes its
//! bytes, `volley` sends, `advice` knows what a refusal mostly means.

mod advice;
mod body;
mod emulator;
mod event;
mod flags;
mod volley;

use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use hyper::Uri;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};

use crate::cmd::args::{SecretArgs, header, single_stdin};
use crate::cmd::destination::destination;
use crate::cmd::event_name::EventName;
use crate::cmd::sending::{Report, Subject};
use crate::cmd::status::StatusPattern;
use crate::config;
use crate::deliver::{Corruption, Limits, Sender, Spoiler, Target, own_headers};
use crate::error::{Exit, Failure};
use crate::runtime;
use crate::session::Session;
use crate::signature::{Policy, Scheme};
use crate::units::{self, Moment};
use body::Body;
use volley::{Plan, Volley};

const EXAMPLES: &str = "\
Examples:
  gwh trigger batch.succeeded
  gwh trigger batch.failed --to 3000 --set data.error_code=QUOTA
  gwh trigger video.generated --to http://localhost:3000/webhook --scheme v1a
  gwh trigger batch.succeeded --corrupt body --expect-status 4xx
  gwh trigger batch.succeeded --count 1000 --concurrency 8 --rate 200/s
  gwh trigger batch.succeeded --via-emulator

Exit codes:
  0    every answer had the expected status, 2xx unless --expect-status says otherwise
  1    one had another status, or some deliveries got no answer
  4    no delivery got an answer at all
  130  interrupted

With --corrupt a good handler refuses, which is exit 1 as for any status that is not 2xx. In CI, \
--expect-status 4xx makes a refusal exit 0, an acceptance 1 and a handler that is not running 4; \
inverting with ! would take the last one for a refusal, too.

With --json each delivery is one object:
  {\"type\":\"sent\",\"webhook_id\",\"event_type\",\"url\",\"attempt\",\"status\",\"latency_ms\",\"error\",
   \"error_kind\",\"corrupt\"}
and --count over 1 ends with
  {\"type\":\"summary\",\"sent\",\"answered\",\"unexpected\",\"failed\",\"statuses\":{\"200\":n},
   \"errors\":{\"timeout\":n},\"duration_ms\",\"rate\",\"p50_ms\",\"p99_ms\",\"max_ms\",\"interrupted\"}";

/// Send a realistic signed sample event to a handler
///
/// Without configuration the delivery is signed with the local test secret, which gwh listen verifies
/// with and gwh secrets get local prints for a handler. The sample's timestamp and id are fresh in
/// every delivery. Redirects are not followed.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES, after_help = "See --help for examples and exit codes")]
pub struct Trigger {
    /// The event type; any name is sent, --list shows the known ones
    #[arg(value_name = "EVENT", value_parser = EventName, hide_possible_values = true)]
    event: Option<String>,
    /// Where to send to: a port, host:port, /path or URL [env: GWH_TO] [default: http://127.0.0.1:8080/]
    #[arg(long, value_name = "URL", value_parser = Target::parse)]
    to: Option<Target>,
    /// Have a running gwh emulator send it to the webhooks that are subscribed, signed with their
    /// secrets [default URL: $GOOGLE_GEMINI_BASE_URL or http://127.0.0.1:9090]
    #[arg(
        long,
        value_name = "URL",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "",
        conflicts_with_all = [
            "to", "list", "headers", "scheme", "timestamp", "audience", "corrupt", "secret_file",
            "secret_env", "webhook", "count", "rate", "concurrency", "duplicate", "expect_status",
        ]
    )]
    via_emulator: Option<String>,
    /// List the known event types
    #[arg(long, conflicts_with = "event")]
    list: bool,

    #[command(flatten)]
    content: Content,
    #[command(flatten)]
    signing: Signing,
    #[command(flatten)]
    sending: Sending,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Content")]
struct Content {
    /// Send this body instead of a sample: @FILE, - for stdin, or JSON text; byte for byte unless changed
    #[arg(long, value_name = "@FILE|-|JSON")]
    data: Option<String>,
    /// Set a value of the body, as data.id=batch_7; a value that is JSON is taken as JSON (repeatable)
    #[arg(long, value_name = "PATH=VALUE", value_parser = units::path_value)]
    set: Vec<(String, String)>,
    /// Add user_metadata, at the top level: where the service puts it is unverified (repeatable)
    #[arg(long, value_name = "KEY=VALUE", value_parser = units::key_value)]
    user_metadata: Vec<(String, String)>,
    /// Add a header, or replace one that is sent anyway (repeatable)
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE", value_parser = header)]
    headers: Vec<(HeaderName, HeaderValue)>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Signing")]
struct Signing {
    /// The signature scheme
    #[arg(long, value_enum, default_value = "v1")]
    scheme: Scheme,
    /// The webhook-id [default: a new one for each delivery]
    #[arg(long, value_name = "ID", value_parser = flags::id)]
    id: Option<String>,
    /// The webhook-timestamp; -10m is ten minutes ago [default: now]
    #[arg(long, value_name = "TIME", value_parser = units::moment, allow_hyphen_values = true)]
    timestamp: Option<Moment>,
    /// The audience that a JWT names [env: GWH_AUDIENCE]
    #[arg(long, value_name = "NAME")]
    audience: Option<String>,
    /// Make exactly one thing wrong, to see the handler refuse
    #[arg(long, value_enum, value_name = "WHAT")]
    corrupt: Option<Corruption>,
    #[command(flatten)]
    secrets: SecretArgs,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Sending")]
struct Sending {
    /// How many deliveries
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = units::count)]
    count: u64,
    /// At most so many a second, as 200/s or 90/m [default: as fast as the answers come]
    #[arg(long, value_name = "RATE", value_parser = units::rate)]
    rate: Option<f64>,
    /// How many deliveries are under way at once
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1024))]
    concurrency: u16,
    /// Send each delivery twice, the second time as a retry: the same id, a fresh timestamp
    #[arg(long)]
    duplicate: bool,
    /// How long an answer may take
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = units::positive_duration)]
    timeout: Duration,
    /// The status that counts as success: 200, 4xx, …
    #[arg(long, value_name = "STATUS", default_value = "2xx", value_parser = StatusPattern::parse)]
    expect_status: StatusPattern,
}

/// Sends.
///
/// # Errors
/// Kind `Usage` for a missing event and data that cannot be changed as asked, `Configuration` where there
/// is no key to sign with, `Remote` where no delivery was answered, `Interrupted` on Ctrl-C.
pub fn run(args: Trigger, session: &Session) -> Result<Exit, Failure> {
    if args.list {
        return event::list(&session.ui);
    }
    if let Some(address) = args.via_emulator.clone() {
        let (body, event_type) = content(&args, session)?;
        let (id, timeout) = (args.signing.id, args.sending.timeout);
        let emission = emulator::Emission { body, event_type, id, timeout };
        return runtime::block_on(emulator::emit(&address, emission, session));
    }
    let url = destination(args.to.as_ref(), session)?;
    let (body, event_type) = content(&args, session)?;
    let signing = args.signing;
    let audience = session.config.get(&config::AUDIENCE, signing.audience);
    let signer = signing.secrets.signer(session, signing.scheme, audience)?;
    let spoil = |corruption| {
        Spoiler::new(corruption, &signer, session.random.as_ref())
            .map_err(|error| Failure::bug("cannot make another key").because(error))
    };
    let spoiler = signing.corrupt.map(spoil).transpose()?;
    let (headers, overrides) = headers(&url, args.content.headers);
    let sending = args.sending;
    let subject = Subject {
        expected: sending.expect_status,
        count: sending.count,
        copies: if sending.duplicate { 2 } else { 1 },
        corruption: signing.corrupt.map(Corruption::name),
        fault: fault(signing.corrupt, signing.timestamp, session.now()),
        not_authentic: advice::not_authentic(!signing.secrets.is_given(session), signing.scheme),
        flags: advice::flags(sending.concurrency),
    };
    let plan = Plan {
        url,
        event_type,
        headers,
        overrides,
        body,
        signer,
        spoiler,
        id: signing.id,
        timestamp: signing.timestamp,
        count: sending.count,
        copies: subject.copies,
        rate: sending.rate,
        concurrency: sending.concurrency,
    };
    runtime::block_on(async {
        let report = Report::new(session.ui.clone(), subject);
        let sender = Sender::new(Limits::within(sending.timeout));
        let volley = Volley::new(plan, sender, report, session);
        volley::fire(Arc::new(volley), &session.shutdown).await
    })
}

/// The body and the type that it has.
fn content(args: &Trigger, session: &Session) -> Result<(Body, Option<String>), Failure> {
    let changes = body::changes(&args.content.user_metadata, &args.content.set);
    let Some(data) = &args.content.data else {
        let name = event::choose(args.event.as_deref(), session)?;
        return Body::sample(&name, changes, session.random.as_ref());
    };
    single_stdin([
        (body::reads_stdin(data), "--data -"),
        (args.signing.secrets.reads_stdin(), "--secret-file -"),
    ])?;
    let (body, found) = Body::given(&body::read(data, session)?, &changes)?;
    if let (Some(named), Some(found)) = (&args.event, &found)
        && named != found
    {
        session.ui.warn(&format!("the data is of type {found:?}, not {named:?}; it is sent as it is"));
    }
    let event_type = found.or_else(|| args.event.clone());
    Ok((body, event_type))
}

/// What is wrong with deliveries on purpose.
fn fault(corruption: Option<Corruption>, timestamp: Option<Moment>, now: i64) -> Option<&'static str> {
    let tolerance = Policy::TOLERANCE.as_secs();
    let is_off = timestamp.is_some_and(|moment| moment.unix(now).abs_diff(now) > tolerance);
    corruption.map(Corruption::what).or(is_off.then_some("its timestamp is more than five minutes from now"))
}

/// The headers of every delivery, and those of the user that replace a message's own.
fn headers(url: &Uri, given: Vec<(HeaderName, HeaderValue)>) -> (HeaderMap, HeaderMap) {
    let (mut headers, mut overrides) = (own_headers(url), HeaderMap::new());
    let mut replaced: Vec<HeaderName> = Vec::new();
    for (name, value) in given {
        if name.as_str().starts_with("webhook-") {
            overrides.append(name, value);
            continue;
        }
        // The first one replaces what is sent anyway; the same name again is a repeat.
        if !replaced.contains(&name) {
            headers.remove(&name);
            replaced.push(name.clone());
        }
        headers.append(name, value);
    }
    (headers, overrides)
}
