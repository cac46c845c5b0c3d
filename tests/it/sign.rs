//! `gwh sign`: every form, and what is done with it by other programs.

#[cfg(unix)]
use std::io::Write;
#[cfg(unix)]
use std::process::{Command, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::support::{NOW, Output, Sandbox};

const BODY: &str = r#"{"type":"batch.succeeded","data":{"id":"b_1","output_file_uri":"gs://b/r"}}"#;
const SECRET: &str = "whsec_ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";
/// Of `msg_1.1769083200.` and [`BODY`], made with Python's hmac module.
const SIGNATURE: &str = "v1,+qWx94csZBEMaHe3AZZfvz+gwjIx2nD5+9phZ8Si1MQ=";

fn sign(form: &str, body: impl AsRef<[u8]>) -> Output {
    let sandbox = Sandbox::new().env("WEBHOOK_SIGNING_SECRET", SECRET);
    let output = sandbox.run_with(&["sign", "--as", form, "--id", "msg_1"], body);
    assert_eq!((output.code, output.err()), (0, ""), "{form}");
    output
}

#[test]
fn http_is_a_whole_request_with_the_body_as_it_is() {
    let expected = format!(
        "POST / HTTP/1.1\r\nhost: 127.0.0.1:8080\r\ncontent-length: {}\r\ncontent-type: application/json\r\n\
         webhook-id: msg_1\r\nwebhook-timestamp: {NOW}\r\nwebhook-signature: {SIGNATURE}\r\n\r\n{BODY}",
        BODY.len()
    );
    assert_eq!(sign("http", BODY).out(), expected);
}

#[test]
fn headers_and_variables_are_what_curl_and_a_shell_read() {
    let headers = format!(
        "content-type: application/json\nwebhook-id: msg_1\nwebhook-timestamp: {NOW}\nwebhook-signature: {SIGNATURE}\n"
    );
    assert_eq!(sign("headers", BODY).out(), headers);
    let variables = format!(
        "export HTTP_WEBHOOK_ID='msg_1'\nexport HTTP_WEBHOOK_TIMESTAMP='{NOW}'\nexport HTTP_WEBHOOK_SIGNATURE='{SIGNATURE}'\n"
    );
    assert_eq!(sign("env", BODY).out(), variables);
}

#[test]
fn commands_name_the_target_the_headers_and_the_body() {
    let curl = format!(
        "curl 'http://127.0.0.1:8080/' \\\n  -H 'content-type: application/json' \\\n  -H 'webhook-id: msg_1' \\\n  \
         -H 'webhook-timestamp: {NOW}' \\\n  -H 'webhook-signature: {SIGNATURE}' \\\n  --data-binary '{BODY}'\n"
    );
    assert_eq!(sign("curl", BODY).out(), curl);
    let httpie = format!(
        "http --ignore-stdin POST 'http://127.0.0.1:8080/' \\\n  'content-type:application/json' \\\n  'webhook-id:msg_1' \\\n  \
         'webhook-timestamp:{NOW}' \\\n  'webhook-signature:{SIGNATURE}' \\\n  --raw='{BODY}'\n"
    );
    assert_eq!(sign("httpie", BODY).out(), httpie);
    assert!(sign("curl", "@file").out().contains("--data-raw '@file'"));
    assert!(sign("curl", "a\0").out().starts_with("printf 'a\\000' | curl "));
    assert!(sign("httpie", "a\r\n").out().starts_with("printf 'a\\015\\012' | http POST "));
    let args = ["sign", "--as", "curl", "--to", "https://[::1]:3000/h?a={b}'c'"];
    let target = Sandbox::new().run_with(&args, "");
    let start = r"curl --globoff 'https://[::1]:3000/h?a={b}'\''c'\''' ";
    assert!(target.out().starts_with(start), "{target:?}");
}

#[test]
fn json_is_a_capture_record() {
    for output in [
        sign("json", BODY),
        Sandbox::new()
            .env("WEBHOOK_SIGNING_SECRET", SECRET)
            .run_with(&["sign", "--json", "--id", "msg_1"], BODY),
    ] {
        let record = output.json();
        assert_eq!(record["type"], "delivery");
        assert_eq!(
            (&record["webhook_id"], &record["event_type"]),
            (&"msg_1".into(), &"batch.succeeded".into())
        );
        assert_eq!((&record["method"], &record["path"]), (&"POST".into(), &"/".into()));
        assert_eq!(record["received_at"], "2026-01-22T12:00:00.000Z");
        assert_eq!(record["body_b64"], STANDARD.encode(BODY));
        assert_eq!(record["event"], serde_json::from_str::<serde_json::Value>(BODY).expect("JSON"));
        assert_eq!(record["headers"][5], serde_json::json!(["webhook-signature", SIGNATURE]));
        assert_eq!(output.out().lines().count(), 1);
    }
}

#[test]
fn several_secrets_make_a_rotation() {
    let sandbox = Sandbox::new();
    sandbox.file("old", "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n");
    sandbox.file("new", SECRET);
    let both =
        sandbox.run_with(&["sign", "--secret-file", "old", "--secret-file", "new", "--as", "headers"], BODY);
    let signature = both.out().lines().last().expect("a line").to_owned();
    assert_eq!(signature.matches("v1,").count(), 2, "{signature}");
    for secret in ["old", "new"] {
        let whole = sandbox.run_with(&["sign", "--secret-file", "old", "--secret-file", "new"], BODY);
        let verdict = sandbox.run_with(&["verify", "--secret-file", secret], &whole.stdout);
        assert_eq!(verdict.code, 0, "{verdict:?}");
    }
}

#[test]
fn every_scheme_verifies_with_nothing_configured() {
    let sandbox = Sandbox::new();
    for (scheme, shown) in
        [("v1", "v1 with whsec_..."), ("v1a", "v1a with whpk_..."), ("jwt", "jwt with local-test-rsa")]
    {
        let signed = sandbox.run_with(&["sign", "--scheme", scheme], BODY);
        assert_eq!(signed.code, 0, "{signed:?}");
        let verdict = sandbox.run_with(&["verify"], &signed.stdout);
        assert_eq!(verdict.code, 0, "{verdict:?}");
        assert!(verdict.out().contains(shown), "{verdict:?}");
    }
    let signed = sandbox.run_with(&["sign", "--scheme", "jwt", "--audience", "me"], BODY);
    assert_eq!(sandbox.run_with(&["verify", "--audience", "me"], &signed.stdout).code, 0);
    let other = sandbox.run_with(&["verify", "--audience", "you"], &signed.stdout);
    assert_eq!(other.code, 1);
    assert!(other.out().contains("audience mismatch"), "{other:?}");
}

#[test]
fn what_cannot_be_signed_or_read_back_is_a_usage_error() {
    let sandbox = Sandbox::new();
    for args in [
        &["sign", "--id", "a.b"][..],
        &["sign", "--id", ""],
        &["sign", "--id", "a b"],
        &["sign", "--id", "a\r\nx-evil: 1"],
        &["sign", "--timestamp", "soon"],
        &["sign", "--timestamp", "1969-12-31T23:59:59Z"],
        &["sign", "--to", "not a url"],
        &["sign", "--to", "ftp://host/"],
        &["sign", "--audience", "x"],
        &["sign", "--json", "--as", "curl"],
        &["sign", "--secret-file", "-"],
    ] {
        let output = sandbox.run_with(args, "");
        assert_eq!((output.code, output.out()), (2, ""), "{args:?}: {output:?}");
    }
    let both = sandbox.run(&["sign", "--secret-file", "-"]);
    assert!(both.err().contains("--secret-file - and the body both read stdin"), "{both:?}");
    assert_eq!(sandbox.run(&["sign", "missing.json"]).code, 3);
    assert_eq!(sandbox.run(&["sign", "--secret-env", "NOT_SET"]).code, 3);
}

/// What a shell passes on as the body when it runs the command that `--as curl` prints, with curl
/// replaced by a function that shows it.
#[cfg(unix)]
#[test]
fn a_shell_passes_the_body_of_a_printed_command_on_as_it_is() {
    let every: Vec<u8> = (0..=255).collect();
    let long = vec![b'x'; 200 * 1024];
    for body in [
        &b""[..],
        b"it's 100% \\n \"q\" `x` $HOME !",
        b"-n\0",
        b"@file",
        "\u{e9}\n\n".as_bytes(),
        &every,
        &long,
    ] {
        let command = sign("curl", body).stdout;
        let mut script =
            b"curl() { for last; do :; done; case $last in @-) cat;; *) printf %s \"$last\";; esac; }\n"
                .to_vec();
        script.extend_from_slice(&command);
        assert_eq!(shell(&script), body, "{}", String::from_utf8_lossy(&command));
    }
}

#[cfg(unix)]
fn shell(script: &[u8]) -> Vec<u8> {
    let mut shell = Command::new("sh");
    let mut shell = shell.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("sh starts");
    let mut stdin = shell.stdin.take().expect("is piped");
    let script = script.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(&script));
    let output = shell.wait_with_output().expect("sh ends");
    writer.join().expect("does not panic").expect("sh reads its script");
    output.stdout
}
