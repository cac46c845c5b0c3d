//! What `gwh --help` shows, and the other way to ask for help: `gwh help`.

use std::ffi::OsString;
use std::fmt::Write as _;

use clap::Command;
use clap::builder::StyledStr;

use crate::error::Exit;

/// The headings of the list of commands, each with the first command below it; the order is that of the commands.
const GROUPS: [(&str, &str); 5] = [
    ("verify", "Deliveries and handlers"),
    ("emulator", "On this machine alone"),
    ("webhooks", "A project's webhooks and jobs"),
    ("secrets", "Secrets and keys"),
    ("doctor", "gwh itself"),
];
/// How clap shows headings and names where there is colour. Without it the codes are taken out again.
const HEADING: &str = "\x1b[1m\x1b[4m";
const NAME: &str = "\x1b[1m";
const PLAIN: &str = "\x1b[0m";

/// Groups the commands of the help and puts the exit codes below it.
pub(super) fn described(root: Command) -> Command {
    let template = format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{}{HEADING}Options:{PLAIN}\n{{options}}{{after-help}}",
        commands(&root)
    );
    root.help_template(template).after_help(exit_codes())
}

/// The tree with the global options of each command last. clap puts them before the headings of a command that is
/// described only when it is named. Such a tree is to be shown: it parses nothing.
pub(super) fn globals_last(tree: Command) -> Command {
    let globals: Vec<_> = tree.get_arguments().filter(|argument| argument.is_global_set()).collect();
    let globals: Vec<_> = globals.into_iter().map(|argument| argument.get_id().to_string()).collect();
    tree.mut_subcommands(|below| {
        globals.iter().fold(below, |below, id| below.mut_arg(id, |argument| argument))
    })
}

/// The help that `answer` is about, from a tree that is there to be shown.
pub(super) fn shown(answer: StyledStr, mut tree: Command) -> StyledStr {
    let text = answer.to_string();
    let usage = text.lines().find_map(|line| line.strip_prefix("Usage: gwh ")).unwrap_or_default();
    let mut here = &mut tree;
    for word in usage.split_whitespace() {
        if here.find_subcommand(word).is_none() {
            break;
        }
        here = here.find_subcommand_mut(word).expect("was found just now");
    }
    if text.contains("(see a summary with '-h')") { here.render_long_help() } else { here.render_help() }
}

fn commands(root: &Command) -> String {
    let shown = || root.get_subcommands().filter(|command| !command.is_hide_set());
    let width = shown().map(|command| command.get_name().len()).max().unwrap_or(0);
    let mut lines = String::new();
    // Writing to a String cannot fail.
    for command in shown() {
        let name = command.get_name();
        if let Some((_, heading)) = GROUPS.iter().find(|(first, _)| *first == name) {
            let gap = if lines.is_empty() { "" } else { "\n" };
            let _ = writeln!(lines, "{gap}{HEADING}{heading}:{PLAIN}");
        }
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(lines, "  {NAME}{name:width$}{PLAIN}  {about}");
    }
    lines + "\n"
}

fn exit_codes() -> String {
    let rows = Exit::ALL.map(|exit| format!("  {:<4} {}", exit.code(), exit.about()));
    format!(
        "gwh COMMAND --help shows the flags of a command, and examples.\n\nExit codes:\n{}",
        rows.join("\n")
    )
}

/// The arguments with `help` as a word turned into the flag: `gwh help events list`, `gwh events help`.
pub(super) fn as_flag(mut args: Vec<OsString>, root: impl FnOnce() -> Command) -> Vec<OsString> {
    if !args.iter().any(|arg| arg == "help") {
        return args;
    }
    let root = root();
    let mut here = &root;
    for (place, arg) in args.iter().enumerate().skip(1) {
        if arg == "help" && here.has_subcommands() {
            args.remove(place);
            args.push("--help".into());
            return args;
        }
        match arg.to_str().and_then(|name| here.find_subcommand(name)) {
            Some(below) => here = below,
            None => break,
        }
    }
    args
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::command;

    #[test]
    fn help_is_a_word_only_where_a_command_is_due() {
        let cases = [
            ("gwh help", "gwh --help"),
            ("gwh help events list", "gwh events list --help"),
            ("gwh events help", "gwh events --help"),
            ("gwh jobs submit help", "gwh jobs submit --help"),
            ("gwh secrets get help", "gwh secrets get help"),
            ("gwh trigger help", "gwh trigger help"),
            ("gwh verify", "gwh verify"),
        ];
        for (typed, meant) in cases {
            let args = typed.split(' ').map(OsString::from).collect();
            let words = |text: &str| text.split(' ').map(OsString::from).collect::<Vec<_>>();
            assert_eq!(as_flag(args, command), words(meant), "{typed}");
        }
    }

    #[test]
    fn global_options_stand_last_in_the_help_of_every_command() {
        for flag in ["-h", "--help"] {
            for words in ["listen", "verify", "events list", "jobs submit video", "completions"] {
                let line = format!("gwh -p verify {words} {flag}");
                let error = command().try_get_matches_from(line.split(' ')).expect_err("asks for help");
                let (before, help) =
                    (error.render(), shown(error.render(), crate::cli::shown_command()).to_string());
                assert!(help.contains(&format!("Usage: gwh {words} ")), "{line}: {help}");
                let globals = help.find("Global options:").expect("has them");
                let own = [
                    "Options:",
                    "Headers of a bare body:",
                    "Forwarding:",
                    "Which deliveries:",
                    "Secrets and keys:",
                ];
                for heading in own {
                    assert!(help.find(heading).is_none_or(|own| own < globals), "{line}: {heading}");
                }
                assert!(help[globals..].contains("--config <FILE>"), "{line}: {help}");
                assert_eq!(
                    help.lines().count(),
                    before.to_string().lines().count(),
                    "{line}: nothing is lost"
                );
            }
        }
    }

    #[test]
    fn each_group_begins_with_a_command_of_its_own() {
        let help = command().render_help().to_string();
        for (first, heading) in GROUPS {
            assert!(help.contains(&format!("{heading}:\n  {first} ")), "{heading}: {help}");
        }
        for command in command().get_subcommands() {
            assert!(help.contains(&format!("\n  {} ", command.get_name())), "{}", command.get_name());
        }
        for line in commands(&command()).lines().chain(exit_codes().lines()) {
            let shown = line.replace(HEADING, "").replace(NAME, "").replace(PLAIN, "");
            assert!(shown.chars().count() <= 80, "not wrapped, and too wide for a usual terminal: {shown}");
        }
    }
}
