//! `gwh completions`, and the parts of the command line that belong to no command.

use crate::support::Sandbox;

#[test]
fn each_shell_gets_a_script_that_names_the_commands() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = Sandbox::new().run(&["completions", shell]);
        assert_eq!((script.code, script.err()), (0, ""));
        for command in ["verify", "trigger", "secrets"] {
            assert!(script.out().contains(command), "{shell} completes {command}");
        }
    }
}

#[cfg(unix)]
#[test]
fn bash_takes_the_script_and_completes_commands_and_events() {
    let sandbox = Sandbox::new();
    sandbox.file("gwh.bash", sandbox.run(&["completions", "bash"]).stdout);
    for (words, wanted) in [("gwh trig", "trigger"), ("gwh trigger batch.s", "batch.succeeded")] {
        let (before, last) = words.rsplit_once(' ').expect("has two words");
        let previous = before.rsplit(' ').next().expect("has a word");
        let at = words.matches(' ').count();
        let complete = format!(
            "source gwh.bash; COMP_WORDS=({words}); COMP_CWORD={at}; _gwh gwh {last} {previous}; \
             echo \"${{COMPREPLY[*]}}\""
        );
        let mut bash = std::process::Command::new("bash");
        let answer = bash.args(["--norc", "-c", &complete]).current_dir(sandbox.path()).output();
        let answer = answer.expect("runs bash");
        assert_eq!(String::from_utf8_lossy(&answer.stdout).trim(), wanted, "{answer:?}");
    }
}

#[test]
fn fish_completes_events() {
    let script = Sandbox::new().run(&["completions", "fish"]);
    let line = "complete -c gwh -n \"__fish_gwh_using_subcommand trigger\" -f -a \"interaction.requires_action\" \
                -d 'an interaction waits for a function\\'s result'\n";
    assert!(script.out().contains(line), "{script:?}");
}

#[test]
fn an_unknown_shell_is_a_usage_error() {
    let refused = Sandbox::new().run(&["completions", "tcsh"]);
    assert_eq!((refused.code, refused.out()), (2, ""));
    assert!(refused.err().contains("tcsh") && refused.err().contains("elvish"), "{}", refused.err());
}

#[test]
fn without_arguments_the_help_is_printed() {
    let sandbox = Sandbox::new();
    let bare = sandbox.run(&[]);
    assert_eq!((bare.code, bare.err()), (0, ""));
    assert!(bare.out().contains("Usage: gwh") && bare.out().contains("Exit codes:"), "{}", bare.out());
    assert_eq!(bare.out(), sandbox.run(&["-h"]).out());
}

#[test]
fn a_group_without_its_command_is_a_usage_error_that_shows_the_help() {
    let refused = Sandbox::new().run(&["secrets"]);
    assert_eq!((refused.code, refused.out()), (2, ""));
    assert!(refused.err().contains("Usage: gwh secrets"), "{}", refused.err());
}

#[test]
fn a_usage_error_under_json_is_one_object_with_the_next_step() {
    let refused = Sandbox::new().run(&["--json", "completions"]);
    assert_eq!((refused.code, refused.out()), (2, ""));
    assert_eq!(
        refused.err(),
        "{\"type\":\"error\",\"kind\":\"usage\",\"message\":\"the following required arguments were not provided: \
         <SHELL>\",\"hints\":[\"run gwh completions --help\"]}\n"
    );
}

#[test]
fn every_command_explains_itself() {
    let mut all = Vec::new();
    collect(&gwh::cli::command(), &mut Vec::new(), &mut all);
    assert!(all.len() > 10);
    for path in all {
        let mut args: Vec<&str> = path.iter().map(String::as_str).collect();
        args.push("--help");
        let help = Sandbox::new().run(&args);
        assert_eq!((help.code, help.err()), (0, ""));
        assert!(help.out().contains(&format!("Usage: gwh {}", path.join(" "))), "{path:?}");
        assert!(!help.out().to_lowercase().contains("being built"), "{path:?} is finished");
        let widest = help.out().lines().map(|line| line.chars().count()).max().unwrap_or(0);
        assert!(widest <= 120, "{path:?} has a line of {widest} characters");
    }
}

