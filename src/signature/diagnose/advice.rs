//! What to do about each reason in general, and which keys were tried.

use super::super::headers::parse_timestamp;
use super::super::verdict::{Reason, Scheme, Verdict};
use super::Source;
use super::case::Case;
use super::schemes::SERVICE_KEYS;

/// How many keys are named before the rest is counted.
const NAMED: usize = 4;

/// What to do about this verdict on this delivery; nothing where there is nothing to do.
pub(super) fn of_verdict(case: &Case<'_>, verdict: &Verdict, source: Source) -> Vec<String> {
    let Some(reason) = verdict.reason() else {
        return Vec::new();
    };
    let scheme = verdict.rejection().and_then(|rejection| rejection.scheme);
    let at = parse_timestamp(case.delivery.timestamp).map(|timestamp| timestamp.to_string());
    let general = if reason == Reason::BodyNotBound && verdict.is_valid() {
        "trust the body no further than the sender; --require-body-binding refuses such deliveries".to_owned()
    } else if let Some(advice) = of_sets(case, reason, scheme) {
        advice
    } else {
        of_reason(reason, scheme, at.as_deref().unwrap_or("TIME"), source)
    };
    let keys = (reason == Reason::SignatureMismatch && case.has_signatures())
        .then(|| keys_tried(case, scheme))
        .flatten();
    keys.into_iter().chain([general]).collect()
}

/// What to do about `reason`; `at` is the delivery's timestamp, or a word that stands for it.
pub(super) fn of_reason(reason: Reason, scheme: Option<Scheme>, at: &str, source: Source) -> String {
    if let Some(text) = to_senders(reason).filter(|_| source == Source::Received) {
        return text.to_owned();
    }
    let text = match reason {
        Reason::SignatureMismatch | Reason::NoKey => return of_keys(reason, scheme, source),
        Reason::UnknownKey => {
            return format!("key sets change: fetch the present one with --jwks {SERVICE_KEYS}");
        }
        Reason::TimestampTooOld => {
            return format!("sign it anew with gwh sign, or judge it as of then: gwh verify --at {at}");
        }
        Reason::TimestampInFuture => {
            return format!("set the clock that is wrong, or judge it as of then: gwh verify --at {at}");
        }
        Reason::TokenExpired => {
            return format!(
                "have it sent again with a fresh token, or judge it as of then: gwh verify --at {at}"
            );
        }
        Reason::MissingHeader => {
            "give the headers as part of a whole HTTP request, with -H 'webhook-id: …' and so on, or with \
             --id, --timestamp and --signature"
        }
        Reason::MalformedHeader => {
            "each webhook-* header stands once: an id, Unix seconds, and v1,BASE64 signatures separated by \
             spaces; gwh sign --as headers shows the form"
        }
        Reason::UnsupportedScheme => {
            "the schemes are v1, v1a and a bare JWT; gwh sign --scheme v1 shows what is due"
        }
        Reason::MalformedToken => {
            "a token is three parts of base64url with dots between them, the first two JSON objects; \
             gwh sign --scheme jwt makes one"
        }
        Reason::AudienceMismatch => "name the audience that its tokens are issued for with --audience",
        Reason::AlgorithmNotAllowed => {
            "take it for forged: the service signs tokens with RS256, as gwh sign --scheme jwt does"
        }
        Reason::BodyNotBound => {
            "leave --require-body-binding out to accept a token that proves its sender but not the body"
        }
    };
    text.to_owned()
}

/// What to do where it is the sender of a delivery, or something on its way, that has to change.
fn to_senders(reason: Reason) -> Option<&'static str> {
    match reason {
        Reason::MissingHeader => Some(
            "the sender must set all three webhook-* headers, and a proxy must let them through; gwh trigger \
             sends a signed delivery, gwh sign --as curl prints one",
        ),
        Reason::TimestampTooOld => Some(
            "it was replayed or held up, or a clock is wrong: sign each attempt with the time it is sent, or \
             accept older ones with --tolerance",
        ),
        Reason::TimestampInFuture => Some(
            "set the clock that is wrong, the sender's or this machine's, or accept more with --tolerance",
        ),
        Reason::TokenExpired => {
            Some("the sender must make a fresh token for each attempt, or accept older ones with --tolerance")
        }
        _ => None,
    }
}

/// What to do where no key at hand made the signature.
fn of_keys(reason: Reason, scheme: Option<Scheme>, source: Source) -> String {
    let keys = match scheme {
        Some(Scheme::V1) => {
            "give the secret of the webhook that sent it with --secret-file or --secret-env".to_owned()
        }
        Some(Scheme::V1a | Scheme::Jwt) => {
            format!("give the sender's public keys, for the service itself --jwks {SERVICE_KEYS}")
        }
        None => "give its signing secret with --secret-file or --secret-env, or its public keys with --jwks"
            .to_owned(),
    };
    match reason {
        // What a server received is what arrived.
        Reason::SignatureMismatch if source == Source::Given => {
            format!("{keys}, and the body byte for byte as it arrived")
        }
        _ => keys,
    }
}

/// What to do where a key set counts and none of its keys made the signature.
fn of_sets(case: &Case<'_>, reason: Reason, scheme: Option<Scheme>) -> Option<String> {
    let is_about_sets = matches!(scheme, Some(Scheme::V1a | Scheme::Jwt)) && !case.keys.sets.is_empty();
    if !is_about_sets {
        return None;
    }
    match reason {
        Reason::NoKey => Some(GET_KEY_SET.to_owned()),
        Reason::UnknownKey => Some(
            "key sets change: gwh keys fetch gets the present one, and gwh keys list shows its keys".to_owned(),
        ),
        Reason::SignatureMismatch => Some(
            "take it for forged, or give the keys of another sender with --jwks; gwh keys list shows the keys \
             of the key sets"
                .to_owned(),
        ),
        _ => None,
    }
}

/// What to do where the key set that counts is not at hand.
pub(super) const GET_KEY_SET: &str =
    "get the key set with gwh keys fetch where there is a network, or give it as a file with --jwks FILE";

/// Which keys the signature was compared with.
fn keys_tried(case: &Case<'_>, scheme: Option<Scheme>) -> Option<String> {
    let names: Vec<String> = match scheme? {
        Scheme::V1 => {
            let live = case.keys.live_secrets(case.now);
            live.map(|named| format!("{} ({})", named.label, named.name)).collect()
        }
        Scheme::V1a => {
            case.keys.ed25519().map(|(named, _)| format!("{} ({})", named.label, named.name)).collect()
        }
        Scheme::Jwt => {
            case.keys.rsa().map(|(named, _)| format!("{} ({})", named.label, named.name)).collect()
        }
    };
    let rest = names.len().saturating_sub(NAMED);
    let shown = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    match (names.is_empty(), rest) {
        (true, _) => None,
        (_, 0) => Some(format!("it was compared with {shown}")),
        _ => Some(format!("it was compared with {shown} and {rest} more")),
    }
}
