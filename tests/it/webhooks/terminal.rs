//! The questions that are asked at a terminal.

use serde_json::json;

use super::{ID, SECRET, created, ok, stored_secret, webhook};
use crate::support::ScriptedApi;
use crate::terminal::{ended_with, on_terminal, to_the_end};

#[test]
fn create_asks_for_what_is_not_given() {
    let api = ScriptedApi::script([ok(created())]);
    let sandbox = api.sandbox();
    let mut session = on_terminal(sandbox.command(&["webhooks", "create"]));
    session.exp_string("Where do deliveries go?").expect("asks for the URI");
    session.send_line("example.com").expect("types");
    session.exp_string("it is not a URL").expect("refuses what is no URI");
    // Ctrl-U empties the line; the text that was refused is still there to be mended.
    session.send_control('u').expect("types");
    session.send_line("https://example.com/hook").expect("types");
    session.exp_string("Which events?").expect("asks for events");
    session.exp_string("a batch is done").expect("says what each means");
    session.send(" ").expect("selects");
    session.send_line("").expect("ends the selection");
    let asked = session.exp_string("What is it called?").expect("asks for the name");
    let answer = asked.lines().rfind(|line| line.contains("Which events?")).expect("repeats the answer");
    assert!(answer.contains("batch.succeeded") && !answer.contains("a batch is done"), "{answer}");
    session.send_line("prod").expect("types");
    let (said, status) = to_the_end(session);
    assert!(ended_with(&status, 0), "{status}: {said}");
    assert!(said.contains("created") && !said.contains(SECRET), "{said}");
    assert_eq!(
        api.requests()[0].json(),
        json!({"name": "prod", "uri": "https://example.com/hook", "subscribed_events": ["batch.succeeded"]})
    );
    assert_eq!(stored_secret(&sandbox), SECRET);
}

#[test]
fn delete_asks_and_takes_no_for_an_answer() {
    for (answer, code, lines) in [("n", 1, 1), ("y", 0, 2)] {
        let api = ScriptedApi::script([ok(webhook(ID, "prod")), ok(json!({}))]);
        let sandbox = api.sandbox();
        let mut session = on_terminal(sandbox.command(&["webhooks", "delete", ID]));
        session.exp_string("Delete prod").expect("asks");
        session.send(answer).expect("answers");
        session.flush().expect("is sent");
        let (said, status) = to_the_end(session);
        assert!(ended_with(&status, code), "{status}: {said}");
        assert_eq!(api.lines().len(), lines, "{said}");
    }
}

#[test]
fn login_does_not_show_what_is_typed() {
    let api = ScriptedApi::answering(|_| ok(json!({})));
    let sandbox = api.sandbox();
    let mut session = on_terminal(sandbox.command(&["login"]));
    session.exp_string("API key").expect("asks");
    session.send_line("AIzaTypedAtATerminal").expect("types");
    let (said, status) = to_the_end(session);
    assert!(ended_with(&status, 0) && !said.contains("AIzaTyped"), "{status}: {said}");
    assert_eq!(api.requests()[0].header("x-goog-api-key"), Some("AIzaTypedAtATerminal"));
}
