//! `gwh secrets import`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::set;
use crate::error::{Exit, Failure};
use crate::session::Session;
use crate::signature::Secret;
use crate::ui::sanitize;

/// Store the secrets of a recovery file or of .env lines
///
/// A recovery file is what gwh writes when a new secret could not be stored; it is deleted once its
/// secret is stored. Of .env lines, each whose value begins with whsec_ is stored under the variable's
/// name, or under --name where there is only one.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  gwh secrets import gwh-recovery-prod.json\n  gwh secrets import .env --name prod"
)]
pub struct Import {
    /// The file, or - for stdin
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The name to store a single .env line under
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
}

/// Stores what the file holds.
///
/// # Errors
/// Kind `Configuration` where it holds no secret, is damaged or cannot be stored.
pub fn run(args: Import, session: &Session) -> Result<Exit, Failure> {
    let (text, source) = set::read_file(session, Some(&args.file))?;
    let secrets = session.webhook_secrets()?;
    if text.trim_start().starts_with('{') {
        if args.name.is_some() {
            return Err(Failure::usage(format!("{source} says itself whose secret it holds"))
                .hint("leave --name out"));
        }
        let (webhook, backend) = secrets.import(&text, &source)?;
        set::report(session, &webhook, None, backend)?;
        if args.file != Path::new("-")
            && !secrets.dispose_imported(&session.directory.join(&args.file), backend)
        {
            session.ui.warn(&format!("{} still holds the secret: delete it", sanitize::text(&source)));
        }
        return Ok(Exit::Done);
    }
    let found = env_lines(&text, &source)?;
    if found.len() > 1 && args.name.is_some() {
        return Err(Failure::usage(format!(
            "{source} holds {} secrets, so --name does not say which",
            found.len()
        )));
    }
    for (variable, secret) in &found {
        let webhook = set::named(&secrets, args.name.as_deref().unwrap_or(variable))?;
        let backend = secrets.add(&webhook, secret)?;
        set::report(session, &webhook, Some(secret), backend)?;
    }
    Ok(Exit::Done)
}

/// The variables whose values are signing secrets.
fn env_lines(text: &str, source: &str) -> Result<Vec<(String, Secret)>, Failure> {
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        let line = line.strip_prefix("export ").unwrap_or(line);
        let Some((variable, value)) = line.split_once('=').filter(|_| !line.starts_with('#')) else {
            continue;
        };
        let value = value.trim().trim_matches(['"', '\'']);
        if !value.starts_with("whsec_") {
            continue;
        }
        let secret = Secret::parse(value).map_err(|error| {
            Failure::configuration(format!("line {} of {source} does not hold a signing secret", number + 1))
                .because(error)
        })?;
        found.push((variable.trim().to_owned(), secret));
    }
    if found.is_empty() {
        return Err(Failure::configuration(format!(
            "{source} is no recovery file and no line of it assigns a secret"
        ))
        .hint("expected lines such as NAME=whsec_…")
        .hint("run gwh secrets set NAME to store a bare secret"));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn env_lines_are_read_as_shells_and_dotenv_write_them() {
        let text =
            "# PROD=whsec_AAAA\nexport PROD='whsec_AAEC'\nURL=https://x\n B = \"whsec_AAED\" \nEMPTY=\n";
        let found = env_lines(text, ".env").expect("reads");
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["PROD", "B"]);
        let failure = env_lines("X=whsec_!!!", ".env").expect_err("refused");
        assert!(failure.to_string().contains("line 1 of .env") && !failure.to_string().contains("!!!"));
        assert!(env_lines("nothing", ".env").is_err());
    }
}
