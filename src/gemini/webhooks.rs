//! The seven calls of the webhooks resource.

use reqwest::{Method, Url};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::call::{Answer, Api, Call, Holds, Repeat};
use super::error::ApiError;
use super::paging::{Next, Walk};
use super::webhook::{Change, Created, Grant, NewWebhook, Revocation, Webhook};

const COLLECTION: &str = "webhooks";

/// A page of a list.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The webhooks of the page.
    pub webhooks: Vec<Webhook>,
    /// What asks for the next page; nothing on the last.
    pub next: Option<String>,
}

impl Api {
    /// Makes a webhook. Sent once: each success makes a secret.
    ///
    /// # Errors
    /// [`ApiError`], after which [`ApiError::may_have_happened`] says whether to look for the webhook.
    pub async fn create(&self, new: &NewWebhook) -> Result<Created, ApiError> {
        let call = Call {
            method: Method::POST,
            url: self.url(&[COLLECTION], &[]),
            body: Some(json(new)),
            repeat: Repeat::Once,
            holds: Holds::NewSecret,
        };
        let mut answer: Value = read(&self.send(&call).await?)?;
        let secret = Grant::take(&mut answer, "new_signing_secret");
        // A webhook that cannot be read must not lose the secret that came with it.
        let mut webhook: Webhook = serde_json::from_value(answer).unwrap_or_default();
        if webhook.id.is_empty() && matches!(secret, Grant::Missing) {
            return Err(ApiError::unexpected("it is no webhook"));
        }
        webhook.name = webhook.name.or_else(|| new.name.clone());
        webhook.uri = Some(webhook.uri).filter(|uri| !uri.is_empty()).unwrap_or_else(|| new.uri.clone());
        Ok(Created { webhook, secret })
    }

    /// One page of the list. The service's own page size is 50, its largest 1000.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn page(&self, size: Option<u32>, token: Option<&str>) -> Result<Page, ApiError> {
        let size = size.map(|size| size.to_string());
        let mut query: Vec<(&str, &str)> = Vec::new();
        query.extend(size.as_deref().map(|size| ("page_size", size)));
        query.extend(token.map(|token| ("page_token", token)));
        let call = Call::read(self.url(&[COLLECTION], &query));
        let mut answer: Value = read(&self.send(&call).await?)?;
        let webhooks = match answer.get_mut("webhooks").map(Value::take) {
            None | Some(Value::Null) => Vec::new(),
            Some(list) => {
                serde_json::from_value(list).map_err(|error| ApiError::unexpected(error.to_string()))?
            }
        };
        let next = answer.get("next_page_token").and_then(Value::as_str);
        Ok(Page { webhooks, next: next.filter(|token| !token.is_empty()).map(str::to_owned) })
    }

    /// The list, page by page.
    pub fn pages(&self, size: Option<u32>) -> Pages<'_> {
        Pages { api: self, size, walk: Walk::new() }
    }

    /// Every webhook.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn all(&self) -> Result<Vec<Webhook>, ApiError> {
        let mut pages = self.pages(None);
        let mut all = Vec::new();
        while let Some(page) = pages.next().await? {
            all.extend(page);
        }
        Ok(all)
    }

    /// The URL of one webhook. An id that a path leaves out would make it that of all of them.
    fn one(&self, id: &str, query: &[(&str, &str)]) -> Result<Url, ApiError> {
        if matches!(id, "" | "." | "..") {
            return Err(ApiError::unexpected(format!("{id:?} is no id of a webhook")));
        }
        Ok(self.url(&[COLLECTION, id], query))
    }

    /// One webhook.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn get(&self, id: &str) -> Result<Webhook, ApiError> {
        read(&self.send(&Call::read(self.one(id, &[])?)).await?)
    }

    /// Changes a webhook and answers it as it is afterwards. `mask` names the fields for services that
    /// want it; the live one ignores it.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn update(&self, id: &str, change: &Change, mask: Option<&str>) -> Result<Webhook, ApiError> {
        let query: Vec<(&str, &str)> = mask.map(|mask| ("update_mask", mask)).into_iter().collect();
        let call = Call {
            method: Method::PATCH,
            url: self.one(id, &query)?,
            body: Some(json(change)),
            repeat: Repeat::Idempotent,
            holds: Holds::NoSecret,
        };
        read(&self.send(&call).await?)
    }

    /// Deletes a webhook. Not finding it any more after an attempt that was not answered is success.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn delete(&self, id: &str) -> Result<(), ApiError> {
        let call = Call { method: Method::DELETE, ..Call::read(self.one(id, &[])?) };
        match self.send(&call).await {
            Err(error) if error.attempts > 1 && error.refusal().is_some_and(|it| it.status == 404) => Ok(()),
            answer => answer.map(drop),
        }
    }

    /// Asks the service to send a test delivery. Sent once: each success sends another.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn ping(&self, id: &str) -> Result<(), ApiError> {
        let verb = format!("{id}:ping");
        let call = Call {
            method: Method::POST,
            repeat: Repeat::Once,
            ..Call::read(self.url(&[COLLECTION, &verb], &[]))
        };
        self.send(&call).await.map(drop)
    }

    /// Makes a new secret. Sent once: each success makes another.
    ///
    /// # Errors
    /// [`ApiError`], after which [`ApiError::may_have_happened`] says whether there is a secret that nobody has.
    pub async fn rotate(&self, id: &str, revocation: Option<Revocation>) -> Result<Grant, ApiError> {
        let verb = format!("{id}:rotateSigningSecret");
        let body = match revocation {
            Some(revocation) => serde_json::json!({"revocation_behavior": revocation.as_str()}),
            None => serde_json::json!({}),
        };
        let call = Call {
            method: Method::POST,
            url: self.url(&[COLLECTION, &verb], &[]),
            body: Some(body.to_string()),
            repeat: Repeat::Once,
            holds: Holds::NewSecret,
        };
        let mut answer: Value = read(&self.send(&call).await?)?;
        Ok(Grant::take(&mut answer, "secret"))
    }
}

/// A list that is read page by page.
pub struct Pages<'a> {
    api: &'a Api,
    size: Option<u32>,
    walk: Walk,
}

impl Pages<'_> {
    /// The webhooks of the next page, or nothing after the last.
    ///
    /// # Errors
    /// [`ApiError`]; also where the service sends a page token again, which would never end.
    pub async fn next(&mut self) -> Result<Option<Vec<Webhook>>, ApiError> {
        let next = self.walk.step();
        if matches!(next, Next::End) {
            return Ok(None);
        }
        let page = self.api.page(self.size, next.token()).await?;
        self.walk.go_on(page.next.as_deref())?;
        Ok(Some(page.webhooks))
    }
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("text and lists of text always serialise")
}

fn read<T: DeserializeOwned>(answer: &Answer) -> Result<T, ApiError> {
    // The error quotes no content: values that are secret never stand in a message.
    serde_json::from_str(answer).map_err(|error| {
        let what = if answer.trim().is_empty() { "it is empty".to_owned() } else { shape_of(&error) };
        ApiError::unexpected(what)
    })
}

fn shape_of(error: &serde_json::Error) -> String {
    format!("a field has the wrong form at column {} of line {}", error.column(), error.line())
}
