//! `gwh events`: looking back at what `listen` kept.

use std::path::PathBuf;

use gwh::store::FILE;
use rusqlite::Connection;
use serde_json::Value;

#[cfg(unix)]
use crate::support::Process;
use crate::support::delivery::{signed, signed_with};
use crate::support::http::post;
use crate::support::{NOW, Output, Receiver, Reply, Sandbox};

const BODY: &str = r#"{"type":"batch.succeeded","data":{"id":"b_1","output_file_uri":"gs://b/r"}}"#;
const OTHER: &str = "{\"type\":\"video.generated\",\n \"n\":1e2}";

/// A sandbox whose store holds two attempts at `msg_1`, one at `msg_2`, and a forged `msg_3`.
fn received() -> Sandbox {
    let sandbox = Sandbox::new();
    let (running, url) = sandbox.listen(&[]);
    let mut first = signed(&sandbox, "msg_1", BODY);
    first.push(("Cookie".to_owned(), "session=planted".to_owned()));
    for _ in 0..2 {
        assert_eq!(post(&url, "/hook?x=1", &first, BODY.as_bytes()).status, 200);
    }
    assert_eq!(post(&url, "/", &signed(&sandbox, "msg_2", OTHER), OTHER.as_bytes()).status, 200);
    assert_eq!(post(&url, "/", &signed(&sandbox, "msg_3", BODY), b"{}").status, 401);
    assert_eq!(running.stop().code, 0);
    sandbox
}

/// The folder of the sandbox's profile.
fn folder(sandbox: &Sandbox) -> PathBuf {
    sandbox.session().0.profile_folder().expect("has a folder")
}

fn ids(output: &Output) -> Vec<String> {
    assert_eq!(output.code, 0, "{output:?}");
    let id = |record: &Value| record["webhook_id"].as_str().unwrap_or("none").to_owned();
    output.json_lines().iter().map(id).collect()
}

#[test]
fn the_list_is_in_the_order_of_arrival_and_filters_apply_together() {
    let sandbox = received();
    let list = |args: &[&str]| ids(&sandbox.run(&[&["events", "list", "--json"], args].concat()));
    assert_eq!(list(&[]), ["msg_1", "msg_1", "msg_2", "msg_3"]);
    assert_eq!(list(&["--last", "2"]), ["msg_2", "msg_3"]);
    assert_eq!(list(&["--verdict", "valid", "--last", "1"]), ["msg_2"]);
    assert_eq!(list(&["--verdict", "invalid"]), ["msg_3"]);
    assert_eq!(list(&["--events", "batch.*", "--status", "2xx"]), ["msg_1", "msg_1"]);
    assert_eq!(list(&["msg_?", "--status", "401"]), ["msg_3"]);
    assert_eq!(list(&["*2"]), ["msg_2"]);
    assert_eq!(list(&["msg…", "--status", "401"]), ["msg_3"], "an id may be cut short as listen does it");
    assert_eq!(list(&["--since", "1h"]).len(), 4);
    assert_eq!(list(&["--until", "1h"]).len(), 0);
    assert_eq!(list(&["--failed"]).len(), 0, "a forged delivery did not fail, it was refused");
}

#[test]
fn a_person_reads_a_table() {
    let sandbox = received();
    let shown = sandbox.run(&["events", "list", "--last", "3"]);
    let wanted = "\
RECEIVED                  EVENT            ID     VERDICT               ANSWER  SIZE  ABOUT
2026-01-22T12:00:00.000Z  batch.succeeded  msg_1  ✓ v1 local            200     75 B  gs://b/r (attempt 2)
2026-01-22T12:00:00.000Z  video.generated  msg_2  ✓ v1 local            200     36 B
2026-01-22T12:00:00.000Z  (no type)        msg_3  ✗ signature mismatch  401     2 B
";
    assert_eq!((shown.code, shown.out()), (0, wanted));
}

