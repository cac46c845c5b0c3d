//! Finding the webhook that a user names, by its id or by a name that only one has.

use crate::error::Failure;
use crate::gemini::{Api, ApiError, Webhook};

/// The webhook whose id or unique name is `wanted`. An id wins over a name.
///
/// # Errors
/// Kind `Remote` where there is none or the API cannot be asked, `Usage` where several have the name.
pub(super) async fn find(api: &Api, wanted: &str) -> Result<Webhook, Failure> {
    let wanted = wanted.strip_prefix("webhooks/").unwrap_or(wanted);
    if may_be_id(wanted) {
        match api.get(wanted).await {
            Ok(webhook) if webhook.id.is_empty() => return Ok(Webhook { id: wanted.to_owned(), ..webhook }),
            Ok(webhook) => return Ok(webhook),
            // What the service says of a name that is no id of its form is not documented.
            Err(error) if is_unknown(&error) => {}
            Err(error) => return Err(error.into_failure(&format!("look up webhook {wanted}"))),
        }
    }
    let all = api.all().await.map_err(|error| error.into_failure(&format!("look up webhook {wanted}")))?;
    if let Some(webhook) = all.iter().find(|webhook| webhook.id == wanted) {
        return Ok(webhook.clone());
    }
    let mut named = all.into_iter().filter(|webhook| webhook.name.as_deref() == Some(wanted));
    match (named.next(), named.next()) {
        (Some(webhook), None) => Ok(webhook),
        (None, _) => Err(Failure::remote(format!("there is no webhook with the id or name {wanted}"))
            .hint("run gwh webhooks list to see the webhooks that this key's project has")),
        (Some(first), Some(second)) => {
            let ids: Vec<String> =
                [first, second].into_iter().chain(named).map(|webhook| webhook.id).collect();
            Err(Failure::usage(format!("{} webhooks are named {wanted}", ids.len()))
                .hint(format!("give the id instead: {}", ids.join(", "))))
        }
    }
}

/// Whether a text can be sent as an id: nothing that a URL's path would take apart or leave out.
fn may_be_id(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
    text.bytes().all(plain) && text.bytes().any(|byte| byte != b'.')
}

fn is_unknown(error: &ApiError) -> bool {
    error.refusal().is_some_and(|refusal| matches!(refusal.status, 400 | 404) && !refusal.is_about_key())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_text_is_asked_for_as_an_id() {
        assert!(may_be_id("k0h9q38f6ejj1g9j7cgcdsauadmbewegl79f") && may_be_id("prod-1.eu"));
        for bad in ["", ".", "..", "a/b", "a b", "a:ping", "a?x", "tést"] {
            assert!(!may_be_id(bad), "{bad:?}");
        }
    }
}
