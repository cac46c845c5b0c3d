//! Dumps of every kind, and those that are none.

use proptest::prelude::*;

use super::*;

fn read(input: &str) -> Request<'_> {
    parse(input.as_bytes()).expect("well formed").expect("a request")
}

fn header<'r>(request: &'r Request<'_>, name: &str) -> Option<&'r [u8]> {
    request.headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_slice())
}

#[test]
fn line_ends_and_leading_blank_lines_do_not_matter() {
    for text in [
        "POST /hook HTTP/1.1\r\nHost: x\r\nWebhook-Id: a\r\n\r\nbody",
        "POST /hook HTTP/1.1\nHost: x\nWebhook-Id: a\n\nbody",
        "\r\n\n\nPOST /hook HTTP/1.1\nHost: x\nWebhook-Id: a\n\nbody",
    ] {
        let request = read(text);
        assert_eq!(
            (request.method.as_deref(), request.target.as_deref()),
            (Some("POST"), Some("/hook")),
            "{text}"
        );
        assert_eq!(header(&request, "webhook-id"), Some(&b"a"[..]));
        assert_eq!((request.body.as_ref(), request.notes), (&b"body"[..], vec![]));
    }
}

#[test]
fn header_lines_alone_are_a_delivery_when_one_is_a_webhook_header() {
    let request = read("Content-Type: x\nWEBHOOK-ID: a\n\nbody\n");
    assert_eq!((request.method, request.body.as_ref()), (None, &b"body\n"[..]));
    for other in ["note: this is a body\n\nwith text", "{\"a\": 1}", "", "\n\n", "hello", "a b c d", "GET it"]
    {
        let parsed = parse(other.as_bytes()).expect("no error");
        assert!(parsed.is_none(), "{other:?}: {parsed:?}");
    }
}

#[test]
fn http2_pseudo_headers_and_curls_marks_are_understood() {
    let h2 = read(":method: POST\n:path: /h\n:authority: x\n:scheme: http\nwebhook-id: a\n\nbody");
    assert_eq!((h2.method.as_deref(), h2.target.as_deref()), (Some("POST"), Some("/h")));
    assert_eq!(h2.headers.len(), 1);
    let curl = read("* Connected\n> POST /h HTTP/2\n> webhook-id: a\n> \n* sent\nbody");
    assert_eq!(header(&curl, "webhook-id"), Some(&b"a"[..]));
    assert_eq!(curl.body.as_ref(), b"* sent\nbody");
}

#[test]
fn a_dump_of_curl_alone_has_headers_and_no_body() {
    let dump = b"* Connected\n> POST /h HTTP/1.1\r\n> webhook-id: a\r\n> Content-Length: 4\r\n> \r\n\
        } [4 bytes data]\n< HTTP/1.1 200 OK\r\n< \r\n* Connection #0 left intact\n";
    assert_eq!(parse(dump), Err(RequestError::NoBody));
    let headers = parse_headers(dump).expect("headers");
    assert_eq!(headers.first(), Some(&("webhook-id".to_owned(), b"a".to_vec())));
    let sent = "> POST /h HTTP/1.1\n> webhook-id: a\n> \n";
    assert_eq!(read(sent).body.as_ref(), b"", "an empty body is one");
}

#[test]
fn what_a_listener_says_before_the_request_is_passed_over() {
    for talk in [
        "Listening on 0.0.0.0 8080\nConnection received on localhost 53210\n",
        "Ncat: Version 7.93\nNcat: Listening on 0.0.0.0:80\nNcat: Connection from 127.0.0.1.\n",
        "listening on [any] 80 ...\nconnect to [127.0.0.1] from localhost [127.0.0.1] 53210\n",
    ] {
        let dump = format!("{talk}POST /h HTTP/1.1\nwebhook-id: a\n\nbody");
        let request = read(&dump);
        assert_eq!((request.target.as_deref(), request.body.as_ref()), (Some("/h"), &b"body"[..]), "{talk}");
    }
    assert!(parse(b"Listening on 0.0.0.0 8080\n").expect("no error").is_none());
}

#[test]
fn content_length_bounds_the_body() {
    let with = |length: &str, body: &str| format!("POST / HTTP/1.1\nContent-Length: {length}\n\n{body}");
    let long = with("4", "body\n\n");
    assert_eq!((read(&long).body.as_ref(), read(&long).notes), (&b"body"[..], vec![Note::LeftOut(2)]));
    let next = with("4", "bodyPOST /next HTTP/1.1\n\n");
    assert_eq!(read(&next).body.as_ref(), b"body");
    let edited = with("4", "longer body\n");
    let edited = read(&edited);
    assert_eq!((edited.body.as_ref(), edited.notes), (&b"longer body\n"[..], vec![Note::Longer(8)]));
    let short = with("9", "body");
    assert_eq!((read(&short).body.as_ref(), read(&short).notes), (&b"body"[..], vec![Note::Truncated(5)]));
    for bad in ["x", "-1", "", "1, 2", "99999999999999999999"] {
        assert_eq!(parse(with(bad, "").as_bytes()), Err(RequestError::ContentLength), "{bad:?}");
    }
    let twice = "POST / HTTP/1.1\nContent-Length: 4\nContent-Length: 5\n\nbody";
    assert_eq!(parse(twice.as_bytes()), Err(RequestError::ContentLength));
}

