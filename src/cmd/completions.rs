//! `gwh completions`: the scripts that teach a shell the commands.

use clap::Args;
use clap_complete::Shell;

use crate::cli;
use crate::error::{Exit, Failure};
use crate::session::Session;

/// Print the completion script of a shell
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gwh completions bash > ~/.local/share/bash-completion/completions/gwh
  gwh completions zsh > \"${fpath[1]}/_gwh\"
  gwh completions fish > ~/.config/fish/completions/gwh.fish
  gwh completions powershell >> $PROFILE
  gwh completions elvish >> ~/.config/elvish/rc.elv")]
pub struct Completions {
    /// The shell that reads the script
    shell: Shell,
}

/// Prints the script.
///
/// # Errors
/// Where stdout cannot be written.
pub fn run(args: Completions, session: &Session) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut cli::command(), "gwh", &mut script);
    session.ui.raw(&script)?;
    Ok(Exit::Done)
}
