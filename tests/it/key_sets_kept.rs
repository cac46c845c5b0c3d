//! Copies of key sets: how long they count, what they are kept from, and which keys count beside them.

use std::fs;
use std::path::PathBuf;

use gwh::signature::{Secret, Signer, signature_header, write_jwks};
use serde_json::{Value, json};

use crate::key_sets::{BODY, Server, Stage, headers, send};
use crate::signing::{FOREIGN_RSA, RSA, ed25519_key, rsa_key};
use crate::support::delivery::{signed, signed_with};
use crate::support::http::post;
use crate::support::{NOW, Receiver, Sandbox, until};

/// The file of the only copy.
#[cfg_attr(not(unix), expect(dead_code, reason = "what needs it runs on Unix alone"))]
fn copy_of(stage: &Stage) -> PathBuf {
    let folder = stage.sandbox.path().join("home/.local/share/gwh/profiles/default/key-sets");
    let files = fs::read_dir(folder).expect("a folder").filter_map(Result::ok).map(|entry| entry.path());
    files.into_iter().find(|path| path.extension().is_some_and(|end| end == "json")).expect("a copy")
}

#[test]
fn a_copy_counts_for_as_long_as_the_server_says_within_bounds() {
    for (headers, fresh, over) in [
        ("", 3_599, 3_600),
        ("cache-control: public, max-age=900\r\n", 899, 900),
        ("cache-control: max-age=900\r\nage: 300\r\n", 599, 600),
        ("cache-control: max-age=1\r\n", 299, 300),
        ("cache-control: max-age=31536000\r\n", 86_399, 86_400),
    ] {
        let stage = Stage::new(Server::Set(vec![ed25519_key(1, None)], headers));
        assert_eq!(stage.verify(1, &[]).0, 0);
        stage.clock.set(NOW + fresh);
        assert_eq!((stage.verify(1, &[]).0, stage.requests()), (0, 1), "{headers}");
        stage.clock.set(NOW + over);
        assert_eq!((stage.verify(1, &[]).0, stage.requests()), (0, 2), "{headers}");
    }
}

#[test]
fn a_set_that_is_still_the_same_is_not_sent_again() {
    let stage = Stage::new(Server::Set(vec![ed25519_key(1, None)], "etag: \"a\"\r\n"));
    assert_eq!(stage.verify(1, &[]).0, 0);
    stage.clock.set(NOW + 3_600);
    assert_eq!(stage.verify(1, &[]).0, 0);
    assert_eq!(stage.server.received()[1].header("if-none-match"), "\"a\"");
    stage.clock.set(NOW + 7_100);
    assert_eq!((stage.verify(1, &[]).0, stage.requests()), (0, 2), "its time has begun anew");
}

#[test]
fn a_tag_is_not_kept_for_a_set_that_came_without_one() {
    let stage = Stage::new(Server::Set(vec![ed25519_key(1, None)], "etag: \"a\"\r\n"));
    assert_eq!(stage.verify(1, &[]).0, 0);
    for (hours, byte, headers) in [(1, 2, ""), (2, 1, "etag: \"a\"\r\n")] {
        // A server that had a set before, and has it again, knows its tag.
        stage.publish(Server::Set(vec![ed25519_key(byte, None)], headers));
        stage.clock.set(NOW + hours * 3_600);
        assert_eq!(stage.verify(byte, &[]).0, 0, "after {hours} h");
    }
}

#[test]
fn listen_lets_go_of_keys_whose_time_is_over() {
    let stage = Stage::new(Server::keys(&[1]));
    let (running, url) = stage.listen(&[]);
    assert_eq!(send(&url, 1, NOW), 200);
    stage.publish(Server::keys(&[2]));
    let later = NOW + 3_600;
    stage.clock.set(later);
    // Within a second or so the listener looks at its sets.
    until(|| match send(&url, 1, later) {
        200 => Err("a key that was withdrawn verifies for ever"),
        _ => Ok(()),
    });
    assert_eq!((send(&url, 2, later), running.stop().err()), (200, ""));
}

#[test]
fn many_deliveries_at_once_wait_for_one_fetch() {
    let stage = Stage::new(Server::keys(&[1]));
    let (running, url) = stage.listen(&[]);
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..16).map(|_| scope.spawn(|| send(&url, 1, NOW))).collect();
        assert!(all.into_iter().all(|one| one.join().expect("sends") == 200));
    });
    assert_eq!((stage.requests(), running.stop().code), (1, 0));
}

