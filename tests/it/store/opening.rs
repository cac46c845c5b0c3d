//! How the store opens: for several at once, from an older layout, and where nothing can be written.

use std::sync::Barrier;

use gwh::store::{FILE, Store};
use rusqlite::Connection;

use super::{everything, folder};
use crate::support::Sandbox;
use crate::support::delivery::signed;
use crate::support::http::post;

const BODY: &[u8] = b"{\"type\":\"batch.failed\"}";

/// Has a run of `listen` keep deliveries with these ids.
fn keep(sandbox: &Sandbox, ids: &[&str]) {
    let (running, url) = sandbox.listen(&[]);
    for id in ids {
        assert_eq!(post(&url, "/", &signed(sandbox, id, BODY), BODY).status, 200);
    }
    running.stop();
}

#[test]
fn several_that_begin_at_once_share_a_new_store() {
    const AT_ONCE: usize = 8;
    for round in 0..12 {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        let start = Barrier::new(AT_ONCE);
        std::thread::scope(|scope| {
            let openers: Vec<_> = (0..AT_ONCE)
                .map(|_| {
                    scope.spawn(|| {
                        start.wait();
                        Store::open(scratch.path()).map_err(|error| error.sentence())
                    })
                })
                .collect();
            for opener in openers {
                let opened = opener.join().expect("does not panic");
                assert!(opened.is_ok(), "round {round}: {:?}", opened.err());
            }
        });
    }
}

#[test]
fn a_number_is_never_given_twice() {
    let sandbox = Sandbox::new();
    keep(&sandbox, &["msg_1", "msg_2"]);
    let last = everything(&sandbox)[0].summary.row;
    assert_eq!(sandbox.run(&["events", "prune", "--all", "--yes"]).code, 0);
    keep(&sandbox, &["msg_3"]);
    // A follower asks for what has a greater number than the last one it saw.
    assert_eq!(everything(&sandbox)[0].summary.row, last + 1);
}

#[test]
fn what_is_kept_together_is_kept_whole_or_not_at_all() {
    let sandbox = Sandbox::new();
    keep(&sandbox, &["msg_1", "msg_2"]);
    let exported = sandbox.run(&["events", "export"]);
    assert_eq!(sandbox.run(&["events", "prune", "--all", "--yes"]).code, 0);
    let database = Connection::open(folder(&sandbox).join(FILE)).expect("opens");
    let trigger = "CREATE TRIGGER refuse BEFORE INSERT ON deliveries WHEN NEW.webhook_id = 'msg_2'
        BEGIN SELECT RAISE(ABORT, 'refused'); END";
    database.execute_batch(trigger).expect("works");
    let imported = sandbox.run_with(&["events", "import"], &exported.stdout);
    assert_eq!(imported.code, 3, "{imported:?}");
    assert_eq!(everything(&sandbox).len(), 0);
}

#[test]
fn an_older_layout_is_brought_up_to_date_and_loses_nothing() {
    let sandbox = Sandbox::new();
    keep(&sandbox, &["msg_1", "msg_2"]);
    let before = sandbox.run(&["events", "export"]);
    // The first layout had the same columns, without a memory of the numbers that it gave.
    let database = Connection::open(folder(&sandbox).join(FILE)).expect("opens");
    let select = "SELECT replace(sql, ' AUTOINCREMENT', '') FROM sqlite_schema WHERE name = 'deliveries'";
    let first: String = database.query_row(select, [], |row| row.get(0)).expect("reads");
    let back = format!(
        "ALTER TABLE deliveries RENAME TO newer;
         {first};
         INSERT INTO deliveries SELECT * FROM newer;
         DROP TABLE newer;
         CREATE INDEX invalid_deliveries ON deliveries (id) WHERE valid = 0;
         PRAGMA user_version = 1"
    );
    database.execute_batch(&back).expect("works");
    assert_eq!(sandbox.run(&["events", "export"]).out(), before.out(), "it is read as it is");
    keep(&sandbox, &["msg_3"]);
    let numbers: Vec<_> = everything(&sandbox).iter().map(|one| one.summary.row).collect();
    assert_eq!(numbers, [3, 2, 1]);
    let version: i64 = database.pragma_query_value(None, "user_version", |row| row.get(0)).expect("reads");
    assert_eq!(version, 2);
}

#[test]
fn a_database_of_another_program_is_refused_and_left_as_it_is() {
    let sandbox = Sandbox::new();
    let path = folder(&sandbox).join(FILE);
    std::fs::create_dir_all(folder(&sandbox)).expect("makes the folder");
    let database = Connection::open(&path).expect("opens");
    database.execute_batch("CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('x')").expect("works");
    drop(database);
    let before = std::fs::read(&path).expect("reads");
    for command in [&["events", "import"][..], &["listen", "--port", "0"], &["events", "list"]] {
        let refused = sandbox.run(command);
        assert_eq!(refused.code, 3, "{refused:?}");
        assert!(std::fs::read(&path).expect("reads") == before, "{command:?} changed it");
    }
}

#[cfg(unix)]
#[test]
fn what_cannot_be_written_is_read_all_the_same() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = Sandbox::new();
    keep(&sandbox, &["msg_1"]);
    let before = sandbox.run(&["events", "export"]);
    let mode = |mode| {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(folder(&sandbox), permissions).expect("is the owner");
    };
    // Root may write all the same, and reads as ever.
    mode(0o500);
    let after = sandbox.run(&["events", "export"]);
    mode(0o700);
    assert_eq!((after.code, after.out()), (0, before.out()), "{after:?}");
}