#[test]
fn show_tells_the_whole_life_of_each_attempt() {
    let sandbox = received();
    let shown = sandbox.run(&["events", "show", "msg_1", "--attempt", "2"]);
    assert_eq!(shown.code, 0, "{shown:?}");
    for line in [
        "batch.succeeded  msg_1",
        "  received:  2026-01-22T12:00:00.000Z, attempt 2",
        "  request:   POST /hook?x=1",
        "  verdict:   ✓ v1 local",
        "  answered:  200",
        "    webhook-id: msg_1",
        "    cookie: [redacted]",
        "  body (75 bytes)",
        "        \"output_file_uri\": \"gs://b/r\"",
    ] {
        assert!(shown.out().lines().any(|own| own == line), "{line:?} is in {}", shown.out());
    }
    let records = sandbox.run(&["events", "show", "msg_1", "--json"]).json_lines();
    assert_eq!(records.len(), 2);
    assert_eq!((&records[0]["attempt"], &records[1]["attempt"]), (&1.into(), &2.into()));
    let missing = sandbox.run(&["events", "show", "msg_9"]);
    assert_eq!(
        (missing.code, missing.err().lines().next()),
        (1, Some("error: no delivery has the id msg_9"))
    );
}

#[test]
fn of_several_ids_those_without_a_delivery_are_named_and_the_rest_is_shown() {
    let sandbox = received();
    let warning = |id: &str| {
        format!("warning: no delivery has the id {id}; gwh events list --all shows what there is\n")
    };
    for command in ["show", "export"] {
        let some = sandbox.run(&["events", command, "msg_2", "msg_x*", "msg_9", "--json"]);
        let wanted = [warning("msg_x*"), warning("msg_9")].concat();
        let of_json = |text: &str| {
            let messages = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("is JSON"));
            messages.map(|one| format!("warning: {}\n", one["message"].as_str().expect("has one"))).collect()
        };
        let said: String = of_json(some.err());
        assert_eq!((some.code, said), (1, wanted), "{some:?}");
        assert_eq!(ids(&Output { code: 0, ..some }), ["msg_2"]);
        for known in [
            &["msg_1", "msg_2"][..],
            &["msg_1", "msg_2", "--last", "1"],
            &["m*", "msg_3", "--verdict", "valid"],
        ] {
            let all = sandbox.run(&[&["events", command], known].concat());
            assert_eq!((all.code, all.err()), (0, ""), "{known:?}");
        }
        let none = sandbox.run(&["events", command, "msg_8", "msg_9"]);
        assert_eq!((none.code, none.out()), (1, ""), "{none:?}");
    }
}

#[test]
fn what_is_exported_verifies_and_is_read_back_as_it_was() {
    let sandbox = received();
    let jsonl = sandbox.run(&["events", "export"]);
    let verified = sandbox.run_with(&["verify", "--jsonl", "--json"], &jsonl.stdout);
    let valid: Vec<bool> =
        verified.json_lines().iter().filter_map(|verdict| verdict["valid"].as_bool()).collect();
    assert_eq!(valid, [true, true, true, false]);

    let raw = sandbox.run(&["events", "export", "msg_2", "--as", "http"]);
    assert!(raw.stdout.ends_with(OTHER.as_bytes()), "{raw:?}");
    assert_eq!(sandbox.run_with(&["verify"], &raw.stdout).code, 0);
    let several = sandbox.run(&["events", "export", "msg_1", "--as", "http"]);
    assert_eq!(several.code, 2, "{several:?}");

    let copy = ["-p", "copy", "events"];
    let import = |bytes: &[u8]| sandbox.run_with(&[&copy[..], &["import", "--json"]].concat(), bytes).json();
    let done = import(&jsonl.stdout);
    assert_eq!((&done["imported"], &done["known"]), (&4.into(), &0.into()));
    let again = import(&jsonl.stdout);
    assert_eq!((&again["imported"], &again["known"]), (&0.into(), &4.into()));
    let exported = sandbox.run(&[&copy[..], &["export"]].concat());
    assert_eq!(exported.out(), jsonl.out());
}

