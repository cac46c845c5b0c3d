//! The calls of the webhooks resource.

use std::time::Duration;

use serde::Serialize;
use serde_json::json;

use super::Emulator;
use super::answer::Answer;
use super::engine::Event;
use super::error::ApiError;
use super::params::{Create, Revocation, Update, nothing};
use super::resource::{State, View};
use super::routes::Call;
use super::target::Target;
use crate::random::message_id;

/// For how long previous secrets sign after a rotation, in the emulator's time.
const GRACE: Duration = Duration::from_secs(24 * 60 * 60);

#[derive(Serialize)]
struct ListView<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    webhooks: Vec<View<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page_token: Option<String>,
}

impl Emulator {
    /// Does what a call asks for.
    pub(super) fn call(&self, call: &Call, target: &Target, body: &[u8]) -> Result<Answer, ApiError> {
        match call {
            Call::Create => self.create(body),
            Call::List => self.list(target),
            Call::Get(id) => self.get(id),
            Call::Update(id) => self.update(id, body),
            // Some HTTP clients send a body with every call; the service does not mind.
            Call::Delete(id) => self.delete(id),
            Call::Ping(id) => self.ping(id, body),
            Call::Rotate(id) => self.rotate(id, body),
        }
    }

    fn create(&self, body: &[u8]) -> Result<Answer, ApiError> {
        let create = Create::parse(body, self.options.events)?;
        let now = self.now();
        self.store.change(|registry| {
            let webhook = registry.create(create, self.random.as_ref());
            Ok(Answer::of(&webhook.created_view(now)).noted(format!("created {}", webhook.id)))
        })
    }

    fn list(&self, target: &Target) -> Result<Answer, ApiError> {
        let now = self.now();
        let (size, token) =
            (target.query(&["page_size", "pageSize"]), target.query(&["page_token", "pageToken"]));
        self.store.read(|registry| {
            let page = registry.page(size, token)?;
            let webhooks = page.webhooks.iter().map(|webhook| webhook.view(now)).collect();
            let answer = Answer::of(&ListView { webhooks, next_page_token: page.next });
            Ok(if page.token_ignored {
                answer.noted("the page token is not one of this emulator: this is the first page")
            } else {
                answer
            })
        })
    }

    fn get(&self, id: &str) -> Result<Answer, ApiError> {
        let now = self.now();
        self.store.read(|registry| Ok(Answer::of(&registry.get(id)?.view(now))))
    }

    fn update(&self, id: &str, body: &[u8]) -> Result<Answer, ApiError> {
        let update = Update::parse(body, self.options.events)?;
        let now = self.now();
        self.store.change(|registry| Ok(Answer::of(&registry.update(id, update)?.view(now))))
    }

    fn delete(&self, id: &str) -> Result<Answer, ApiError> {
        self.store.change(|registry| registry.delete(id))?;
        Ok(Answer::empty())
    }

    fn ping(&self, id: &str, body: &[u8]) -> Result<Answer, ApiError> {
        nothing(body)?;
        let webhook = self.store.read(|registry| registry.get(id).cloned())?;
        let ping = &self.options.ping;
        if webhook.state != State::Enabled && !ping.reaches_disabled {
            return Ok(Answer::empty().noted("the webhook is not enabled: nothing is delivered"));
        }
        let body = ping.body.clone().unwrap_or_else(|| {
            let stamp = self.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
            let data = json!({"id": id});
            json!({"type": ping.event_type, "version": "v1", "timestamp": stamp, "data": data})
                .to_string()
                .into()
        });
        let event_type = ping.event_type.clone();
        let event = Event { id: message_id(self.random.as_ref()), event_type, body, job: None };
        self.engine.ping(event, &webhook);
        Ok(Answer::empty())
    }

    fn rotate(&self, id: &str, body: &[u8]) -> Result<Answer, ApiError> {
        let revocation = Revocation::parse(body)?;
        let now = self.now();
        // The end is told in real time, so that whoever keeps the secret lets go of it when the emulator does.
        let grace = self.options.delivery.schedule.real(GRACE).as_secs();
        let previous_end = now.saturating_add(i64::try_from(grace).unwrap_or(i64::MAX));
        let secret = self
            .store
            .change(|registry| registry.rotate(id, revocation, [now, previous_end], self.random.as_ref()))?;
        Ok(Answer::of(&json!({"secret": secret.expose()})))
    }

    fn now(&self) -> i64 {
        self.clock.now().as_second()
    }
}
