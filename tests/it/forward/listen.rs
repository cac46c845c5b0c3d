//! `gwh listen --forward-to` as a whole: what is forwarded, answered, shown and kept.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::delivery::signed;
use crate::support::http::{Answer, Client, post};
use crate::support::{DEADLINE, Output, Receiver, Reply, Running, Sandbox, closed_port};

const BODY: &str = r#"{"type":"batch.succeeded","data":{"id":"batches/1"}}"#;

fn start(sandbox: &Sandbox, flags: &[&str]) -> (Running, String) {
    let (running, url) = sandbox.listen(flags);
    (running, url)
}

fn send(sandbox: &Sandbox, url: &str, id: &str, body: &str) -> Answer {
    post(url, "/", &signed(sandbox, id, body), body.as_bytes())
}

/// The records of the deliveries that were printed.
fn deliveries(output: &Output) -> Vec<Value> {
    assert_eq!(output.code, 0, "{output:?}");
    output.json_lines().into_iter().filter(|line| line["type"] == "delivery").collect()
}

fn failed(script: impl Fn() -> Reply + Send + Sync + 'static) -> (u16, Option<String>, Value) {
    let (sandbox, handler) = (Sandbox::new(), Receiver::scripted(move |_, _| script()));
    let (listen, url) = start(&sandbox, &["-f", &handler.url("/"), "--forward-timeout", "300ms"]);
    let answer = send(&sandbox, &url, "msg_1", BODY);
    let record = deliveries(&listen.stop()).remove(0);
    assert_eq!(record["response"]["status"], answer.status);
    (answer.status, answer.header("retry-after").map(str::to_owned), record["forwards"][0].clone())
}

#[test]
fn the_handlers_status_is_the_answer_and_stands_in_the_record() {
    let (status, _, forward) = failed(|| Reply::Status(202));
    assert_eq!((status, &forward["status"], &forward["error"]), (202, &202.into(), &Value::Null));
    let (status, retry_after, forward) = failed(|| Reply::with_body(503, "retry-after: 17\r\n", "later"));
    assert_eq!((status, retry_after.as_deref()), (503, Some("17")));
    assert_eq!(forward["status"], 503);
    let (status, _, forward) = failed(|| Reply::Silence);
    assert_eq!((status, &forward["status"]), (504, &Value::Null));
    assert_eq!(forward["error"], "no complete answer came within 300ms");
}

#[test]
fn a_status_that_has_no_words_is_passed_on_without_any() {
    let (sandbox, handler) = (Sandbox::new(), Receiver::answering(599));
    let (_running, url) = start(&sandbox, &["-f", &handler.url("/")]);
    let answer = send(&sandbox, &url, "msg_1", BODY);
    assert_eq!((answer.status, answer.reason.as_str()), (599, ""));
}

#[test]
fn a_person_sees_where_it_went_and_why_it_failed() {
    let (sandbox, handler) = (
        Sandbox::new(),
        Receiver::scripted(|index, _| match index {
            0 => Reply::Status(200),
            _ => Reply::with_body(401, "", "no \u{1b}[31msuch secret"),
        }),
    );
    let target = handler.url("/hook");
    let running = sandbox.start(&["listen", "--port", "0", "-f", &target]);
    let ready = running.stderr.wait_for(|line| line.starts_with("Ready on"));
    running.stderr.wait_for(|line| line == format!("Forwarding to {target}"));
    let url = ready.split_whitespace().nth(2).expect("has a URL");
    send(&sandbox, url, "msg_7c9e0001", BODY);
    send(&sandbox, url, "msg_7c9e0002", BODY);
    let output = running.stop();
    // How long a handler takes is another every time.
    let lines: Vec<String> = output.out().lines().map(|line| without_latency(line, &target)).collect();
    assert_eq!(
        lines,
        [
            "12:00:00 --> batch.succeeded              msg_7c9e…  ✓ v1 local      52 B    batches/1",
            "12:00:00 <-- 200 URL  LATENCY  msg_7c9e…",
            "12:00:00 --> batch.succeeded              msg_7c9e…  ✓ v1 local      52 B    batches/1",
            "12:00:00 <-- 401 URL  LATENCY  msg_7c9e…",
            r"         ! answer: no \x1b[31msuch secret",
            "         ! gwh verified it with secret local; if the handler verifies, it does so with another secret \
             or not on the raw bytes of the body: give it the test secret: \
             WEBHOOK_SIGNING_SECRET=$(gwh secrets get local)",
        ]
    );
    assert!(
        output.err().ends_with("2 deliveries: 2 verified, 1 forwarded, 1 not taken by its handler\n"),
        "{output:?}"
    );
}