fn collect(command: &clap::Command, path: &mut Vec<String>, all: &mut Vec<Vec<String>>) {
    for below in command.get_subcommands() {
        path.push(below.get_name().to_owned());
        all.push(path.clone());
        collect(below, path, all);
        path.pop();
    }
}

#[test]
fn what_only_this_machine_knows_is_offered() {
    let sandbox = Sandbox::new().env("GWH_SECRET_STORE", "file");
    let set = ["secrets", "set", "8k2f7d", "--name", "prod"];
    assert_eq!(sandbox.run_with(&set, "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=").code, 0);
    let spaced = ["secrets", "set", "9x", "--name", "two words"];
    assert_eq!(sandbox.run_with(&spaced, "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=").code, 0);
    let webhooks = sandbox.run(&["completions", "--values", "webhooks"]);
    assert_eq!((webhooks.code, webhooks.err()), (0, ""));
    let mut words: Vec<&str> = webhooks.out().lines().collect();
    words.sort_unstable();
    assert_eq!(words, ["8k2f7d", "9x", "local", "prod"], "a name that a shell would take apart is left out");

    let nothing = sandbox.run(&["completions", "--values", "deliveries"]);
    assert_eq!((nothing.code, nothing.out(), nothing.err()), (0, "", ""));
    let record = sandbox.run_with(&["sign", "--as", "json", "--id", "msg_kept"], "{}");
    assert_eq!(sandbox.run_with(&["events", "import"], record.out()).code, 0);
    assert_eq!(sandbox.run(&["completions", "--values", "deliveries"]).out(), "msg_kept\n");
}

/// Each place of the command line where a value of this machine is due, with its kind.
#[cfg(unix)]
#[test]
fn bash_asks_gwh_for_webhooks_and_deliveries() {
    let sandbox = Sandbox::new();
    sandbox.file("gwh.bash", sandbox.run(&["completions", "bash"]).stdout);
    let cases = [
        ("gwh verify --webhook w", "webhooks"),
        ("gwh webhooks get w", "webhooks"),
        ("gwh secrets remove w", "webhooks"),
        ("gwh replay d", "deliveries"),
        ("gwh events show d", "deliveries"),
        ("gwh webhooks w", ""),
        ("gwh listen --until batch.s", "batch.succeeded"),
        ("gwh webhooks create --events video", "video.generated"),
    ];
    for (words, wanted) in cases {
        let (before, last) = words.rsplit_once(' ').expect("has two words");
        let previous = before.rsplit(' ').next().expect("has a word");
        let at = words.matches(' ').count();
        // A stand-in for gwh answers with what it was asked for.
        let complete = format!(
            "gwh() {{ echo \"$3\"; }}; source gwh.bash; COMP_WORDS=({words}); COMP_CWORD={at}; \
             _gwh_with_values gwh {last} {previous}; echo \"${{COMPREPLY[*]}}\""
        );
        let mut bash = std::process::Command::new("bash");
        let answer = bash.args(["--norc", "-c", &complete]).current_dir(sandbox.path()).output();
        let answer = answer.expect("runs bash");
        assert_eq!(String::from_utf8_lossy(&answer.stdout).trim(), wanted, "{words}: {answer:?}");
    }
}

#[test]
fn zsh_and_fish_ask_gwh_for_webhooks_and_deliveries() {
    let zsh = Sandbox::new().run(&["completions", "zsh"]);
    let has = |script: &str, part: &str| assert!(script.contains(part), "{part}");
    has(zsh.out(), ":webhook -- The webhook'\\''s id or name:_gwh_webhooks'");
    has(
        zsh.out(),
        ":ids -- The webhook-id, also as gwh listen shortens it; * and ? stand for any characters:_gwh_deliveries'",
    );
    has(zsh.out(), "_gwh_deliveries() { _gwh_values deliveries }");
    let fish = Sandbox::new().run(&["completions", "fish"]);
    has(
        fish.out(),
        "__fish_gwh_using_subcommand webhooks; and __fish_seen_subcommand_from ping\" -f -a \"(gwh completions",
    );
    has(fish.out(), "__fish_gwh_using_subcommand replay\" -f -a \"(gwh completions --values deliveries");
}
