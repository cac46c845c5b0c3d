//! Running the handler for `--start`: where it listens, what it is told, and its end.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use hyper::Uri;
use hyper::http::uri::{Authority, PathAndQuery, Scheme};
use tempfile::TempDir;
use zeroize::Zeroizing;

use super::args::HandlerArgs;
use crate::conformance::{Handler, KeyServer, Launch, LaunchError, Processed, SuiteKeys, ensure_free};
use crate::deliver::Target;
use crate::env;
use crate::error::{Failure, Kind};
use crate::sanitize;
use crate::session::Session;

/// Where handlers are used to read the port that they have to listen on.
const PORT: &str = "PORT";
/// The path of a handler that is started without a URL.
const PATH: &str = "/webhook";
/// The file in which a handler may say what it has processed.
const PROCESSED: &str = "processed";

/// The handler's URL, and the host and port that it has to listen on.
pub(super) struct Place {
    pub(super) url: Uri,
    host: String,
    port: u16,
}

impl Place {
    /// The place that the user names, or, for a handler that is to be started, a free port.
    pub(super) async fn of(target: Option<&Target>, is_to_start: bool) -> Result<Self, Failure> {
        let url = match target {
            Some(Target::Path(path)) if is_to_start => on_free_port(path.clone())?,
            None => on_free_port(PathAndQuery::from_static(PATH))?,
            Some(target) => only_url(target)?,
        };
        let default = if url.scheme() == Some(&Scheme::HTTPS) { 443 } else { 80 };
        let (host, port) = (url.host().unwrap_or_default().to_owned(), url.port_u16().unwrap_or(default));
        if is_to_start {
            ensure_free(&host, port).await.map_err(|error| {
                Failure::configuration(error.to_string())
                    .hint("end it first, or leave --start out to test what listens there")
            })?;
        }
        Ok(Place { url, host, port })
    }
}

/// The place that a target means where there is nothing to be started.
fn only_url(target: &Target) -> Result<Uri, Failure> {
    match target {
        Target::Url(url) => Ok(url.clone()),
        Target::Path(path) => Err(Failure::usage(format!("{path} is a path, and no handler is started"))
            .hint("give the port, too, as 3000/webhook, or a command with --start")),
    }
}

/// A URL on a port that was free a moment ago. Its host is a name: handlers bind either loopback address.
fn on_free_port(path: PathAndQuery) -> Result<Uri, Failure> {
    let failed =
        |error: std::io::Error| Failure::configuration("no port is free on 127.0.0.1").because(error);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
    let port = listener.local_addr().map_err(failed)?.port();
    let authority: Authority =
        format!("localhost:{port}").parse().expect("a host and a port are an authority");
    let url = Uri::builder().scheme(Scheme::HTTP).authority(authority).path_and_query(path).build();
    Ok(url.expect("the parts make a URL"))
}

/// A handler that was started for the run, and its scratch folder.
pub(super) struct Started {
    handler: Handler,
    host: String,
    port: u16,
    scratch: TempDir,
}

impl Started {
    /// Starts the command. It need not listen yet.
    pub(super) fn new(
        command: &str,
        place: &Place,
        keys: &[SuiteKeys],
        key_server: Option<&KeyServer>,
        args: &HandlerArgs,
        session: &Session,
    ) -> Result<Self, Failure> {
        let scratch = tempfile::tempdir()
            .map_err(|error| Failure::configuration("cannot make a scratch folder").because(error))?;
        let ui = session.ui.clone();
        let launch = Launch {
            command: command.to_owned(),
            directory: session.directory.clone(),
            variables: variables(place, keys, key_server, args, &scratch),
            show: Arc::new(move |line: &str| ui.trace(&format!("handler: {}", sanitize::text(line)))),
        };
        let handler = Handler::start(launch)
            .map_err(|error| Failure::configuration(format!("cannot run {command:?}")).because(error))?;
        Ok(Started { handler, host: place.host.clone(), port: place.port, scratch })
    }

