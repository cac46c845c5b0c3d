//! docs/STORE.md says what is in the database, and its questions are answered.

use rusqlite::Connection;

use super::folder;
use crate::support::delivery::{local_secret, real_now, signed, signed_with};
use crate::support::http::post;
use crate::support::repository::fenced;
use crate::support::{Receiver, Sandbox, repository};

/// SQLite's own tables are not ours to document.
const OWN_TABLES: &str =
    "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'";
const TABLES: [&str; 3] = ["deliveries", "contents", "forwards"];

/// A store in which every question of the document finds something.
fn store() -> (Sandbox, Connection) {
    let sandbox = Sandbox::new().with_real_clock();
    let (running, url) = sandbox.listen(&[]);
    let body = br#"{"type":"batch.succeeded","data":{"id":"b_1"}}"#;
    let mut headers = signed_with(&local_secret(&sandbox), "msg_1", real_now(), body);
    headers.push(("User-Agent".to_owned(), "a sender".to_owned()));
    assert_eq!(post(&url, "/", &headers, body).status, 200);
    assert_eq!(post(&url, "/", &signed(&sandbox, "msg_2", body), b"{}").status, 401);
    running.stop();
    let handler = Receiver::answering(200);
    let replayed = sandbox.run(&["replay", "msg_1", "--to", &handler.url("/")]);
    assert_eq!(replayed.code, 0, "{replayed:?}");
    let database = Connection::open(folder(&sandbox).join("deliveries.db")).expect("opens");
    (sandbox, database)
}

#[test]
fn every_column_is_documented_and_no_other() {
    let (_sandbox, database) = store();
    let text = repository::read("docs/STORE.md");
    for table in TABLES {
        let (_, section) = text.split_once(&format!("### `{table}`")).expect("the table has a section");
        let section = section.split("\n#").next().expect("ends");
        let documented: Vec<&str> = section
            .lines()
            .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
            .map(|(column, _)| column)
            .collect();
        let mut columns = Vec::new();
        database
            .pragma(None, "table_info", table, |row| {
                columns.push(row.get::<_, String>("name")?);
                Ok(())
            })
            .expect("reads");
        assert_eq!(documented, columns, "{table}");
    }
    let version: i64 = database.pragma_query_value(None, "user_version", |row| row.get(0)).expect("reads");
    assert!(text.contains(&format!("`PRAGMA user_version`, now {version};")), "version {version}");
    let tables: i64 = database.query_row(OWN_TABLES, [], |row| row.get(0)).expect("reads");
    assert_eq!(tables, TABLES.len() as i64);
}

#[test]
fn every_question_is_answered() {
    let (_sandbox, database) = store();
    let questions = fenced(&repository::read("docs/STORE.md"), "sql");
    assert_eq!(questions.len(), 4);
    for question in questions {
        let mut statement = database.prepare(&question).expect("is understood");
        let mut rows = statement.query([]).expect("is asked");
        let row = rows.next().expect("is answered").unwrap_or_else(|| panic!("nothing answers {question}"));
        assert!(row.get_ref(0).expect("has a column").as_str().is_ok_and(|text| !text.is_empty()));
    }
}
