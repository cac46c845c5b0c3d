//! The arguments of `gwh listen`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use hyper::StatusCode;

use super::forward::ForwardArgs;
use super::tls::TlsArgs;
use crate::cmd::args::VerifyArgs;
use crate::cmd::event_name::EventName;
use crate::units;

const EXAMPLES: &str = "\
Examples:
  gwh listen
  gwh listen --port 0 --json --until batch.succeeded --expect data.id=batches/123 --timeout 60s
  gwh listen --forward-to 3000
  gwh listen -f 'batch.*=3000/batches' -f 'video.*=http://localhost:4000/webhook'
  gwh listen --resolve
  gwh listen --fail-first 2 --events 'batch.*'
  gwh listen --port 8443 --tls self-signed
  gwh listen --public-url https://tunnel.example/webhook

Exit codes: 0 on Ctrl-C, and when what was waited for came; 1 when it did not come before --timeout \
or Ctrl-C, and on an invalid delivery with --fail-on-invalid; 3 when the address or the certificate \
cannot be had; 4 when the API does not make the webhook of --public-url.";

/// Receive deliveries, verify them and show them
///
/// Every delivery is verified on its raw bytes, and kept on the disk before it is acknowledged: what was
/// answered with 2xx survives a crash, and gwh events shows it. Without secrets or keys, the local test
/// identity counts, which gwh trigger signs with. Answers: 200 verified, 401 not authentic, 400 malformed,
/// 404 another path, 405 not a POST, 408 too slow, 411 without a length, 413 too large, 431 header too
/// large, 503 where it cannot be kept. With --forward-to the handler's status is the answer; 502 where it
/// cannot be reached, 504 where it takes too long, 503 where too much waits for it. GET /healthz answers
/// 200. Stored secrets are followed while it runs: what another gwh stores verifies from the next delivery
/// on, what it removes or ends verifies no more after a second.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Listen {
    /// Listen on this port; 0 takes a free one [env: GWH_PORT] [default: 8080]
    #[arg(long, value_name = "PORT", value_parser = units::port)]
    pub(super) port: Option<u16>,
    /// Listen on this address [env: GWH_HOST] [default: 127.0.0.1]
    #[arg(long, value_name = "ADDRESS")]
    pub(super) host: Option<String>,
    /// Take deliveries at this path and below
    #[arg(long, value_name = "PATH", default_value = "/", value_parser = path)]
    pub(super) path: String,
    /// Refuse larger bodies
    #[arg(long, value_name = "SIZE", default_value = "1MiB", value_parser = max_body)]
    pub(super) max_body: usize,
    /// Show and forward only these event types; deliveries that do not verify are always shown (repeatable)
    #[arg(short, long, value_name = "GLOB,…", value_delimiter = ',', value_parser = EventName, hide_possible_values = true)]
    pub(super) events: Vec<String>,
    /// Do not show or forward these event types (repeatable)
    #[arg(long, value_name = "GLOB,…", value_delimiter = ',', value_parser = EventName, hide_possible_values = true)]
    pub(super) exclude: Vec<String>,
    /// Have deliveries sent to this URL, which leads here by a tunnel or a proxy: makes a webhook for it, asks
    /// for a ping, and deletes it at the end; needs an API key
    #[arg(long, value_name = "URL")]
    pub(super) public_url: Option<String>,
    /// Ask the API for the job that a verified event names, and show its state, its error and where its
    /// results are in a line of their own. Answers never wait for it; needs an API key
    #[arg(long)]
    pub(super) resolve: bool,
    /// Where they go on to.
    #[command(flatten)]
    pub(super) forward: ForwardArgs,
    /// What is kept.
    #[command(flatten)]
    pub(super) store: StoreArgs,
    /// Which certificate to show.
    #[command(flatten)]
    pub(super) tls: TlsArgs,
    /// When to end.
    #[command(flatten)]
    pub(super) waiting: WaitArgs,
    /// What to answer.
    #[command(flatten)]
    pub(super) answers: AnswerArgs,
    /// What verifies.
    #[command(flatten)]
    pub(super) verify: VerifyArgs,
}

/// What is kept of deliveries.
#[derive(Debug, Args)]
#[command(next_help_heading = "Keeping deliveries")]
pub struct StoreArgs {
    /// Keep nothing: a delivery is acknowledged once it is verified
    #[arg(long, conflicts_with_all = ["keep", "max_store"])]
    pub(super) no_store: bool,
    /// Delete deliveries that are older [env: GWH_KEEP] [default: 30d]
    #[arg(long, value_name = "DURATION", value_parser = units::positive_duration)]
    pub(super) keep: Option<Duration>,
    /// Delete the oldest deliveries when they take more room [env: GWH_MAX_STORE] [default: 1GiB]
    #[arg(long, value_name = "SIZE", value_parser = units::store_size)]
    pub(super) max_store: Option<usize>,
}

/// When to end, for scripts and CI.
#[derive(Debug, Args)]
#[command(next_help_heading = "Waiting for deliveries")]
pub struct WaitArgs {
    /// End once a verified event of this type came
    #[arg(long, value_name = "EVENT|GLOB", value_parser = EventName, hide_possible_values = true)]
    pub(super) until: Option<String>,
    /// End once so many verified deliveries came; every attempt counts
    #[arg(long, value_name = "N", value_parser = units::count)]
    pub(super) count: Option<u64>,
    /// Count only events with this value at this path of the body (repeatable: all must hold)
    #[arg(long, value_name = "PATH=VALUE", value_parser = units::path_value)]
    pub(super) expect: Vec<(String, String)>,
    /// End after this time; with exit code 1 if something is waited for
    #[arg(long, value_name = "DURATION", value_parser = units::duration)]
    pub(super) timeout: Option<Duration>,
    /// End with exit code 1 at the first delivery that does not verify
    #[arg(long)]
    pub(super) fail_on_invalid: bool,
    /// Write the URL to this file once ready; removed at the end
    #[arg(long, value_name = "FILE")]
    pub(super) ready_file: Option<PathBuf>,
}

/// What verified deliveries are answered with, to watch the sender retry.
#[derive(Debug, Args)]
#[command(next_help_heading = "Answers")]
pub struct AnswerArgs {
    /// Answer verified deliveries with this status
    #[arg(long, value_name = "STATUS", value_parser = status)]
    pub(super) respond: Option<StatusCode>,
    /// Answer only the first N verified deliveries with the status of --respond, or 503, and do not
    /// forward them; the rest with 200, or what the handler says
    #[arg(long, value_name = "N")]
    pub(super) fail_first: Option<u64>,
    /// Wait this long before answering a verified delivery
    #[arg(long, value_name = "DURATION", value_parser = units::duration)]
    pub(super) delay: Option<Duration>,
}

fn path(text: &str) -> Result<String, String> {
    let allowed = text.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'?' | b'#'));
    if text.starts_with('/') && allowed {
        Ok(text.to_owned())
    } else {
        Err("expected a path such as / or /webhook".to_owned())
    }
}

/// A body is held in memory, so there is an end to what may be allowed.
fn max_body(text: &str) -> Result<usize, String> {
    const MOST: usize = 256 * 1024 * 1024;
    let size = units::size(text)?;
    if size <= MOST { Ok(size) } else { Err("expected at most 256MiB".to_owned()) }
}

fn status(text: &str) -> Result<StatusCode, String> {
    let code = text.parse().ok().filter(|code| (200..600).contains(code));
    code.and_then(|code| StatusCode::from_u16(code).ok())
        .ok_or_else(|| "expected a status from 200 to 599".to_owned())
}
