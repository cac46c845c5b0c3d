//! How a request is built, as a value: which body, signed how, changed in what way, written how.
//!
//! A recipe says nothing of keys, ids and times; `craft` adds those.

use crate::signature::{ID, SIGNATURE, TIMESTAMP};

/// How a request is built.
#[derive(Debug, Clone, Copy)]
pub struct Recipe {
    /// The method.
    pub method: Method,
    /// The body that is signed.
    pub body: Body,
    /// The body that is sent in place of the one that is signed.
    pub sent: Option<Body>,
    /// `webhook-timestamp`, which is signed.
    pub stamp: Stamp,
    /// `webhook-signature`.
    pub signature: Signature,
    /// What is done to the headers once everything is signed.
    pub edits: &'static [Edit],
    /// How the names of the `webhook-*` headers are written.
    pub names: NameCase,
    /// How the end of the body is told.
    pub framing: Framing,
}

/// A valid delivery, as the service sends it. Rows say what is different.
pub const VALID: Recipe = Recipe {
    method: Method::Post,
    body: Body::Event("batch.succeeded"),
    sent: None,
    stamp: Stamp::FromNow(0),
    signature: Signature::Right,
    edits: &[],
    names: NameCase::Lower,
    framing: Framing::Length,
};

/// The method of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// As deliveries have it.
    Post,
    /// Without a body.
    Get,
}

impl Method {
    /// As on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Method::Post => "POST",
            Method::Get => "GET",
        }
    }
}

/// The bytes of a body.
#[derive(Debug, Clone, Copy)]
pub enum Body {
    /// The sample of an event type of the catalogue.
    Event(&'static str),
    /// This text.
    Text(&'static str),
    /// These bytes.
    Bytes(&'static [u8]),
    /// A JSON envelope that is padded to so many bytes.
    Padded(usize),
}

/// The value of `webhook-timestamp`.
#[derive(Debug, Clone, Copy)]
pub enum Stamp {
    /// So many seconds after now; negative is before.
    FromNow(i64),
    /// Now, in milliseconds.
    Millis,
    /// Now, with a minus in front.
    Negative,
    /// This text.
    Text(&'static str),
}

/// The value of `webhook-signature`.
#[derive(Debug, Clone, Copy)]
pub enum Signature {
    /// The one that the scheme wants.
    Right,
    /// The one that the scheme wants, made with a secret or key that the handler does not know.
    Foreign,
    /// The one that the scheme wants, made with the other key of the set.
    OtherKey,
    /// The one that the scheme wants, for a delivery with another id and body.
    OfAnother,
    /// Entries of a signature list, separated by spaces.
    List(&'static [Entry]),
    /// A token with something about it.
    Token(Token),
    /// This text.
    Text(&'static str),
}

/// An entry of a signature list.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// Whose signature it is.
    pub by: Signatory,
    /// The version before the comma; none for the scheme's own.
    pub version: Option<&'static str>,
    /// How the signature is written.
    pub form: Form,
}

/// Who signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signatory {
    /// The key that the handler knows.
    Own,
    /// A key that it does not know.
    Stranger,
    /// HMAC with what everybody can read: the public key.
    PublicKey,
}

/// How a signature is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// As it should be.
    Base64,
    /// With `-` and `_`, and without padding.
    Base64Url,
    /// In hexadecimal digits.
    Hex,
    /// The first eight characters of its base64.
    FirstCharacters,
    /// The base64 of its first half.
    FirstHalf,
    /// The base64 of it and three more bytes.
    Longer,
    /// The base64 of three bytes and it.
    Shifted,
    /// With one bit flipped in the last byte.
    LastBitFlipped,
    /// Nothing.
    Empty,
}

/// What is special about a token. Its claims are those of a valid one unless it says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    /// Signed with a key of the set's kind under a `kid` that is not in the set.
    UnknownKid,
    /// Signed with a key that the token brings along in its header (`jwk`).
    OwnKeyInHeader,
    /// `alg` of this spelling, and no signature.
    Unsigned(&'static str),
    /// The right header and claims, and no signature.
    Stripped,
    /// HS256 with the PEM text of the public key as the secret.
    HmacWithPem,
    /// HS256 with an empty secret.
    HmacWithNothing,
    /// Claims that were changed after signing.
    ChangedClaims,
    /// `aud` of somebody else.
    OtherAudience,
    /// No `aud`.
    NoAudience,
    /// `exp` ten minutes ago.
    Expired,
    /// `nbf` ten minutes from now.
    NotYetValid,
    /// Two parts instead of three.
    Malformed,
}

/// One of the headers that make a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Header {
    /// `webhook-id`.
    Id,
    /// `webhook-timestamp`.
    Timestamp,
    /// `webhook-signature`.
    Signature,
}

impl Header {
    /// In lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Header::Id => ID,
            Header::Timestamp => TIMESTAMP,
            Header::Signature => SIGNATURE,
        }
    }
}

/// Something that is done to the headers after signing.
#[derive(Debug, Clone, Copy)]
pub enum Edit {
    /// The header is left out.
    Drop(Header),
    /// It has no value.
    Blank(Header),
    /// It has another plausible value: another id, a timestamp one second off.
    Change(Header),
    /// Another plausible value stands in a header of the same name before it.
    RepeatBefore(Header),
    /// The same after it.
    RepeatAfter(Header),
}

/// How the names of headers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameCase {
    /// `webhook-id`.
    Lower,
    /// `Webhook-Id`.
    Title,
    /// `WEBHOOK-ID`.
    Upper,
    /// `wEbHoOk-Id`.
    Mixed,
}

/// How the end of the body is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// By `content-length`.
    Length,
    /// By chunks of a few bytes, which cut characters in two.
    Chunked,
    /// Not at all: without a length a server takes the body to be empty.
    None,
    /// The length is told and only half of the body follows, until the other side gives up.
    Stalled,
}
