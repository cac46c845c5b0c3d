//! A receiver on a free port of this machine, whose deliveries a command reads as data.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::{Arrival, Intake, Report, Settings, Taken, run};
use crate::error::Failure;

/// A running receiver. It ends when it is dropped, or gracefully with [`Receiver::stop`].
pub struct Receiver {
    address: SocketAddr,
    arrivals: mpsc::UnboundedReceiver<Arrival>,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

impl Receiver {
    /// Starts to receive on a free port of 127.0.0.1, in the runtime at hand. Its deliveries are the
    /// caller's own, so they are kept until they are read.
    ///
    /// # Errors
    /// Kind `Configuration` where no port can be had.
    pub async fn start(settings: Settings) -> Result<Self, Failure> {
        let failed =
            |error: std::io::Error| Failure::configuration("cannot listen on 127.0.0.1").because(error);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let (sender, arrivals) = mpsc::unbounded_channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(run(listener, settings, Arc::new(Tray(sender)), async {
            // Dropping the sender stops, too.
            let _ = stopped.await;
        }));
        Ok(Receiver { address, arrivals, stop, server })
    }

    /// Where deliveries are sent to: `http://127.0.0.1:PORT/`.
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// The next delivery. None once the server has ended.
    pub async fn next(&mut self) -> Option<Arrival> {
        self.arrivals.recv().await
    }

    /// Answers what is in flight, then ends.
    pub async fn stop(self) {
        let _ = self.stop.send(());
        // A panic of the server has been printed; there is nothing left to end.
        let _ = self.server.await;
    }
}

/// Where deliveries lie until they are read.
struct Tray(mpsc::UnboundedSender<Arrival>);

impl Intake for Tray {
    fn take(&self, arrival: Arrival) -> Taken {
        // A caller that has gone away needs no deliveries.
        let _ = self.0.send(arrival);
        Taken::Answered
    }

    fn report(&self, _report: Report) {}
}
