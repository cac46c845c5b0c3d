//! What a forger can send, as one table, through the real `gwh verify` and a running `gwh listen`: every row
//! is refused with its stable reason, and quickly.

use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use gwh::signature::{Scheme, Secret, Signer, signature_header, write_jwks};
use jsonwebtoken::{Algorithm, EncodingKey};

use crate::signing::{
    FOREIGN_RSA, ID, RSA, ed25519, ed25519_key, public_key_forms, rsa_key, secret, sha256, signer, token,
    token_by,
};
use crate::support::http::{Client, post};
use crate::support::{NOW, Receiver, Sandbox};

const BODY: &str = r#"{"type":"batch.succeeded","data":{"id":"b_1"}}"#;
const OTHER_BODY: &str = r#"{"type":"batch.succeeded","data":{"id":"b_2"}}"#;
/// What verifies: the audience that tokens must name, and the keys in these files.
const FLAGS: [&str; 6] = ["--secret-file", "secret", "--jwks", "set.json", "--audience", "me"];
/// More than judging any of them may take.
const BOUND: Duration = Duration::from_secs(1);
/// How often a machine that does much else may miss it.
const TRIES: usize = 6;

/// One forged delivery.
struct Attack {
    name: String,
    id: String,
    timestamp: i64,
    signature: String,
    body: &'static str,
    reason: &'static str,
}

fn attack(name: impl Into<String>, signature: impl Into<String>, reason: &'static str) -> Attack {
    let (name, signature) = (name.into(), signature.into());
    Attack { name, id: ID.to_owned(), timestamp: NOW, signature, body: BODY, reason }
}

