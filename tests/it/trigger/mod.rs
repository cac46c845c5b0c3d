//! `gwh trigger`: what goes out, what comes back, and how it ends.

mod answers;
mod content;
mod corrupt;
mod many;
#[cfg(unix)]
mod process;

use gwh::signature::{Keys, NamedSecret, Secret};
use tokio::net::TcpSocket;

use crate::support::Sandbox;

/// A secret for tests, which `trigger` takes from the environment.
const SECRET: &str = "whsec_dGhlLXNlY3JldC1vZi10aGUtdHJpZ2dlci10ZXN0cyE=";

fn sandbox() -> Sandbox {
    Sandbox::new().env("WEBHOOK_SIGNING_SECRET", SECRET)
}

fn keys() -> Keys {
    let secret = Secret::parse(SECRET).expect("the secret parses");
    Keys { secrets: vec![NamedSecret::new("test", secret)], ..Keys::default() }
}

/// The arguments of `gwh trigger` to a receiver, with more.
fn to<'a>(receiver: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    ["trigger", "--to", receiver].into_iter().chain(more.iter().copied()).collect()
}

/// A port that is taken but that nothing listens on, for as long as the value lives.
struct Nowhere {
    _socket: TcpSocket,
    authority: String,
}

impl Nowhere {
    fn new() -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind(([127, 0, 0, 1], 0).into()).expect("a free port");
        let authority = socket.local_addr().expect("is bound").to_string();
        Nowhere { _socket: socket, authority }
    }

    fn url(&self) -> String {
        format!("http://{}/", self.authority)
    }
}