#[test]
fn what_the_query_of_a_handlers_url_holds_is_sent_and_neither_shown_nor_kept() {
    // A framework that wants a slash at the end redirects with the query as it came.
    let redirect = || Reply::with_body(307, "location: /hook/?code=planted&planted\r\n", "");
    let (sandbox, handler) = (Sandbox::new(), Receiver::scripted(move |_, _| redirect()));
    let target = handler.url("/hook?code=planted&planted");
    let shown = handler.url("/hook?code=[redacted]&[redacted]");
    let (listen, url) = start(&sandbox, &["-f", &target]);
    send(&sandbox, &url, "msg_1", BODY);
    let output = listen.stop();
    assert_eq!(handler.only().path, "/hook?code=planted&planted");
    assert_eq!(output.json_lines()[0]["forward_to"], json!([shown]));
    assert_eq!(deliveries(&output)[0]["forwards"][0]["url"], shown);
    for args in [
        &["replay", "msg_1", "--to", &target][..],
        &["replay", "msg_1", "--to", &target, "--json"],
        &["trigger", "batch.succeeded", "--verbose", "--to", &target],
    ] {
        let output = sandbox.run(args);
        assert!(output.code == 1 && output.out().contains(&shown), "{output:?}");
        assert!(!output.out().contains("planted") && !output.err().contains("planted"), "{output:?}");
    }
    let kept = sandbox.run(&["events", "show", "msg_1", "--json"]).json();
    let urls = kept["forwards"].as_array().expect("a list").iter().map(|forward| &forward["url"]);
    assert_eq!(urls.collect::<Vec<_>>(), [&shown; 3]);

    let running = sandbox.start(&["listen", "--port", "0", "-f", &target]);
    let ready = running.stderr.wait_for(|line| line.starts_with("Ready on"));
    send(&sandbox, ready.split_whitespace().nth(2).expect("has a URL"), "msg_2", BODY);
    let output = running.stop();
    assert!(output.out().contains(&shown), "{output:?}");
    let hint =
        format!("give the final URL: --forward-to {}", handler.url("/hook/?code=[redacted]&[redacted]"));
    assert!(output.out().contains(&hint), "{output:?}");
    assert!(!output.out().contains("planted") && !output.err().contains("planted"), "{output:?}");
}

#[test]
fn where_the_rate_is_limited_what_is_so_already_is_not_advised() {
    let (sandbox, handler) = (Sandbox::new(), Receiver::answering(429));
    let hints = [
        ("1", "one at a time is sent already, and its Retry-After is passed on to the sender"),
        ("2", "--concurrency 1 sends one at a time"),
    ];
    for (concurrency, hint) in hints {
        let args = ["listen", "--port", "0", "-f", &handler.url("/"), "--concurrency", concurrency];
        let running = sandbox.start(&args);
        let ready = running.stderr.wait_for(|line| line.starts_with("Ready on"));
        send(&sandbox, ready.split_whitespace().nth(2).expect("has a URL"), "msg_1", BODY);
        let output = running.stop();
        assert!(output.out().ends_with(&format!("! the handler limits the rate; {hint}\n")), "{output:?}");
    }
    let to = handler.url("/");
    let mut replay = vec!["replay", "--last", "1", "--to", &to];
    let one = sandbox.run(&replay);
    assert!(one.out().contains("; one at a time is sent already, so raise its limit"), "{one:?}");
    replay.extend(["--concurrency", "2"]);
    let several = sandbox.run(&replay);
    assert!(several.out().contains("; lower it with --concurrency"), "{several:?}");
}

fn without_latency(line: &str, target: &str) -> String {
    let line = line.replace(target, "URL");
    match line.split_once("URL") {
        Some((start, rest)) => {
            let rest = rest.trim_start().split_once(' ').expect("has a latency").1;
            format!("{start}URL  LATENCY {rest}")
        }
        None => line,
    }
}

