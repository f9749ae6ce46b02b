//! Who comes in over the network: connections are taken, counted, encrypted and served one by one.

mod address;
mod connection;
mod counted;
mod tls;

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use axum::Router;
use ipnet::IpNet;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::webhook::Webhooks;
use counted::Counted;
pub(crate) use tls::Tls;
pub use tls::{TlsError, TlsFiles};

/// How long the exchange of keys may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long nobody is taken when the system has no more sockets.
const BREATH: Duration = Duration::from_millis(100);
/// One line of the log for so many who are turned away.
const SAY_EVERY: u64 = 1_000;
/// What is said to whom there is no room for, without reading what they want.
const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// What whoever comes in finds.
#[derive(Debug)]
pub(crate) struct Entrance {
    pub(super) webhooks: Webhooks,
    pub(super) router: Router,
    pub(super) trusted_proxies: Vec<IpNet>,
    pub(super) tls: Option<Arc<Tls>>,
    /// How many connections may be open at once.
    pub(super) most: usize,
    /// The places of connections.
    pub(super) room: Arc<Semaphore>,
    /// How many were turned away because there was no room.
    pub(super) turned_away: AtomicU64,
    pub(super) closing: CancellationToken,
    pub(super) connections: TaskTracker,
}

impl Entrance {
    /// How many connections are open.
    pub(super) fn open(&self) -> u64 {
        self.most.saturating_sub(self.room.available_permits()) as u64
    }
}

/// Takes connections until the server closes.
pub(super) async fn serve(listener: TcpListener, entrance: Arc<Entrance>) {
    loop {
        let accepted = tokio::select! {
            biased;
            () = entrance.closing.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => match entrance.room.clone().try_acquire_owned() {
                Ok(permit) => {
                    let welcome = welcome(entrance.clone(), Counted::new(stream, permit), peer);
                    entrance.connections.spawn(welcome);
                }
                Err(_) => turn_away(&entrance, &stream),
            },
            // One that went away before it was taken is no reason to rest; a lack of sockets is.
            Err(error) if is_about_the_connection(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be taken");
                sleep(BREATH).await;
            }
        }
    }
}

async fn welcome(entrance: Arc<Entrance>, stream: Counted<TcpStream>, peer: SocketAddr) {
    // Small answers leave at once.
    if stream.get_ref().set_nodelay(true).is_err() {
        return;
    }
    let Some(tls) = entrance.tls.as_ref() else {
        return connection::serve(&entrance, stream, peer.ip()).await;
    };
    match timeout(HANDSHAKE, tls.acceptor().accept(stream)).await {
        Ok(Ok(stream)) => connection::serve(&entrance, stream, peer.ip()).await,
        Ok(Err(error)) => tracing::debug!(%error, "keys could not be exchanged"),
        Err(_) => tracing::debug!("keys were not exchanged in time"),
    }
}

/// Says that there is no room, as far as that can be said at once.
fn turn_away(entrance: &Entrance, stream: &TcpStream) {
    if entrance.turned_away.fetch_add(1, Relaxed).is_multiple_of(SAY_EVERY) {
        tracing::warn!(most = entrance.most, "there is no room for more connections");
    }
    if entrance.tls.is_none() {
        // A new socket has room for a few bytes; otherwise it is closed without a word.
        let _ = stream.try_write(FULL);
    }
}

fn is_about_the_connection(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
