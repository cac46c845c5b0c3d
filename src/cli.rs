//! The command line: global flags, the list of commands, and how a run begins and ends.
//!
//! Each command's own arguments live with the command. Adding one is a file in `cmd`, a line in
//! [`Command`] and its arm in `dispatch`.

mod help;

use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use crate::cmd;
use crate::config::{Config, PROFILE, SECRET_STORE};
use crate::error::{Exit, Failure};
use crate::session::Session;
use crate::ui::{ColorChoice, Options, Ui};
use crate::world::World;

/// The tool for Gemini API webhooks: sign, verify, explain, receive and send deliveries
#[derive(Debug, Parser)]
#[command(name = "gwh", version, disable_help_subcommand = true)]
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
    /// When to use colour: auto, always or never
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "WHEN",
        hide_possible_values = true
    )]
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
#[command(defer = true)]
pub enum Command {
    Verify(cmd::verify::Verify),
    Sign(cmd::sign::Sign),
    Listen(cmd::listen::Listen),
    Trigger(Box<cmd::trigger::Trigger>),
    Test(Box<cmd::test::Test>),
    Replay(Box<cmd::replay::Replay>),
    Events(cmd::events::Events),
    Emulator(cmd::emulator::Emulator),
    Demo(cmd::demo::Demo),
    Webhooks(cmd::webhooks::Webhooks),
    Jobs(cmd::jobs::Jobs),
    Secrets(cmd::secrets::Secrets),
    Login(cmd::login::Login),
    Logout(cmd::logout::Logout),
    Keys(cmd::keys::Keys),
    Doctor(cmd::doctor::Doctor),
    Config(cmd::config::Config),
    Completions(cmd::completions::Completions),
}

/// The whole command tree, which reads a command line and knows what each command does.
pub fn command() -> clap::Command {
    let mut tree = Cli::command();
    tree.build();
    help::described(tree)
}

/// The command tree as it is shown, in help and man pages.
pub fn shown_command() -> clap::Command {
    help::globals_last(command())
}

/// A tree of the one command that the arguments seem to name; none where they name none. Describing all
/// of them took most of the time of a short run: each takes a copy of every global flag, even unnamed.
fn narrow_command(args: &[OsString]) -> Option<clap::Command> {
    let commands = Command::augment_subcommands(clap::Command::default());
    let words = args.iter().skip(1).filter_map(|arg| arg.to_str());
    let named = words.filter_map(|word| commands.find_subcommand(word)).next()?.clone();
    Some(Globals::augment_args(clap::Command::new("gwh")).subcommand(named))
}

/// Parses the arguments, runs the command and reports how it ended.
pub fn run(args: impl IntoIterator<Item = OsString>, world: World) -> Exit {
    let args = help::as_flag(args.into_iter().collect(), command);
    match parse(&args) {
        Ok(cli) => start(cli, world),
        Err(error) => report_usage(&error, &args, world),
    }
}

fn parse(args: &[OsString]) -> Result<Cli, clap::Error> {
    if let Some(mut narrow) = narrow_command(args) {
        let matches = narrow.try_get_matches_from_mut(args);
        // Taking the tree apart would take a tenth of the time that building it took, and the process
        // has only begun.
        std::mem::forget(narrow);
        if let Ok(mut matches) = matches {
            return Cli::from_arg_matches_mut(&mut matches);
        }
    }
    // Help and mistakes are answered from the whole tree, which knows what each command does.
    Cli::from_arg_matches_mut(&mut command().try_get_matches_from(args)?)
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
        Command::Test(args) => cmd::test::run(*args, session),
        Command::Replay(args) => cmd::replay::run(*args, session),
        Command::Events(args) => cmd::events::run(args, session),
        Command::Emulator(args) => cmd::emulator::run(args, session),
        Command::Demo(args) => cmd::demo::run(args, session),
        Command::Webhooks(args) => cmd::webhooks::run(args, session),
        Command::Jobs(args) => cmd::jobs::run(args, session),
        Command::Secrets(args) => cmd::secrets::run(args, session),
        Command::Login(args) => cmd::login::run(&args, session),
        Command::Logout(args) => cmd::logout::run(&args, session),
        Command::Keys(args) => cmd::keys::run(args, session),
        Command::Doctor(args) => cmd::doctor::run(args, session),
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
    let options = Options { json: asks_for_json(args), color: asked_color(args), ..Options::default() };
    let ui = Ui::new(world.stdout, world.stderr, options, &world.env);
    let mut text = error.render();
    if is_answer(error.kind(), args) {
        if error.kind() == ErrorKind::DisplayHelp {
            text = help::shown(text, shown_command());
        }
        let colored = ui.out_style().is_colored();
        let text = if colored { text.ansi().to_string() } else { text.to_string() };
        return match ui.raw(text.as_bytes()) {
            Ok(()) => Exit::Done,
            Err(failure) => failure.kind().exit(),
        };
    }
    if options.json {
        ui.failure(&usage_failure(&text.to_string(), args));
    } else {
        let colored = ui.err_style().is_colored();
        let text = if colored { text.ansi().to_string() } else { text.to_string() };
        ui.usage(text.trim_end());
    }
    Exit::Usage
}

