//! The flags of `gwh test`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::cmd::args::SecretArgs;
use crate::conformance::Severity;
use crate::deliver::Target;
use crate::env;
use crate::signature::Scheme;
use crate::units;

const EXAMPLES: &str = "\
Examples:
  gwh test http://localhost:3000/webhook
  gwh test --start 'npm start'
  gwh test --start 'flask run --port $PORT' --only accepts --only refuses.timestamp
  gwh test 3000/webhook --scheme v1a --scheme jwt --audience my-app --jwks-port 9099
  gwh test 3000/webhook --format junit > report.xml
  gwh test --list

The preflight comes first: whether the handler is there, takes a POST at this path, does not redirect, \
answers in time, verifies at all, and has the secret that gwh signs with. Where one of these fails, it is \
the one failure and the other cases are not run, unless --skip names it.

The webhook-id of each delivery names its case. Valid ones are real to the handler: it processes \
them. Nothing that ties the handler up is sent, unless --stress asks for it.

With --start the handler gets these variables besides its own:
  PORT                    the port that it has to listen on
  WEBHOOK_SIGNING_SECRET  the secret, for v1
  GWH_TEST_JWKS_URL       the URL of the key set, for v1a and jwt; --jwks-env gives it another name
  GWH_TEST_AUDIENCE       the audience that tokens name, for jwt
  GWH_TEST_PROCESSED      a file to which it may add the webhook-id of each event that it has
                          processed, a line each: only then does processing a duplicate show

Exit codes:
  0    every case passed, or failed below --fail-on
  1    a case failed, whatever --fail-on says where it kept the others from being run;
       or the handler that was started did not come up
  4    nothing answers at the URL
  130  interrupted: the report tells what is known so far, and a handler that was started is ended

With --json, or --format json:
  {\"type\":\"ready\",\"url\",\"schemes\",\"jwks_url\",\"cases\"}
  {\"type\":\"case\",\"id\",\"title\",\"family\",\"severity\",\"scheme\",\"result\":\"passed|failed|skipped\"}
   and where they apply \"expected\",\"reason\",\"why\",\"fix\",\"rounds\",\"failed_rounds\",\"duration_ms\",
   \"request\":{…},\"answer\":{…}
  {\"type\":\"summary\",\"passed\",\"failed\",\"skipped\",\"score\":{\"security\":{\"passed\",\"failed\"},…},
   \"interrupted\",\"duration_ms\"}";

/// Test a webhook handler and say what it gets wrong, with the fix
///
/// Sends valid deliveries that it has to accept, however unusual their bytes, forged ones that it has to refuse,
/// and looks at how it answers. Every failure shows the request, the answer, why it matters and what to change.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES, after_help = "See --help for examples, variables and exit codes")]
pub struct Test {
    /// The handler: a port, host:port or URL; with --start also a path [default with --start: /webhook on a free port]
    #[arg(value_name = "URL", value_parser = Target::parse)]
    pub(super) url: Option<Target>,

    #[command(flatten)]
    pub(super) handler: HandlerArgs,
    #[command(flatten)]
    pub(super) choice: ChoiceArgs,
    #[command(flatten)]
    pub(super) signing: SigningArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Running the handler")]
pub(super) struct HandlerArgs {
    /// Run the handler with this shell command, and end it and everything it started afterwards
    #[arg(long, value_name = "COMMAND")]
    pub(super) start: Option<String>,
    /// How long it may take to listen
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = units::positive_duration, requires = "start")]
    pub(super) start_timeout: Duration,
    /// The variable that gets the URL of the key set
    #[arg(long, value_name = "NAME", default_value = env::GWH_TEST_JWKS_URL, requires = "start")]
    pub(super) jwks_env: String,
    /// The file to which a handler that runs already adds the webhook-id of each event it has processed
    #[arg(long, value_name = "FILE", conflicts_with = "start")]
    pub(super) processed: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Cases")]
pub(super) struct ChoiceArgs {
    /// Run only these cases: an id, a part of one up to a dot, or a glob (repeatable)
    #[arg(long, value_name = "GLOB,…", value_delimiter = ',')]
    pub(super) only: Vec<String>,
    /// Leave these cases out (repeatable)
    #[arg(long, value_name = "GLOB,…", value_delimiter = ',')]
    pub(super) skip: Vec<String>,
    /// Send what ties the handler up, too: connections that hang in the middle of a body
    #[arg(long)]
    pub(super) stress: bool,
    /// List the cases and send nothing
    #[arg(long)]
    pub(super) list: bool,
    /// Run each case so many times; it passes where it passes every time
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(super) repeat: u32,
    /// Stop at the first failure
    #[arg(long)]
    pub(super) bail: bool,
    /// How many cases are under way at once; those that measure time run alone
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub(super) concurrency: u16,
    /// How long an answer may take before it is given up
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = units::positive_duration)]
    pub(super) timeout: Duration,
    /// How long an answer may take where that is what counts
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = units::positive_duration)]
    pub(super) budget: Duration,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Signing")]
pub(super) struct SigningArgs {
    /// The signature scheme that the handler verifies (repeatable)
    #[arg(long, value_enum, default_value = "v1")]
    pub(super) scheme: Vec<Scheme>,
    /// The audience that tokens name [env: GWH_AUDIENCE] [default with --start: gwh-test]
    #[arg(long, value_name = "NAME")]
    pub(super) audience: Option<String>,
    /// Serve the key set for v1a and jwt on this port of 127.0.0.1 [default: a free one]
    #[arg(long, value_name = "PORT", default_value = "0", value_parser = units::port, hide_default_value = true)]
    pub(super) jwks_port: u16,
    #[command(flatten)]
    pub(super) secrets: SecretArgs,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Report")]
pub(super) struct OutputArgs {
    /// The form of the report; --json means json
    #[arg(long, value_enum)]
    pub(super) format: Option<Format>,
    /// The least severity that makes the exit code 1
    #[arg(long, value_enum, value_name = "SEVERITY", default_value = "robustness")]
    pub(super) fail_on: Severity,
    /// Keep each exchange in this folder: requests that gwh verify reads, answers, and capture records
    #[arg(long, value_name = "DIR")]
    pub(super) save: Option<PathBuf>,
}

/// The form of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// A checklist, and what to do about each failure
    Human,
    /// An object a line
    Json,
    /// JUnit XML
    Junit,
    /// Test Anything Protocol, version 13
    Tap,
}