#[test]
fn what_was_replayed_is_so_after_an_import() {
    let sandbox = received();
    let handler = Receiver::scripted(|index, _| Reply::Status(if index == 1 { 500 } else { 200 }));
    let later = sandbox.at(NOW + 60);
    let replayed = later.run(&["replay", "--verdict", "valid", "--to", &handler.url("/")]);
    assert_eq!(replayed.code, 1, "{replayed:?}");
    let exported = later.run(&["events", "export"]);
    let replay = &exported.json_lines()[0]["forwards"][0];
    assert_eq!((&replay["kind"], &replay["sent_at"]), (&"replay".into(), &"2026-01-22T12:01:00.000Z".into()));
    let copy = |args: &[&str]| later.run(&[&["-p", "copy", "events"], args].concat());
    let imported = later.run_with(&["-p", "copy", "events", "import"], &exported.stdout);
    assert_eq!(imported.code, 0, "{imported:?}");
    assert_eq!(copy(&["export"]).out(), exported.out());
    assert_eq!(ids(&copy(&["list", "--failed", "--json"])), ["msg_1"]);
    let shown = copy(&["show", "msg_2"]);
    assert!(shown.out().contains("  replay:    2026-01-22T12:01:00.000Z 200 http://"), "{shown:?}");
}

#[test]
fn a_malformed_line_is_named_and_what_stands_before_it_is_kept() {
    let sandbox = received();
    let mut lines = sandbox.run(&["events", "export", "--last", "1"]).stdout;
    lines.extend_from_slice(b"{\"type\":\"summary\"}\n\nnonsense\n");
    let file = sandbox.file("in.jsonl", lines);
    let file = file.to_str().expect("is text");
    let imported = sandbox.run(&["-p", "copy", "events", "import", file]);
    assert_eq!(imported.code, 2);
    assert!(imported.err().contains(":4 is not a capture record"), "{}", imported.err());
    assert_eq!(ids(&sandbox.run(&["-p", "copy", "events", "list", "--json"])), ["msg_3"]);
}