/// Whether help or version was asked for; a bare `gwh` asks for help too.
fn is_answer(kind: ErrorKind, args: &[OsString]) -> bool {
    match kind {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => true,
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => args.len() <= 1,
        _ => false,
    }
}

// The flags could not be parsed, so those that decide the form of errors are looked for by hand.

fn flags(args: &[OsString]) -> impl Iterator<Item = &OsString> {
    args.iter().take_while(|arg| *arg != "--")
}

fn asks_for_json(args: &[OsString]) -> bool {
    flags(args).any(|arg| arg == "--json")
}

fn asked_color(args: &[OsString]) -> ColorChoice {
    let after = flags(args).skip_while(|arg| *arg != "--color").nth(1).and_then(|arg| arg.to_str());
    let joined = flags(args).find_map(|arg| arg.to_str()?.strip_prefix("--color="));
    joined.or(after).and_then(|text| ColorChoice::from_str(text, false).ok()).unwrap_or_default()
}

/// clap's message as a failure: what is wrong in one sentence, and its tips and where to read on as hints.
fn usage_failure(message: &str, args: &[OsString]) -> Failure {
    let mut paragraphs = message.split("\n\n").map(one_line);
    let first = paragraphs.next().unwrap_or_default();
    let failure = Failure::usage(first.strip_prefix("error: ").unwrap_or(&first));
    let tips = paragraphs.filter_map(|paragraph| paragraph.strip_prefix("tip: ").map(str::to_owned));
    tips.fold(failure, Failure::hint).hint(format!("run {} --help", command_path(args)))
}

/// The command that the arguments name, as far as they name one: `gwh config show`.
fn command_path(args: &[OsString]) -> String {
    let root = command();
    let (mut path, mut here) = (root.get_name().to_owned(), &root);
    for word in flags(args).skip(1).filter_map(|arg| arg.to_str()) {
        if let Some(below) = here.find_subcommand(word) {
            path = format!("{path} {word}");
            here = below;
        }
    }
    path
}

fn one_line(paragraph: &str) -> String {
    paragraph.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_tree_is_consistent() {
        command().debug_assert();
    }

    #[test]
    fn a_narrow_tree_reads_what_the_whole_tree_reads() {
        let lines = [
            ("gwh verify --json x", true),
            ("gwh --json -p name verify -", true),
            ("gwh --quiet sign --color never body", true),
            ("gwh webhooks list --json", true),
            // A flag's value that is a command's name is taken for the command, and leads to the whole tree.
            ("gwh --profile verify sign body", false),
            ("gwh verify --no-such-flag", false),
            ("gwh verify --help", false),
        ];
        for (line, is_read) in lines {
            let args: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            let read = |mut tree: clap::Command| {
                let matches = tree.try_get_matches_from_mut(&args).ok()?;
                Some(format!("{:?}", Cli::from_arg_matches(&matches).expect("a command")))
            };
            let narrow = read(narrow_command(&args).expect("names a command"));
            assert_eq!(narrow.is_some(), is_read, "{line}");
            assert!(narrow.is_none() || narrow == read(command()), "{line}");
            assert_eq!(parse(&args).ok().map(|cli| format!("{cli:?}")), read(command()), "{line}");
        }
        assert!(narrow_command(&["gwh".into(), "--version".into()]).is_none());
    }

    #[test]
    fn a_panic_ends_as_a_defect() {
        let failure = guarded(|| panic!("on purpose")).expect_err("caught");
        assert_eq!(failure.kind().exit(), Exit::Bug);
    }

    #[test]
    fn a_parsers_message_becomes_one_sentence_and_hints() {
        let failure = |args: &[&str]| {
            let error = command().try_get_matches_from(args).expect_err("is a mistake");
            usage_failure(&error.render().to_string(), &args.iter().map(OsString::from).collect::<Vec<_>>())
        };
        let missing = failure(&["gwh", "--json", "completions"]);
        assert_eq!(missing.to_string(), "the following required arguments were not provided: <SHELL>");
        assert_eq!(missing.hints(), ["run gwh completions --help"]);
        let unknown = failure(&["gwh", "config", "shwo"]);
        assert_eq!(unknown.to_string(), "unrecognized subcommand 'shwo'");
        assert_eq!(unknown.hints(), ["a similar subcommand exists: 'show'", "run gwh config --help"]);
        let malformed = failure(&["gwh", "completions", "%"]);
        assert_eq!(malformed.hints(), ["run gwh completions --help"]);
    }
}
