//! `gwh jobs download`: whole files, parts of earlier runs, broken connections, and what must not be overwritten
//! or fetched.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{
    BATCH, INTERACTION, OPERATION, assert_ends, batch, completed, interaction, ok, succeeded, video,
};
use crate::support::{API_KEY, ApiReply as Reply, Output, Sandbox, ScriptedApi};

const RESULTS: &str = "{\"key\":\"a\",\"response\":{\"n\": 1e2}}\n{\"key\":\"b\",\"response\":{}}\n";
/// SHA-256 of `RESULTS`, as the base64 of its digits.
const HASH: &str = "N2YyOWMxNjg4MGIxNTlhMmJmOGVkZGVkZjA4OGM1N2IwNGY1ZTZmMjUyZjUzYjg2ZjdlM2YxZDk4N2FlMmMwZQ==";

/// Answers the bytes of a file from the place that is asked for.
fn part(range: Option<&str>) -> Reply {
    let Some(from) = range.and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok())
    else {
        return Reply::text(200, "application/octet-stream", RESULTS);
    };
    let total = RESULTS.len();
    let place = format!("bytes {from}-{}/{total}", total - 1);
    match RESULTS.get(from..).filter(|rest| !rest.is_empty()) {
        Some(rest) => Reply::text(206, "application/octet-stream", rest).header("content-range", &place),
        None => Reply::json(416, json!({})).header("content-range", &format!("bytes */{total}")),
    }
}

/// An API with the batch and its file, whose downloads are what `download` makes of the `Range` of each.
fn api(about: Value, mut download: impl FnMut(Option<&str>) -> Reply + Send + 'static) -> ScriptedApi {
    ScriptedApi::answering(move |request| match request.path.as_str() {
        "/v1/batches/123456" => ok(succeeded()),
        "/v1/files/batch-123456" if about.is_null() => Reply::not_found(),
        "/v1/files/batch-123456" => ok(about.clone()),
        "/v1/files/batch-123456:download" => download(request.header("range")),
        _ => Reply::not_found(),
    })
}

fn about() -> Value {
    json!({"name": "files/batch-123456", "sizeBytes": RESULTS.len().to_string(), "sha256Hash": HASH})
}

fn ranges(api: &ScriptedApi) -> Vec<Option<String>> {
    let downloads = api.requests().into_iter().filter(|request| request.path.ends_with(":download"));
    downloads.map(|request| request.header("range").map(str::to_owned)).collect()
}

fn download(sandbox: &Sandbox, more: &[&str]) -> Output {
    sandbox.run(&[&["jobs", "download"], more].concat())
}

