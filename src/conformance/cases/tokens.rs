//! Tokens that a handler of dynamic webhooks must not take: the classic attacks on JSON Web Tokens.

use super::{JWT, refused};
use crate::conformance::case::{Case, Class, Severity, Step};
use crate::conformance::recipe::{Recipe, Signature, Token, VALID};

const ALGORITHM: &str =
    "name the algorithm in your code, as algorithms=[\"RS256\"], and never take it from the token";
const KEY: &str =
    "look the key up by kid in the key set of the service alone, and refuse a kid that is not in it";
const CLAIMS: &str =
    "have the library check the claim, and refuse a token where it is missing or does not fit";

const fn case(
    id: &'static str,
    title: &'static str,
    steps: &'static [Step],
    why: &'static str,
    fix: &'static str,
) -> Case {
    Case { id, title, severity: Severity::Security, schemes: JWT, class: Class::Shared, steps, why, fix }
}

const fn token(token: Token) -> Step {
    refused(Recipe { signature: Signature::Token(token), ..VALID })
}

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    case(
        "refuses.token.alg-none", "a token with alg none, and none in other spellings",
        &[token(Token::Unsigned("none")), token(Token::Unsigned("None")), token(Token::Unsigned("nOnE"))],
        "a token without a signature can be written by anybody", ALGORITHM,
    ),
    case(
        "refuses.token.stripped", "a token whose signature was taken off", &[token(Token::Stripped)],
        "a token without a signature can be written by anybody", ALGORITHM,
    ),
    case(
        "refuses.token.hs256-with-public-key", "HS256 with the public key as its secret", &[token(Token::HmacWithPem)],
        "the public key is no secret: a library that takes the algorithm from the token lets everybody sign", ALGORITHM,
    ),
    case(
        "refuses.token.hs256-with-nothing", "HS256 with an empty secret", &[token(Token::HmacWithNothing)],
        "a library that takes the algorithm from the token, and finds no secret, lets everybody sign", ALGORITHM,
    ),
    case(
        "refuses.token.unknown-kid", "a foreign key under a kid that is not in the set", &[token(Token::UnknownKid)],
        "anybody can sign with a key of their own", KEY,
    ),
    case(
        "refuses.token.key-in-header", "a foreign key that the token brings along", &[token(Token::OwnKeyInHeader)],
        "a token that names its own key proves nothing", "pay no heed to jwk, jku, x5c and x5u in a token's header; take keys from the \
         configured key set alone",
    ),
    case(
        "refuses.token.changed-claims", "claims that were changed after signing", &[token(Token::ChangedClaims)],
        "claims that are read without the signature being checked can be anybody's",
        "verify the token's signature before reading its claims; decoding alone verifies nothing",
    ),
    case(
        "refuses.token.expired", "a token that expired ten minutes ago", &[token(Token::Expired)],
        "a delivery that was recorded once could be replayed for ever", CLAIMS,
    ),
    Case {
        severity: Severity::Correctness,
        ..case(
            "refuses.token.not-yet-valid", "a token that is valid in ten minutes", &[token(Token::NotYetValid)],
            "a token says from when on it counts", CLAIMS,
        )
    },
    case(
        "refuses.token.other-audience", "a token for another audience", &[token(Token::OtherAudience)],
        "the same keys sign for every customer of the service: without the audience, a token for anybody else's webhook counts",
        "give the library your audience and have it refuse tokens for others",
    ),
    case(
        "refuses.token.no-audience", "a token without an audience", &[token(Token::NoAudience)],
        "the same keys sign for every customer of the service: a token for nobody in particular is not for you",
        "require the aud claim, besides comparing it",
    ),
];
