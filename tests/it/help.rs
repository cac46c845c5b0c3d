//! The help of every command: examples that parse, lines that fit, one way to write.

use clap::Command;

/// Every command with its words, `["gwh", "events", "list"]`.
fn every(command: &Command, above: &[String], visit: &mut impl FnMut(&[String], &mut Command)) {
    let mut words = above.to_vec();
    words.push(command.get_name().to_owned());
    visit(&words, &mut command.clone());
    command.get_subcommands().for_each(|below| every(below, &words, visit));
}

fn each_help(mut check: impl FnMut(&str, &str)) {
    every(&gwh::cli::command(), &[], &mut |words, command| {
        let help = command.render_long_help().to_string();
        check(&words.join(" "), &help);
    });
}

/// The words of a line as a shell would read them up to its first operator. Nothing is expanded.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for (place, character) in line.char_indices() {
        match (quote, character) {
            (None, '\'' | '"') => quote = Some(character),
            (Some(open), close) if open == close => quote = None,
            (None, '|' | '>' | '<' | ';' | '&' | ')') => break,
            // What stands after a wider gap is about the example.
            (None, ' ') if line[place..].starts_with("    ") => break,
            (None, ' ') => words.push(String::new()),
            (_, character) => words.last_mut().expect("there is always one").push(character),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[test]
fn every_example_is_a_command_line_that_gwh_takes() {
    let mut checked = 0;
    each_help(|name, help| {
        for line in help.lines().filter_map(|line| line.strip_prefix("  ")) {
            // At the start of a line, of a pipe's part, or of a substitution; elsewhere a sentence is about gwh.
            let is_run = |place: usize| {
                place == 0 || line[..place].ends_with(['(', '|']) || line[..place].ends_with("| ")
            };
            for (place, _) in line.match_indices("gwh ").filter(|(place, _)| is_run(*place)) {
                let words = words(&line[place..]);
                let read = gwh::cli::command().try_get_matches_from(&words);
                assert!(read.is_ok(), "{name} --help: {words:?}: {}", read.expect_err("is no command line"));
                checked += 1;
            }
        }
    });
    assert!(checked > 90, "{checked} examples");
}

#[test]
fn what_is_laid_out_by_hand_is_not_wrapped() {
    every(&gwh::cli::command(), &[], &mut |words, command| {
        let after = [command.get_after_help(), command.get_after_long_help()];
        for text in after.into_iter().flatten().map(ToString::to_string) {
            for line in text.lines().filter(|line| line.starts_with(' ')) {
                let width = line.chars().count();
                assert!(width <= 100, "{}: {width} columns: {line}", words.join(" "));
            }
            // A paragraph is one line, which clap wraps: broken by hand, it is broken twice on a narrow terminal.
            let lines: Vec<&str> = text.lines().collect();
            for pair in lines.windows(2) {
                let goes_on = !pair[1].is_empty() && !pair[1].starts_with(' ');
                let width = pair[0].chars().count();
                assert!(width <= 60 || !goes_on, "{}: {width} columns: {}", words.join(" "), pair[0]);
            }
        }
    });
}

#[test]
fn names_stand_without_marks() {
    each_help(|name, help| assert!(!help.contains('`'), "{name} --help has a backtick:\n{help}"));
}

#[test]
fn a_flag_is_written_alike_everywhere() {
    let mut seen = std::collections::BTreeMap::new();
    every(&gwh::cli::command(), &[], &mut |words, command| {
        for argument in command.get_arguments().filter(|argument| argument.get_action().takes_values()) {
            let Some(long) = argument.get_long() else { continue };
            // These mean another thing in each command, and are named for it.
            if ["events", "from", "to", "until", "webhook", "name", "output", "timestamp"].contains(&long) {
                continue;
            }
            let names = argument.get_value_names().unwrap_or_default();
            let names: Vec<String> = names.iter().map(ToString::to_string).collect();
            let (known, first) =
                seen.entry(long.to_owned()).or_insert_with(|| (names.clone(), words.join(" ")));
            assert_eq!(*known, names, "--{long} of {} and of {first}", words.join(" "));
        }
    });
}
