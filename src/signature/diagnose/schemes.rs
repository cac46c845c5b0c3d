//! Deliveries that are signed with a scheme, or a key, that nothing at hand can judge.

use super::super::jwt;
use super::super::verdict::{Reason, Rejection, Scheme};
use super::advice::GET_KEY_SET;
use super::case::Case;
use super::cause::{Cause, Change, Finding};
use super::spelling::Claim;

/// What the form of the header proves where there is no key of its scheme.
pub(super) fn by_form(case: &Case<'_>, rejection: &Rejection) -> Option<Finding> {
    let has_secrets = case.keys.has(Scheme::V1);
    let public_keys = match case.keys.sets.is_empty() {
        true => format!("give its public keys with --jwks {SERVICE_KEYS}"),
        false => GET_KEY_SET.to_owned(),
    };
    Some(match scheme_without_key(case, rejection)? {
        Scheme::V1 => Finding::by_form(
            Cause::V1NeedsSecret,
            "webhook-signature holds v1, HMAC-SHA256, and only public keys are given",
            "it comes from a static webhook: give its signing secret with --secret-file or --secret-env",
        ),
        Scheme::V1a => Finding::by_form(
            Cause::V1aNeedsPublicKey,
            if has_secrets {
                "webhook-signature holds v1a, Ed25519, and only HMAC secrets are given"
            } else {
                "webhook-signature holds v1a, Ed25519, and no Ed25519 key is given"
            },
            format!("it comes from a dynamic webhook: {public_keys}"),
        ),
        Scheme::Jwt => Finding::by_form(
            Cause::JwtNeedsPublicKey,
            if has_secrets {
                "webhook-signature holds a JWT instead of a list of signatures, and only HMAC secrets are given"
            } else {
                "webhook-signature holds a JWT, and no RSA key is given"
            },
            format!("it comes from a dynamic webhook: {public_keys}"),
        ),
    })
}

fn scheme_without_key(case: &Case<'_>, rejection: &Rejection) -> Option<Scheme> {
    if rejection.reason == Reason::NoKey {
        // A key set that is not at hand may hold the key, although there are others of the scheme.
        return rejection.scheme.filter(|scheme| !case.keys.has(*scheme));
    }
    if rejection.reason != Reason::SignatureMismatch {
        return None;
    }
    // A token that stands under a label is refused for the label first.
    let only_tokens = case.signatures().iter().all(|signature| signature.claim.scheme() == Scheme::Jwt);
    let unjudged = case.has_signatures() && only_tokens && !case.keys.has(Scheme::Jwt);
    unjudged.then_some(Scheme::Jwt)
}

/// Where the service publishes the keys of dynamic webhooks.
pub(super) const SERVICE_KEYS: &str = "https://generativelanguage.googleapis.com/.well-known/jwks.json";

/// A token that is signed with a key of the set, but names another one.
pub(super) fn other_kid(case: &mut Case<'_>) -> Option<Finding> {
    let tokens = case.signatures().iter().filter_map(|signature| match signature.claim {
        Claim::Jwt(token) => Some(token),
        _ => None,
    });
    let (kid, named) = tokens.filter_map(|token| jwt::signed_under_another_kid(token, case.keys)).next()?;
    let once = format!("the key {} ({}) is used, although the token names {kid:?}", named.label, named.name);
    let fix =
        "the sender names the wrong kid, or the key set lists the key under another one: correct either";
    Finding::of([Change::new(Cause::OtherKid, once, fix)])
}
