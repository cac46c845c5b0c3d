//! What only this machine knows: the webhooks whose secrets it holds, and the deliveries it has kept.
//!
//! The scripts ask for them with `gwh completions --values`. Nothing is asked of the API or a keyring.

use std::ops::ControlFlow;

use clap::{Command, ValueEnum};

use crate::cmd::events::existing_store;
use crate::error::Failure;
use crate::secrets::LOCAL;
use crate::session::Session;
use crate::store::Query;

/// How many deliveries are offered.
const RECENT: usize = 50;

/// What is completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Values {
    /// Names and ids of webhooks
    Webhooks,
    /// Ids of recent deliveries
    Deliveries,
}

impl Values {
    /// What an argument takes, as the name of its value tells.
    fn of(value_name: &str) -> Option<Self> {
        match value_name {
            "ID|NAME" => Some(Values::Webhooks),
            "ID|GLOB" => Some(Values::Deliveries),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Values::Webhooks => "webhooks",
            Values::Deliveries => "deliveries",
        }
    }

    /// The words, each once.
    pub(super) fn words(self, session: &Session) -> Result<Vec<String>, Failure> {
        let mut words = match self {
            Values::Webhooks => webhooks(session)?,
            Values::Deliveries => deliveries(session)?,
        };
        // What a shell would take apart or give a meaning to is not offered.
        let is_plain = |word: &String| {
            !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c))
        };
        words.retain(is_plain);
        let mut seen = std::collections::HashSet::new();
        words.retain(|word| seen.insert(word.clone()));
        Ok(words)
    }
}

fn webhooks(session: &Session) -> Result<Vec<String>, Failure> {
    let stored = session.webhook_secrets()?.list()?;
    let words = stored.into_iter().flat_map(|stored| [stored.webhook.name, stored.webhook.id]);
    Ok(words.chain([LOCAL.to_owned()]).collect())
}

fn deliveries(session: &Session) -> Result<Vec<String>, Failure> {
    let mut ids = Vec::new();
    if let Some(store) = existing_store(session)? {
        store.each(&Query::default(), |summary| {
            ids.extend(summary.webhook_id);
            if ids.len() < RECENT { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
    }
    Ok(ids)
}

/// The commands, as their words after `gwh`, whose own arguments take values of this kind.
fn commands(root: &Command, kind: Values) -> Vec<String> {
    fn visit(here: &Command, words: &str, kind: Values, found: &mut Vec<String>) {
        for below in here.get_subcommands() {
            let words = format!("{words} {}", below.get_name());
            let mut names =
                below.get_positionals().flat_map(|argument| argument.get_value_names().unwrap_or_default());
            if names.any(|name| Values::of(name) == Some(kind)) {
                found.push(words.trim_start().to_owned());
            }
            visit(below, &words, kind, found);
        }
    }
    let mut found = Vec::new();
    visit(root, "", kind, &mut found);
    found
}

/// Bash: a function around clap's, for the places where its own offers files.
pub(super) fn for_bash(script: &str, root: &Command) -> String {
    let pattern = |kind| {
        let words: Vec<String> = commands(root, kind).iter().map(|words| format!("\"{words}\"*")).collect();
        words.join(" | ")
    };
    let around = format!(
        "
_gwh_with_values() {{
    local cur=\"${{COMP_WORDS[COMP_CWORD]}}\" kind=
    _gwh \"$@\"
    [[ $cur == -* ]] && return
    case \"$3\" in
        --webhook) kind=webhooks ;;
        -*) ;;
        *)
            case \"${{COMP_WORDS[*]:1:COMP_CWORD}}\" in
                {}) kind=webhooks ;;
                {}) kind=deliveries ;;
            esac
            ;;
    esac
    [[ $kind ]] && COMPREPLY=($(compgen -W \"$(gwh completions --values \"$kind\" 2>/dev/null)\" -- \"$cur\"))
}}
",
        pattern(Values::Webhooks),
        pattern(Values::Deliveries)
    );
    let (functions, registration) = script.rsplit_once("\nif [[").unwrap_or((script, ""));
    let registration = registration.replace("complete -F _gwh ", "complete -F _gwh_with_values ");
    format!("{functions}{around}\nif [[{registration}")
}

/// Zsh: the arguments' own actions, instead of files.
pub(super) fn for_zsh(script: &str) -> String {
    let mut lines = String::new();
    for line in script.lines() {
        let action = match line {
            _ if line.contains("--webhook=[") || line.contains(":webhook -- ") => ":_gwh_webhooks'",
            _ if line.contains(":ids -- ") => ":_gwh_deliveries'",
            _ => ":_default'",
        };
        lines += &line.replace(":_default'", action);
        lines.push('\n');
    }
    let functions = "\
_gwh_values() {
    compadd -- ${(f)\"$(gwh completions --values $1 2>/dev/null)\"}
}
_gwh_webhooks() { _gwh_values webhooks }
_gwh_deliveries() { _gwh_values deliveries }

if [ \"$funcstack[1]\" = \"_gwh\" ]; then";
    lines.replacen("if [ \"$funcstack[1]\" = \"_gwh\" ]; then", functions, 1)
}

/// Fish: lines that add to those of clap's script.
pub(super) fn for_fish(root: &Command) -> String {
    let mut lines = String::new();
    for kind in [Values::Webhooks, Values::Deliveries] {
        let (name, about) = (kind.name(), if kind == Values::Webhooks { "webhook" } else { "delivery" });
        for words in commands(root, kind) {
            let condition = match words.split_once(' ') {
                Some((group, below)) => {
                    format!("__fish_gwh_using_subcommand {group}; and __fish_seen_subcommand_from {below}")
                }
                None => format!("__fish_gwh_using_subcommand {words}"),
            };
            lines += &format!(
                "complete -c gwh -n \"{condition}\" -f -a \"(gwh completions --values {name} 2>/dev/null)\" -d '{about}'\n"
            );
        }
    }
    lines
        + "complete -c gwh -l webhook -r -f -a \"(gwh completions --values webhooks 2>/dev/null)\" -d 'a webhook whose secrets are stored'\n"
}
