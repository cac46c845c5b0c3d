//! `gwh listen`: every answer, over HTTP/1.1 and HTTP/2.

use bytes::Bytes;
use gwh::signature::{Signer, signature_header};
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper_util::rt::{TokioExecutor, TokioIo};

use crate::support::delivery::{signed, signed_with};
use crate::support::http::{Answer, Client, post};
use crate::support::{DEADLINE, NOW, Sandbox};

const BODY: &str =
    r#"{"type":"batch.succeeded","data":{"id":"b_1","output_file_uri":"gs://bucket/r.jsonl"}}"#;

fn brief(answer: &Answer) -> (u16, &str) {
    (answer.status, &answer.body)
}

#[test]
fn a_verified_delivery_is_answered_200_and_recorded_whole() {
    let sandbox = Sandbox::new();
    let (running, url) = sandbox.listen(&[]);
    let answer = post(&url, "/any?x=1", &signed(&sandbox, "msg_1", BODY), BODY.as_bytes());
    assert_eq!(brief(&answer), (200, r#"{"status":"verified"}"#));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let output = running.stop();
    assert_eq!((output.code, output.err()), (0, ""));
    let lines = output.json_lines();
    assert_eq!(lines[0]["type"], "ready");
    assert_eq!(lines[0]["secrets"], serde_json::json!(["local"]));
    let record = &lines[1];
    assert_eq!(record["type"], "delivery");
    assert_eq!(record["webhook_id"], "msg_1");
    assert_eq!(record["event_type"], "batch.succeeded");
    assert_eq!(record["received_at"], "2026-01-22T12:00:00.000Z");
    assert_eq!((&record["method"], &record["path"]), (&"POST".into(), &"/any?x=1".into()));
    assert_eq!((&record["attempt"], &record["response"]["status"]), (&1.into(), &200.into()));
    assert_eq!(record["event"], serde_json::from_str::<serde_json::Value>(BODY).expect("JSON"));
    assert_eq!(record["headers"][0], serde_json::json!(["host", "localhost"]));
    assert_eq!((&record["verdict"]["valid"], &record["verdict"]["scheme"]), (&true.into(), &"v1".into()));
    let summary = &lines[2];
    assert_eq!((&summary["type"], &summary["verified"]), (&"summary".into(), &1.into()));
    assert_eq!(lines.len(), 3);
}

#[test]
fn what_is_not_authentic_is_401_with_the_reason_and_nothing_more() {
    let sandbox = Sandbox::new();
    let (running, url) = sandbox.listen(&[]);
    let good = signed(&sandbox, "msg_1", BODY);
    let secret = crate::support::delivery::local_secret(&sandbox);
    let stale = signed_with(&secret, "msg_1", NOW - 301, BODY.as_bytes());
    let ahead = signed_with(&secret, "msg_1", NOW + 301, BODY.as_bytes());
    let mut unknown = good.clone();
    unknown[2].1 = "v9,AAAA".to_owned();
    let mut twice = good.clone();
    twice.push(good[0].clone());
    let mut unreadable = good.clone();
    unreadable[1].1 = "yesterday".to_owned();
    let tampered = BODY.replace("b_1", "b_2");
    for (headers, body, status, code) in [
        (&good, tampered.as_str(), 401, "signature_mismatch"),
        (&good[..2].to_vec(), BODY, 401, "missing_header"),
        (&stale, BODY, 401, "timestamp_too_old"),
        (&ahead, BODY, 401, "timestamp_in_future"),
        (&unknown, BODY, 401, "unsupported_scheme"),
        (&twice, BODY, 400, "malformed_header"),
        (&unreadable, BODY, 400, "malformed_header"),
    ] {
        let answer = post(&url, "/", headers, body.as_bytes());
        assert_eq!(brief(&answer), (status, format!(r#"{{"error":"{code}"}}"#).as_str()));
    }
    let output = running.stop();
    assert_eq!(output.code, 0);
    let lines = output.json_lines();
    let records: Vec<_> = lines.iter().filter(|line| line["type"] == "delivery").collect();
    assert_eq!(records.len(), 7);
    assert!(records.iter().all(|record| record["verdict"]["valid"] == false && record["attempt"].is_null()));
}

#[test]
fn what_is_no_delivery_is_refused_before_it_is_read() {
    let sandbox = Sandbox::new();
    let (running, url) = sandbox.listen(&["--path", "/hook", "--max-body", "1000"]);
    assert!(url.ends_with("/hook"), "{url}");
    let raw = |request: &str| {
        let mut client = Client::connect(&url);
        client.send(request);
        client.answer()
    };
    let get = raw("GET /hook HTTP/1.1\r\nhost: x\r\n\r\n");
    assert_eq!(
        (brief(&get), get.header("allow")),
        ((405, r#"{"error":"method_not_allowed"}"#), Some("POST"))
    );
    let elsewhere = raw("POST /hooks HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n");
    assert_eq!(brief(&elsewhere), (404, r#"{"error":"not_found"}"#));
    let unframed = raw("POST /hook HTTP/1.1\r\nhost: x\r\n\r\n");
    assert_eq!(brief(&unframed), (411, r#"{"error":"length_required"}"#));
    let declared = raw("POST /hook HTTP/1.1\r\nhost: x\r\ncontent-length: 1001\r\n\r\n");
    assert_eq!(brief(&declared), (413, r#"{"error":"body_too_large"}"#));
    assert_eq!(declared.header("connection"), Some("close"));
    let chunk = format!("1f4\r\n{}\r\n", "x".repeat(500));
    let head = "POST /hook HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n";
    assert_eq!(raw(&format!("{head}{chunk}{chunk}{chunk}0\r\n\r\n")).status, 413);
    assert_eq!(raw(&format!("GET / HTTP/1.1\r\nx: {}\r\n\r\n", "y".repeat(40_000))).status, 431);
    assert_eq!(raw(&format!("GET / HTTP/1.1\r\n{}\r\n", "x: y\r\n".repeat(150))).status, 431);
    assert_eq!(raw("nonsense\r\n\r\n").status, 400);
    assert_eq!(brief(&raw("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")), (200, r#"{"status":"ok"}"#));
    let output = running.stop();
    let lines = output.json_lines();
    let reasons: Vec<_> =
        lines.iter().filter(|line| line["type"] == "refused").map(|line| line["reason"].clone()).collect();
    assert_eq!(
        reasons,
        [
            "method_not_allowed",
            "not_found",
            "length_required",
            "body_too_large",
            "body_too_large",
            "header_too_large",
            "header_too_large",
            "malformed_request"
        ]
    );
    assert_eq!(lines.last().expect("a summary")["refused"], 8);
}

#[test]
fn a_body_of_exactly_the_limit_is_taken_and_any_bytes_are() {
    let sandbox = Sandbox::new();
    let (running, url) = sandbox.listen(&["--max-body", "64KiB"]);
    let largest: Vec<u8> = (0..64 * 1024).map(|index| (index % 256) as u8).collect();
    for body in [&largest[..], b"", b"\xff\xfe", b"not JSON"] {
        assert_eq!(post(&url, "/", &signed(&sandbox, "msg_1", body), body).status, 200);
    }
    let output = running.stop();
    let record = &output.json_lines()[1];
    assert!(record["event"].is_null() && record["event_type"].is_null());
}

#[test]
fn a_connection_is_kept_and_requests_may_be_pipelined_or_chunked() {
    let sandbox = Sandbox::new();
    let (_running, url) = sandbox.listen(&[]);
    let headers = signed(&sandbox, "msg_1", BODY);
    let mut client = Client::connect(&url);
    for _ in 0..3 {
        client.post("/", &headers, BODY.as_bytes());
        assert_eq!(client.answer().status, 200);
    }
    for _ in 0..20 {
        client.post("/", &headers, BODY.as_bytes());
    }
    for _ in 0..20 {
        assert_eq!(client.answer().status, 200);
    }
    let fields: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let (first, second) = BODY.split_at(10);
    client.send(format!("POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n{fields}\r\n"));
    client.send(format!("{:x}\r\n{first}\r\n{:x};ext=1\r\n{second}\r\n", first.len(), second.len()));
    client.send("0\r\ntrailer: x\r\n\r\n");
    assert_eq!(client.answer().status, 200);
}

#[test]
fn a_client_that_waits_for_100_continue_gets_it_or_the_refusal() {
    let sandbox = Sandbox::new();
    let (_running, url) = sandbox.listen(&["--max-body", "1000"]);
    let fields: String =
        signed(&sandbox, "msg_1", BODY).iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let head = |length: usize| {
        format!(
            "POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: {length}\r\n{fields}\r\n"
        )
    };
    let mut client = Client::connect(&url);
    client.send(head(BODY.len()));
    assert_eq!(client.answer().status, 100);
    client.send(BODY);
    assert_eq!(client.answer().status, 200);
    let mut client = Client::connect(&url);
    client.send(head(1001));
    assert_eq!(client.answer().status, 413);
}

#[test]
fn a_client_that_closes_its_half_is_still_answered() {
    let sandbox = Sandbox::new();
    let (_running, url) = sandbox.listen(&["--delay", "50ms"]);
    let mut client = Client::connect(&url);
    client.post("/", &signed(&sandbox, "msg_1", BODY), BODY.as_bytes());
    client.socket().shutdown(std::net::Shutdown::Write).expect("closes its half");
    assert_eq!(client.answer().status, 200);
}

#[test]
fn http2_with_prior_knowledge_is_served() {
    let sandbox = Sandbox::new();
    let (running, url) = sandbox.listen(&["--max-body", "64KiB"]);
    let headers = signed(&sandbox, "msg_1", BODY);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let statuses = runtime.block_on(async {
        let address = url.trim_start_matches("http://").trim_end_matches('/');
        let socket = tokio::net::TcpStream::connect(address).await.expect("connects");
        let (mut sender, connection) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(socket))
                .await
                .expect("speaks HTTP/2");
        tokio::spawn(connection);
        let mut statuses = Vec::new();
        for body in [BODY.to_owned(), "x".repeat(100_000), BODY.to_owned()] {
            let mut request = Request::post(&url);
            for (name, value) in &headers {
                request = request.header(name, value);
            }
            let request = request.body(Full::new(Bytes::from(body))).expect("a request");
            let answer = tokio::time::timeout(DEADLINE, sender.send_request(request)).await;
            let answer = answer.expect("in time").expect("answers");
            statuses.push(answer.status().as_u16());
            let body = answer.into_body().collect().await;
            assert!(body.is_ok());
        }
        statuses
    });
    assert_eq!(statuses, [200, 413, 200]);
    let record = &running.stop().json_lines()[1];
    assert_eq!((&record["webhook_id"], &record["verdict"]["valid"]), (&"msg_1".into(), &true.into()));
}

#[test]
fn retries_are_recognised_among_verified_deliveries_only() {
    let sandbox = Sandbox::new();
    let (running, url) = sandbox.listen(&[]);
    let headers = signed(&sandbox, "msg_1", BODY);
    for (body, status) in [("forged", 401), (BODY, 200), ("forged", 401), (BODY, 200), (BODY, 200)] {
        assert_eq!(post(&url, "/", &headers, body.as_bytes()).status, status);
    }
    let lines = running.stop().json_lines();
    let attempts: Vec<_> = lines.iter().filter_map(|line| line.get("attempt").cloned()).collect();
    assert_eq!(attempts, serde_json::json!([null, 1, null, 2, 3]).as_array().expect("a list").as_slice());
    assert_eq!(lines.last().expect("a summary")["retries"], 2);
}

#[test]
fn answers_can_be_chosen_to_watch_the_sender_retry() {
    let sandbox = Sandbox::new();
    let statuses = |flags: &[&str]| -> Vec<u16> {
        let (_running, url) = sandbox.listen(flags);
        let headers = signed(&sandbox, "msg_1", BODY);
        (0..3).map(|_| post(&url, "/", &headers, BODY.as_bytes()).status).collect()
    };
    assert_eq!(statuses(&["--respond", "503"]), [503, 503, 503]);
    assert_eq!(statuses(&["--fail-first", "2"]), [503, 503, 200]);
    assert_eq!(statuses(&["--fail-first", "1", "--respond", "429"]), [429, 200, 200]);
    assert_eq!(statuses(&["--respond", "204"]), [204, 204, 204]);
    let (_running, url) = sandbox.listen(&["--respond", "503"]);
    assert_eq!(post(&url, "/", &[], b"x").status, 401, "a refusal stays a refusal");
}

#[test]
fn a_delay_holds_the_answer_back_but_not_the_end() {
    let sandbox = Sandbox::new();
    let (running, url) = sandbox.listen(&["--delay", "1h"]);
    let mut client = Client::connect(&url);
    client.post("/", &signed(&sandbox, "msg_1", BODY), BODY.as_bytes());
    running.stdout.wait_for(|line| line.contains(r#""type":"delivery""#));
    assert_eq!(running.stop().code, 0);
    assert_eq!(client.answer().status, 200, "the end cuts the delay short");
}

#[test]
fn an_rsa_key_made_after_the_start_verifies() {
    let sandbox = Sandbox::new();
    let (running, url) = sandbox.listen(&[]);
    let kept = |name: &str| sandbox.path().join("home/.local/share/gwh/profiles/default").join(name);
    assert!(!kept("test-rsa.pem").exists(), "listening makes no RSA key");
    assert_eq!(sandbox.run(&["keys", "jwks"]).code, 0);
    let pem = std::fs::read_to_string(kept("test-rsa.pem")).expect("the key was made");
    let key = gwh::signature::RsaSigningKey::from_pem(&pem).expect("is a key");
    let signer =
        Signer::Jwt { key: Box::new(key), kid: Some(gwh::secrets::RSA_KID.to_owned()), audience: None };
    let mut headers = signed(&sandbox, "msg_1", BODY);
    headers[2].1 = signature_header(&signer, "msg_1", NOW, BODY.as_bytes()).expect("signs");
    assert_eq!(brief(&post(&url, "/", &headers, BODY.as_bytes())), (200, r#"{"status":"verified"}"#));
    let lines = running.stop().json_lines();
    assert_eq!((&lines[1]["type"], &lines[1]["keys"]), (&"keys".into(), &serde_json::json!(["local (2)"])));
    assert_eq!(lines[2]["verdict"]["scheme"], "jwt");
}

#[test]
fn an_address_that_cannot_be_had_is_a_clear_error() {
    let sandbox = Sandbox::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("has an address").port().to_string();
    let output = sandbox.run(&["listen", "--port", &port]);
    assert_eq!(
        (output.code, output.err()),
        (
            3,
            format!(
                "error: cannot listen on 127.0.0.1 port {port}: the port is in use\n  hint: --port 0 takes a free port and says which\n"
            )
            .as_str()
        )
    );
    let output = sandbox.run(&["listen", "--port", "0", "--host", "192.0.2.1"]);
    assert_eq!(output.code, 3);
    assert!(output.err().contains("this machine does not have that address"), "{}", output.err());
    for bad in [&["--path", "hook"][..], &["--respond", "99"], &["--max-body", "1TiB"], &["--count", "0"]] {
        assert_eq!(sandbox.run(&[&["listen"], bad].concat()).code, 2, "{bad:?}");
    }
}