#[test]
fn a_slow_answer_is_taken_and_warned_about() {
    let pause = gwh::deliver::forward::BUDGET + Duration::from_millis(50);
    let (sandbox, handler) = (
        Sandbox::new(),
        Receiver::scripted(move |_, _| {
            // Not to wait for something: being slow is what this handler is for.
            std::thread::sleep(pause);
            Reply::Status(200)
        }),
    );
    let running = sandbox.start(&["listen", "--port", "0", "--count", "1", "-f", &handler.url("/")]);
    let ready = running.stderr.wait_for(|line| line.starts_with("Ready on"));
    let url = ready.split_whitespace().nth(2).expect("has a URL");
    assert_eq!(send(&sandbox, url, "msg_1", BODY).status, 200);
    let output = running.wait();
    assert_eq!(output.code, 0, "{output:?}");
    let last = output.out().lines().last().expect("has lines");
    assert!(
        last.starts_with("         ! the answer took ") && last.contains("work afterwards"),
        "{output:?}"
    );
}

#[test]
fn only_what_verified_is_forwarded_unless_told_otherwise() {
    let sandbox = Sandbox::new();
    let handler = Receiver::answering(204).idle();
    let (listen, url) = start(&sandbox, &["-f", &handler.url("/")]);
    assert_eq!(post(&url, "/", &[], BODY.as_bytes()).status, 401);
    assert_eq!(deliveries(&listen.stop())[0]["forwards"], json!([]));
    assert_eq!(handler.connections(), 0);

    let (listen, url) = start(&sandbox, &["-f", &handler.url("/"), "--forward-invalid"]);
    listen.stderr.wait_for(|line| line.contains(r#""warning","message":"--forward-invalid:"#));
    assert_eq!(post(&url, "/", &[], BODY.as_bytes()).status, 204);
    let record = deliveries(&listen.stop()).remove(0);
    assert_eq!((&record["verdict"]["valid"], &record["forwards"][0]["status"]), (&false.into(), &204.into()));
    assert_eq!(handler.only().body, BODY.as_bytes());
}

#[test]
fn an_answer_never_names_an_error_beside_a_status_of_success() {
    let sandbox = Sandbox::new();
    let answers = [(202, r#"{"status":"received"}"#), (403, r#"{"error":"handler_failed"}"#)];
    for (status, body) in answers {
        let handler = Receiver::answering(status);
        let (_listen, url) = start(&sandbox, &["-f", &handler.url("/"), "--forward-invalid"]);
        let answer = post(&url, "/", &[], BODY.as_bytes());
        assert_eq!((answer.status, answer.body.as_str()), (status, body));
    }
}

#[test]
fn what_no_route_or_filter_takes_is_answered_and_not_forwarded() {
    let (sandbox, handler) = (Sandbox::new(), Receiver::answering(204));
    let route = format!("batch.*={}", handler.url("/"));
    let (listen, url) = start(&sandbox, &["-f", &route, "--exclude", "batch.failed"]);
    let statuses = ["video.generated", "batch.failed", "batch.expired"].map(|kind| {
        let body = format!(r#"{{"type":"{kind}"}}"#);
        send(&sandbox, &url, kind, &body).status
    });
    assert_eq!(statuses, [200, 200, 204]);
    let output = listen.stop();
    let shown: Vec<_> = deliveries(&output).iter().map(|record| record["webhook_id"].clone()).collect();
    assert_eq!(shown, ["video.generated", "batch.expired"]);
    assert_eq!(handler.only().header("webhook-id"), "batch.expired");
    let summary = output.json_lines().pop().expect("has a summary");
    assert_eq!((&summary["forwarded"], &summary["forward_failures"]), (&1.into(), &0.into()));
}

#[test]
fn what_fail_first_answers_is_not_forwarded() {
    let (sandbox, handler) = (Sandbox::new(), Receiver::answering(200));
    let (listen, url) = start(&sandbox, &["-f", &handler.url("/"), "--fail-first", "2"]);
    let statuses: Vec<u16> = (0..3).map(|_| send(&sandbox, &url, "msg_1", BODY).status).collect();
    assert_eq!((statuses, listen.stop().code), (vec![503, 503, 200], 0));
    handler.only();
}

#[test]
fn headers_are_added_and_the_rest_arrives_as_it_came() {
    let (sandbox, handler) = (Sandbox::new(), Receiver::answering(200));
    let flags = ["-f", &handler.url("/"), "-H", "Authorization: Bearer x", "-H", "x-a: 2"];
    let (listen, url) = start(&sandbox, &flags);
    let mut headers = signed(&sandbox, "msg_1", BODY);
    headers.push(("x-a".to_owned(), "1".to_owned()));
    post(&url, "/", &headers, BODY.as_bytes());
    listen.stop();
    let came = handler.only();
    let names: Vec<&str> = came.headers.iter().map(|(name, _)| name.as_str()).collect();
    let signed = ["webhook-id", "webhook-timestamp", "webhook-signature"];
    assert_eq!(names, [&["host", "content-length"], &signed[..], &["authorization", "x-a"]].concat());
    assert_eq!((came.header("x-a"), came.header("authorization")), ("2", "Bearer x"));
}

#[test]
fn a_sender_that_leaves_takes_nothing_back() {
    let sandbox = Sandbox::new();
    let (begin, begun) = std::sync::mpsc::channel();
    let (finish, finished) = std::sync::mpsc::channel();
    let gate = std::sync::Mutex::new((begin, finished));
    let handler = Receiver::scripted(move |_, _| {
        let gate = gate.lock().expect("no other request");
        gate.0.send(()).expect("the test waits");
        gate.1.recv_timeout(DEADLINE).expect("the test goes on");
        Reply::Status(200)
    });
    let (listen, url) = start(&sandbox, &["-f", &handler.url("/")]);
    let mut client = Client::connect(&url);
    client.post("/", &signed(&sandbox, "msg_1", BODY), BODY.as_bytes());
    begun.recv_timeout(DEADLINE).expect("is forwarded");
    drop(client);
    finish.send(()).expect("the handler waits");
    listen.stdout.wait_for(|line| line.contains(r#""forwards":[{"url""#) && line.contains(r#""status":200"#));
    assert_eq!(deliveries(&listen.stop()).len(), 1);
}

#[test]
fn a_handler_that_hangs_does_not_hold_up_the_end() {
    let (sandbox, handler) = (Sandbox::new(), Receiver::scripted(|_, _| Reply::Silence));
    let (listen, url) = start(&sandbox, &["-f", &handler.url("/")]);
    let mut client = Client::connect(&url);
    client.post("/", &signed(&sandbox, "msg_1", BODY), BODY.as_bytes());
    handler.wait_for(1);
    let start = Instant::now();
    let output = listen.stop();
    assert!(start.elapsed().as_secs() < 10);
    let answer = client.answer();
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("5")));
    let record = deliveries(&output).remove(0);
    assert_eq!(record["forwards"][0]["error"], "the run ended before there was an answer");
}

#[test]
fn what_came_of_it_is_kept() {
    let (sandbox, handler) = (Sandbox::new(), Receiver::scripted(|_, _| Reply::with_body(500, "", "oh no")));
    let (listen, url) = start(&sandbox, &["-f", &handler.url("/hook")]);
    assert_eq!(send(&sandbox, &url, "msg_1", BODY).status, 500);
    assert_eq!(listen.stop().code, 0);
    let folder = sandbox.session().0.profile_folder().expect("has a folder");
    let store = gwh::store::Store::open_existing(&folder).expect("opens").expect("is there");
    let (status, kind, answered, answer): (u16, String, u16, Vec<u8>) =
        rusqlite::Connection::open(store.path())
            .and_then(|database| {
                let select = "SELECT d.status, f.kind, f.status, f.answer
                FROM deliveries d JOIN forwards f ON f.delivery = d.id";
                database.query_row(select, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
            })
            .expect("one forward");
    assert_eq!((status, kind.as_str(), answered, answer.as_slice()), (500, "forward", 500, &b"oh no"[..]));
}

#[test]
fn what_cannot_work_is_refused_before_anything_is_received() {
    let sandbox = Sandbox::new();
    let port = closed_port().to_string();
    let cases: [(&[&str], &str); 7] = [
        (&["--port", &port, "-f", &port], "is this listener itself"),
        (&["-f", "3000", "-H", "webhook-id: x"], "part of the signature"),
        (&["-f", "3000", "-H", "connection: x"], "belongs to one connection"),
        (&["-f", "3000", "--respond", "503"], "--respond answers every delivery"),
        (&["-f", "nowhere"], "expected a port"),
        (&["--skip-verify"], "--forward-to"),
        (&["-f", "3000", "--skip-verify", "--cacert", "x"], "cannot be used with"),
    ];
    for (flags, said) in cases {
        let output = sandbox
            .run(&[&["listen", "--port", "0"][..if flags[0] == "--port" { 1 } else { 3 }], flags].concat());
        assert_eq!((output.code, output.out()), (2, ""), "{output:?}");
        assert!(output.err().contains(said), "{output:?}");
    }
}
