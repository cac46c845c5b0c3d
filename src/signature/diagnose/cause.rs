//! The table of causes, and what a proved one says.

use std::borrow::Cow;

macro_rules! causes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal,)+) => {
        /// A cause that recomputing, or the form of the header, has proved.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Cause {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Cause {
            /// Every cause.
            pub const ALL: &'static [Cause] = &[$(Cause::$name),+];

            /// The stable code in JSON.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Cause::$name => $code,)+
                }
            }

            /// What it means, in a sentence, for the table of the documents.
            pub const fn about(self) -> &'static str {
                match self {
                    $(Cause::$name => concat!($($doc),+),)+
                }
            }
        }
    };
}

causes! {
    /// A secret that this machine knows, but that was not asked for, matches.
    OtherSecret = "other_secret",
    /// A secret that has expired in a rotation matches.
    ExpiredSecret = "expired_secret",
    /// The text of the secret was the key, without base64 decoding.
    SecretNotDecoded = "secret_not_decoded",
    /// `whsec_` was decoded together with the base64 after it.
    SecretPrefixDecoded = "secret_prefix_decoded",
    /// The secret was decoded as hex.
    SecretHex = "secret_hex",
    /// The secret stands with `v1,` in front, here or at the sender.
    SecretVersionPasted = "secret_version_pasted",
    /// A public key was used as an HMAC secret, which anybody can do.
    PublicKeyAsSecret = "public_key_as_secret",
    /// The JSON was parsed and written again.
    BodyReserialised = "body_reserialised",
    /// A line feed or CR LF at the end was added or removed.
    BodyTrailingNewline = "body_trailing_newline",
    /// Line breaks inside the body were changed or removed.
    BodyLineEndings = "body_line_endings",
    /// White space at the ends was removed.
    BodyWhiteSpace = "body_white_space",
    /// A byte order mark was added or removed.
    BodyBom = "body_bom",
    /// The body was saved as UTF-16.
    BodyUtf16 = "body_utf16",
    /// The body's UTF-8 was taken for Latin-1, or the reverse.
    BodyLatin1 = "body_latin1",
    /// Bytes that are not UTF-8 were replaced before signing.
    BodyLossyUtf8 = "body_lossy_utf8",
    /// The body was encoded as a JSON string once too often, or once too little.
    BodyJsonString = "body_json_string",
    /// The body is the base64 of what was signed, or the reverse.
    BodyBase64 = "body_base64",
    /// Python's `b'…'` form of the body was signed.
    BodyPythonRepr = "body_python_repr",
    /// An empty body was signed.
    BodyEmpty = "body_empty",
    /// What a language prints for a missing body or an object was signed.
    BodyPlaceholder = "body_placeholder",
    /// The timestamp is in milliseconds on one side and in seconds on the other.
    TimestampMilliseconds = "timestamp_milliseconds",
    /// The timestamp that was signed is a few seconds from the one that was sent.
    TimestampShifted = "timestamp_shifted",
    /// The timestamp is not written as Unix seconds.
    TimestampFormat = "timestamp_format",
    /// The id of another delivery was sent.
    OtherId = "other_id",
    /// The timestamp of another delivery was sent.
    OtherTimestamp = "other_timestamp",
    /// The id and the timestamp of another delivery were sent.
    OtherIdAndTimestamp = "other_id_and_timestamp",
    /// Something else than `{id}.{timestamp}.{body}` was signed.
    SignedContent = "signed_content",
    /// The signature is base64url where base64 is due.
    SignatureBase64Url = "signature_base64url",
    /// The signature has lost its base64 padding.
    SignatureUnpadded = "signature_unpadded",
    /// The signature is hex where base64 is due.
    SignatureHex = "signature_hex",
    /// The signature stands under a wrong version or under none.
    SignatureLabel = "signature_label",
    /// The signatures are not separated by spaces, or stand in quotes.
    SignatureSeparator = "signature_separator",
    /// The header has the form of Stripe's, `t=…,v1=…`.
    SignatureStripe = "signature_stripe",
    /// The delivery is signed with `v1`, and there are only public keys.
    V1NeedsSecret = "v1_needs_secret",
    /// The delivery is signed with `v1a`, and there is no Ed25519 key.
    V1aNeedsPublicKey = "v1a_needs_public_key",
    /// The delivery carries a JWT, and there is no RSA key.
    JwtNeedsPublicKey = "jwt_needs_public_key",
    /// The token names one key and is signed with another.
    OtherKid = "other_kid",
}

/// One change that would explain a mismatch, to be proved by recomputing with it.
#[derive(Debug, Clone)]
pub(super) struct Change {
    pub(super) cause: Cause,
    /// Completes "it matches once …".
    pub(super) once: Cow<'static, str>,
    /// What happened and what to do.
    pub(super) fix: Cow<'static, str>,
}

impl Change {
    pub(super) fn new(
        cause: Cause,
        once: impl Into<Cow<'static, str>>,
        fix: impl Into<Cow<'static, str>>,
    ) -> Self {
        Change { cause, once: once.into(), fix: fix.into() }
    }
}

/// One proved explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub cause: Cause,
    /// Causes that must come together with it.
    pub also: Vec<Cause>,
    /// What makes the signature match: `it matches once …`.
    pub proof: String,
    /// What that means and what to do.
    pub fix: String,
}

impl Finding {
    /// The finding that all of `changes` together make the signature match; none where there are none.
    pub(super) fn of(changes: impl IntoIterator<Item = Change>) -> Option<Self> {
        let mut changes = changes.into_iter();
        let first = changes.next()?;
        let mut finding = Finding {
            cause: first.cause,
            also: Vec::new(),
            proof: format!("it matches once {}", first.once),
            fix: first.fix.into_owned(),
        };
        for change in changes {
            finding.also.push(change.cause);
            finding.proof = format!("{} and {}", finding.proof, change.once);
            finding.fix = format!("{}; {}", finding.fix, change.fix);
        }
        Some(finding)
    }

    /// A finding that the form of the header proves.
    pub(super) fn by_form(cause: Cause, proof: impl Into<String>, fix: impl Into<String>) -> Self {
        Finding { cause, also: Vec::new(), proof: proof.into(), fix: fix.into() }
    }

    /// Proof and fix in one line. May quote the delivery: sanitise before a terminal.
    pub fn hint(&self) -> String {
        format!("{}: {}", self.proof, self.fix)
    }

    /// The codes of everything that had to come together.
    pub fn codes(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.cause).chain(self.also.iter().copied()).map(Cause::code)
    }
}
