//! Uploads in the resumable protocol, and downloads that go on where they broke off.

use serde_json::json;

use super::{Emulator, document, target, text};
use crate::support::http::{Answer, Client};
use crate::support::{Sandbox, until};

const START: &str =
    "x-goog-api-key: any\r\nx-goog-upload-protocol: resumable\r\nx-goog-upload-command: start\r\n";

fn begin(emulator: &mut Emulator, headers: &str, body: &str) -> String {
    emulator.client = Client::connect(&emulator.url);
    let begun = emulator.send("POST", "/upload/v1beta/files", &format!("{START}{headers}"), Some(body));
    target(begun.header("x-goog-upload-url").unwrap_or_else(|| panic!("{begun:?}")))
}

/// Sends a piece on a connection of its own, since one that is refused unread ends its connection.
fn piece(emulator: &mut Emulator, url: &str, command: &str, offset: usize, content: &str) -> Answer {
    emulator.client = Client::connect(&emulator.url);
    let headers = format!("x-goog-upload-command: {command}\r\nx-goog-upload-offset: {offset}\r\n");
    emulator.send("POST", url, &headers, Some(content))
}

#[test]
fn an_upload_in_pieces_goes_on_after_a_connection_that_broke() {
    let sandbox = Sandbox::new();
    let mut emulator = Emulator::start(&sandbox, &[]);
    let length =
        "x-goog-upload-header-content-length: 9\r\nx-goog-upload-header-content-type: text/plain\r\n";
    let url = begin(&mut emulator, length, r#"{"file":{"display_name":"three"}}"#);
    let first = piece(&mut emulator, &url, "upload", 0, "abc");
    assert_eq!((first.header("x-goog-upload-status"), first.body.as_str()), (Some("active"), "{}"));

    // Announces six bytes, sends three, and is gone.
    let mut broken = Client::connect(&emulator.url);
    broken.send(format!(
        "POST {url} HTTP/1.1\r\nhost: h\r\nx-goog-upload-command: upload, finalize\r\nx-goog-upload-offset: 3\r\ncontent-length: 6\r\n\r\ndef"
    ));
    drop(broken);
    let received = emulator.until_received(&url, 6);
    assert_eq!(received.header("x-goog-upload-status"), Some("active"));
    assert_eq!(
        piece(&mut emulator, &url, "upload, finalize", 3, "defghi").status,
        400,
        "it is further than that"
    );
    let last = piece(&mut emulator, &url, "upload, finalize", 6, "ghi");
    let file = document(&last)["file"].clone();
    assert_eq!(
        (text(&file, "/displayName"), text(&file, "/sizeBytes")),
        ("three".to_owned(), "9".to_owned())
    );
    let name = text(&file, "/name");
    assert_eq!(emulator.call("GET", &format!("/v1/{name}:download?alt=media"), None).body, "abcdefghi");
    // The answer may have been lost: whoever asks gets it again.
    let again = piece(&mut emulator, &url, "query", 0, "");
    assert_eq!((again.header("x-goog-upload-status"), document(&again)), (Some("final"), document(&last)));
    let listed = emulator.done("GET", "/v1beta/files", None);
    assert_eq!(listed, json!({"files": [file]}));
    assert_eq!(emulator.done("DELETE", &format!("/v1/{name}"), None), json!({}));
    assert_eq!(emulator.call("GET", &format!("/v1/{name}"), None).status, 404);
    assert_eq!(emulator.done("GET", "/v1/files", None), json!({}));
}

impl Emulator {
    /// Asks how much of an upload arrived until it is this much.
    fn until_received(&mut self, url: &str, bytes: usize) -> Answer {
        until(|| {
            let answer = piece(self, url, "query", 0, "");
            let is_there = answer.header("x-goog-upload-size-received") == Some(&bytes.to_string());
            if is_there { Ok(answer) } else { Err(format!("{answer:?}")) }
        })
    }
}

#[test]
fn a_download_goes_on_where_it_broke_off_unless_the_file_is_another() {
    let sandbox = Sandbox::new();
    let mut emulator = Emulator::start(&sandbox, &[]);
    let url = format!("/download/v1beta/{}:download?alt=media", emulator.upload("0123456789"));
    let mut get = |headers: &str| {
        let answer = emulator.send("GET", &url, &format!("x-goog-api-key: any\r\n{headers}"), None);
        let range = answer.header("content-range").map(str::to_owned);
        let etag = answer.header("etag").unwrap_or_default().to_owned();
        (answer.status, range, answer.body, etag)
    };
    let (status, range, body, etag) = get("");
    assert_eq!((status, range, body.as_str()), (200, None, "0123456789"));
    let rest = |range: &str| Some(format!("bytes {range}/10"));
    let part = get(&format!("range: bytes=7-\r\nif-range: {etag}\r\n"));
    assert_eq!((part.0, part.1, part.2.as_str()), (206, rest("7-9"), "789"));
    let other = get("range: bytes=7-\r\nif-range: \"other\"\r\n");
    assert_eq!((other.0, other.2.as_str()), (200, "0123456789"));
    let outside = get("range: bytes=10-\r\n");
    assert_eq!(outside.0, 416);
    assert!(outside.2.contains("OUT_OF_RANGE"), "{}", outside.2);
}

#[test]
fn files_are_kept_within_a_limit_and_the_oldest_go_first() {
    let sandbox = Sandbox::new();
    let mut emulator = Emulator::start(&sandbox, &["--file-space", "8KiB"]);
    let first = emulator.upload(&"a".repeat(3_000));
    let second = emulator.upload(&"b".repeat(3_000));
    assert_eq!(emulator.call("GET", &format!("/v1/{first}"), None).status, 200);
    emulator.upload(&"c".repeat(3_000));
    assert_eq!(emulator.call("GET", &format!("/v1/{first}"), None).status, 404);
    assert_eq!(emulator.call("GET", &format!("/v1/{second}"), None).status, 200);
    let length = "x-goog-upload-header-content-length: 9000\r\n";
    let refused = emulator.send("POST", "/upload/v1/files", &format!("{START}{length}"), Some("{}"));
    assert_eq!(
        (refused.status, document(&refused)["error"]["status"].clone()),
        (429, json!("RESOURCE_EXHAUSTED"))
    );
}

#[test]
fn an_upload_needs_a_key_to_begin_and_its_url_to_go_on() {
    let sandbox = Sandbox::new();
    let mut emulator = Emulator::start(&sandbox, &[]);
    let keyless = START.replace("x-goog-api-key: any\r\n", "");
    assert_eq!(emulator.send("POST", "/upload/v1/files", &keyless, Some("{}")).status, 403);
    assert_eq!(piece(&mut emulator, "/upload/v1/files?upload_id=guessed", "upload", 0, "x").status, 404);
    let url = begin(&mut emulator, "", "{}");
    assert_eq!(piece(&mut emulator, &url, "upload", 0, "x").status, 200);
    assert_eq!(piece(&mut emulator, &url, "cancel", 0, "").header("x-goog-upload-status"), Some("cancelled"));
    assert_eq!(piece(&mut emulator, &url, "query", 0, "").status, 404);
    emulator.running.stdout.wait_for(|line| line.contains("upload_id=…"));
    let id =
        url.split_once("upload_id=").expect("has an id").1.split('&').next().expect("has an id").to_owned();
    assert!(
        !String::from_utf8_lossy(&emulator.running.stdout.bytes()).contains(&id),
        "what opens it is not logged"
    );
}
