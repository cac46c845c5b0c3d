//! The signature header's own spelling: what it says when it is read more kindly than verifying does.

use base64::Engine;
use base64::alphabet;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::super::headers::signature_entries;
use super::super::jwt;
use super::super::secret::BASE64;
use super::super::verdict::Scheme;
use super::super::verify::MAX_ENTRIES;
use super::case::Case;
use super::cause::{Cause, Change};

/// base64url, with the padding optional.
const BASE64_URL: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
const TAG: usize = 32;
const ED25519: usize = 64;

/// What an entry of the header claims to be.
#[derive(Clone, Copy)]
pub(super) enum Claim<'a> {
    V1([u8; TAG]),
    V1a([u8; ED25519]),
    Jwt(&'a [u8]),
}

impl Claim<'_> {
    pub(super) fn scheme(&self) -> Scheme {
        match self {
            Claim::V1(_) => Scheme::V1,
            Claim::V1a(_) => Scheme::V1a,
            Claim::Jwt(_) => Scheme::Jwt,
        }
    }
}

/// A signature, and what must be changed about how it is written.
pub(super) struct Signature<'a> {
    pub(super) claim: Claim<'a>,
    pub(super) spelled: Vec<Change>,
}

/// The signatures of a header. An entry that cannot be one is passed over.
pub(super) fn read(header: &[u8]) -> Vec<Signature<'_>> {
    signature_entries(header).take(MAX_ENTRIES).flat_map(read_word).collect()
}

/// The signatures in what stands between spaces: one, unless the header follows another service's form
/// or something joined several with commas.
fn read_word(word: &[u8]) -> Vec<Signature<'_>> {
    if word.starts_with(b"t=") {
        return read_stripe(word);
    }
    let is_stray = |byte: &u8| b"\"',;".contains(byte);
    let start = word.iter().position(|byte| !is_stray(byte)).unwrap_or(word.len());
    let end = word.iter().rposition(|byte| !is_stray(byte)).map_or(start, |last| last + 1);
    let bare = &word[start..end];
    let mut signatures: Vec<Signature<'_>> = cut(bare).into_iter().filter_map(read_entry).collect();
    if bare.len() < word.len() || signatures.len() > 1 {
        let once = "the signatures are separated by one space, without quotes or other commas";
        let fix =
            "the sender must write them so; a proxy that joins repeated headers puts commas between them";
        for signature in &mut signatures {
            signature.spelled.push(Change::new(Cause::SignatureSeparator, once, fix));
        }
    }
    signatures
}

/// The entries that commas join: each begins with a version and a comma.
fn cut(word: &[u8]) -> Vec<&[u8]> {
    let (mut entries, mut rest) = (Vec::new(), word);
    while let Some(at) = memchr::memmem::find(rest, b",v1").filter(|_| entries.len() < MAX_ENTRIES) {
        entries.push(&rest[..at]);
        rest = &rest[at + 1..];
    }
    entries.push(rest);
    entries
}

/// The signatures of `t=…,v1=…,v1=…`, the form of Stripe's header.
fn read_stripe(word: &[u8]) -> Vec<Signature<'_>> {
    let values = word.split(|byte| *byte == b',').filter_map(|item| item.strip_prefix(b"v1="));
    let tags = values.take(MAX_ENTRIES).filter_map(|value| <[u8; TAG]>::try_from(decode(value)?.0).ok());
    tags.map(|tag| {
        let once = "the header is read in the form t=…,v1=…, which is Stripe's";
        let fix = "the sender must write v1, with a comma, and the base64 of the signature, as gwh sign does";
        Signature { claim: Claim::V1(tag), spelled: vec![Change::new(Cause::SignatureStripe, once, fix)] }
    })
    .collect()
}

/// What must be changed about how the signature is written so that it matches; none where it does not
/// match however it is read.
pub(super) fn find(case: &mut Case<'_>) -> Option<Vec<Change>> {
    case.trying("other spellings of the signature (base64url, hex, padding, version)");
    let delivery = case.delivery;
    case.with_delivery(delivery).map(|found| found.0)
}

fn read_entry(entry: &[u8]) -> Option<Signature<'_>> {
    let (label, encoded) = split(entry);
    if jwt::is_readable(encoded) {
        let fix = "a JWT stands alone in webhook-signature: the sender must not label it";
        let unlabelled = Change::new(Cause::SignatureLabel, "what stands before the token is left out", fix);
        let spelled = if label.is_empty() { Vec::new() } else { vec![unlabelled] };
        return Some(Signature { claim: Claim::Jwt(encoded), spelled });
    }
    let (bytes, encoding) = decode(encoded)?;
    let (claim, version) = match <[u8; TAG]>::try_from(bytes.as_slice()) {
        Ok(tag) => (Claim::V1(tag), "v1"),
        Err(_) => (Claim::V1a(bytes.try_into().ok()?), "v1a"),
    };
    let mut spelled = Vec::new();
    if label != version.as_bytes() || entry.get(label.len()) != Some(&b',') {
        let once = format!("the signature is labelled {version}");
        let fix =
            format!("the sender must write {version}, with a comma, before the base64 of the signature");
        spelled.push(Change::new(Cause::SignatureLabel, once, fix));
    }
    spelled.extend(encoding);
    Some(Signature { claim, spelled })
}

/// The label of an entry, up to a comma or, as some senders write it, an equals sign or a colon, and the rest.
fn split(entry: &[u8]) -> (&[u8], &[u8]) {
    let separator = entry.iter().position(|byte| *byte == b',').or_else(|| {
        // An equals sign further back is padding.
        entry.iter().take(8).position(|byte| matches!(byte, b'=' | b':'))
    });
    match separator {
        Some(at) => (&entry[..at], &entry[at + 1..]),
        None => (b"", entry),
    }
}

/// The bytes of a signature, and what is wrong with the encoding that they were found in.
fn decode(encoded: &[u8]) -> Option<(Vec<u8>, Option<Change>)> {
    let fits = |bytes: &Vec<u8>| matches!(bytes.len(), TAG | ED25519);
    if let Some(bytes) = unhex(encoded).filter(fits) {
        let fix = "the sender must write the signature in base64: it wrote hex";
        let change = Change::new(Cause::SignatureHex, "the signature is read as hex instead of base64", fix);
        return Some((bytes, Some(change)));
    }
    if let Some(bytes) = BASE64.decode(encoded).ok().filter(fits) {
        let fix =
            "the = signs at the end belong to the signature: the sender, or something on the way, lost them";
        let change =
            Change::new(Cause::SignatureUnpadded, "the base64 padding of the signature is put back", fix);
        return Some((bytes, STANDARD.decode(encoded).is_err().then_some(change)));
    }
    let bytes = BASE64_URL.decode(encoded).ok().filter(fits)?;
    let once = "the signature is read as base64url instead of base64";
    let fix = "the sender must use the standard alphabet, with + and /, and padding";
    Some((bytes, Some(Change::new(Cause::SignatureBase64Url, once, fix))))
}

/// The bytes of an even number of hex digits.
pub(super) fn unhex(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    if text.is_empty() || !text.len().is_multiple_of(2) {
        return None;
    }
    text.chunks(2).map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}
