//! The flags that say where a job reports to and what comes back on its events.

use clap::Args;
use serde_json::value::RawValue;

use super::input;
use crate::cmd::endpoint;
use crate::error::Failure;
use crate::event::{self, Change};
use crate::gemini::WebhookConfig;
use crate::json::{self, Node, Style};
use crate::session::Session;
use crate::units;

/// Where a job reports to.
#[derive(Debug, Default, Args)]
pub(super) struct WebhookArgs {
    /// Report to this URL; without it, to the project's registered webhooks (repeatable)
    #[arg(long, value_name = "URL")]
    webhook_uri: Vec<String>,
    /// Add a member to the metadata that comes back on each event: JSON where it is JSON, else text (repeatable)
    #[arg(long, value_name = "KEY=VALUE", value_parser = units::key_value)]
    user_metadata: Vec<(String, String)>,
    /// The metadata as a JSON object, @FILE or @- for stdin; --user-metadata adds to it
    #[arg(long, value_name = "JSON|@FILE")]
    user_metadata_json: Option<String>,
}

impl WebhookArgs {
    /// Whether the metadata takes stdin, so that nothing else may.
    pub(super) fn reads_stdin(&self) -> bool {
        self.user_metadata_json.as_deref().is_some_and(input::is_stdin)
    }

    /// Where the job reports to, for people.
    pub(super) fn destination(&self) -> String {
        match self.webhook_uri.as_slice() {
            [] => "the registered webhooks".to_owned(),
            uris => uris.join(", "),
        }
    }

    /// What is sent to the API.
    ///
    /// # Errors
    /// Kind `Usage` where a URL or the metadata is malformed, `Configuration` where a file cannot be read.
    pub(super) fn config(&self, session: &Session) -> Result<WebhookConfig, Failure> {
        for uri in &self.webhook_uri {
            endpoint::checked(session, uri, "--webhook-uri")?;
        }
        Ok(WebhookConfig { uris: self.webhook_uri.clone(), user_metadata: self.metadata(session)? })
    }

    fn metadata(&self, session: &Session) -> Result<Option<Box<RawValue>>, Failure> {
        let object = self.user_metadata_json.as_deref().map(|text| object(text, session)).transpose()?;
        if object.is_none() && self.user_metadata.is_empty() {
            return Ok(None);
        }
        let member =
            |(key, value): &(String, String)| Change { path: vec![key.clone()], value: value.clone() };
        let members: Vec<Change> = self.user_metadata.iter().map(member).collect();
        let text = event::edit(object.as_deref().unwrap_or("{}"), &members)
            .map_err(|error| Failure::usage("--user-metadata cannot be set").because(error))?;
        Ok(Some(RawValue::from_string(text).expect("what was written from a tree is JSON")))
    }
}

/// The object that `--user-metadata-json` names, on one line.
fn object(text: &str, session: &Session) -> Result<String, Failure> {
    let text = match text.starts_with('@') || input::is_stdin(text) {
        true => input::text(session, text, "--user-metadata-json")?,
        false => text.to_owned(),
    };
    let wrong = || {
        Failure::usage("--user-metadata-json is no JSON object")
            .hint(r#"write for example --user-metadata-json '{"job_group":"nightly"}', or @FILE"#)
    };
    match json::parse(&text) {
        Ok(tree @ Node::Object(_)) => Ok(json::write(&tree, Style::COMPACT)),
        Ok(_) => Err(wrong()),
        Err(error) => Err(wrong().because(error)),
    }
}
