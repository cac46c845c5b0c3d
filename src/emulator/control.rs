//! The emulator's own calls, under paths that the service does not have.

use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use serde_json::json;
use tokio::time::timeout;

use super::Emulator;
use super::answer::Answer;
use super::deliveries::{Delivery, Standing};
use super::engine::Event as Emitted;
use super::error::{ApiError, Code};
use super::routes::Control;
use super::target::Target;
use crate::event::Event;
use crate::random::message_id;
use crate::units;

/// The longest that a caller may wait for first attempts.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

#[derive(Serialize)]
struct EmittedView<'a> {
    webhook_id: &'a str,
    event_type: &'a str,
    deliveries: &'a [Delivery],
}

#[derive(Serialize)]
struct DeliveriesView {
    deliveries: Vec<Delivery>,
}

impl Emulator {
    /// Does what a control call asks for.
    pub(super) async fn control(
        &self,
        control: &Control,
        target: &Target,
        body: Bytes,
    ) -> Result<Answer, ApiError> {
        match control {
            Control::Health => Ok(Answer::of(&json!({"status": "ok"}))),
            Control::Emit => self.emit(target, body).await,
            Control::Deliveries(id) => self.list_deliveries(id.as_deref(), target),
            Control::RotateKeys => self.rotate_keys().await,
        }
    }

    /// The deliveries of an event, or of all, that `?job=`, `?webhook=` and `?status=` let through.
    fn list_deliveries(&self, id: Option<&str>, target: &Target) -> Result<Answer, ApiError> {
        let (job, webhook) = (target.query(&["job"]), target.query(&["webhook"]));
        let status = target.query(&["status"]).map(Standing::parse).transpose()?;
        let deliveries = self.deliveries.list(|delivery| {
            id.is_none_or(|id| delivery.webhook_id == id)
                && job.is_none_or(|job| delivery.job.as_deref() == Some(job))
                && webhook.is_none_or(|webhook| delivery.webhook.as_deref() == Some(webhook))
                && status.is_none_or(|status| delivery.status == status)
        });
        Ok(Answer::of(&DeliveriesView { deliveries }))
    }

    /// Signs the deliveries to jobs' URIs with a new key from now on.
    async fn rotate_keys(&self) -> Result<Answer, ApiError> {
        let rsa = self.keys.next_rsa().await.map_err(|error| {
            ApiError::new(Code::Internal, format!("The emulator cannot make a key: {error}."))
        })?;
        Ok(Answer::of(&self.keys.rotate(rsa, self.random.as_ref())))
    }

    /// Emits the event that the body is, byte for byte, under the id `?id=` or a new one; with
    /// `?wait=5s`, the answer waits until each of its deliveries was tried once.
    async fn emit(&self, target: &Target, body: Bytes) -> Result<Answer, ApiError> {
        let event_type = Event::parse(&body)
            .and_then(|event| event.type_name().map(|name| name.into_owned()))
            .ok_or_else(|| ApiError::invalid("The body is not an event: a JSON object with a type."))?;
        let wait = target
            .query(&["wait"])
            .map(units::duration)
            .transpose()
            .map_err(|problem| ApiError::invalid(format!("Invalid value at 'wait': {problem}.")))?;
        let id = match target.query(&["id"]) {
            Some(id) if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_graphic()) => {
                return Err(ApiError::invalid("Invalid value at 'id': expected visible ASCII characters."));
            }
            Some(id) => id.to_owned(),
            None => message_id(self.random.as_ref()),
        };
        self.engine.emit(&Emitted { id: id.clone(), event_type: event_type.clone(), body, job: None });
        if let Some(wait) = wait {
            // Whatever was not tried by then is shown as pending.
            let _ = timeout(wait.min(LONGEST_WAIT), self.deliveries.first_attempts(&id)).await;
        }
        let deliveries = self.deliveries.of_event(&id);
        let note = match deliveries.len() {
            0 => format!("{event_type}: no enabled webhook is subscribed to it"),
            1 => format!("{event_type} to 1 webhook"),
            count => format!("{event_type} to {count} webhooks"),
        };
        Ok(Answer::of(&EmittedView { webhook_id: &id, event_type: &event_type, deliveries: &deliveries })
            .noted(note))
    }
}
