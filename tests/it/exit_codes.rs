//! One case for each exit code, with the real binary: scripts depend on them.

use std::process::Stdio;

use gwh::error::Exit;

use crate::support::child::{Ended, Run};
use crate::support::{Sandbox, closed_port};

const BODY: &str = r#"{"type":"batch.succeeded","data":{"id":"batch_1"}}"#;

fn run(sandbox: &Sandbox, args: &[&str], stdin: &str) -> Ended {
    Run::start(sandbox.command(args), stdin.as_bytes()).wait()
}

/// What a shell sees in `$?`.
fn code(ended: &Ended) -> i32 {
    ended.status.code().unwrap_or_else(|| panic!("ended by a signal: {ended:?}"))
}

#[test]
fn every_code_has_a_case() {
    for exit in Exit::ALL {
        match exit {
            Exit::Done => done(),
            Exit::Negative => negative(),
            Exit::Usage => usage(),
            Exit::Configuration => configuration(),
            Exit::Remote => remote(),
            // A defect on purpose would be a dead path in the binary. That a panic becomes this code
            // is tested beside the guard that does it, in `cli`.
            Exit::Bug => assert_eq!(exit.code(), 70),
            Exit::Interrupted => interrupted(),
            Exit::Child(_) => panic!("is not one of ours"),
        }
    }
}

fn done() {
    let sandbox = Sandbox::new();
    let signed = run(&sandbox, &["sign"], BODY);
    assert_eq!(code(&signed), 0, "{signed:?}");
    let verified = run(&sandbox, &["verify"], &signed.stdout);
    assert_eq!(code(&verified), 0, "{verified:?}");
}

fn negative() {
    let sandbox = Sandbox::new();
    let signed = run(&sandbox, &["sign"], BODY);
    let refused = run(&sandbox, &["verify"], &signed.stdout.replace("batch_1", "batch_2"));
    assert_eq!(code(&refused), 1, "{refused:?}");
    let found = run(&sandbox, &["doctor"], "");
    assert_eq!(code(&found), 1, "{found:?}");
}

fn usage() {
    let sandbox = Sandbox::new();
    for (args, stdin) in [
        (&["verify", "--no-such-flag"][..], ""),
        (&["verify", "--tolerance", "soon"], ""),
        (&["no-such-command"], ""),
        (&["completions"], ""),
    ] {
        let refused = run(&sandbox, args, stdin);
        assert_eq!(code(&refused), 2, "{args:?}: {refused:?}");
        assert!(refused.stdout.is_empty() && !refused.stderr.is_empty(), "{refused:?}");
    }
}

fn configuration() {
    let sandbox = Sandbox::new();
    for args in [
        &["verify", "--secret-file", "absent"][..],
        &["sign", "--secret-env", "ABSENT"],
        &["secrets", "get", "absent"],
        &["config", "show", "--config", "absent.toml"],
    ] {
        let refused = run(&sandbox, args, BODY);
        assert_eq!(code(&refused), 3, "{args:?}: {refused:?}");
    }
}

fn remote() {
    let url = format!("http://127.0.0.1:{}/", closed_port());
    let refused = run(&Sandbox::new(), &["trigger", "batch.succeeded", "--to", &url], "");
    assert_eq!(code(&refused), 4, "{refused:?}");
}

#[cfg(unix)]
fn interrupted() {
    // A server that takes the connection and never answers: the command is busy when the signal comes.
    let server = std::net::TcpListener::bind("127.0.0.1:0").expect("binds");
    let url = format!("http://{}/", server.local_addr().expect("is bound"));
    let sandbox = Sandbox::new();
    let busy = Run::start(sandbox.command(&["trigger", "batch.succeeded", "--to", &url]), b"");
    let connection = server.accept().expect("the command connects");
    busy.signal("INT");
    let ended = busy.wait();
    assert_eq!(code(&ended), 130, "{ended:?}");
    drop(connection);
}

#[cfg(not(unix))]
fn interrupted() {}

#[test]
fn a_closed_pipe_is_a_quiet_end() {
    let sandbox = Sandbox::new();
    for args in [&["completions", "bash"][..], &["--help"], &["config", "show", "--json"], &["keys", "jwks"]]
    {
        let (reader, writer) = std::io::pipe().expect("makes a pipe");
        drop(reader);
        let mut command = sandbox.command(args);
        let child = command.stdin(Stdio::null()).stdout(writer).stderr(Stdio::piped()).spawn();
        // The command holds our copy of the write end until it is dropped.
        drop(command);
        let ended = child.expect("starts").wait_with_output().expect("ends");
        assert_eq!((ended.status.code(), ended.stderr.len()), (Some(0), 0), "{args:?}: {ended:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_signal_is_how_listen_ends() {
    for signal in ["INT", "TERM"] {
        let sandbox = Sandbox::new();
        let listen = Run::start(sandbox.command(&["listen", "--port", "0", "--json"]), b"");
        assert!(listen.line().contains(r#""type":"ready""#));
        listen.signal(signal);
        let ended = listen.wait();
        assert_eq!(code(&ended), 0, "{signal}: {ended:?}");
    }
}
