//! The command line: global flags, the list of commands, and how a run begins and ends.
//!
//! Each command's own arguments live with the command. Adding one is a file in `cmd`, a line in
//! [`Command`] and its arm in `dispatch`.

use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::cmd;
use crate::config::{Config, PROFILE, SECRET_STORE};
use crate::error::{Exit, Failure};
use crate::session::Session;
use crate::ui::{ColorChoice, Options, Ui};
use crate::world::World;

const EXIT_CODES: &str = "\
Exit codes:
  0    done
  1    the command worked and the answer is no: an invalid signature, a handler that failed
  2    bad flag or malformed input
  3    configuration: no secret or key, an unreadable file
  4    network failure, or the other side refused
  70   a defect of gwh
  130  interrupted";

/// The tool for Gemini API webhooks: sign, verify, explain, receive and send deliveries
#[derive(Debug, Parser)]
#[command(name = "gwh", version, after_help = EXIT_CODES, disable_help_subcommand = true)]
#[command(max_term_width = 100, infer_subcommands = false, propagate_version = true)]
pub struct Cli {
    /// The flags of every command.
    #[command(flatten)]
    pub globals: Globals,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// The flags of every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub struct Globals {
    /// Print JSON: one document, or one object a line where results stream
    #[arg(long, global = true)]
    pub json: bool,
    /// When to use colour
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub color: ColorChoice,
    /// Leave out notes and progress
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Say what is done along the way
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub verbose: bool,
    /// The profile whose secrets and test keys are used [env: GWH_PROFILE] [default: default]
    #[arg(short, long, global = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// Where secrets are kept: keyring or file [env: GWH_SECRET_STORE]
    #[arg(long, global = true, value_name = "STORE", value_parser = ["keyring", "file"], hide_possible_values = true)]
    pub secret_store: Option<String>,
    /// Read this configuration file instead of looking for one [env: GWH_CONFIG]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// The commands, in the order of the help.
// The text that describes a command stands on its arguments; a comment here would replace it in the help.
// One command is parsed in a run, so that its size does not matter.
#[allow(missing_docs, clippy::large_enum_variant)]
#[derive(Debug, Subcommand)]
pub enum Command {
    Verify(cmd::verify::Verify),
    Sign(cmd::sign::Sign),
    Listen(cmd::listen::Listen),
    Trigger(Box<cmd::trigger::Trigger>),
    Emulator(cmd::emulator::Emulator),
    Demo(cmd::demo::Demo),
    Webhooks(cmd::webhooks::Webhooks),
    Secrets(cmd::secrets::Secrets),
    Keys(cmd::keys::Keys),
    Config(cmd::config::Config),
    Completions(cmd::completions::Completions),
}

/// The whole command tree, for completions and man pages.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Parses the arguments, runs the command and reports how it ended.
pub fn run(args: impl IntoIterator<Item = OsString>, world: World) -> Exit {
    let args: Vec<OsString> = args.into_iter().collect();
    match parse(&args) {
        Ok(cli) => start(cli, world),
        Err(error) => report_usage(&error, &args, world),
    }
}

fn parse(args: &[OsString]) -> Result<Cli, clap::Error> {
    Cli::command().try_get_matches_from(args).and_then(|matches| Cli::from_arg_matches(&matches))
}

fn start(cli: Cli, world: World) -> Exit {
    let Globals { json, color, quiet, verbose, profile, secret_store, config } = cli.globals;
    let ui =
        Arc::new(Ui::new(world.stdout, world.stderr, Options { json, color, quiet, verbose }, &world.env));
    let result = guarded(|| {
        let flags = [(PROFILE.key, &profile), (SECRET_STORE.key, &secret_store)];
        let flags: Vec<_> =
            flags.into_iter().filter_map(|(key, text)| Some((key, text.as_deref()?))).collect();
        let config = Config::load(&world.env, &world.directory, config.as_deref(), &flags)?;
        let session = Session {
            env: world.env,
            directory: world.directory,
            ui: ui.clone(),
            config,
            clock: world.clock,
            random: world.random,
            keyring: world.keyring,
            shutdown: world.shutdown,
            stdin: Mutex::new(world.stdin),
        };
        dispatch(cli.command, &session)
    });
    match result {
        Ok(exit) => exit,
        Err(failure) => {
            ui.failure(&failure);
            failure.kind().exit()
        }
    }
}

fn dispatch(command: Command, session: &Session) -> Result<Exit, Failure> {
    match command {
        Command::Verify(args) => cmd::verify::run(args, session),
        Command::Sign(args) => cmd::sign::run(args, session),
        Command::Listen(args) => cmd::listen::run(args, session),
        Command::Trigger(args) => cmd::trigger::run(*args, session),
        Command::Emulator(args) => cmd::emulator::run(args, session),
        Command::Demo(args) => cmd::demo::run(args, session),
        Command::Webhooks(args) => cmd::webhooks::run(args, session),
        Command::Secrets(args) => cmd::secrets::run(args, session),
        Command::Keys(args) => cmd::keys::run(args, session),
        Command::Config(args) => cmd::config::run(args, session),
        Command::Completions(args) => cmd::completions::run(args, session),
    }
}

/// Turns a panic, which is always a defect, into a failure with an exit code of its own.
fn guarded(work: impl FnOnce() -> Result<Exit, Failure>) -> Result<Exit, Failure> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        Err(Failure::bug("gwh has a defect and stopped; the message above says where")
            .hint("please report it with the command that led to it, without secrets"))
    })
}

/// Prints what clap has to say: help and version are data, mistakes are failures.
fn report_usage(error: &clap::Error, args: &[OsString], world: World) -> Exit {
    // The flags could not be parsed, so the one that decides the form of errors is looked for by hand.
    let json = args.iter().take_while(|arg| *arg != "--").any(|arg| arg == "--json");
    let options = Options { json, ..Options::default() };
    let ui = Ui::new(world.stdout, world.stderr, options, &world.env);
    let is_answer = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    let styled = error.render();
    if is_answer {
        let text = if ui.out_style().is_colored() { styled.ansi().to_string() } else { styled.to_string() };
        return match ui.raw(text.as_bytes()) {
            Ok(()) => Exit::Done,
            Err(failure) => failure.kind().exit(),
        };
    }
    if json {
        ui.failure(&Failure::usage(first_sentence(&styled.to_string())).hint("run gwh --help"));
    } else {
        let text = if ui.err_style().is_colored() { styled.ansi().to_string() } else { styled.to_string() };
        ui.usage(text.trim_end());
    }
    Exit::Usage
}

/// The first line of clap's message, without its `error: `.
fn first_sentence(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default();
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_tree_is_consistent() {
        command().debug_assert();
    }

    #[test]
    fn a_panic_ends_as_a_defect() {
        let failure = guarded(|| panic!("on purpose")).expect_err("caught");
        assert_eq!(failure.kind().exit(), Exit::Bug);
    }
}
