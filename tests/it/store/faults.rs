//! A store that cannot be used: clear errors, nothing destroyed, and nothing acknowledged that is not kept.

use rusqlite::Connection;

use super::{everything, folder};
use crate::support::delivery::signed;
use crate::support::http::post;
use crate::support::{Output, Sandbox};

const BODY: &[u8] = b"{\"type\":\"batch.failed\"}";

/// A sandbox whose store has a delivery.
fn kept() -> Sandbox {
    let sandbox = Sandbox::new();
    let (running, url) = sandbox.listen(&[]);
    assert_eq!(post(&url, "/", &signed(&sandbox, "msg_1", BODY), BODY).status, 200);
    running.stop();
    sandbox
}

/// How `listen` and `events list` end, which has to be the same way.
fn refused(sandbox: &Sandbox) -> Output {
    let listed = sandbox.run(&["events", "list"]);
    assert_eq!((listed.code, listed.out()), (3, ""), "{listed:?}");
    let output = sandbox.run(&["listen", "--port", "0", "--timeout", "0s"]);
    assert_eq!(output.code, 3, "{output:?}");
    assert_eq!(output.err().lines().next(), listed.err().lines().next());
    assert!(output.err().contains("--no-store"), "{output:?}");
    output
}

#[test]
fn a_damaged_file_is_named_and_left_as_it_is() {
    for damage in [&b"this is not a database"[..], &[0xff; 8192]] {
        let sandbox = Sandbox::new();
        std::fs::create_dir_all(folder(&sandbox)).expect("makes the folder");
        let path = folder(&sandbox).join("deliveries.db");
        std::fs::write(&path, damage).expect("writes");
        let output = refused(&sandbox);
        assert!(output.err().contains("deliveries.db is damaged"), "{output:?}");
        assert_eq!(std::fs::read(&path).expect("reads"), damage);
    }
}

#[test]
fn damage_inside_is_noticed_when_it_is_read() {
    let sandbox = kept();
    let path = folder(&sandbox).join("deliveries.db");
    let mut bytes = std::fs::read(&path).expect("reads");
    let tables = bytes.len() / 4096;
    for page in 1..tables {
        bytes[page * 4096..page * 4096 + 512].fill(0xa5);
    }
    std::fs::write(&path, &bytes).expect("writes");
    let listed = sandbox.run(&["events", "list"]);
    assert_eq!((listed.code, listed.out()), (3, ""), "{listed:?}");
    assert!(listed.err().contains("deliveries.db is damaged"), "{listed:?}");
    let (running, url) = sandbox.listen(&[]);
    let answer = post(&url, "/", &signed(&sandbox, "msg_2", BODY), BODY);
    assert_eq!((answer.status, answer.body.as_str()), (503, r#"{"error":"not_stored"}"#));
    let output = running.stop();
    assert!(output.err().contains("answering 503 until deliveries can be kept"), "{output:?}");
    assert_eq!(output.json_lines().last().expect("a summary")["unkept"], 1);
}

#[test]
fn a_newer_layout_and_a_foreign_database_are_refused() {
    let sandbox = kept();
    let open = || Connection::open(folder(&sandbox).join("deliveries.db")).expect("opens");
    open().pragma_update(None, "user_version", 99).expect("writes");
    let output = refused(&sandbox);
    assert!(output.err().contains("has version 99 of the layout"), "{output:?}");

    let sandbox = Sandbox::new();
    std::fs::create_dir_all(folder(&sandbox)).expect("makes the folder");
    let foreign = Connection::open(folder(&sandbox).join("deliveries.db")).expect("opens");
    foreign.execute_batch("CREATE TABLE notes (text); INSERT INTO notes VALUES ('mine')").expect("writes");
    let output = refused(&sandbox);
    assert!(output.err().contains("is not a database of gwh"), "{output:?}");
    let mine: String = foreign.query_row("SELECT text FROM notes", [], |row| row.get(0)).expect("reads");
    assert_eq!(mine, "mine");
}

#[test]
fn a_place_where_no_file_can_be_is_named() {
    let sandbox = Sandbox::new();
    std::fs::create_dir_all(folder(&sandbox).join("deliveries.db")).expect("makes a folder in its place");
    let output = sandbox.run(&["listen", "--port", "0", "--timeout", "0s"]);
    assert_eq!(output.code, 3, "{output:?}");
    assert!(output.err().contains("deliveries.db") && output.err().contains("--no-store"), "{output:?}");
    let without = sandbox.run(&["listen", "--port", "0", "--timeout", "0s", "--no-store"]);
    assert_eq!(without.code, 0, "{without:?}");
}

#[test]
fn another_writer_that_holds_the_store_makes_senders_try_again() {
    let sandbox = kept();
    let (running, url) = sandbox.listen(&[]);
    let other = Connection::open(folder(&sandbox).join("deliveries.db")).expect("opens");
    other.execute_batch("BEGIN IMMEDIATE").expect("locks");
    let answer = post(&url, "/", &signed(&sandbox, "msg_2", BODY), BODY);
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("5")));
    other.execute_batch("ROLLBACK").expect("unlocks");
    assert_eq!(post(&url, "/", &signed(&sandbox, "msg_2", BODY), BODY).status, 200);
    let output = running.stop();
    assert!(output.err().contains("another process keeps"), "{output:?}");
    assert_eq!(everything(&sandbox).len(), 2);
}