impl Attack {
    fn headers(&self) -> Vec<(String, String)> {
        [
            ("webhook-id", self.id.clone()),
            ("webhook-timestamp", self.timestamp.to_string()),
            ("webhook-signature", self.signature.clone()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }
}

/// Claims that are right in every way, but for what `more` changes.
fn claims(more: &str) -> String {
    let digest = sha256(BODY);
    let times = match more.contains("\"exp\"") {
        true => String::new(),
        false => format!(r#""iat":{NOW},"exp":{},"#, NOW + 60),
    };
    let audience = if more.contains("\"aud\"") { "" } else { r#""aud":"me","# };
    format!(r#"{{{times}{audience}{more}"body_sha256":"{digest}"}}"#)
}

fn header(alg: &str, more: &str) -> String {
    format!(r#"{{"alg":"{alg}","kid":"one"{more}}}"#)
}

fn genuine_token() -> String {
    token(&RSA, &header("RS256", ""), &claims(""))
}

fn signed(signer: &Signer, body: &str) -> String {
    signature_header(signer, ID, NOW, body.as_bytes()).expect("signs")
}

/// Algorithms that the forger chooses, with the public key for a secret or with no key at all.
fn algorithms() -> Vec<Attack> {
    let mut all = Vec::new();
    for (form, bytes) in public_key_forms().into_iter().enumerate() {
        let key = EncodingKey::from_secret(&bytes);
        for (alg, algorithm) in [("HS256", Algorithm::HS256), ("HS512", Algorithm::HS512)] {
            let forged = token_by(&key, algorithm, &header(alg, ""), &claims(""));
            all.push(attack(
                format!("{alg} with form {form} of the public key"),
                forged,
                "algorithm_not_allowed",
            ));
        }
        let forged = token_by(&key, Algorithm::HS256, &header("RS256", ""), &claims(""));
        all.push(attack(format!("HS256 called RS256, form {form}"), forged, "signature_mismatch"));
    }
    for alg in ["ES256", "EdDSA", "PS256", "RS512", "rs256"] {
        let forged = token(&RSA, &header(alg, ""), &claims(""));
        all.push(attack(alg, forged, "algorithm_not_allowed"));
    }
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        let [header, claims] = [header(alg, ""), claims("")].map(|part| URL_SAFE_NO_PAD.encode(part));
        all.push(attack(format!("alg {alg:?}"), format!("{header}.{claims}."), "algorithm_not_allowed"));
    }
    let stripped = genuine_token();
    let end = stripped.rfind('.').expect("a dot") + 1;
    all.push(attack("a token without its signature", &stripped[..end], "signature_mismatch"));
    all
}

/// Tokens that name or bring a key, or are not tokens.
fn tokens() -> Vec<Attack> {
    let mut all = Vec::new();
    for kid in
        ["two", "../../etc/passwd", "/dev/null", "https://attacker.example/key", "one\\u0000", "' OR 1=1 --"]
    {
        let header = format!(r#"{{"alg":"RS256","kid":"{kid}"}}"#);
        all.push(attack(format!("kid {kid:?}"), token(&FOREIGN_RSA, &header, &claims("")), "unknown_key"));
    }
    all.push(attack(
        "another's key",
        token(&FOREIGN_RSA, &header("RS256", ""), &claims("")),
        "signature_mismatch",
    ));
    let modulus = URL_SAFE_NO_PAD.encode(FOREIGN_RSA.public_key().modulus());
    for extra in [
        format!(r#","jwk":{{"kty":"RSA","n":"{modulus}","e":"AQAB"}}"#),
        r#","jku":"http://127.0.0.1:9/jwks.json""#.to_owned(),
        r#","x5u":"http://127.0.0.1:9/cert.pem""#.to_owned(),
        r#","x5c":["MIIB"]"#.to_owned(),
        r#","crit":["exp"]"#.to_owned(),
        r#","b64":false,"crit":["b64"]"#.to_owned(),
        r#","enc":"A128GCM""#.to_owned(),
        r#","cty":"JWT""#.to_owned(),
    ] {
        let forged = token(&FOREIGN_RSA, &header("RS256", &extra), &claims(""));
        all.push(attack(format!("a header with {extra}"), forged, "malformed_token"));
    }
    let nested = token(&RSA, &header("RS256", ""), &format!("\"{}\"", genuine_token()));
    all.push(attack("a token in a token", nested, "malformed_token"));
    let encrypted = format!("{}.a.b.c.d", URL_SAFE_NO_PAD.encode(r#"{"alg":"RSA-OAEP","enc":"A128GCM"}"#));
    all.push(attack("an encrypted token", encrypted, "malformed_header"));
    let long = token(&RSA, &header("RS256", ""), &claims(&format!(r#""pad":"{}","#, "x".repeat(20_000))));
    all.push(attack("a token of 27 kB", long, "malformed_token"));
    for (name, more, reason) in [
        ("for somebody else", r#""aud":"you","#.to_owned(), "audience_mismatch"),
        ("for nobody", r#""aud":[],"#.to_owned(), "audience_mismatch"),
        ("that has expired", format!(r#""exp":{},"#, NOW - 301), "token_expired"),
        ("not valid yet", format!(r#""exp":{},"nbf":{},"#, NOW + 900, NOW + 301), "timestamp_in_future"),
        ("of the future", format!(r#""exp":{},"iat":{},"#, NOW + 900, NOW + 301), "timestamp_in_future"),
    ] {
        let forged = token(&RSA, &header("RS256", ""), &claims(&more));
        all.push(attack(format!("a token {name}"), forged, reason));
    }
    all.push(Attack {
        body: OTHER_BODY,
        ..attack("a genuine token, another body", genuine_token(), "signature_mismatch")
    });
    all
}

/// Lists of signatures.
fn lists() -> Vec<Attack> {
    let v1 = signed(&signer(Scheme::V1), BODY);
    let v1a = signed(&signer(Scheme::V1a), BODY);
    let foreign_v1 = signed(&Signer::V1(vec![Secret::from_key(&[9; 32])]), BODY);
    let foreign_v1a = signed(&Signer::V1a(vec![ed25519(9)]), BODY);
    let zeros = format!("v1a,{}", STANDARD.encode([0u8; 64]));
    let public = ed25519(1).public_key();
    let mut all = Vec::new();
    for (name, bytes) in [
        ("the bytes of the Ed25519 key", public.as_bytes().to_vec()),
        ("its base64url", URL_SAFE_NO_PAD.encode(public.as_bytes()).into_bytes()),
        ("the RSA modulus", RSA.public_key().modulus().to_vec()),
        ("the key set", key_set().into_bytes()),
    ] {
        let forged = signed(&Signer::V1(vec![Secret::from_key(&bytes)]), BODY);
        all.push(attack(format!("v1 with {name} for a secret"), &*forged, "signature_mismatch"));
        let relabelled = forged.replacen("v1,", "v1a,", 1);
        all.push(attack(format!("the same as v1a, {name}"), relabelled, "signature_mismatch"));
    }
    let relabelled = v1a.replacen("v1a,", "v1,", 1);
    all.push(attack("a genuine v1a signature as v1", relabelled, "signature_mismatch"));
    all.push(attack("a genuine v1 signature as v1a", v1.replacen("v1,", "v1a,", 1), "signature_mismatch"));
    all.push(attack("a genuine v1 signature as v2", v1.replacen("v1,", "v2,", 1), "unsupported_scheme"));
    all.push(attack("an all-zero v1a signature", zeros.clone(), "signature_mismatch"));
    all.push(attack("an empty v1a signature", "v1a,", "signature_mismatch"));
    for (name, signature) in [("v1", &v1), ("v1a", &v1a)] {
        let replayed =
            attack(format!("a genuine {name} signature, another body"), signature, "signature_mismatch");
        all.push(Attack { body: OTHER_BODY, ..replayed });
        let renamed =
            attack(format!("a genuine {name} signature, another id"), signature, "signature_mismatch");
        all.push(Attack { id: "msg_2".to_owned(), ..renamed });
        let moved =
            attack(format!("a genuine {name} signature, a fresh timestamp"), signature, "signature_mismatch");
        all.push(Attack { timestamp: NOW + 1, ..moved });
    }
    for (name, at, reason) in
        [("old", NOW - 301, "timestamp_too_old"), ("early", NOW + 301, "timestamp_in_future")]
    {
        let signature = signature_header(&signer(Scheme::V1a), ID, at, BODY.as_bytes()).expect("signs");
        let stale = attack(format!("a genuine v1a delivery, {name}"), signature, reason);
        all.push(Attack { timestamp: at, ..stale });
    }
    let foreign_token = token(&FOREIGN_RSA, &header("RS256", ""), &claims(""));
    let mix = format!("{foreign_v1} {foreign_v1a} {zeros} v1,??? v9,AAAA garbage {foreign_token}");
    all.push(attack("valid signatures of others and nonsense", mix, "signature_mismatch"));
    let many = vec![&*foreign_v1a; 32].join(" ");
    all.push(attack("32 signatures", &*many, "signature_mismatch"));
    all.push(attack("33 signatures, the last one genuine", format!("{many} {v1}"), "malformed_header"));
    all
}

fn attacks() -> Vec<Attack> {
    [algorithms(), tokens(), lists()].into_iter().flatten().collect()
}

/// Several Ed25519 keys without a `kid` and an RSA key with one, as the service publishes them.
fn key_set() -> String {
    write_jwks(&[
        ed25519_key(4, None),
        ed25519_key(1, None),
        ed25519_key(5, None),
        rsa_key(&RSA, Some("one")),
    ])
}

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.file("secret", secret(1).secret.expose());
    sandbox.file("set.json", key_set());
    sandbox
}

/// Judges, and does it again where that took long: a busy machine is slow now and then, slow code every time.
fn quickly(name: &str, judge: impl Fn()) {
    let judged = || {
        let start = Instant::now();
        judge();
        start.elapsed()
    };
    let is_quick = (0..TRIES).any(|_| judged() < BOUND);
    assert!(is_quick, "{name} took more than {BOUND:?} each time");
}

/// What the attacks start from: genuine deliveries of each scheme.
fn genuine() -> Vec<Attack> {
    let schemes = [("v1", signed(&signer(Scheme::V1), BODY)), ("v1a", signed(&signer(Scheme::V1a), BODY))];
    let lists = schemes.map(|(name, signature)| attack(name, signature, "valid"));
    lists.into_iter().chain([attack("jwt", genuine_token(), "valid")]).collect()
}

#[test]
fn verify_refuses_each_with_its_reason() {
    let sandbox = sandbox();
    for attack in attacks().into_iter().chain(genuine()) {
        let lines = attack
            .headers()
            .iter()
            .fold(String::new(), |all, (name, value)| format!("{all}{name}: {value}\r\n"));
        let request = format!("POST / HTTP/1.1\r\n{lines}\r\n{}", attack.body);
        quickly(&attack.name, || {
            let output = sandbox.run_with(&[&["verify", "--json"], &FLAGS[..]].concat(), &request);
            let verdict = output.json();
            let reason = verdict["reason"].as_str().unwrap_or("valid");
            let code = if attack.reason == "valid" { 0 } else { 1 };
            assert_eq!((output.code, reason), (code, attack.reason), "{}: {verdict}", attack.name);
        });
    }
}

#[test]
fn listen_refuses_each_with_its_reason() {
    let sandbox = sandbox();
    let (running, url) = sandbox.listen(&FLAGS);
    for attack in attacks().into_iter().chain(genuine()) {
        quickly(&attack.name, || {
            let answer = post(&url, "/", &attack.headers(), attack.body.as_bytes());
            let expected = match attack.reason {
                "valid" => (200, r#"{"status":"verified"}"#.to_owned()),
                "malformed_header" => (400, r#"{"error":"malformed_header"}"#.to_owned()),
                reason => (401, format!(r#"{{"error":"{reason}"}}"#)),
            };
            // What is longer than a header may be is refused before it is a delivery.
            if attack.signature.len() <= 16 * 1024 || answer.status != 431 {
                assert_eq!((answer.status, answer.body), expected, "{}", attack.name);
            }
        });
    }
    assert_eq!(running.stop().code, 0);
}

#[test]
fn no_address_in_a_message_is_asked() {
    let attacker = Receiver::answering(200).idle();
    let url = attacker.url("/jwks.json");
    let sandbox = sandbox();
    let (running, listener) = sandbox.listen(&["--jwks", "set.json"]);
    for more in [
        format!(r#","jku":"{url}""#),
        format!(r#","x5u":"{url}""#),
        format!(r#","iss":"{url}""#),
        format!(r#","typ":"{url}""#),
    ] {
        let kids = [r#","kid":"one""#.to_owned(), format!(r#","kid":"{url}""#), String::new()];
        for kid in kids {
            let header = format!(r#"{{"alg":"RS256"{kid}{more}}}"#);
            let claims = claims(&format!(r#""iss":"{url}","jwks_uri":"{url}","#));
            let forged = attack("", token(&FOREIGN_RSA, &header, &claims), "");
            assert_eq!(post(&listener, "/", &forged.headers(), BODY.as_bytes()).status, 401, "{header}");
            let flags = ["--id", ID, "--timestamp", &NOW.to_string(), "--signature", &forged.signature];
            let output = sandbox.run_with(&[&["verify", "--jwks", "set.json"], &flags[..]].concat(), BODY);
            assert_eq!(output.code, 1, "{header}");
        }
    }
    assert_eq!((running.stop().code, attacker.connections()), (0, 0));
}

#[test]
fn a_token_of_a_megabyte_is_refused_unread() {
    let pad = claims(&format!(r#""pad":"{}","#, "x".repeat(1024 * 1024)));
    let huge = token(&RSA, &header("RS256", ""), &pad);
    let sandbox = sandbox();
    let lines = format!("webhook-id: {ID}\r\nwebhook-timestamp: {NOW}\r\nwebhook-signature: {huge}\r\n");
    sandbox.file("headers", &lines);
    sandbox.file("body", BODY);
    let args = [&["verify", "--json", "body", "--headers-file", "headers"], &FLAGS[..]].concat();
    quickly("verify", || {
        let output = sandbox.run(&args);
        assert_eq!((output.code, &output.json()["reason"]), (1, &"malformed_token".into()), "{output:?}");
    });
    let (running, url) = sandbox.listen(&FLAGS);
    quickly("listen", || {
        let mut client = Client::connect(&url);
        // The server may have answered and closed before all of it is sent.
        client.try_send(format!("POST / HTTP/1.1\r\nhost: x\r\n{lines}content-length: 2\r\n\r\n{{}}"));
        assert!(String::from_utf8_lossy(&client.until_closed()).starts_with("HTTP/1.1 431"));
    });
    assert_eq!(running.stop().code, 0);
}
