//! The calls that answer a secret once, create and rotate: nothing between the answer and the store may
//! lose it, and where an answer is lost, the user is told what to run.
//!
//! The store is proved writable first, a mark is left for the case that the process is killed, an interrupt
//! waits for the answer, and the secret is stored before anything else is done with it.

use std::pin::pin;

use jiff::{SignedDuration, Timestamp};

use crate::error::{Exit, Failure};
use crate::gemini::{Api, ApiError, Cause, Grant, NewWebhook, Revocation, Webhook};
use crate::secrets::{Backend, Kept, Operation, WebhookRef, WebhookSecrets};
use crate::session::Session;
use crate::signature::Secret;
use crate::ui::sanitize;

/// How long the previous secrets sign beside a new one.
const OVERLAP: SignedDuration = SignedDuration::from_hours(24);

/// A secret that the API answered, and where it is now.
pub(in crate::cmd) struct Granted {
    pub(super) secret: Secret,
    webhook: WebhookRef,
    kept: Kept,
    interrupted: bool,
}

impl Granted {
    /// The store that has it, if one does.
    pub(super) fn backend(&self) -> Option<Backend> {
        match self.kept {
            Kept::Stored(backend) => Some(backend),
            Kept::RecoveryFile { .. } | Kept::Shown { .. } => None,
        }
    }

    /// Whether somebody asked to stop while the answer was awaited.
    pub(super) fn was_interrupted(&self) -> bool {
        self.interrupted
    }

    /// How a command ends once it has printed the webhook: that no store has the secret counts more than an
    /// output that nobody reads.
    ///
    /// # Errors
    /// As [`Granted::into_failure`]; where the secret is stored, that of printing.
    pub(super) fn end(self, printed: Result<(), Failure>) -> Result<Exit, Failure> {
        self.into_failure().map_or(printed, Err).map(|()| Exit::Done)
    }

    /// What is to be reported where no store has it.
    pub(in crate::cmd) fn into_failure(self) -> Option<Failure> {
        self.kept.into_failure(&self.webhook)
    }
}

/// A webhook as the secret store knows it.
pub(super) fn reference(webhook: &Webhook) -> WebhookRef {
    // A webhook without an id cannot be: but if the service should answer one, its secret is still kept.
    let id = if webhook.id.is_empty() { webhook.label() } else { &webhook.id };
    let id = if id.is_empty() { "unnamed" } else { id };
    let name = webhook.name.as_deref().filter(|name| !name.is_empty()).unwrap_or(id);
    WebhookRef { uri: Some(webhook.uri.clone()).filter(|uri| !uri.is_empty()), ..WebhookRef::new(id, name) }
}

/// Makes a webhook and keeps its secret.
///
/// # Errors
/// Kind `Configuration` where no secret could be stored, before anything is sent; `Remote` where the call
/// fails or its answer is lost.
pub(in crate::cmd) async fn create(
    session: &Session,
    api: &Api,
    secrets: &WebhookSecrets,
    new: &NewWebhook,
) -> Result<(Webhook, Granted), Failure> {
    secrets.prove_writable(None)?;
    let name = new.name.as_deref().unwrap_or(&new.uri);
    let pending = secrets.begin(Operation::Create, &WebhookRef::new("", name))?;
    let (answer, interrupted) = held(session, api, api.create(new)).await;
    let created = match answer {
        Ok(created) => created,
        // The mark stays: `gwh secrets` tells of it until the webhook has a secret here.
        Err(error) if error.may_have_happened() => return Err(lost_create(error, new)),
        Err(error) => {
            pending.finish();
            return Err(error.into_failure("create the webhook"));
        }
    };
    let granted = keep(session, secrets, &created.webhook, created.secret, None)?;
    pending.finish();
    Ok((created.webhook, Granted { interrupted, ..granted }))
}