/// Elsewhere an open file cannot be deleted.
#[cfg(unix)]
#[test]
fn a_store_that_is_deleted_under_a_running_listen_acknowledges_nothing() {
    let sandbox = kept();
    let (running, url) = sandbox.listen(&[]);
    assert_eq!(post(&url, "/", &signed(&sandbox, "msg_2", BODY), BODY).status, 200);
    let database = folder(&sandbox).join("deliveries.db");
    let elsewhere = database.with_extension("moved");
    std::fs::rename(&database, &elsewhere).expect("moves it away");
    let answer = post(&url, "/", &signed(&sandbox, "msg_3", BODY), BODY);
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("5")));
    std::fs::rename(&elsewhere, &database).expect("puts it back");
    assert_eq!(post(&url, "/", &signed(&sandbox, "msg_4", BODY), BODY).status, 200);
    let output = running.stop();
    assert!(output.err().contains("was moved or deleted"), "{output:?}");
    assert_eq!(everything(&sandbox).len(), 3, "what was refused was not kept either");
}

#[test]
fn the_plain_shell_reads_what_the_documentation_says() {
    let sandbox = kept();
    let database = Connection::open(folder(&sandbox).join("deliveries.db")).expect("opens");
    let select = "SELECT d.webhook_id, d.event_type, d.valid, d.status, c.headers ->> '$[0][0]', c.body,
            datetime(d.received_at / 1000, 'unixepoch')
        FROM deliveries d JOIN contents c ON c.delivery = d.id";
    let row: (String, String, i64, i64, String, Vec<u8>, String) = database
        .query_row(select, [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?))
        })
        .expect("reads");
    let wanted = ("msg_1", "batch.failed", 1, 200, "host", BODY, "2026-01-22 12:00:00");
    assert_eq!(
        (row.0.as_str(), row.1.as_str(), row.2, row.3, row.4.as_str(), row.5.as_slice(), row.6.as_str()),
        wanted
    );
}

#[cfg(unix)]
#[test]
fn the_files_are_for_the_user_alone() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = Sandbox::new();
    let running = sandbox.start(&["listen", "--port", "0", "--json"]);
    running.ready_url();
    let mut seen = 0;
    for entry in std::fs::read_dir(folder(&sandbox)).expect("lists").flatten() {
        if entry.file_name().to_string_lossy().starts_with("deliveries.db") {
            seen += 1;
            let mode = entry.metadata().expect("is there").permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{:?}", entry.file_name());
        }
    }
    assert!(seen >= 2, "the database and its log");
    running.stop();
}
