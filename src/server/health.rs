//! What a server says of itself at `/healthz`: that it is up, and to those who know its token, how many
//! deliveries each key has verified.
//!
//! The port may stand behind a tunnel that anybody can reach, so that the counts are for this machine only.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use hyper::HeaderMap;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::hex;
use crate::random::Random;
use crate::signature::{Proof, Verdict};

/// The header that carries the token.
pub const TOKEN_HEADER: &str = "gwh-listener-token";

/// What opens a server's counts. Never shown.
#[derive(Clone)]
pub struct Token(Zeroizing<String>);

impl Token {
    /// A new one.
    pub fn new(random: &dyn Random) -> Self {
        let mut bytes = Zeroizing::new([0u8; 32]);
        random.fill(bytes.as_mut_slice());
        Token::of(hex::encode(bytes.as_slice()))
    }

    /// The one with this text.
    pub fn of(text: String) -> Self {
        Token(Zeroizing::new(text))
    }

    /// The text, for the header and the file that only the user may read.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether a request carries it; takes the same time wherever a guess is wrong.
    fn is_in(&self, headers: &HeaderMap) -> bool {
        headers.get(TOKEN_HEADER).is_some_and(|guess| {
            let (guess, token) = (guess.as_bytes(), self.0.as_bytes());
            let differing =
                guess.iter().zip(token).fold(0, |differing, (left, right)| differing | (left ^ right));
            guess.len() == token.len() && differing == 0
        })
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// What `/healthz` answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// `ok`.
    pub status: String,
    /// The keys that have verified deliveries; only for those who know the token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified: Option<Vec<KeyCount>>,
    /// How many deliveries did not verify; likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invalid: Option<u64>,
}

/// How many deliveries a key has verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyCount {
    /// Where the key comes from: a webhook's name, `local`, a file.
    pub name: String,
    /// How the key is shown: `whsec_...3frh`.
    pub key: String,
    /// How many.
    pub count: u64,
}

/// The counts of a server.
#[derive(Default)]
pub(super) struct Counts {
    // One row for each key in memory, found by its address: no text is compared for a delivery.
    rows: Mutex<Vec<Row>>,
    invalid: AtomicU64,
}

struct Row {
    name: Arc<str>,
    key: Arc<str>,
    count: u64,
}

impl Counts {
    /// Counts a delivery.
    pub(super) fn note(&self, verdict: &Verdict) {
        let Some(proof) = verdict.proof() else {
            self.invalid.fetch_add(1, Ordering::Relaxed);
            return;
        };
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        match rows.iter_mut().find(|row| Arc::ptr_eq(&row.key, &proof.key)) {
            Some(row) => row.count += 1,
            None => first(&mut rows, proof),
        }
    }

    /// What to answer to a request with these headers.
    pub(super) fn health(&self, headers: &HeaderMap, token: Option<&Token>) -> Bytes {
        let mut health = Health { status: "ok".to_owned(), verified: None, invalid: None };
        if token.is_some_and(|token| token.is_in(headers)) {
            health.verified = Some(self.verified());
            health.invalid = Some(self.invalid.load(Ordering::Relaxed));
        }
        serde_json::to_vec(&health).expect("a struct of text and numbers serialises").into()
    }

    fn verified(&self) -> Vec<KeyCount> {
        let rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let count =
            |row: &Row| KeyCount { name: row.name.to_string(), key: row.key.to_string(), count: row.count };
        rows.iter().map(count).collect()
    }
}

/// The first delivery of a key as it is in memory now: keys that are read again have other addresses.
fn first(rows: &mut Vec<Row>, proof: &Proof) {
    match rows.iter_mut().find(|row| row.key == proof.key && row.name == proof.key_name) {
        Some(row) => {
            *row = Row { name: proof.key_name.clone(), key: proof.key.clone(), count: row.count + 1 }
        }
        None => rows.push(Row { name: proof.key_name.clone(), key: proof.key.clone(), count: 1 }),
    }
}
