//! What a forger can write into a token, and what the claims of a genuine one may mean.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use gwh::signature::{Binding, Keys, Policy, Reason, Scheme};
use jsonwebtoken::{Algorithm, EncodingKey};

use crate::signing::{
    Delivery, FOREIGN_RSA, RSA, keys, public_key_forms, rsa_key, secret, sha256, token, token_by,
};
use crate::support::NOW;

const BODY: &str = r#"{"type":"batch.succeeded","data":{"id":"b_1"}}"#;
const HEADER: &str = r#"{"alg":"RS256","kid":"one"}"#;

/// Claims that are right in every way, as far as claims can be.
fn claims() -> String {
    format!(r#"{{"iat":{NOW},"exp":{},"body_sha256":"{}"}}"#, NOW + 60, sha256(BODY))
}

fn judge(token: impl AsRef<[u8]>, policy: &Policy) -> Result<Binding, Reason> {
    let verdict = Delivery::new(token, BODY).verdict_by(&keys(), policy);
    match verdict.proof() {
        Some(proof) => Ok(proof.binding),
        None => Err(verdict.reason().expect("a refusal has a reason")),
    }
}

fn reason(token: impl AsRef<[u8]>) -> Option<Reason> {
    judge(token, &Policy::at(NOW)).err()
}

/// The verdict on a genuine token with these claims.
fn with_claims(claims: &str) -> Result<Binding, Reason> {
    judge(token(&RSA, HEADER, claims), &Policy::at(NOW))
}

#[test]
fn the_token_that_the_attacks_start_from_is_valid() {
    assert_eq!(with_claims(&claims()), Ok(Binding::Digest));
    assert_eq!(judge(token(&RSA, r#"{"alg":"RS256"}"#, &claims()), &Policy::at(NOW)), Ok(Binding::Digest));
}

#[test]
fn tokens_without_a_signature() {
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        let header = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"{alg}","kid":"one"}}"#));
        let unsigned = format!("{header}.{}.", URL_SAFE_NO_PAD.encode(claims()));
        assert_eq!(reason(&unsigned), Some(Reason::AlgorithmNotAllowed), "{alg:?}");
        assert_eq!(reason(format!("{unsigned}AAAA")), Some(Reason::AlgorithmNotAllowed), "{alg:?}");
    }
    let header = URL_SAFE_NO_PAD.encode(HEADER);
    let unsigned = format!("{header}.{}.", URL_SAFE_NO_PAD.encode(claims()));
    assert_eq!(reason(unsigned), Some(Reason::SignatureMismatch));
}

#[test]
fn the_public_key_as_an_hmac_secret() {
    for (index, form) in public_key_forms().into_iter().enumerate() {
        let key = EncodingKey::from_secret(&form);
        for (name, algorithm) in
            [("HS256", Algorithm::HS256), ("HS384", Algorithm::HS384), ("HS512", Algorithm::HS512)]
        {
            let header = format!(r#"{{"alg":"{name}","kid":"one"}}"#);
            let forged = token_by(&key, algorithm, &header, &claims());
            assert_eq!(reason(forged), Some(Reason::AlgorithmNotAllowed), "{name} with form {index}");
        }
        // The header claims RS256, the signature is an HMAC.
        let forged = token_by(&key, Algorithm::HS256, HEADER, &claims());
        assert_eq!(reason(forged), Some(Reason::SignatureMismatch), "form {index}");
    }
}

#[test]
fn other_algorithms_are_refused_even_with_the_right_key() {
    let key = EncodingKey::from_rsa_pem(RSA.expose().as_bytes()).expect("a private key");
    for (name, algorithm) in
        [("RS384", Algorithm::RS384), ("RS512", Algorithm::RS512), ("PS256", Algorithm::PS256)]
    {
        let header = format!(r#"{{"alg":"{name}","kid":"one"}}"#);
        let other = token_by(&key, algorithm, &header, &claims());
        assert_eq!(reason(other), Some(Reason::AlgorithmNotAllowed), "{name}");
        // The header claims RS256, the signature is of the other algorithm.
        let relabelled = token_by(&key, algorithm, HEADER, &claims());
        assert_eq!(reason(relabelled), Some(Reason::SignatureMismatch), "{name} as RS256");
    }
    for name in ["ES256", "ES512", "EdDSA", "Ed25519", "rs256", "RS256 ", "RS256\\u0000", "RSA-OAEP"] {
        let header = format!(r#"{{"alg":"{name}","kid":"one"}}"#);
        let relabelled = token(&RSA, &header, &claims());
        assert_eq!(reason(relabelled), Some(Reason::AlgorithmNotAllowed), "{name}");
    }
}

#[test]
fn headers_that_bring_a_key_or_change_the_rules() {
    let jwk = format!(
        r#"{{"kty":"RSA","n":"{}","e":"AQAB"}}"#,
        URL_SAFE_NO_PAD.encode(FOREIGN_RSA.public_key().modulus())
    );
    let extras = [
        format!(r#""jwk":{jwk}"#),
        r#""jku":"https://attacker.example/jwks.json""#.to_owned(),
        r#""x5u":"https://attacker.example/cert.pem""#.to_owned(),
        r#""x5c":["MIIB"]"#.to_owned(),
        r#""crit":["exp"]"#.to_owned(),
        r#""crit":[]"#.to_owned(),
        r#""crit":null"#.to_owned(),
        r#""b64":false,"crit":["b64"]"#.to_owned(),
        r#""b64":false"#.to_owned(),
        r#""zip":"DEF""#.to_owned(),
        r#""enc":"A128GCM""#.to_owned(),
        r#""cty":"JWT""#.to_owned(),
        r#""\u006a\u006bu":"https://attacker.example/jwks.json""#.to_owned(),
    ];
    for extra in extras {
        let header = format!(r#"{{"alg":"RS256","kid":"one",{extra}}}"#);
        for key in [&*FOREIGN_RSA, &*RSA] {
            assert_eq!(reason(token(key, &header, &claims())), Some(Reason::MalformedToken), "{extra}");
        }
    }
}

#[test]
fn headers_that_are_not_what_they_seem() {
    let headers = [
        r#"{"alg":"none","alg":"RS256","kid":"one"}"#,
        r#"{"alg":"RS256","alg":"none","kid":"one"}"#,
        r#"{"alg":"RS256","\u0061lg":"RS256","kid":"one"}"#,
        r#"{"alg":"RS256","kid":"two","kid":"one"}"#,
        r#"{"kid":"one"}"#,
        r#"{"alg":null,"kid":"one"}"#,
        r#"{"alg":["RS256"],"kid":"one"}"#,
        r#"{"alg":"RS256","kid":1}"#,
        r#"{"alg":"RS256","kid":["one"]}"#,
        r#"["RS256"]"#,
        r#"{"alg":"RS256"} {"alg":"RS256"}"#,
        r#"{"alg":"RS256""#,
        "",
        "\u{feff}{\"alg\":\"RS256\"}",
    ];
    for header in headers {
        assert_eq!(reason(token(&RSA, header, &claims())), Some(Reason::MalformedToken), "{header}");
    }
    let deep = format!(r#"{{"alg":"RS256","x":{}1{}}}"#, "[".repeat(2_000), "]".repeat(2_000));
    assert_eq!(reason(token(&RSA, &deep, &claims())), Some(Reason::MalformedToken));
}

#[test]
fn kids_are_names_and_nothing_else() {
    for kid in
        ["two", "ONE", "one ", "", "../../etc/passwd", "/dev/null", "one\\u0000", "' OR 1=1 --", "https://x"]
    {
        let header = format!(r#"{{"alg":"RS256","kid":"{kid}"}}"#);
        assert_eq!(reason(token(&RSA, &header, &claims())), Some(Reason::UnknownKey), "{kid:?}");
        assert_eq!(reason(token(&FOREIGN_RSA, &header, &claims())), Some(Reason::UnknownKey), "{kid:?}");
    }
    assert_eq!(reason(token(&FOREIGN_RSA, HEADER, &claims())), Some(Reason::SignatureMismatch));
    let huge = format!(r#"{{"alg":"RS256","kid":"{}"}}"#, "k".repeat(5_000));
    let verdict = Delivery::new(token(&RSA, &huge, &claims()), BODY).verdict(&keys());
    assert_eq!(verdict.reason(), Some(Reason::UnknownKey));
    assert!(verdict.detail().is_some_and(|detail| detail.len() < 300), "the detail stays short");
}

#[test]
fn a_kid_picks_among_keys_and_keys_without_one_are_all_tried() {
    let without =
        Keys { public_keys: vec![rsa_key(&FOREIGN_RSA, None), rsa_key(&RSA, None)], ..Keys::default() };
    let mixed = Keys {
        public_keys: vec![
            rsa_key(&FOREIGN_RSA, Some("one")),
            rsa_key(&RSA, Some("two")),
            rsa_key(&RSA, None),
        ],
        ..Keys::default()
    };
    let same = Keys {
        public_keys: vec![rsa_key(&FOREIGN_RSA, Some("one")), rsa_key(&RSA, Some("one"))],
        ..Keys::default()
    };
    let delivery = Delivery::signed(Scheme::Jwt, BODY);
    for keys in [without, mixed, same] {
        assert!(delivery.verdict(&keys).is_valid(), "{keys:?}");
    }
    let wrong = Keys {
        public_keys: vec![rsa_key(&FOREIGN_RSA, Some("one")), rsa_key(&RSA, Some("two"))],
        ..Keys::default()
    };
    assert_eq!(delivery.verdict(&wrong).reason(), Some(Reason::SignatureMismatch));
}

#[test]
fn things_that_are_not_tokens() {
    let valid = token(&RSA, HEADER, &claims());
    let nested = token(&RSA, HEADER, &format!("\"{valid}\""));
    let huge = token(&RSA, HEADER, &format!(r#"{{"iat":{NOW},"pad":"{}"}}"#, "x".repeat(20_000)));
    for (name, text) in [
        ("nested", nested.as_str()),
        ("huge", &huge),
        ("dots", ".."),
        ("padded", &format!("{valid}==")),
        ("with an empty header", &valid[valid.find('.').expect("a dot")..]),
        ("standard base64", &valid.replace('-', "+").replace('_', "/")),
        ("claims that are text", &token(&RSA, HEADER, "hello")),
        ("claims that are an array", &token(&RSA, HEADER, "[]")),
        ("claims that are not one value", &token(&RSA, HEADER, &format!("{0}{0}", claims()))),
    ] {
        assert_eq!(reason(text), Some(Reason::MalformedToken), "{name}");
    }
    for text in [format!("{valid}.{valid}"), valid.replace('.', ""), format!("{valid}.x.y")] {
        assert_eq!(reason(&text), Some(Reason::MalformedHeader));
    }
}

#[test]
fn audiences() {
    let policy = Policy { audience: Some("me".to_owned()), ..Policy::at(NOW) };
    let digest = sha256(BODY);
    let judge_aud = |aud: &str| {
        let claims = format!(r#"{{"iat":{NOW},"body_sha256":"{digest}"{aud}}}"#);
        judge(token(&RSA, HEADER, &claims), &policy)
    };
    for aud in [r#","aud":"me""#, r#","aud":["you","me"]"#, r#","aud":["me"]"#] {
        assert_eq!(judge_aud(aud), Ok(Binding::Digest), "{aud}");
    }
    for aud in
        ["", r#","aud":"you""#, r#","aud":[]"#, r#","aud":"me,you""#, r#","aud":"ME""#, r#","aud":null"#]
    {
        assert_eq!(judge_aud(aud), Err(Reason::AudienceMismatch), "{aud}");
    }
    for aud in [r#","aud":1"#, r#","aud":{"me":1}"#, r#","aud":["me",1]"#, r#","aud":"you","aud":"me""#] {
        assert_eq!(judge_aud(aud), Err(Reason::MalformedToken), "{aud}");
    }
    assert_eq!(with_claims(&format!(r#"{{"iat":{NOW},"aud":"you"}}"#)), Ok(Binding::None));
}

#[test]
fn times_of_a_token() {
    let at = |offset: i64| NOW + offset;
    let cases = [
        (format!(r#""exp":{}"#, at(-300)), None),
        (format!(r#""exp":{}"#, at(-301)), Some(Reason::TokenExpired)),
        (format!(r#""exp":{}.5"#, at(-301)), Some(Reason::TokenExpired)),
        (format!(r#""exp":{}.25"#, at(0)), None),
        (format!(r#""exp":{}e0"#, at(0)), None),
        (format!(r#""iat":{}"#, at(-300)), None),
        (format!(r#""iat":{}"#, at(-301)), Some(Reason::TokenExpired)),
        (format!(r#""iat":{},"exp":{}"#, at(-9_000), at(60)), None),
        (format!(r#""iat":{}"#, at(300)), None),
        (format!(r#""iat":{}"#, at(301)), Some(Reason::TimestampInFuture)),
        (format!(r#""exp":{},"nbf":{}"#, at(900), at(300)), None),
        (format!(r#""exp":{},"nbf":{}"#, at(900), at(301)), Some(Reason::TimestampInFuture)),
        (r#""exp":-1e300"#.to_owned(), Some(Reason::TokenExpired)),
        (r#""exp":1e999"#.to_owned(), Some(Reason::MalformedToken)),
        (format!(r#""exp":"{}""#, at(60)), Some(Reason::MalformedToken)),
        (format!(r#""exp":{},"exp":{}"#, at(-9_000), at(60)), Some(Reason::MalformedToken)),
        (r#""exp":null"#.to_owned(), Some(Reason::MalformedToken)),
        (r#""exp":true"#.to_owned(), Some(Reason::MalformedToken)),
        (r#""sub":"no times at all""#.to_owned(), Some(Reason::MalformedToken)),
    ];
    for (times, expected) in cases {
        assert_eq!(with_claims(&format!("{{{times}}}")).err(), expected, "{times}");
    }
    let relaxed = Policy { check_timestamp: false, ..Policy::at(NOW) };
    assert!(judge(token(&RSA, HEADER, r#"{"exp":1}"#), &relaxed).is_ok());
}

#[test]
fn what_binds_a_body() {
    let bytes = digest(&SHA256, BODY.as_bytes());
    let (hex, base64) = (sha256(BODY), STANDARD.encode(bytes.as_ref()));
    let (upper, url) = (hex.to_uppercase(), URL_SAFE_NO_PAD.encode(bytes.as_ref()));
    let other = sha256("another body");
    let cases = [
        (format!(r#""body_sha256":"{hex}""#), Ok(Binding::Digest)),
        (format!(r#""payload_hash":"{upper}""#), Ok(Binding::Digest)),
        (format!(r#""content-digest":"sha-256={base64}""#), Ok(Binding::Digest)),
        (format!(r#""request_body_sha256":"{url}""#), Ok(Binding::Digest)),
        (format!(r#""body_sha256":"{other}""#), Err(Reason::SignatureMismatch)),
        (format!(r#""body_sha256":"{hex}","payload_hash":"{other}""#), Err(Reason::SignatureMismatch)),
        (format!(r#""payload_hash":"{other}","body_sha256":"{hex}""#), Err(Reason::SignatureMismatch)),
        (format!(r#""body_sha256":"{hex}","body_sha256":"{other}""#), Err(Reason::SignatureMismatch)),
        (format!(r#""body_sha256":"{other}","body_sha256":"{hex}""#), Err(Reason::SignatureMismatch)),
        (format!(r#""body_hash":"{other}""#, other = &hex[..63]), Err(Reason::SignatureMismatch)),
        (format!(r#""body\u005fsha256":"{other}""#), Err(Reason::SignatureMismatch)),
        (format!(r#""body_hash":"{base64}","bodyDigest":"{url}""#), Ok(Binding::Digest)),
        (r#""body_sha256":7"#.to_owned(), Err(Reason::SignatureMismatch)),
        (r#""at_hash":"MTIzNDU2Nzg5MDEyMzQ1Ng""#.to_owned(), Ok(Binding::None)),
        // Whoever starts a job chooses its metadata, and could write the digest of any body there.
        (format!(r#""user_metadata":"{hex}""#), Ok(Binding::None)),
        (format!(r#""data":{{"body_sha256":"{hex}"}}"#), Ok(Binding::None)),
        (r#""type":"batch.succeeded","data":{"id":"b_1"}"#.to_owned(), Ok(Binding::Claims)),
        (
            r#""iss":"i","data":{"id":"b_1"},"type":"batch.succeeded","sub":"s""#.to_owned(),
            Ok(Binding::Claims),
        ),
        (r#""type":"batch.succeeded","data":{"id":"b_2"}"#.to_owned(), Ok(Binding::None)),
        (r#""type":"batch.succeeded""#.to_owned(), Ok(Binding::None)),
        (r#""type":"batch.succeeded","data":{"id":"b_1"},"more":1"#.to_owned(), Ok(Binding::None)),
        (r#""sub":"s""#.to_owned(), Ok(Binding::None)),
    ];
    let strict = Policy { require_body_binding: true, ..Policy::at(NOW) };
    for (claims, expected) in cases {
        let claims = format!(r#"{{"exp":{},{claims}}}"#, NOW + 60);
        assert_eq!(with_claims(&claims), expected, "{claims}");
        let required = expected.and_then(|binding| match binding {
            Binding::None => Err(Reason::BodyNotBound),
            bound => Ok(bound),
        });
        assert_eq!(judge(token(&RSA, HEADER, &claims), &strict), required, "{claims}");
    }
}

#[test]
fn half_a_surrogate_pair_binds_nothing() {
    let claims = format!(r#"{{"exp":{},"type":"\ud800"}}"#, NOW + 60);
    for body in [r#"{"type":"\ud800"}"#, r#"{"type":"\ud801"}"#, "{\"type\":\"\u{fffd}\"}"] {
        let verdict = Delivery::new(token(&RSA, HEADER, &claims), body).verdict(&keys());
        assert_eq!(verdict.proof().map(|proof| proof.binding), Some(Binding::None), "{body}");
    }
}

#[test]
fn a_valid_token_that_leaves_the_body_open_says_so() {
    let verdict =
        Delivery::new(token(&RSA, HEADER, &format!(r#"{{"iat":{NOW}}}"#)), "any body").verdict(&keys());
    assert!(verdict.is_valid());
    assert_eq!(verdict.reason(), Some(Reason::BodyNotBound));
    assert!(verdict.detail().is_some_and(|detail| detail.contains("nothing in it ties it to this body")));
}

#[test]
fn a_signature_that_binds_the_body_counts_more_than_a_token_that_does_not() {
    let open = token(&RSA, HEADER, &format!(r#"{{"iat":{NOW}}}"#));
    let v1 = Delivery::signed(Scheme::V1, BODY);
    for signature in [
        format!("{open} {}", String::from_utf8_lossy(&v1.signature)),
        format!("{} {open}", String::from_utf8_lossy(&v1.signature)),
    ] {
        let verdict = Delivery::new(signature, BODY).verdict(&keys());
        assert_eq!(verdict.proof().map(|proof| proof.binding), Some(Binding::Signature));
    }
}

#[test]
fn a_token_of_gwh_proves_its_id_and_timestamp() {
    let delivery = Delivery::signed(Scheme::Jwt, BODY);
    assert!(delivery.verdict(&keys()).is_valid());
    let id = Delivery { id: b"msg_2".to_vec(), ..delivery.clone() };
    let timestamp = Delivery { timestamp: (NOW - 1).to_string().into(), ..delivery };
    for changed in [id, timestamp] {
        assert_eq!(changed.verdict(&keys()).reason(), Some(Reason::SignatureMismatch));
    }
    // What another issuer means by these names is not known.
    let claims = format!(r#"{{"iat":{NOW},"webhook_id":"whk_1","body_sha256":"{}"}}"#, sha256(BODY));
    assert_eq!(with_claims(&claims), Ok(Binding::Digest));
}

#[test]
fn a_secret_never_verifies_a_token() {
    let keys = Keys { secrets: vec![secret(1)], ..Keys::default() };
    let forged = token_by(&EncodingKey::from_secret(&[1; 32]), Algorithm::HS256, HEADER, &claims());
    assert_eq!(Delivery::new(forged, BODY).verdict(&keys).reason(), Some(Reason::NoKey));
}