/// Makes a new secret for a webhook and keeps it, beside the previous one for as long as that signs.
///
/// # Errors
/// As [`create`].
pub(super) async fn rotate(
    session: &Session,
    api: &Api,
    secrets: &WebhookSecrets,
    webhook: &Webhook,
    revocation: Revocation,
) -> Result<Granted, Failure> {
    let _turn = secrets.rotating(api.timeout())?;
    secrets.prove_writable(Some(&webhook.id))?;
    let pending = secrets.begin(Operation::Rotate, &reference(webhook))?;
    let (answer, interrupted) = held(session, api, api.rotate(&webhook.id, Some(revocation))).await;
    let grant = match answer {
        Ok(grant) => grant,
        Err(error) if error.may_have_happened() => {
            let holds_one = secrets.find(&webhook.id).ok().flatten().is_some();
            return Err(lost_rotation(error, webhook, revocation, holds_one));
        }
        Err(error) => {
            pending.finish();
            return Err(error.into_failure(&format!("rotate the secret of {}", webhook.label())));
        }
    };
    let previous_expires = match revocation {
        Revocation::AfterADay => session.timestamp().checked_add(OVERLAP).ok(),
        Revocation::Immediately => None,
    };
    let granted = keep(session, secrets, webhook, grant, previous_expires)?;
    pending.finish();
    Ok(Granted { interrupted, ..granted })
}

/// Waits for a call to its end although an interrupt asks to stop: its answer is the only one there will be.
/// The call itself takes no longer than the time for one answer; who interrupts twice does not wait for it.
/// Also answers whether it was interrupted.
async fn held<T>(
    session: &Session,
    api: &Api,
    call: impl Future<Output = Result<T, ApiError>>,
) -> (Result<T, ApiError>, bool) {
    let mut call = pin!(call);
    tokio::select! {
        biased;
        () = session.shutdown.requested() => session.ui.warn(&format!(
            "stopping once the API has answered, within {} s: the secret in the answer is shown only once; \
             interrupt again to lose it",
            api.timeout().as_secs_f32()
        )),
        answer = &mut call => return (answer, false),
    }
    tokio::select! {
        biased;
        // An answer that is here is taken, however much of a hurry there is.
        answer = call => (answer, true),
        () = session.shutdown.requested_again() => {
            (Err(ApiError { cause: Cause::Abandoned, attempts: 1 }), true)
        }
    }
}

fn keep(
    session: &Session,
    secrets: &WebhookSecrets,
    webhook: &Webhook,
    grant: Grant,
    previous_expires: Option<Timestamp>,
) -> Result<Granted, Failure> {
    let reference = reference(webhook);
    let rotate =
        format!("run gwh webhooks rotate-secret {} to get a secret that this machine keeps", reference.id);
    match grant {
        Grant::Secret(secret) => {
            let kept = secrets.keep_or_reveal(&reference, &secret, previous_expires);
            Ok(Granted { secret, webhook: reference, kept, interrupted: false })
        }
        Grant::Unknown(text) => {
            let name = sanitize::text(&reference.name);
            session.ui.reveal(
                &format!("the secret of webhook {name} has a form that gwh cannot store; it is shown only this once:"),
                &reference.id,
                &text,
            );
            Err(Failure::remote(format!(
                "the secret of webhook {} is in no form that gwh knows",
                reference.name
            ))
            .hint("a newer gwh may know it; the secret itself is shown above"))
        }
        Grant::Missing => Err(Failure::remote(format!(
            "the API did what was asked of it for webhook {} ({}), but its answer holds no secret",
            reference.name, reference.id
        ))
        .hint(rotate)),
    }
}

fn lost_create(error: ApiError, new: &NewWebhook) -> Failure {
    let known = new.name.as_deref().unwrap_or(&new.uri);
    Failure::remote("the webhook may have been created, but its secret is lost")
        .because(error.cause)
        .hint(format!("run gwh webhooks list to see whether {known} is there"))
        .hint("if it is, run gwh webhooks rotate-secret ID --revoke immediately, which makes a secret and stores it")
        .hint("if it is not, run the command again")
}

/// `holds_one` says whether a secret from before is stored here.
fn lost_rotation(error: ApiError, webhook: &Webhook, revocation: Revocation, holds_one: bool) -> Failure {
    let again = format!("run gwh webhooks rotate-secret {} again to get one that is stored", webhook.id);
    let again = match (holds_one, revocation) {
        (false, _) => again,
        (true, Revocation::AfterADay) => {
            format!("{again}: the secret that is stored here goes on signing for 24 hours")
        }
        (true, Revocation::Immediately) => format!(
            "{again}: if it was rotated, the secret that is stored here no longer verifies deliveries"
        ),
    };
    let failure = Failure::remote(format!(
        "the secret of {} may have been rotated, but the new one is lost",
        webhook.label()
    ));
    let failure = failure.because(error.cause).hint(again);
    if !holds_one {
        return failure;
    }
    failure.hint(format!(
        "gwh webhooks get {} shows whether the secret that is stored here is current",
        webhook.id
    ))
}
