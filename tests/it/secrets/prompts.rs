//! What is asked on a terminal.
#![cfg(unix)]

use super::SECRET;
use crate::support::Sandbox;
use crate::terminal::{ended_with, on_terminal, to_the_end};

#[test]
fn a_secret_is_asked_for_and_not_shown_while_it_is_typed() {
    let sandbox = Sandbox::new();
    let mut session = on_terminal(sandbox.command(&["secrets", "set", "prod"]));
    session.exp_string("Signing secret of prod").expect("asks");
    session.send_line(SECRET).expect("takes it");
    let (text, status) = to_the_end(session);
    assert!(ended_with(&status, 0), "{status}: {text:?}");
    assert!(!text.contains("UGxhbnRl"), "{text:?}");
    assert_eq!(sandbox.run(&["secrets", "get", "prod"]).out(), format!("{SECRET}\n"));
}

#[test]
fn removing_is_confirmed() {
    let sandbox = Sandbox::new();
    sandbox.run_with(&["secrets", "set", "prod"], SECRET);
    for (answer, code) in [("n", 1), ("y", 0)] {
        let mut session = on_terminal(sandbox.command(&["secrets", "remove", "prod"]));
        session.exp_string("Remove the secrets of prod").expect("asks");
        session.send(answer).and_then(|_| session.send_line("")).expect("takes it");
        let (text, status) = to_the_end(session);
        assert!(ended_with(&status, code), "{answer}: {status}: {text:?}");
    }
    assert_eq!(sandbox.run(&["secrets", "get", "prod"]).code, 3);
}
