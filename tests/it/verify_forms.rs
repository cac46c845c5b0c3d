//! `gwh verify`: every form that its input may have gives the same verdict.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;

use crate::support::{Output, Sandbox};

const SECRET: &str = "whsec_ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";
const ID: &str = "msg_7c9e6679-7425-40de-944b-e07fc1f90ae7";

/// A body, its three headers, and a place to verify it in.
struct Signed {
    sandbox: Sandbox,
    body: Vec<u8>,
    headers: [(String, String); 3],
}

impl Signed {
    fn new(body: &[u8]) -> Self {
        let sandbox = Sandbox::new().env("WEBHOOK_SIGNING_SECRET", SECRET);
        let output = sandbox.run_with(&["sign", "--as", "headers", "--id", ID], body);
        let mut lines = output.out().lines().skip(1).map(|line| line.split_once(": ").expect("a header"));
        let headers = std::array::from_fn(|_| {
            let (name, value) = lines.next().expect("three headers");
            (name.to_owned(), value.to_owned())
        });
        Signed { sandbox, body: body.to_vec(), headers }
    }

    fn value(&self, at: usize) -> &str {
        &self.headers[at].1
    }

    fn verify(&self, args: &[&str], input: impl AsRef<[u8]>) -> Output {
        self.sandbox.run_with(&[&["verify", "--json"], args].concat(), input)
    }

    /// The request with these line ends and header names, its body as `framed`.
    fn request(
        &self,
        start: &str,
        end: &str,
        rename: fn(&str) -> String,
        extra: &str,
        framed: &[u8],
    ) -> Vec<u8> {
        let mut text = String::new();
        if !start.is_empty() {
            text.push_str(&format!("{start}{end}"));
        }
        for (name, value) in &self.headers {
            text.push_str(&format!("{}: {value}{end}", rename(name)));
        }
        text.push_str(&format!("{extra}{end}"));
        [text.as_bytes(), framed].concat()
    }

    /// Every form, with its name.
    fn forms(&self) -> Vec<(String, Output)> {
        let mut all = Vec::new();
        let mut case = |name: &str, output: Output| all.push((name.to_owned(), output));
        let [id, stamp, signature] = [self.value(0), self.value(1), self.value(2)];
        case("flags", self.verify(&["--id", id, "--timestamp", stamp, "--signature", signature], &self.body));
        let pairs = self.headers.each_ref().map(|(name, value)| format!("{}:{value}", name.to_uppercase()));
        case("-H", self.verify(&["-H", &pairs[0], "-H", &pairs[1], "-H", &pairs[2]], &self.body));
        let dump = format!(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n{}\r\n\r\n",
            self.headers.each_ref().map(|(name, value)| format!("{name}: {value}")).join("\r\n")
        );
        self.sandbox.file("headers", dump);
        case("headers file", self.verify(&["--headers-file", "headers"], &self.body));
        self.sandbox.file("body", &self.body);
        case("file", self.verify(&["--headers-file", "headers", "body"], ""));
        case(
            "file and headers on stdin",
            self.verify(
                &["--headers-file", "-", "body"],
                std::fs::read(self.sandbox.path().join("headers")).expect("reads"),
            ),
        );

        let length = format!("Content-Length: {}", self.body.len());
        for (label, end) in [("CR LF", "\r\n"), ("LF", "\n")] {
            let extra = format!("{length}{end}");
            let start = "POST /hook HTTP/1.1";
            let request = self.request(start, end, str::to_uppercase, &extra, &self.body);
            case(&format!("request {label}"), self.verify(&[], &request));
            let dumped = [b"\r\n\n", &request[..], b"\r\n"].concat();
            case(&format!("request {label} with blank lines around"), self.verify(&[], dumped));
            let bare = self.request("", end, str::to_owned, &extra, &self.body);
            case(&format!("header lines {label}"), self.verify(&[], bare));
            let chunked = self.request(
                start,
                end,
                str::to_owned,
                &format!("Transfer-Encoding: chunked{end}"),
                &chunks(&self.body, end),
            );
            case(&format!("chunked {label}"), self.verify(&[], chunked));
        }
        let h2 = self.request(
            ":method: POST\n:path: /\n:authority: x\n:scheme: http",
            "\n",
            str::to_owned,
            "",
            &self.body,
        );
        case("HTTP/2 pseudo headers", self.verify(&[], h2));

        let pairs = serde_json::json!(self.headers);
        let encoded = STANDARD.encode(&self.body);
        case(
            "record",
            self.verify(&[], serde_json::json!({"headers": pairs, "body_b64": encoded}).to_string()),
        );
        let object: serde_json::Map<_, _> =
            self.headers.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
        let pretty =
            serde_json::to_string_pretty(&serde_json::json!({"headers": object, "body_b64": encoded}));
        case("record with an object of headers", self.verify(&[], pretty.expect("serialises")));
        if let Ok(text) = str::from_utf8(&self.body) {
            case(
                "record with text",
                self.verify(&[], serde_json::json!({"headers": pairs, "body": text}).to_string()),
            );
        }
        all
    }
}