fn read(sandbox: &Sandbox, name: &str) -> String {
    std::fs::read_to_string(sandbox.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The files of the sandbox's folder, but for those of the secret store.
fn files(sandbox: &Sandbox) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(sandbox.path()).expect("a folder").filter_map(Result::ok);
    let mut names: Vec<PathBuf> = entries.map(|entry| entry.file_name().into()).collect();
    names.retain(|name| name.as_os_str() != "home");
    names.sort();
    names
}

#[test]
fn a_file_arrives_whole_under_its_name() {
    for about in [about(), Value::Null] {
        let api = api(about, part);
        let sandbox = api.sandbox();
        assert_ends(
            &download(&sandbox, &[BATCH]),
            0,
            "batch-123456.jsonl\n",
            &["downloaded 60 B from files/batch-123456"],
        );
        assert_eq!((read(&sandbox, "batch-123456.jsonl").as_str(), files(&sandbox).len()), (RESULTS, 1));
        let request =
            api.requests().into_iter().find(|request| request.query == "alt=media").expect("a download");
        assert_eq!(request.header("x-goog-api-key"), Some(API_KEY));
        let output = download(&sandbox, &[BATCH, "-o", "other.jsonl", "--json"]);
        assert_eq!(
            output.json(),
            json!({"type": "downloaded", "source": "files/batch-123456", "path": "other.jsonl", "bytes": 60, "resumed_from": 0})
        );
        assert_eq!(read(&sandbox, "other.jsonl"), RESULTS);
        assert_ends(&download(&sandbox, &["files/batch-123456", "-o", "-"]), 0, RESULTS, &[]);
    }
}

#[test]
fn a_download_goes_on_where_an_earlier_one_stopped() {
    for arrived in [1, 20, RESULTS.len()] {
        let api = api(about(), part);
        let sandbox = api.sandbox();
        sandbox.file("r.jsonl.batch-123456.part", &RESULTS[..arrived]);
        let output = download(&sandbox, &[BATCH, "-o", "r.jsonl", "--json"]);
        assert_eq!((output.code, &output.json()["resumed_from"]), (0, &json!(arrived)), "{output:?}");
        assert_eq!((read(&sandbox, "r.jsonl").as_str(), files(&sandbox).len()), (RESULTS, 1));
        assert_eq!(ranges(&api), [Some(format!("bytes={arrived}-"))]);
    }
}

#[test]
fn a_service_without_parts_sends_the_file_from_its_start() {
    let api = api(about(), |_| part(None));
    let sandbox = api.sandbox();
    sandbox.file("r.jsonl.batch-123456.part", &RESULTS[..20]);
    let output = download(&sandbox, &[BATCH, "-o", "r.jsonl", "--json"]);
    assert_eq!((output.code, &output.json()["resumed_from"]), (0, &json!(0)), "{output:?}");
    assert_eq!(read(&sandbox, "r.jsonl"), RESULTS);
}

#[test]
fn a_broken_connection_is_gone_on_from_and_one_that_stays_broken_keeps_the_part() {
    let mut calls = 0;
    let broken_once = api(about(), move |range| {
        calls += 1;
        if calls == 1 { part(None).cut_after(10) } else { part(range) }
    });
    let sandbox = broken_once.sandbox();
    assert_ends(&download(&sandbox, &[BATCH, "-o", "-"]), 0, RESULTS, &[]);
    assert_eq!(ranges(&broken_once), [None, Some("bytes=10-".to_owned())]);

    let mut calls = 0;
    let broken = api(about(), move |_| {
        calls += 1;
        if calls == 1 { part(None).cut_after(10) } else { Reply::close() }
    });
    let sandbox = broken.sandbox();
    let output = download(&sandbox, &[BATCH, "-o", "r.jsonl"]);
    assert_ends(&output, 4, "", &["cannot download files/batch-123456", "the same command goes on"]);
    assert_eq!(files(&sandbox), [PathBuf::from("r.jsonl.batch-123456.part")]);
    assert_eq!(read(&sandbox, "r.jsonl.batch-123456.part"), RESULTS[..10]);
}

#[test]
fn bytes_that_are_not_those_of_the_file_never_get_its_name() {
    let api = api(about(), part);
    let sandbox = api.sandbox();
    sandbox.file("r.jsonl.batch-123456.part", "x".repeat(20));
    let output = download(&sandbox, &[BATCH, "-o", "r.jsonl"]);
    assert_ends(&output, 4, "", &["its bytes are not those whose SHA-256 the API gives"]);
    assert_eq!(files(&sandbox), Vec::<PathBuf>::new());
    assert_eq!(download(&sandbox, &[BATCH, "-o", "r.jsonl"]).code, 0);
    assert_eq!(read(&sandbox, "r.jsonl"), RESULTS);
}

#[test]
fn parts_of_two_files_are_never_put_together() {
    let total = RESULTS.len();
    let first = || part(None).header("etag", "\"one\"").cut_after(10);
    let rest = |total: usize| {
        let range = format!("bytes 10-{}/{total}", total - 1);
        Reply::text(206, "text/plain", &RESULTS[10..]).header("content-range", &range)
    };
    type Second = Box<dyn Fn() -> Reply + Send>;
    let cases: [(&str, Second); 4] = [
        ("another tag", Box::new(move || rest(total).header("etag", "\"two\""))),
        ("another length", Box::new(move || rest(total + 1).header("etag", "\"one\""))),
        ("another file", Box::new(|| part(None).header("etag", "\"two\""))),
        ("another length, from its start", Box::new(|| Reply::text(200, "text/plain", "short"))),
    ];
    for (name, second) in cases {
        let mut calls = 0;
        let api = api(Value::Null, move |_| {
            calls += 1;
            if calls == 1 { first() } else { second() }
        });
        let sandbox = api.sandbox();
        let output = download(&sandbox, &[BATCH, "-o", "r.jsonl"]);
        assert_ends(&output, 4, "", &["the file changed while it was read"]);
        assert_eq!(files(&sandbox), Vec::<PathBuf>::new(), "{name}");
    }
}

#[test]
fn a_service_that_says_one_thing_and_sends_another_is_not_believed() {
    let compressed = || part(None).header("content-encoding", "gzip");
    let longer = |range: Option<&str>| match range {
        None => part(None).cut_after(10),
        Some(_) => Reply::text(206, "text/plain", RESULTS).header("content-range", "bytes 10-59/60"),
    };
    for (reply, words) in [
        (
            Box::new(move |_: Option<&str>| compressed()) as Box<dyn Fn(Option<&str>) -> Reply + Send>,
            "compressed",
        ),
        (Box::new(longer), "more bytes come than the file has"),
    ] {
        let api = api(Value::Null, reply);
        assert_ends(&download(&api.sandbox(), &[BATCH, "-o", "r.jsonl"]), 4, "", &[words]);
    }
}

#[test]
fn less_than_was_asked_for_is_gone_on_from_and_nothing_at_its_place_begins_anew() {
    let stingy = api(about(), |range| match range {
        Some("bytes=20-") => {
            Reply::text(206, "text/plain", &RESULTS[20..30]).header("content-range", "bytes 20-29/60")
        }
        other => part(other),
    });
    let sandbox = stingy.sandbox();
    sandbox.file("r.jsonl.batch-123456.part", &RESULTS[..20]);
    assert_eq!(download(&sandbox, &[BATCH, "-o", "r.jsonl"]).code, 0);
    assert_eq!(read(&sandbox, "r.jsonl"), RESULTS);
    assert_eq!(ranges(&stingy), [Some("bytes=20-".to_owned()), Some("bytes=30-".to_owned())]);

    let terse = api(Value::Null, |range| match range {
        Some(_) => Reply::json(416, json!({})),
        None => part(None),
    });
    let sandbox = terse.sandbox();
    sandbox.file("r.jsonl.batch-123456.part", format!("{RESULTS}and more"));
    assert_eq!(download(&sandbox, &[BATCH, "-o", "r.jsonl"]).code, 0);
    assert_eq!(read(&sandbox, "r.jsonl"), RESULTS);
}

#[cfg(unix)]
#[test]
fn a_link_in_the_place_of_a_part_is_not_written_through() {
    let api = api(about(), part);
    let sandbox = api.sandbox();
    sandbox.file("precious", "precious");
    let link = sandbox.path().join("r.jsonl.batch-123456.part");
    std::os::unix::fs::symlink("precious", link).expect("a link");
    let output = download(&sandbox, &[BATCH, "-o", "r.jsonl"]);
    assert_ends(&output, 3, "", &["r.jsonl.batch-123456.part is no file to go on with"]);
    assert_eq!(read(&sandbox, "precious"), "precious");
}

#[test]
fn a_file_that_is_there_stays_unless_force_is_given() {
    let api = api(about(), part);
    let sandbox = api.sandbox();
    sandbox.file("r.jsonl", "precious");
    std::fs::create_dir(sandbox.path().join("folder")).expect("a folder");
    let refused = download(&sandbox, &[BATCH, "-o", "r.jsonl"]);
    assert_ends(&refused, 2, "", &["r.jsonl is there already", "--force"]);
    assert_eq!((read(&sandbox, "r.jsonl").as_str(), ranges(&api).len()), ("precious", 0));
    for force in ["--force", "--yes", "-f"] {
        assert_eq!(download(&sandbox, &[BATCH, "-o", "r.jsonl", force]).code, 0);
        assert_eq!(read(&sandbox, "r.jsonl"), RESULTS);
    }
    let below = format!("{}\n", Path::new("folder").join("batch-123456.jsonl").display());
    assert_ends(&download(&sandbox, &[BATCH, "-o", "folder"]), 0, &below, &[]);
    assert_ends(&download(&sandbox, &[BATCH, "-o", "absent/"]), 3, "", &["cannot write"]);
}

#[test]
fn results_that_stand_in_the_job_are_written_too() {
    let inline = json!({"done": true, "response": {"inlinedResponses": {"inlinedResponses": [{"response": {}}, {"error": {}}]}}});
    let api = ScriptedApi::answering(move |request| match request.path.as_str() {
        "/v1/batches/123456" => ok(batch("SUCCEEDED", inline.clone())),
        _ => ok(completed("a joke\n")),
    });
    let sandbox = api.sandbox();
    assert_ends(&download(&sandbox, &[INTERACTION, "-o", "-"]), 0, "a joke\n", &[]);
    assert_ends(&download(&sandbox, &[INTERACTION]), 0, "v1_abc.txt\n", &[]);
    assert_ends(&download(&sandbox, &[BATCH, "-q"]), 0, "batches-123456.jsonl\n", &[]);
    assert_eq!(read(&sandbox, "v1_abc.txt"), "a joke\n");
    assert_eq!(read(&sandbox, "batches-123456.jsonl"), "{\"response\":{}}\n{\"error\":{}}\n");
    assert_ends(&download(&sandbox, &[INTERACTION]), 2, "", &["v1_abc.txt is there already"]);
}

#[test]
fn a_video_is_fetched_from_the_configured_api_alone() {
    let foreign = ScriptedApi::script([]);
    let cases = [
        ("https://generativelanguage.googleapis.com/v1beta/files/vid1:download?alt=media".to_owned(), 0),
        ("gs://bucket/video.mp4".to_owned(), 1),
        (format!("{}/v1/files/vid1:download?alt=media", foreign.url()), 1),
        ("https://googleapis.com.example/v1/files/vid1".to_owned(), 1),
    ];
    for (uri, code) in cases {
        let pointer = uri.clone();
        let api = ScriptedApi::answering(move |request| match request.path.as_str() {
            "/v1/files/vid1:download" => Reply::text(200, "video/mp4", "moving"),
            "/v1/files/vid1" => Reply::not_found(),
            _ => ok(video(&pointer)),
        });
        let sandbox = api.sandbox();
        for from in [OPERATION, &uri] {
            let output = download(&sandbox, &[from, "-o", "v.mp4", "--force"]);
            assert_eq!(output.code, code, "{uri}: {output:?}");
            assert!(code == 0 || output.err().contains("is not a file of this API"), "{output:?}");
        }
        assert!(code == 1 || read(&sandbox, "v.mp4") == "moving");
    }
    assert_eq!(foreign.lines(), Vec::<String>::new());
}

#[test]
fn a_job_without_results_says_why() {
    for (job, words) in [
        (batch("RUNNING", json!({})), ["has no results yet: it is running", "gwh jobs wait batches/123456"]),
        (batch("FAILED", json!({"error": {"code": 1, "message": "no"}})), ["failed: no", "gwh jobs get"]),
        (batch("SUCCEEDED", json!({})), ["names no result that can be fetched", "gwh jobs get"]),
    ] {
        let api = ScriptedApi::script([ok(job)]);
        assert_ends(&download(&api.sandbox(), &[BATCH]), 1, "", &words);
    }
    let api = ScriptedApi::script([ok(interaction("in_progress")), Reply::not_found(), Reply::not_found()]);
    let sandbox = api.sandbox();
    assert_ends(&download(&sandbox, &[INTERACTION]), 1, "", &["has no results yet"]);
    assert_ends(
        &download(&sandbox, &["files/gone"]),
        4,
        "",
        &["cannot download files/gone", "for a limited time"],
    );
    assert_ends(&download(&sandbox, &["nothing"]), 2, "", &["is no id of a job"]);
    assert_eq!(files(&sandbox), Vec::<PathBuf>::new(), "nothing is left behind");
}

#[test]
fn a_file_that_a_job_names_twice_is_fetched_once() {
    let mut twice = video("files/a");
    let samples = &mut twice["response"]["generateVideoResponse"]["generatedSamples"];
    let first = samples[0].clone();
    samples.as_array_mut().expect("a list").push(first);
    let api = ScriptedApi::answering(move |request| match request.path.as_str() {
        path if path.ends_with(":download") => Reply::text(200, "video/mp4", "film"),
        path if path.ends_with("op123") => ok(twice.clone()),
        _ => Reply::not_found(),
    });
    let sandbox = api.sandbox();
    assert_ends(&download(&sandbox, &[OPERATION]), 0, "a.mp4\n", &[]);
}
