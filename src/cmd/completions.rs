//! `gwh completions`: the scripts that teach a shell the commands.
//!
//! `values` is about what only this machine knows, which scripts ask for while they run.

mod values;

use std::fmt::Write as _;

use clap::{Args, Command};
use clap_complete::Shell;

use crate::cli;
use crate::error::{Exit, Failure};
use crate::session::Session;
use values::Values;

/// Print the completion script of a shell
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gwh completions bash > ~/.local/share/bash-completion/completions/gwh
  gwh completions zsh > \"${fpath[1]}/_gwh\"
  gwh completions fish > ~/.config/fish/completions/gwh.fish
  gwh completions powershell >> $PROFILE
  gwh completions elvish >> ~/.config/elvish/rc.elv")]
#[command(override_usage = "gwh completions [OPTIONS] <SHELL>")]
pub struct Completions {
    /// The shell that reads the script
    #[arg(required_unless_present = "values")]
    shell: Option<Shell>,
    /// Print what a script completes, one a line
    #[arg(long, hide = true, value_name = "KIND", conflicts_with = "shell")]
    values: Option<Values>,
}

/// Prints the script, or what one asked for.
///
/// # Errors
/// Where stdout cannot be written, or the profile cannot be read.
pub fn run(args: Completions, session: &Session) -> Result<Exit, Failure> {
    if let Some(values) = args.values {
        values.words(session)?.iter().try_for_each(|word| session.ui.line(word))?;
    }
    if let Some(shell) = args.shell {
        session.ui.raw(&script(shell))?;
    }
    Ok(Exit::Done)
}

/// The script of `shell`.
pub fn script(shell: Shell) -> Vec<u8> {
    let mut command = cli::command();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "gwh", &mut script);
    let script = String::from_utf8(script).expect("scripts are text");
    let script = match shell {
        Shell::Bash => values::for_bash(&script, &command),
        Shell::Zsh => values::for_zsh(&script),
        Shell::Fish => script + &fish_values(&command) + &values::for_fish(&command),
        _ => script,
    };
    script.into_bytes()
}

/// The values of the commands' own arguments, which clap's script for fish leaves out. Those of groups
/// have none.
fn fish_values(command: &Command) -> String {
    let mut lines = String::new();
    for below in command.get_subcommands() {
        let name = below.get_name();
        for value in below.get_positionals().flat_map(|argument| argument.get_possible_values()) {
            let about =
                value.get_help().map(|help| help.to_string().replace('\'', "\\'")).unwrap_or_default();
            // Writing to a String cannot fail.
            let _ = writeln!(
                lines,
                "complete -c gwh -n \"__fish_gwh_using_subcommand {name}\" -f -a \"{}\" -d '{about}'",
                value.get_name()
            );
        }
    }
    lines
}