fn chunked(body: &str) -> Result<(Vec<u8>, Vec<Note>), RequestError> {
    let text = format!("POST / HTTP/1.1\nTransfer-Encoding: gzip, Chunked\n\n{body}");
    parse(text.as_bytes()).map(|request| {
        let request = request.expect("a request");
        (request.body.into_owned(), request.notes)
    })
}

#[test]
fn chunks_are_joined() {
    let whole = Ok((b"hello world".to_vec(), vec![]));
    assert_eq!(chunked("5\r\nhello\r\n6;ext=1\r\n world\r\n0\r\n\r\n"), whole);
    assert_eq!(chunked("5\nhello\n06\n world\n0\nTrailer: x\n\n"), whole);
    assert_eq!(chunked("0\r\n\r\n"), Ok((vec![], vec![])));
    assert_eq!(chunked("5\r\nhello\r\n0\r\n\r\n\n"), Ok((b"hello".to_vec(), vec![Note::LeftOut(1)])));
    assert_eq!(chunked("5\r\nhel"), Ok((b"hel".to_vec(), vec![Note::TruncatedChunks])));
    assert_eq!(chunked("5\r\nhello\r\n"), Ok((b"hello".to_vec(), vec![Note::TruncatedChunks])));
    assert_eq!(
        chunked("{\"already\":\"joined\"}"),
        Ok((b"{\"already\":\"joined\"}".to_vec(), vec![Note::NotChunked]))
    );
}

#[test]
fn malformed_chunks_and_headers_are_refused_by_place() {
    assert_eq!(chunked("5\r\nhello world\r\n0\r\n\r\n"), Err(RequestError::Chunk(8)));
    assert_eq!(chunked("5\r\nhello\r\nzz\r\n"), Err(RequestError::Chunk(10)));
    assert!(chunked("ffffffffffffffff\r\nx").is_ok_and(|(body, _)| body == b"x"));
    assert_eq!(chunked("5\r\nhello\r\nfffffffffffffffff\r\nx"), Err(RequestError::Chunk(10)));
    let bad = "POST / HTTP/1.1\nwebhook-id: a\nno colon here\n\n";
    assert_eq!(parse(bad.as_bytes()), Err(RequestError::Header(3)));
    let folded = "POST / HTTP/1.1\nwebhook-id: a\n b\n\n";
    assert_eq!(parse(folded.as_bytes()), Err(RequestError::Header(3)));
    let control = "POST / HTTP/1.1\nwebhook-id: a\u{0}b\n\n";
    assert_eq!(parse(control.as_bytes()), Err(RequestError::Header(2)));
    let many = format!("POST / HTTP/1.1\n{}\n", "a: b\n".repeat(1_000));
    assert_eq!(parse(many.as_bytes()), Err(RequestError::TooManyHeaders));
}

#[test]
fn headers_without_an_end_have_an_empty_body() {
    let request = read("webhook-id: a\nwebhook-timestamp: 1");
    assert_eq!((request.headers.len(), request.notes), (2, vec![Note::NoBlankLine]));
}

#[test]
fn the_last_block_of_a_headers_file_counts() {
    let file = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nwebhook-id: a\r\n\r\n";
    assert_eq!(parse_headers(file), Ok(vec![("webhook-id".to_owned(), b"a".to_vec())]));
    assert_eq!(parse_headers(b"webhook-id: a\nfoo: b").map(|headers| headers.len()), Ok(2));
    assert_eq!(parse_headers(b"\n"), Ok(vec![]));
    assert_eq!(
        parse_headers(b"HTTP/1.1 200 OK\n\n\nwebhook-id: a\nnonsense\n"),
        Err(RequestError::Header(5))
    );
    assert_eq!(parse_headers(b"{}"), Err(RequestError::Header(1)));
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(body in proptest::collection::vec(any::<u8>(), 0..300), value in "[!-~\u{80}-\u{ff}]{1,20}") {
        let length = body.len().to_string();
        let headers = [("content-length", length.as_bytes()), ("webhook-id", value.as_bytes())];
        let text = write("POST", "/a?b", &headers, &body);
        let request = parse(&text).expect("well formed").expect("a request");
        prop_assert_eq!(request.body.as_ref(), &body[..]);
        prop_assert_eq!(header(&request, "Webhook-Id"), Some(value.as_bytes()));
        prop_assert_eq!(request.notes, vec![]);
    }

    #[test]
    fn a_header_line_is_read_as_the_parser_of_servers_reads_it(
        line in "[!-~]{0,3}[a-z:\\- \t]{0,3}[: ]{0,2}[ -~\t\u{0}\u{7f}\u{e9}\r]{0,8}"
    ) {
        let text = [line.as_bytes(), b"\r\n\r\n"].concat();
        let mut slots = [httparse::EMPTY_HEADER; 2];
        let expected = match httparse::parse_headers(&text, &mut slots) {
            Ok(httparse::Status::Complete((_, [header]))) => Some((header.name.to_owned(), header.value.to_vec())),
            _ => None,
        };
        prop_assert_eq!(header_line(line.as_bytes()), expected);
    }

    #[test]
    fn no_input_makes_it_panic(input in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&input);
        let _ = parse(&[b"POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n", &input[..]].concat());
        let _ = parse_headers(&input);
    }
}
