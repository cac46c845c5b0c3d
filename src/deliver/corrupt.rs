//! Spoiling a signed message in exactly one way, to see a handler refuse it.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use clap::ValueEnum;
use zeroize::Zeroizing;

use super::message::Message;
use crate::random::Random;
use crate::signature::{Ed25519SigningKey, KeyError, RsaSigningKey, Secret, Signer};

/// The one thing that is wrong with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Corruption {
    /// One byte of the body is changed after signing; the body stays JSON
    Body,
    /// One bit of each signature is flipped; its form stays right
    Signature,
    /// Signed with a random secret or key that the handler does not know
    Secret,
    /// webhook-timestamp is moved by one second after signing, and is still fresh
    Timestamp,
    /// webhook-id is changed after signing
    Id,
    /// The webhook-signature header is left out
    Header,
}

impl Corruption {
    /// The stable name, as on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Corruption::Body => "body",
            Corruption::Signature => "signature",
            Corruption::Secret => "secret",
            Corruption::Timestamp => "timestamp",
            Corruption::Id => "id",
            Corruption::Header => "header",
        }
    }

    /// What was done, as the end of a sentence.
    pub const fn what(self) -> &'static str {
        match self {
            Corruption::Body => "the body was changed after signing",
            Corruption::Signature => "a bit of the signature was flipped",
            Corruption::Secret => "it was signed with a secret that nobody knows",
            Corruption::Timestamp => "webhook-timestamp was changed after signing",
            Corruption::Id => "webhook-id was changed after signing",
            Corruption::Header => "it has no webhook-signature",
        }
    }
}

/// Does the same wrong thing to every message.
#[derive(Debug)]
pub struct Spoiler {
    corruption: Corruption,
    stranger: Option<Signer>,
}

impl Spoiler {
    /// A spoiler of messages that `signer` signs.
    ///
    /// # Errors
    /// [`KeyError`] where no RSA key can be made for [`Corruption::Secret`].
    pub fn new(corruption: Corruption, signer: &Signer, random: &dyn Random) -> Result<Self, KeyError> {
        let stranger = match corruption {
            Corruption::Secret => Some(stranger(signer, random)?),
            _ => None,
        };
        Ok(Spoiler { corruption, stranger })
    }

    /// What is done to messages.
    pub fn corruption(&self) -> Corruption {
        self.corruption
    }

    /// The message with its one fault. The same message always comes out the same, retries included.
    ///
    /// # Errors
    /// [`KeyError`] where an RSA key cannot sign.
    pub fn spoil(&self, message: Message) -> Result<Message, KeyError> {
        Ok(match (self.corruption, &self.stranger) {
            (Corruption::Secret, Some(stranger)) => {
                Message::sign(stranger, message.id, message.timestamp, message.body)?
            }
            (Corruption::Secret, None) | (Corruption::Header, _) => Message { signature: None, ..message },
            (Corruption::Body, _) => Message { body: changed(&message.body).into(), ..message },
            (Corruption::Signature, _) => {
                Message { signature: message.signature.map(|header| flipped(&header)), ..message }
            }
            (Corruption::Timestamp, _) => {
                Message { timestamp: message.timestamp.saturating_sub(1), ..message }
            }
            (Corruption::Id, _) => {
                let id = String::from_utf8(changed(message.id.as_bytes()));
                Message { id: id.unwrap_or_else(|_| "msg_other".to_owned()), ..message }
            }
        })
    }
}

/// A signer of the same scheme whose secret or key is new, under the `kid` of the real one.
fn stranger(signer: &Signer, random: &dyn Random) -> Result<Signer, KeyError> {
    let mut seed = Zeroizing::new([0u8; 32]);
    random.fill(seed.as_mut_slice());
    Ok(match signer {
        Signer::V1(_) => Signer::V1(vec![Secret::from_key(seed.as_slice())]),
        Signer::V1a(_) => Signer::V1a(vec![Ed25519SigningKey::from_seed(&seed)]),
        Signer::Jwt { kid, audience, .. } => Signer::Jwt {
            key: Box::new(RsaSigningKey::generate()?),
            kid: kid.clone(),
            audience: audience.clone(),
        },
    })
}

/// `bytes` with one of them changed: the last digit, so that JSON stays JSON; where there is none, the
/// last letter; an empty body gets a byte.
fn changed(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let last = |wanted: fn(&u8) -> bool| bytes.iter().rposition(wanted);
    match last(u8::is_ascii_digit).or_else(|| last(u8::is_ascii_alphabetic)) {
        // The digits differ from their neighbours in the lowest bit; so do the letters, but for the outermost.
        Some(at) if matches!(bytes[at], b'a' | b'A' | b'z' | b'Z') => bytes[at] ^= 0x02,
        Some(at) => bytes[at] ^= 0x01,
        None => bytes.push(b'0'),
    }
    bytes
}

