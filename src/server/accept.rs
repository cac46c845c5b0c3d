//! Accepting connections until the caller says stop, then finishing what is in flight.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::connection;
use super::handler::Handler;

/// Hands the requests that come to `listener` to `handler` until `stop` resolves. Then no connection
/// is accepted any more, requests in flight are answered, and whatever takes longer than
/// [`super::Limits::drain`] is cut off.
pub async fn serve<H: Handler>(listener: TcpListener, handler: Arc<H>, stop: impl Future<Output = ()>) {
    let (stopping, stopped) = watch::channel(false);
    // A connection that panics ends alone: the set catches it.
    let mut connections = JoinSet::new();
    accept(&listener, (&handler, stopped), &mut connections, stop).await;
    drop(listener);
    stopping.send_replace(true);
    let drained = async { while connections.join_next().await.is_some() {} };
    let _ = timeout(handler.limits().drain, drained).await;
}

async fn accept<H: Handler>(
    listener: &TcpListener,
    (handler, stopping): (&Arc<H>, watch::Receiver<bool>),
    connections: &mut JoinSet<()>,
    stop: impl Future<Output = ()>,
) {
    let mut stop = pin!(stop);
    let mut backoff = Backoff::default();
    let mut said: Option<Instant> = None;
    loop {
        let has_room = connections.len() < handler.limits().connections;
        tokio::select! {
            biased;
            () = stop.as_mut() => return,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept(), if has_room => match accepted {
                Ok((socket, _)) => {
                    backoff = Backoff::default();
                    connections.spawn(connection::serve(socket, handler.clone(), stopping.clone()));
                }
                Err(error) if is_about_one_client(&error) => {}
                Err(error) => {
                    // Under pressure failures and successes alternate; once a minute says enough.
                    if said.is_none_or(|said| said.elapsed() > Duration::from_secs(60)) {
                        said = Some(Instant::now());
                        handler.trouble(error);
                    }
                    tokio::select! {
                        () = stop.as_mut() => return,
                        () = sleep(backoff.next()) => {}
                    }
                }
            }
        }
    }
}

/// Whether the client that was next went away; the one after it may be fine.
fn is_about_one_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

/// The pause after the operating system refused a connection, for want of files or memory. Trying
/// again at once would take all of the processor's time and mend nothing.
#[derive(Debug, Default)]
struct Backoff {
    failures: u32,
}

impl Backoff {
    fn next(&mut self) -> Duration {
        let pause = Duration::from_millis(20) * 2u32.pow(self.failures.min(6));
        self.failures += 1;
        pause.min(Duration::from_secs(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_second() {
        let mut backoff = Backoff::default();
        let pauses: Vec<u128> = (0..8).map(|_| backoff.next().as_millis()).collect();
        assert_eq!(pauses, [20, 40, 80, 160, 320, 640, 1000, 1000]);
    }
}