#[test]
fn v1_deliveries_never_touch_the_network() {
    let api = Receiver::answering(200).idle();
    let sandbox = Sandbox::new().env("GOOGLE_GEMINI_BASE_URL", &api.url(""));
    let foreign = signed_with(&Secret::from_key(&[9; 32]), "msg_1", NOW, BODY);
    let (running, url) = sandbox.listen(&[]);
    for signature in [&*foreign[2].1, "v1a,AAAA", "v2,AAAA", "a.b.c", "v1a,", "garbage"] {
        let mut headers = foreign.clone();
        headers[2].1 = signature.to_owned();
        assert!(post(&url, "/", &headers, BODY).status >= 400, "{signature}");
        let flags = ["--id", "msg_1", "--timestamp", &NOW.to_string(), "--signature", signature];
        assert_eq!(sandbox.run_with(&[&["verify"], &flags[..]].concat(), BODY).code, 1, "{signature}");
    }
    assert_eq!((running.stop().code, api.connections()), (0, 0));
}

#[test]
fn one_endpoint_with_a_secret_takes_static_and_dynamic_webhooks() {
    let mut stage = Stage::new(Server::keys(&[1]));
    let secret = Secret::from_key(&[7; 32]);
    stage.sandbox = stage.sandbox.env("WEBHOOK_SIGNING_SECRET", secret.expose());
    let (running, url) = stage.listen(&[]);
    let by_secret = |byte| signed_with(&Secret::from_key(&[byte; 32]), "msg_1", NOW, BODY);
    let answer = |headers: &[(String, String)]| post(&url, "/", headers, BODY).status;
    assert_eq!([answer(&by_secret(7)), answer(&headers(1, NOW))], [200, 200]);
    // The test identity does not count, and one scheme's key is of no use to another.
    let public = gwh::signature::Ed25519SigningKey::from_seed(&[1; 32]).public_key();
    let downgraded = signed_with(&Secret::from_key(public.as_bytes()), "msg_1", NOW, BODY);
    let local = signed(&Sandbox::new(), "msg_1", BODY);
    assert_eq!([answer(&downgraded), answer(&local), answer(&headers(2, NOW))], [401; 3]);
    // One valid signature is enough, whatever stands beside it.
    let mut mixed = headers(1, NOW);
    mixed[2].1 = format!("{} {}", by_secret(9)[2].1, mixed[2].1);
    assert_eq!(answer(&mixed), 200);
    assert_eq!(running.stop().err(), "");
}

#[test]
fn keys_that_were_given_for_dynamic_webhooks_and_the_flag_keep_the_set_out() {
    let stage = Stage::new(Server::keys(&[1]));
    stage.sandbox.file("key", gwh::signature::Ed25519SigningKey::from_seed(&[2; 32]).expose().as_bytes());
    stage.sandbox.file("set.json", write_jwks(&[ed25519_key(3, None)]));
    for more in [&["--no-jwks"][..], &["--secret-file", "key"], &["--jwks", "set.json"]] {
        let (code, verdict) = stage.verify(1, more);
        assert_eq!((code, &verdict["valid"]), (1, &json!(false)), "{more:?}");
    }
    assert_eq!(stage.verify(2, &["--secret-file", "key"]).0, 0);
    assert_eq!(stage.requests(), 0);
    assert_eq!(stage.verify(1, &[]).0, 0);
}

#[test]
fn tokens_find_their_key_by_kid_and_by_trying() {
    let publish = |kid: Option<&str>| Server::Set(vec![rsa_key(&FOREIGN_RSA, None), rsa_key(&RSA, kid)], "");
    let stage = Stage::new(publish(Some("one")));
    let judge = |kid: Option<&str>| {
        let signer = Signer::Jwt { key: Box::new(RSA.clone()), kid: kid.map(str::to_owned), audience: None };
        let signature = signature_header(&signer, "msg_1", NOW, BODY).expect("signs");
        let flags =
            ["verify", "--json", "--id", "msg_1", "--timestamp", &NOW.to_string(), "--signature", &signature];
        let verdict = stage.sandbox.run_with(&flags, BODY).json();
        verdict["reason"].as_str().unwrap_or("valid").to_owned()
    };
    assert_eq!([judge(Some("one")), judge(None)], ["valid", "valid"]);
    stage.publish(publish(Some("two")));
    assert_eq!((judge(Some("two")), stage.requests()), ("valid".to_owned(), 2));
    assert_eq!((judge(Some("three")), stage.requests()), ("signature_mismatch".to_owned(), 2));
    stage.publish(publish(None));
    stage.clock.set(NOW + 31);
    assert_eq!((judge(Some("three")), stage.requests()), ("valid".to_owned(), 3));
}