#[test]
fn a_field_of_another_form_is_named_and_nothing_of_its_record_is_lost() {
    let sandbox = received();
    let line =
        sandbox.run(&["events", "export", "msg_2"]).out().replace(r#""attempt":1"#, r#""attempt":"1""#);
    let imported = sandbox.run_with(&["-p", "copy", "events", "import"], &line);
    assert_eq!(imported.code, 2, "{imported:?}");
    let said = "error: stdin:1 is not a capture record: attempt is not a whole number\n";
    assert!(imported.err().starts_with(said), "{imported:?}");
    assert_eq!(ids(&sandbox.run(&["-p", "copy", "events", "list", "--json"])), [""; 0]);
    // What the field is not needed for works all the same.
    let verified = sandbox.run_with(&["verify", "--jsonl", "--json"], &line);
    assert_eq!((verified.code, &verified.json()["valid"]), (0, &true.into()));
    let handler = Receiver::answering(200);
    let file = sandbox.file("one.jsonl", &line);
    let file = file.to_str().expect("is text");
    assert_eq!(sandbox.run(&["replay", "--file", file, "--to", &handler.url("/")]).code, 0);
    // Other tools write no verdict, and have forms of their own.
    let other =
        r#"{"received_at":1769083200,"attempt":"2","headers":{"webhook-id":"msg_x"},"body":"{}","x":1}"#;
    let imported = sandbox.run_with(&["-p", "copy", "events", "import", "--json"], other);
    assert_eq!((imported.code, &imported.json()["imported"]), (0, &1.into()));
}

#[test]
fn a_record_with_more_headers_than_any_request_is_refused() {
    let sandbox = received();
    let many: Vec<[String; 2]> = (0..26_000).map(|number| [format!("x-{number}"), "1".to_owned()]).collect();
    let line = serde_json::json!({"headers": many, "body": "{}"}).to_string();
    let file = sandbox.file("many.jsonl", &line);
    let file = file.to_str().expect("is text");
    for command in [&["events", "import"][..], &["verify", "--jsonl"], &["replay", "--file"]] {
        let refused = sandbox.run(&[command, &[file]].concat());
        assert_eq!(refused.code, 2, "{refused:?}");
        let said = format!("{}{}", refused.out(), refused.err());
        assert!(said.contains("there are more than 512 headers"), "{refused:?}");
    }
}

#[test]
fn large_bodies_are_kept_before_all_are_read() {
    let sandbox = received();
    let database = Connection::open(folder(&sandbox).join(FILE)).expect("opens");
    let trigger = "CREATE TRIGGER refuse BEFORE INSERT ON deliveries WHEN NEW.webhook_id = 'last'
        BEGIN SELECT RAISE(ABORT, 'refused'); END";
    database.execute_batch(trigger).expect("works");
    let body = "x".repeat(1 << 20);
    let ids = (0..16).map(|number| format!("large_{number}")).chain(["last".to_owned()]);
    let record = |id| serde_json::json!({"headers": {"webhook-id": id}, "body": body}).to_string() + "\n";
    let imported = sandbox.run_with(&["events", "import"], ids.map(record).collect::<String>());
    assert_eq!(imported.code, 3, "{imported:?}");
    // What stands in one transaction with the last one is not kept.
    assert_eq!(sandbox.run(&["events", "list", "large_*", "--json"]).json_lines().len(), 16);
}

#[test]
fn a_curl_command_and_an_archive_hold_the_request() {
    let sandbox = received();
    let curl = sandbox.run(&["events", "export", "msg_1", "--last", "1", "--as", "curl", "--to", "3000"]);
    let text = curl.out();
    assert!(text.starts_with("curl 'http://localhost:3000/hook?x=1' \\\n"), "{text}");
    assert!(text.contains("-H 'webhook-id: msg_1'") && text.contains(&format!("--data-binary '{BODY}'")));
    assert!(
        ["host:", "content-length:", "cookie:"].iter().all(|name| !text.contains(&format!("-H '{name}"))),
        "{text}"
    );
    let har: Value = sandbox.run(&["events", "export", "--as", "har"]).json();
    let entries = har["log"]["entries"].as_array().expect("has entries");
    assert_eq!((entries.len(), &har["log"]["version"]), (4, &"1.2".into()));
    assert_eq!(entries[0]["request"]["queryString"][0], serde_json::json!({"name": "x", "value": "1"}));
    assert_eq!(entries[2]["request"]["postData"]["text"], OTHER);
}

#[test]
fn prune_deletes_what_is_old_and_everything_only_when_asked() {
    let sandbox = received();
    let prune = |args: &[&str]| sandbox.run(&[&["events", "prune", "--json"], args].concat());
    assert_eq!(prune(&[]).json()["deleted"], 0);
    assert_eq!(prune(&["--older-than", "1h"]).json()["deleted"], 0);
    let asked = prune(&["--all"]);
    assert_eq!(asked.code, 2, "{asked:?}");
    assert_eq!(prune(&["--max-store", "1GiB"]).json()["deliveries"], 4);
    let later = sandbox.at(NOW + 7200);
    let old = later.run(&["events", "prune", "--older-than", "1h", "--json"]).json();
    assert_eq!((&old["deleted"], &old["deliveries"]), (&4.into(), &0.into()));
}

#[test]
fn tail_shows_the_last_and_then_what_another_process_keeps() {
    let sandbox = received();
    let tail = sandbox.start(&["events", "tail", "--last", "1", "--json"]);
    let first = tail.stdout.wait_for(|line| line.contains("msg_3"));
    assert!(first.contains(r#""type":"delivery""#));
    let (_listen, url) = sandbox.listen(&[]);
    let secret = crate::support::delivery::local_secret(&sandbox);
    let headers = signed_with(&secret, "msg_4", NOW, BODY.as_bytes());
    assert_eq!(post(&url, "/", &headers, BODY.as_bytes()).status, 200);
    tail.stdout.wait_for(|line| line.contains("msg_4"));
    let ended = tail.stop();
    assert_eq!((ended.code, ended.err()), (130, ""));
    assert_eq!(ids(&Output { code: 0, ..ended }), ["msg_3", "msg_4"]);
}

#[cfg(unix)]
#[test]
fn tail_goes_on_with_the_store_that_is_made_in_the_place_of_a_deleted_one() {
    let sandbox = received();
    let tail = sandbox.start(&["events", "tail", "--last", "1", "--json"]);
    tail.stdout.wait_for(|line| line.contains("msg_3"));
    for entry in std::fs::read_dir(folder(&sandbox)).expect("lists") {
        let path = entry.expect("lists").path();
        if path.to_string_lossy().contains(FILE) {
            std::fs::remove_file(path).expect("deletes");
        }
    }
    let (_listen, url) = sandbox.listen(&[]);
    let sent: Vec<String> = (0..12).map(|number| format!("new_{number:02}")).collect();
    for id in &sent {
        assert_eq!(post(&url, "/", &signed(&sandbox, id, BODY), BODY.as_bytes()).status, 200);
    }
    tail.stdout.wait_for(|line| line.contains("new_11"));
    let ended = tail.stop();
    assert_eq!(ids(&Output { code: 0, ..ended })[1..], sent);
}

#[cfg(unix)]
#[test]
fn tail_ends_while_its_reader_stands_still() {
    let sandbox = Sandbox::new();
    // More than a pipe and the queue take.
    let body = "x".repeat(64 * 1024);
    let record = serde_json::json!({"headers": {"webhook-id": "large"}, "body": body, "attempt": 1});
    let lines: String =
        (0..40).map(|at| record.to_string().replace(":1}", &format!(":{at}}}")) + "\n").collect();
    assert_eq!(sandbox.run_with(&["events", "import"], lines).code, 0);
    let tail = |more: &[&str]| {
        let args = [&["events", "tail", "--json", "--last", "40"], more].concat();
        Process::start_unread(&sandbox, &args)
    };
    assert_eq!(tail(&["--timeout", "200ms"]).wait().code(), Some(0));
    let mut stopped = tail(&[]);
    stopped.first_line();
    stopped.signal("INT");
    assert_eq!(stopped.wait().code(), Some(130));
}

#[test]
fn nothing_kept_is_an_empty_list_and_a_clear_answer() {
    let sandbox = Sandbox::new();
    let list = sandbox.run(&["events", "list"]);
    assert_eq!((list.code, list.out()), (0, ""));
    for command in ["show", "export"] {
        let output = sandbox.run(&["events", command]);
        assert_eq!(output.code, 1, "{output:?}");
        assert!(output.err().contains("profile default has no deliveries"), "{output:?}");
    }
    let tail = sandbox.run(&["events", "tail", "--timeout", "1ms"]);
    assert_eq!((tail.code, tail.out()), (0, ""));
}

#[cfg(unix)]
#[test]
fn an_export_replaces_a_file_and_writes_to_a_pipe() {
    use std::os::unix::fs::FileTypeExt;
    let sandbox = received();
    let wanted = sandbox.run(&["events", "export"]).stdout;
    let file = sandbox.file("out.jsonl", b"what was there before");
    assert_eq!(sandbox.run(&["events", "export", "-o", "out.jsonl"]).code, 0);
    assert_eq!(std::fs::read(&file).expect("reads"), wanted);
    assert_eq!(sandbox.run(&["events", "export", "-o", "-"]).stdout, wanted);

    let nowhere = sandbox.run(&["events", "export", "-o", "nowhere/out.jsonl"]);
    let path = sandbox.path().join("nowhere/out.jsonl");
    let wanted_error =
        format!("error: cannot write {}: No such file or directory (os error 2)\n", path.display());
    assert_eq!((nowhere.code, nowhere.err()), (3, wanted_error.as_str()));

    let pipe = sandbox.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("runs").success());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || std::fs::read(pipe).expect("reads")
    });
    assert_eq!(sandbox.run(&["events", "export", "-o", "pipe"]).code, 0);
    assert!(pipe.metadata().expect("is there").file_type().is_fifo());
    assert_eq!(reader.join().expect("ends"), wanted);
}