/// A signature header with one bit of each decoded signature flipped.
fn flipped(header: &str) -> String {
    let entries: Vec<String> = header.split(' ').map(flipped_entry).collect();
    entries.join(" ")
}

fn flipped_entry(entry: &str) -> String {
    let (start, encoded, engine) = match entry.split_once(',') {
        Some((version, encoded)) => (version.len() + 1, encoded, &STANDARD),
        None => {
            let start = entry.rfind('.').map_or(0, |dot| dot + 1);
            (start, &entry[start..], &URL_SAFE_NO_PAD)
        }
    };
    let mut signature = engine.decode(encoded).expect("a signature made here is base64");
    let middle = signature.len() / 2;
    signature[middle] ^= 0x01;
    format!("{}{}", &entry[..start], engine.encode(signature))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::random::SeededRandom;
    use crate::signature::{
        Keys, NamedPublicKey, NamedSecret, Policy, PublicKey, Reason, Scheme, extract, verify,
    };

    const NOW: i64 = 1_769_083_200;

    /// A signer of each scheme, and the keys that verify all of them.
    fn signers() -> (Vec<Signer>, Keys) {
        let secrets = [1u8, 2].map(|byte| Secret::from_key(&[byte; 32]));
        let ed25519 = Ed25519SigningKey::from_seed(&[3; 32]);
        let rsa = RsaSigningKey::generate().expect("makes a key");
        let public_keys = vec![
            NamedPublicKey::new("test", None, PublicKey::Ed25519(ed25519.public_key())),
            NamedPublicKey::new("test", Some("k".to_owned()), PublicKey::Rsa(rsa.public_key().clone())),
        ];
        let named = secrets.clone().map(|secret| NamedSecret::new("test", secret));
        let keys = Keys { secrets: named.into(), public_keys, ..Keys::default() };
        let kid = Some("k".to_owned());
        let jwt = Signer::Jwt { key: Box::new(rsa), kid, audience: None };
        (vec![Signer::V1(secrets.into()), Signer::V1a(vec![ed25519]), jwt], keys)
    }

    fn reason(message: &Message, keys: &Keys) -> Option<Reason> {
        let stamp = message.timestamp.to_string();
        let headers = [
            ("webhook-id", message.id.as_str()),
            ("webhook-timestamp", stamp.as_str()),
            ("webhook-signature", message.signature.as_deref().unwrap_or_default()),
        ];
        match extract(headers, &message.body) {
            Ok(delivery) => verify(&delivery, keys, &Policy::at(NOW)).reason(),
            Err(rejection) => Some(rejection.reason),
        }
    }

    #[test]
    fn each_corruption_is_refused_and_is_the_only_thing_wrong() {
        let (signers, keys) = signers();
        for (signer, scheme) in signers.iter().zip(Scheme::ALL) {
            let body = Bytes::from_static(br#"{"type":"x","data":{"id":"batch_9"}}"#);
            let good = Message::sign(signer, "msg_1".to_owned(), NOW, body).expect("signs");
            assert_eq!(reason(&good, &keys), None, "{scheme:?}");
            for &corruption in Corruption::value_variants() {
                let spoiler = Spoiler::new(corruption, signer, &SeededRandom::new(1)).expect("makes a key");
                let bad = spoiler.spoil(good.clone()).expect("signs");
                let expected = match corruption {
                    Corruption::Header => Reason::MissingHeader,
                    _ => Reason::SignatureMismatch,
                };
                assert_eq!(reason(&bad, &keys), Some(expected), "{scheme:?} {corruption:?}");
                let differs = [
                    bad.id != good.id,
                    bad.timestamp != good.timestamp,
                    bad.signature != good.signature,
                    bad.body != good.body,
                ];
                let wanted = match corruption {
                    Corruption::Id => [true, false, false, false],
                    Corruption::Timestamp => [false, true, false, false],
                    Corruption::Signature | Corruption::Secret | Corruption::Header => {
                        [false, false, true, false]
                    }
                    Corruption::Body => [false, false, false, true],
                };
                assert_eq!(differs, wanted, "{scheme:?} {corruption:?}");
            }
        }
    }

    #[test]
    fn one_byte_changes_and_json_stays_json() {
        for body in [
            r#"{"a":10}"#,
            r#"{"a":0}"#,
            r#"["\ud83d\ude00"]"#,
            r#"{"a":"zebra","b":"z"}"#,
            r#"{"n":-0.5e2}"#,
        ] {
            let other = changed(body.as_bytes());
            let differing = body.bytes().zip(&other).filter(|(a, b)| a != *b).count();
            assert_eq!((differing, other.len()), (1, body.len()), "{body}");
            assert!(serde_json::from_slice::<serde_json::Value>(&other).is_ok(), "{body}");
        }
        assert_eq!(changed(b""), b"0");
        assert_eq!(changed(b"\xff"), b"\xff0");
    }
}
