//! `gwh keys jwks`.

use std::sync::Arc;

use gwh::signature::{PublicKey, parse_jwks};

use crate::support::Sandbox;

#[test]
fn jwks_prints_the_public_half_of_both_keys_as_a_set() {
    let sandbox = Sandbox::new();
    let set = sandbox.run(&["keys", "jwks"]);
    assert_eq!((set.code, set.err()), (0, ""));
    let keys = parse_jwks(&set.stdout, &Arc::from("printed")).expect("is a key set");
    assert_eq!(keys.len(), 2);
    // As the service publishes them: the Ed25519 key without a kid, the RSA key with one.
    assert!(keys.iter().any(|key| matches!(key.key, PublicKey::Ed25519(_)) && key.kid.is_none()));
    assert!(keys.iter().any(|key| matches!(key.key, PublicKey::Rsa(_)) && key.kid.is_some()));
    for private in ["\"d\"", "\"p\"", "\"q\"", "\"k\"", "PRIVATE", "whsk_"] {
        assert!(!set.out().contains(private), "the set holds nothing private: {private}");
    }
    assert_eq!(sandbox.run(&["keys", "jwks"]).out(), set.out(), "the keys are kept");
}

#[test]
fn jwks_is_one_json_document_with_and_without_the_flag() {
    let sandbox = Sandbox::new();
    let plain = sandbox.run(&["keys", "jwks"]).json();
    let json = sandbox.run(&["keys", "jwks", "--json"]);
    assert_eq!(json.json(), plain);
    assert!(plain["keys"].is_array());
}

#[test]
fn without_a_place_for_keys_the_error_names_the_variable() {
    let sandbox = Sandbox::new().env("HOME", "");
    let refused = sandbox.run(&["keys", "jwks"]);
    assert_eq!((refused.code, refused.out()), (3, ""));
    assert!(refused.err().contains("hint: set GWH_DATA_DIR"), "{}", refused.err());
}
