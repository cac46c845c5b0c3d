//! The values of `webhook-signature`: right ones, and those that no sender would write.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::craft::Fill;
use super::keys::SuiteKeys;
use super::recipe::{Entry, Form, Signatory, Signature};
use super::tokens;
use crate::hex;
use crate::signature::{KeyError, Secret, Signer, signature_header, signed_content};

/// How many characters a signature that was cut off has left.
const BEGINNING: usize = 8;

/// What is signed.
pub(super) struct Subject<'a> {
    pub(super) id: &'a str,
    pub(super) stamp: &'a str,
    /// The moment of the stamp, or now where that is none.
    pub(super) moment: i64,
    pub(super) body: &'a [u8],
}

/// The value of `webhook-signature`.
pub(super) fn signature(
    signature: Signature,
    keys: &SuiteKeys,
    subject: &Subject<'_>,
) -> Result<String, KeyError> {
    match signature {
        Signature::Right => whole(&keys.own, subject),
        Signature::Foreign => whole(&keys.stranger, subject),
        // The table asks for it only where there is a set.
        Signature::OtherKey => whole(keys.other.as_ref().unwrap_or(&keys.own), subject),
        Signature::OfAnother => {
            let other = Subject { id: "msg_another", body: b"{\"another\":\"body\"}", ..*subject };
            whole(&keys.own, &other)
        }
        Signature::List(entries) => {
            Ok(entries.iter().map(|one| entry(*one, keys, subject)).collect::<Vec<_>>().join(" "))
        }
        Signature::Token(kind) => tokens::token(kind, keys, subject),
        Signature::Text(text) => Ok(text.to_owned()),
    }
}

/// The header that a signer makes for a delivery.
pub(super) fn whole(signer: &Signer, subject: &Subject<'_>) -> Result<String, KeyError> {
    if matches!(signer, Signer::Jwt { .. }) {
        return signature_header(signer, subject.id, subject.moment, subject.body);
    }
    let version = version_of(signer);
    let signatures = signer.sign_content(&content(subject));
    let entries = signatures.iter().map(|signature| format!("{version},{}", STANDARD.encode(signature)));
    Ok(entries.collect::<Vec<_>>().join(" "))
}

fn content(subject: &Subject<'_>) -> Vec<u8> {
    signed_content(subject.id.as_bytes(), subject.stamp.as_bytes(), subject.body)
}

fn version_of(signer: &Signer) -> &'static str {
    match signer {
        Signer::V1(_) => "v1",
        Signer::V1a(_) => "v1a",
        Signer::Jwt { .. } => "",
    }
}

fn entry(entry: Entry, keys: &SuiteKeys, subject: &Subject<'_>) -> String {
    let content = content(subject);
    let signature = match entry.by {
        Signatory::Own => keys.own.sign_content(&content),
        Signatory::Stranger => keys.stranger.sign_content(&content),
        Signatory::PublicKey => {
            Signer::V1(vec![Secret::from_key(&keys.public_bytes())]).sign_content(&content)
        }
    };
    let encoded = signature.first().map_or_else(String::new, |signature| encode(signature, entry.form));
    match entry.version.unwrap_or_else(|| version_of(&keys.own)) {
        "" => encoded,
        version => format!("{version},{encoded}"),
    }
}

fn encode(signature: &[u8], form: Form) -> String {
    const MORE: &[u8] = &[0; 3];
    match form {
        Form::Base64 => STANDARD.encode(signature),
        Form::Base64Url => URL_SAFE_NO_PAD.encode(signature),
        Form::Hex => hex::encode(signature),
        Form::FirstCharacters => STANDARD.encode(signature).chars().take(BEGINNING).collect(),
        Form::FirstHalf => STANDARD.encode(&signature[..signature.len() / 2]),
        Form::Longer => STANDARD.encode([signature, MORE].concat()),
        Form::Shifted => STANDARD.encode([MORE, signature].concat()),
        Form::LastBitFlipped => {
            let mut flipped = signature.to_vec();
            if let Some(last) = flipped.last_mut() {
                *last ^= 1;
            }
            STANDARD.encode(flipped)
        }
        Form::Empty => String::new(),
    }
}

/// The id, or one made from it whose signature shows what is special about its form from its beginning on:
/// base64url without `-` and `_` is the beginning of base64, which is another case.
pub(super) fn telling_id(signature: Signature, fill: &Fill<'_>, stamp: &str, body: &[u8]) -> String {
    let is_base64url = |entry: &Entry| entry.form == Form::Base64Url && entry.by == Signatory::Own;
    let Signature::List(entries) = signature else { return fill.id.to_owned() };
    if !entries.iter().any(is_base64url) {
        return fill.id.to_owned();
    }
    let shows = |id: &String| {
        let content = signed_content(id.as_bytes(), stamp.as_bytes(), body);
        let signatures = fill.keys.own.sign_content(&content);
        let start = signatures.first().map(|signature| STANDARD.encode(signature)).unwrap_or_default();
        start.chars().take(BEGINNING).any(|digit| matches!(digit, '+' | '/'))
    };
    // One signature in five does.
    let ids = (0..256).map(|attempt| format!("{}_{attempt}", fill.id));
    ids.into_iter().find(shows).unwrap_or_else(|| fill.id.to_owned())
}
