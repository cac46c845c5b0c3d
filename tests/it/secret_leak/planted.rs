//! The secrets that are planted, and every form in which one could show.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use gwh::signature::{Ed25519SigningKey, RsaSigningKey, Secret};

/// What an API key looks like; this one opens nothing.
pub const API_KEY: &str = "AIzaSyPlantedPlantedPlantedPlanted00000";
/// A bearer token in a request's `authorization` header.
pub const BEARER: &str = "planted-bearer-5f1e0c9a7d";
/// A session in a request's `cookie` header.
pub const COOKIE: &str = "planted-cookie-83b1d2e604";

/// What opens the counts of a listener.
pub const TOKEN: &str = "7b0c19aaplantedlistenertoken44d2e1f0";

/// Keys of each kind. None of them is made by the commands, so each is known here.
pub struct Planted {
    /// What the flags name.
    pub hmac: String,
    /// What the flags name.
    pub ed25519: String,
    /// What the flags name.
    pub pem: String,
    /// What the environment holds.
    pub in_environment: String,
    /// What the profile's test identity is.
    pub local: Identity,
}

/// The private files of a profile.
pub struct Identity {
    pub hmac: String,
    pub ed25519: String,
    pub pem: String,
}

impl Planted {
    pub fn new() -> Self {
        let secret = |fill: u8| Secret::from_key(&pattern(fill)).expose().to_owned();
        let ed25519 = |fill: u8| Ed25519SigningKey::from_seed(&pattern(fill)).expose().to_string();
        let pem = || RsaSigningKey::generate().expect("makes a key").expose().to_owned();
        Planted {
            hmac: secret(0x21),
            ed25519: ed25519(0x42),
            pem: pem(),
            in_environment: secret(0x63),
            local: Identity { hmac: secret(0x84), ed25519: ed25519(0xa5), pem: pem() },
        }
    }

    /// Every form of every planted secret, with what it is.
    pub fn needles(&self) -> Vec<Needle> {
        let mut all = Vec::new();
        let keys = [
            ("the HMAC secret of a flag", &self.hmac),
            ("the Ed25519 key of a flag", &self.ed25519),
            ("the secret of the environment", &self.in_environment),
            ("the local HMAC secret", &self.local.hmac),
            ("the local Ed25519 key", &self.local.ed25519),
        ];
        for (what, text) in keys {
            all.extend(forms(what, text));
        }
        all.extend(pem_lines("the RSA key of a flag", &self.pem));
        all.extend(pem_lines("the local RSA key", &self.local.pem));
        let texts = [
            ("an API key", API_KEY),
            ("a bearer token", BEARER),
            ("a cookie", COOKIE),
            ("a listener's token", TOKEN),
        ];
        for (what, text) in texts {
            all.push(Needle { what: what.to_owned(), bytes: text.as_bytes().to_vec() });
        }
        all
    }
}

/// Something that may not stand in any output.
pub struct Needle {
    pub what: String,
    pub bytes: Vec<u8>,
}

impl Needle {
    /// Whether the output holds it.
    pub fn is_in(&self, output: &[u8]) -> bool {
        output.windows(self.bytes.len()).any(|window| window == self.bytes)
    }
}

/// 32 bytes that look like nothing else.
fn pattern(fill: u8) -> [u8; 32] {
    std::array::from_fn(|index| fill.wrapping_mul(31).wrapping_add((index as u8).wrapping_mul(73)))
}

/// The text of a key without its prefix, in every alphabet, and its bytes raw, in hex and as a list.
fn forms(what: &str, text: &str) -> Vec<Needle> {
    let encoded = text.split_once('_').expect("has a prefix").1;
    let key = STANDARD.decode(encoded.trim_end_matches('=').to_owned() + "=").expect("32 bytes of base64");
    let hex = gwh::hex::encode(&key);
    let list = format!("{:?}", &key[..8]);
    let named = |form: &str, bytes: &[u8]| Needle { what: format!("{what} ({form})"), bytes: bytes.to_vec() };
    vec![
        // Half of the text is as bad as all of it; four characters at the end are shown on purpose.
        named("text", &encoded.as_bytes()[..20]),
        named("text", &encoded.as_bytes()[20..36]),
        named("base64", STANDARD_NO_PAD.encode(&key).as_bytes()),
        named("base64url", URL_SAFE_NO_PAD.encode(&key).as_bytes()),
        named("hex", &hex.as_bytes()[..24]),
        named("upper-case hex", &hex.to_uppercase().as_bytes()[..24]),
        named("raw", &key[..12]),
        named("debug", list.trim_matches(['[', ']']).as_bytes()),
    ]
}

/// The lines of an RSA key in PEM form that hold the private numbers; the public modulus stands before them.
fn pem_lines(what: &str, pem: &str) -> Vec<Needle> {
    let lines: Vec<&str> = pem.lines().collect();
    assert!(lines.len() > 20, "a private RSA key has more lines");
    lines[8..lines.len() - 2].iter().map(|line| line_of(what, line)).collect()
}

/// The two lines of a P-256 key in PEM form that hold the private number; the public key stands after it.
pub fn ecdsa_lines(what: &str, pem: &str) -> Vec<Needle> {
    pem.lines().skip(1).take(2).map(|line| line_of(what, line)).collect()
}

fn line_of(what: &str, line: &str) -> Needle {
    Needle { what: what.to_owned(), bytes: line.as_bytes().to_vec() }
}