    /// Waits until it listens.
    pub(super) async fn ready(&mut self, limit: Duration, session: &Session) -> Result<&Self, Failure> {
        session.ui.trace(&format!("waiting for the handler on {}:{}", self.host, self.port));
        match self.handler.ready(&self.host, self.port, limit).await {
            Ok(()) => Ok(self),
            Err(error) => {
                self.show_tail(session);
                let hint = match error {
                    LaunchError::Late { .. } => format!(
                        "the handler has to listen on the port in the variable {PORT}; --start-timeout waits longer"
                    ),
                    LaunchError::Ended { status, .. } if status.success() => {
                        "the command has to run the handler; what it leaves to a service manager cannot be tested with --start".to_owned()
                    }
                    _ => "run the command by itself to see what is wrong with it".to_owned(),
                };
                let last = self.handler.tail().pop().map(|line| sanitize::clipped(&line, 200).into_owned());
                let failure = Failure::new(Kind::Negative, error.to_string()).hint(hint);
                Err(match last {
                    Some(last) => failure.because(format!("its last words were {last:?}")),
                    None => failure,
                })
            }
        }
    }

    /// Where the handler may say what it has processed.
    pub(super) fn processed(&self) -> Processed {
        Processed::new(self.scratch.path().join(PROCESSED))
    }

    /// Shows the end of what it printed, unless that was shown all along.
    pub(super) fn show_tail(&self, session: &Session) {
        let lines = self.handler.tail();
        if session.ui.verbose() || lines.is_empty() {
            return;
        }
        session.ui.note("the last lines that the handler printed:");
        for line in lines {
            session.ui.note(&format!("  {}", sanitize::clipped(&line, 200)));
        }
    }

    /// Ends it and everything that it started; a second request to stop makes that quick.
    pub(super) async fn end(self, session: &Session) {
        self.handler.end(session.shutdown.requested_again()).await;
    }
}

fn variables(
    place: &Place,
    keys: &[SuiteKeys],
    key_server: Option<&KeyServer>,
    args: &HandlerArgs,
    scratch: &TempDir,
) -> Vec<(String, Zeroizing<String>)> {
    let mut variables = vec![
        // The name of the folder is random, so that no other run has this value.
        (env::GWH_TEST_PROCESSED.to_owned(), scratch.path().join(PROCESSED).display().to_string()),
        (PORT.to_owned(), place.port.to_string()),
    ];
    if let Some(secret) = keys.iter().find_map(SuiteKeys::secret) {
        variables.push((env::WEBHOOK_SIGNING_SECRET.to_owned(), secret.expose().to_owned()));
    }
    if let Some(server) = key_server {
        variables.push((args.jwks_env.clone(), server.url()));
    }
    if let Some(audience) = keys.iter().find_map(|keys| keys.audience.clone()) {
        variables.push((env::GWH_TEST_AUDIENCE.to_owned(), audience));
    }
    variables.into_iter().map(|(name, value)| (name, Zeroizing::new(value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_handler_that_is_started_gets_a_free_port() {
        let place = Place::of(None, true).await.expect("a place");
        assert_eq!((place.url.path(), place.host.as_str()), ("/webhook", "localhost"));
        let path = Target::parse("/hook").expect("a path");
        assert_eq!(Place::of(Some(&path), true).await.expect("a place").url.path(), "/hook");
        assert!(Place::of(Some(&path), false).await.is_err());
    }

    #[tokio::test]
    async fn a_port_that_is_taken_is_not_tested_by_mistake() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("binds");
        let port = listener.local_addr().expect("is bound").port();
        let target = Target::parse(&format!("127.0.0.1:{port}/webhook")).expect("a target");
        let failure = Place::of(Some(&target), true).await.err().expect("refused");
        assert!(failure.to_string().contains(&port.to_string()), "{failure}");
        assert!(Place::of(Some(&target), false).await.is_ok());
    }
}
