//! Tokens with something about them, for handlers of dynamic webhooks.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::keys::SuiteKeys;
use super::recipe::Token;
use super::signing::Subject;
use crate::signature::{KeyError, RsaSigningKey, Secret, Signer, token_claims};

/// How far an expired token's end, or an early one's beginning, is from now, in seconds.
const OFF: i64 = 600;

/// The token of a kind for a delivery.
///
/// # Errors
/// [`KeyError`] where a key cannot sign.
pub(super) fn token(kind: Token, keys: &SuiteKeys, subject: &Subject<'_>) -> Result<String, KeyError> {
    let (Signer::Jwt { key: own, kid, .. }, Signer::Jwt { key: foreign, .. }) = (&keys.own, &keys.stranger)
    else {
        // The table names tokens for no other scheme.
        return Ok(String::new());
    };
    let kid = kid.as_deref().unwrap_or_default();
    let right = |alg: &str| json!({"alg": alg, "kid": kid, "typ": "JWT"});
    let mut header = right("RS256");
    let mut claims = token_claims(subject.id, subject.moment, subject.body, keys.audience.as_deref());
    let hmac = |secret: &[u8], claims: &Value| {
        let message = message(&right("HS256"), claims);
        let signer = Signer::V1(vec![Secret::from_key(secret)]);
        let signature = signer.sign_content(message.as_bytes()).concat();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    };
    match kind {
        Token::UnknownKid => {
            header["kid"] = json!("nobody-knows-this");
            signed(foreign, &header, &claims)
        }
        Token::OwnKeyInHeader => {
            let public = foreign.public_key();
            header["jwk"] = json!({
                "kty": "RSA", "alg": "RS256", "use": "sig", "kid": kid,
                "n": URL_SAFE_NO_PAD.encode(public.modulus()), "e": URL_SAFE_NO_PAD.encode(public.exponent()),
            });
            signed(foreign, &header, &claims)
        }
        Token::Unsigned(alg) => Ok(format!("{}.", message(&right(alg), &claims))),
        Token::Stripped => Ok(format!("{}.", message(&header, &claims))),
        Token::HmacWithPem => Ok(hmac(own.public_key().to_pem().as_bytes(), &claims)),
        Token::HmacWithNothing => Ok(hmac(b"", &claims)),
        Token::ChangedClaims => {
            let genuine = signed(own, &header, &claims)?;
            claims["iss"] = json!("somebody else");
            let signature = genuine.rsplit('.').next().unwrap_or_default();
            Ok(format!("{}.{signature}", message(&header, &claims)))
        }
        Token::OtherAudience => {
            claims["aud"] = json!("somebody-else");
            signed(own, &header, &claims)
        }
        Token::NoAudience => {
            if let Some(claims) = claims.as_object_mut() {
                claims.remove("aud");
            }
            signed(own, &header, &claims)
        }
        Token::Expired => {
            claims["iat"] = json!(subject.moment - 2 * OFF);
            claims["exp"] = json!(subject.moment - OFF);
            signed(own, &header, &claims)
        }
        Token::NotYetValid => {
            claims["nbf"] = json!(subject.moment + OFF);
            claims["exp"] = json!(subject.moment + 2 * OFF);
            signed(own, &header, &claims)
        }
        Token::Malformed => Ok(message(&header, &claims)),
    }
}

fn signed(key: &RsaSigningKey, header: &Value, claims: &Value) -> Result<String, KeyError> {
    let message = message(header, claims);
    let signature = key.sign_message(message.as_bytes())?;
    Ok(format!("{message}.{signature}"))
}

/// The two parts of a token that are signed.
fn message(header: &Value, claims: &Value) -> String {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", encode(header), encode(claims))
}