fn chunks(body: &[u8], end: &str) -> Vec<u8> {
    let mut framed = Vec::new();
    for chunk in body.chunks(7) {
        framed.extend_from_slice(format!("{:X};note=1{end}", chunk.len()).as_bytes());
        framed.extend_from_slice(chunk);
        framed.extend_from_slice(end.as_bytes());
    }
    framed.extend_from_slice(format!("0{end}Trailer: x{end}{end}").as_bytes());
    framed
}

fn assert_all_valid(body: &[u8]) {
    for (name, output) in Signed::new(body).forms() {
        assert_eq!(output.code, 0, "{name}: {output:?}");
        let verdict = output.json();
        assert_eq!((&verdict["webhook_id"], &verdict["valid"]), (&ID.into(), &true.into()), "{name}");
    }
}

#[test]
fn every_form_of_an_event_is_valid() {
    assert_all_valid(br#"{"type":"batch.succeeded","data":{"id":"b"}}"#);
}

#[test]
fn empty_binary_misleading_and_large_bodies_are_valid_in_every_form() {
    assert_all_valid(b"");
    assert_all_valid(b"\0\r\n\xff\xfe\n\n");
    assert_all_valid(b"POST / HTTP/1.1\r\nwebhook-id: other\r\n\r\n");
    assert_all_valid(br#"{"headers":[["webhook-id","other"]],"body_b64":"e30="}"#);
    let large: Vec<u8> =
        (0..1 << 20).map(|at: u32| at.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
    assert_all_valid(&large);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_body_is_valid_in_every_form(body in proptest::collection::vec(any::<u8>(), 0..80)) {
        assert_all_valid(&body);
    }

    #[test]
    fn a_changed_body_is_invalid_in_every_form(body in proptest::collection::vec(any::<u8>(), 1..40), at in any::<prop::sample::Index>()) {
        let mut signed = Signed::new(&body);
        let at = at.index(body.len());
        signed.body[at] ^= 1;
        for (name, output) in signed.forms() {
            prop_assert_eq!(output.code, 1, "{}: {:?}", name, output);
            prop_assert_eq!(&output.json()["reason"], "signature_mismatch", "{}", name);
        }
    }
}

#[test]
fn what_gwh_sign_prints_is_read_back() {
    let body = b"{\"type\":\"x\"}\r\n\0\xff";
    let signed = Signed::new(body);
    for form in ["http", "json"] {
        let printed = signed.sandbox.run_with(&["sign", "--as", form], body);
        assert_eq!(signed.verify(&[], &printed.stdout).code, 0, "{form}");
    }
}

#[test]
fn cgi_variables_make_the_input_the_body() {
    let body = br#"{"type":"x"}"#;
    let signed = Signed::new(body);
    let cgi = |signed: &Signed| {
        Sandbox::new()
            .env("WEBHOOK_SIGNING_SECRET", SECRET)
            .env("HTTP_WEBHOOK_ID", signed.value(0))
            .env("HTTP_WEBHOOK_TIMESTAMP", signed.value(1))
            .env("HTTP_WEBHOOK_SIGNATURE", signed.value(2))
    };
    assert_eq!(cgi(&signed).run_with(&["verify"], body).code, 0);
    // What a stranger sends as a body must not bring its own headers along.
    let whole = signed.request("POST / HTTP/1.1", "\r\n", str::to_owned, "", body);
    let record = signed.sandbox.run_with(&["sign", "--as", "json"], body).stdout;
    for smuggled in [whole, record] {
        assert_eq!(signed.sandbox.run_with(&["verify"], &smuggled).code, 0, "authentic by itself");
        assert_eq!(cgi(&signed).run_with(&["verify"], &smuggled).code, 1);
        let server = Sandbox::new().env("WEBHOOK_SIGNING_SECRET", SECRET).env("GATEWAY_INTERFACE", "CGI/1.1");
        let output = server.run_with(&["verify", "--json"], &smuggled);
        assert_eq!((output.code, &output.json()["reason"]), (1, &"missing_header".into()));
        let flags = signed.verify(
            &["--id", signed.value(0), "--timestamp", signed.value(1), "--signature", signed.value(2)],
            &smuggled,
        );
        assert_eq!(flags.code, 1);
    }
}

#[test]
fn a_dump_that_is_cut_off_or_runs_on_says_so() {
    let body = b"{\"type\":\"x\"}";
    let signed = Signed::new(body);
    let with = |length: usize, body: &[u8]| {
        let request = signed.request(
            "POST / HTTP/1.1",
            "\n",
            str::to_owned,
            &format!("content-length: {length}\n"),
            body,
        );
        signed.sandbox.run_with(&["verify"], request)
    };
    let longer = with(12, b"{\"type\":\"x\"}\n\n");
    assert_eq!(
        (longer.code, longer.err()),
        (0, "note: the 2 bytes after the end of the body were left out\n")
    );
    let shorter = with(12, b"{\"type\":");
    assert_eq!(shorter.code, 1);
    assert!(shorter.out().contains("4 bytes shorter than its Content-Length"), "{shorter:?}");
    let joined = signed.request("POST / HTTP/1.1", "\n", str::to_owned, "transfer-encoding: chunked\n", body);
    assert_eq!(signed.verify(&[], joined).code, 0);
}
