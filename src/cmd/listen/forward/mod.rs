//! Forwarding in `listen`: its arguments, and what they mean.
//!
//! `onward` takes a delivery from where it is kept to its handlers and back; `notes` says what is to be said
//! about an answer.

mod notes;
mod onward;

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use hyper::Uri;
use hyper::header::{HeaderName, HeaderValue};
use tokio::sync::watch;

use super::args::Listen;
use crate::capture::shown_url;
use crate::cmd::args::header;
use crate::config::{self, Origin};
use crate::deliver::forward::{Forwarder, Options, Room, Route, is_hop_by_hop};
use crate::deliver::{self, Target, Trust};
use crate::error::Failure;
use crate::event::Filter;
use crate::server::Limits;
use crate::session::Session;
use crate::units;
pub(super) use notes::Advisor;
pub(super) use onward::{Forwarding, Passing};

/// What a path alone is a path of, where `GWH_TO` says nothing: the port that handlers in development
/// mostly have. The default of `trigger` would be this listener itself.
const BASE: &str = "http://localhost:3000/";
/// How long a delivery waits for its turn: longer than that no sender waits for an answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// The bytes of deliveries that one target may hold, unless single bodies may be larger.
const ROOM: usize = 16 * 1024 * 1024;
/// However many targets there are, so many deliveries may wait for each.
const LEAST_WAITING: usize = 16;

/// Where deliveries go on to.
#[derive(Debug, Args)]
#[command(next_help_heading = "Forwarding")]
pub struct ForwardArgs {
    /// Forward what verified to a port, host:port, /path or URL, and answer with its status; with GLOB=,
    /// only these event types (repeatable: each delivery goes to all that match)
    #[arg(short, long, value_name = "[GLOB=]URL", value_parser = Route::parse)]
    pub(super) forward_to: Vec<Route>,
    /// Add a header to what is forwarded, or replace one (repeatable)
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE", value_parser = forwarded_header, requires = "forward_to")]
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    /// How long a handler may take to answer; after that the sender gets 504
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = units::positive_duration, requires = "forward_to")]
    pub(super) forward_timeout: Duration,
    /// How many deliveries may be under way to each target at once; 1 keeps their order
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=256), requires = "forward_to")]
    pub(super) concurrency: u16,
    /// Trust the certificates of this PEM file and what they signed, instead of this machine's authorities
    #[arg(long, value_name = "FILE", requires = "forward_to")]
    pub(super) cacert: Option<PathBuf>,
    /// Do not check the certificates of handlers
    #[arg(long, requires = "forward_to", conflicts_with = "cacert")]
    pub(super) skip_verify: bool,
    /// Forward deliveries that do not verify, too: whoever reaches this port reaches the handler
    #[arg(long, requires = "forward_to")]
    pub(super) forward_invalid: bool,
}

/// A header for what is forwarded.
fn forwarded_header(text: &str) -> Result<(HeaderName, HeaderValue), String> {
    let (name, value) = header(text)?;
    if name.as_str().starts_with("webhook-") {
        return Err(format!("{name} is part of the signature and is forwarded as it came"));
    }
    if is_hop_by_hop(&name) {
        return Err(format!("{name} belongs to one connection and cannot be forwarded"));
    }
    Ok((name, value))
}

impl Forwarding {
    /// The forwarding that the arguments ask for.
    ///
    /// # Errors
    /// Kind `Configuration` where `--cacert` cannot be read or the base of a path is not a URL, `Usage` where
    /// nothing would ever be forwarded.
    pub(super) fn new(args: &Listen, session: &Session) -> Result<Option<Self>, Failure> {
        let given = &args.forward;
        if given.forward_to.is_empty() {
            return Ok(None);
        }
        if args.answers.respond.is_some() && args.answers.fail_first.is_none() {
            return Err(Failure::usage("--respond answers every delivery, so that --forward-to gets none")
                .hint("with --fail-first N only the first N are answered so, and the rest are forwarded"));
        }
        let limits = Limits::with_max_body(args.max_body);
        // Waiting deliveries hold their connections: all targets together hold at most half of them.
        let waiting = (limits.connections / 2 / given.forward_to.len()).max(LEAST_WAITING);
        let options = Options {
            concurrency: given.concurrency.into(),
            room: Room { waiting, bytes: ROOM.max(args.max_body.saturating_mul(2)) },
            patience: PATIENCE,
            limits: deliver::Limits::within(given.forward_timeout),
            trust: trust(given, session)?,
            headers: given.headers.clone(),
        };
        Ok(Some(Forwarding {
            forwarder: Forwarder::new(&given.forward_to, &base(session)?, options).into(),
            filter: Filter::new(&args.events, &args.exclude),
            forward_invalid: given.forward_invalid,
            clock: session.clock.clone(),
            json: session.ui.json(),
            drain: limits.drain,
            underway: watch::Sender::new(0),
        }))
    }

    /// What is said of it at the start.
    pub(super) fn warnings(&self, args: &ForwardArgs) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.forward_invalid {
            warnings.push(
                "--forward-invalid: deliveries that do not verify are forwarded, too, so that whoever reaches \
                 this port reaches the handler"
                    .to_owned(),
            );
        }
        if args.skip_verify {
            warnings.push("--skip-verify: nobody checks who the handlers are".to_owned());
        }
        warnings
    }

    /// Refuses to forward to the listener itself, which would go round for ever.
    ///
    /// # Errors
    /// Kind `Usage`.
    pub(super) fn check_against(&self, address: std::net::SocketAddr) -> Result<(), Failure> {
        let is_itself = |url: &&Uri| url.port_u16() == Some(address.port()) && deliver::is_loopback(url);
        match self.forwarder.targets().iter().find(is_itself) {
            Some(url) => Err(Failure::usage(format!(
                "--forward-to {} is this listener itself",
                shown_url(&url.to_string())
            ))
            .hint("give the handler another port, or listen on another one with --port")),
            None => Ok(()),
        }
    }
}

/// What a path alone is a path of.
fn base(session: &Session) -> Result<Uri, Failure> {
    let default = BASE.parse().expect("the base is a URL");
    if *session.config.origin(&config::TRIGGER_TO) == Origin::Default {
        return Ok(default);
    }
    let setting = session.config.required(&config::TRIGGER_TO, None);
    let target = Target::parse(&setting).map_err(|problem| {
        Failure::configuration(format!("{} is not a place to send to: {problem}", config::TRIGGER_TO.key))
            .hint("run gwh config show --origin to see where it is set")
    })?;
    Ok(target.on(&default))
}

fn trust(args: &ForwardArgs, session: &Session) -> Result<Trust, Failure> {
    let Some(file) = &args.cacert else {
        return Ok(if args.skip_verify { Trust::Anybody } else { Trust::System });
    };
    Trust::authorities(&session.read_input(Some(file))?).map_err(|error| {
        Failure::configuration(format!("cannot use --cacert {}", file.display())).because(error)
    })
}
