//! `webhook_config`: where the events of one job go, and what comes back with each.

use serde::Serialize;
use serde_json::value::RawValue;

use super::members::Members;
use crate::deliver::parse_url;
use crate::emulator::error::ApiError;

/// The most URIs of one job, and the most bytes of one: limits of the emulator's own.
const MAX_URIS: usize = 100;
const MAX_URI: usize = 4 * 1024;

/// How a family of calls writes its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// `webhook_config`, and nothing else.
    Snake,
    /// `webhookConfig`, with either spelling of the metadata.
    Camel,
}

/// The configuration of a job's deliveries.
#[derive(Debug, Serialize)]
pub struct WebhookConfig {
    /// Where to, instead of the registered webhooks; none means those.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub uris: Vec<String>,
    /// Any JSON, as it was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_metadata: Option<Box<RawValue>>,
}

impl WebhookConfig {
    /// Takes the configuration out of what starts a job.
    ///
    /// # Errors
    /// Code `Invalid`, with what is wrong.
    pub fn take(members: &mut Members<'_>, case: Case) -> Result<Option<Self>, ApiError> {
        let (key, metadata): (&[&str], &[&str]) = match case {
            Case::Snake => (&["webhook_config"], &["user_metadata"]),
            Case::Camel => (&["webhookConfig", "webhook_config"], &["userMetadata", "user_metadata"]),
        };
        let Some(mut config) = members.object(key)? else { return Ok(None) };
        let place = config.at("uris");
        let uris: Vec<String> = config.value(&["uris"], "a list of strings")?.unwrap_or_default();
        let user_metadata = config.take(metadata).map(ToOwned::to_owned);
        config.refuse_all(&["uris", metadata[0]])?;
        if uris.len() > MAX_URIS {
            let message = format!("Invalid value at '{place}': the emulator takes at most {MAX_URIS}.");
            return Err(ApiError::invalid(message));
        }
        if let Some(index) = uris.iter().position(|uri| uri.len() > MAX_URI || parse_url(uri).is_err()) {
            let message =
                format!("Invalid value at '{place}[{index}]': expected an absolute http or https URL.");
            return Err(ApiError::invalid(message));
        }
        Ok(Some(WebhookConfig { uris, user_metadata }))
    }

    /// How many bytes it holds.
    pub fn weight(&self) -> usize {
        let metadata = self.user_metadata.as_ref().map_or(0, |metadata| metadata.get().len());
        self.uris.iter().map(String::len).sum::<usize>() + metadata
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(body: &str, case: Case) -> Result<Option<String>, String> {
        let mut members = Members::of_body(body.as_bytes()).expect("an object");
        let config = WebhookConfig::take(&mut members, case).map_err(|error| error.message)?;
        Ok(config.map(|config| serde_json::to_string(&config).expect("serialises")))
    }

    #[test]
    fn metadata_of_any_form_comes_back_as_it_was_written() {
        let body = r#"{"webhook_config":{"user_metadata":{"b":1.0,"a":[ 1e2,null]},"uris":["http://h/"]}}"#;
        let echoed = r#"{"uris":["http://h/"],"user_metadata":{"b":1.0,"a":[ 1e2,null]}}"#;
        assert_eq!(take(body, Case::Snake), Ok(Some(echoed.to_owned())));
        let body = r#"{"webhookConfig":{"userMetadata":"text"}}"#;
        assert_eq!(take(body, Case::Camel), Ok(Some(r#"{"user_metadata":"text"}"#.to_owned())));
        assert_eq!(take(r#"{"webhook_config":null}"#, Case::Snake), Ok(None));
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        let refused = |body: &str| take(body, Case::Snake).expect_err("refused");
        assert_eq!(
            refused(r#"{"webhook_config":{"userMetadata":{}}}"#),
            "Unknown parameter 'userMetadata'. Did you mean 'user_metadata'?"
        );
        assert_eq!(
            refused(r#"{"webhook_config":{"uris":["http://h/","h"]}}"#),
            "Invalid value at 'webhook_config.uris[1]': expected an absolute http or https URL."
        );
        let long = format!(r#"{{"webhook_config":{{"uris":["http://h/{}"]}}}}"#, "a".repeat(MAX_URI));
        assert!(refused(&long).contains("webhook_config.uris[0]"));
        assert_eq!(
            refused(r#"{"webhook_config":{"uris":"http://h/"}}"#),
            "Invalid value at 'webhook_config.uris': expected a list of strings."
        );
    }
}