#[test]
fn a_stream_fetches_once_whatever_is_in_it() {
    let stage = Stage::new(Server::keys(&[1]));
    let record = |byte| {
        let headers: Vec<Value> =
            headers(byte, NOW).into_iter().map(|(name, value)| json!([name, value])).collect();
        let body: String =
            serde_json::from_str::<Value>(str::from_utf8(BODY).expect("text")).expect("JSON").to_string();
        json!({"type": "delivery", "headers": headers, "body": body}).to_string()
    };
    let stream: Vec<String> = (0..200).map(|line| record(if line % 2 == 0 { 1 } else { 9 })).collect();
    let output = stage.sandbox.run_with(&["verify", "--jsonl", "--json", "--jobs", "4"], stream.join("\n"));
    let valid = output.json_lines().iter().filter(|line| line["valid"] == true).count();
    assert_eq!((output.code, valid), (1, 100), "{output:?}");
    assert!(stage.requests() <= 2, "fetched {} times", stage.requests());
}

#[test]
fn listen_gets_a_named_set_before_it_is_needed_and_goes_on_without_it() {
    let stage = Stage::new(Server::keys(&[1]));
    let named = stage.server.url("/.well-known/jwks.json");
    let running = stage.sandbox.start(&["listen", "--port", "0", "--jwks", &named]);
    running.stderr.wait_for(|line| line == format!("Key set {named}: fetched, 1 key"));
    assert_eq!(running.stop().code, 0);
    let stage = Stage::new(Server::Down);
    let named = stage.server.url("/.well-known/jwks.json");
    let (running, url) = stage.listen(&["--jwks", &named]);
    running.stderr.wait_for(|line| line.contains("cannot fetch the key set"));
    assert_eq!(send(&url, 1, NOW), 401);
    assert_eq!(running.stop().code, 0);
}

#[test]
fn listen_tells_of_each_set_that_cannot_be_had_once() {
    const NEVER: &str = "http://127.0.0.1:9/jwks.json";
    let stage = Stage::new(Server::keys(&[1]));
    let named = stage.server.url("/.well-known/jwks.json");
    let (running, url) = stage.listen(&["--jwks", NEVER, "--jwks", &named]);
    let tells =
        |of: &str| running.stderr.wait_for(|line| line.contains(&format!("cannot fetch the key set {of}")));
    tells(NEVER);
    assert_eq!(send(&url, 1, NOW), 200);
    stage.publish(Server::Down);
    let later = NOW + 2 * 3_600;
    stage.clock.set(later);
    assert_eq!(send(&url, 9, later), 401);
    tells(&named);
    let output = running.stop();
    assert_eq!(output.err().matches("cannot fetch the key set").count(), 2, "{output:?}");
}

#[cfg(unix)]
#[test]
fn a_copy_that_others_could_have_written_is_not_believed() {
    use std::os::unix::fs::PermissionsExt;
    let stage = Stage::new(Server::keys(&[1]));
    assert_eq!(stage.verify(1, &[]).0, 0);
    let copy = copy_of(&stage);
    assert_eq!(fs::metadata(&copy).expect("a file").permissions().mode() & 0o777, 0o600);
    let planted = fs::read_to_string(&copy).expect("text").replace(
        &write_jwks(&[ed25519_key(1, None)]).replace('\n', "\\n").replace('"', "\\\""),
        &write_jwks(&[ed25519_key(9, None)]).replace('\n', "\\n").replace('"', "\\\""),
    );
    fs::remove_file(&copy).expect("removes");
    fs::write(&copy, &planted).expect("writes");
    fs::set_permissions(&copy, fs::Permissions::from_mode(0o666)).expect("sets a mode");
    assert_eq!((stage.verify(9, &[]).0, stage.requests()), (1, 2), "it is fetched again");
    fs::write(&copy, "damaged").expect("writes");
    assert_eq!((stage.verify(1, &[]).0, stage.requests()), (0, 3));
}
