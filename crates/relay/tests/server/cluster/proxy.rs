//! A proxy of the test's own, by which a server becomes slow, silent or unreachable.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::{mpsc, watch},
    task::{JoinHandle, JoinSet},
    time::{Instant, sleep_until},
};
use url::Url;

/// How many pieces are on their way in one direction.
const ON_THEIR_WAY: usize = 1_024;
/// The size of a piece.
const PIECE: usize = 16 * 1_024;

/// What becomes of connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// What the server answers comes this much later.
    Late(Duration),
    /// Nothing passes, in neither direction, and nobody is told; what waits, passes later.
    Silent,
    /// Whoever is connected is cut off, and nobody comes in.
    Refusing,
}

impl Mode {
    /// Nothing is in the way.
    pub(crate) const OPEN: Self = Self::Late(Duration::ZERO);
}

/// A proxy before a server.
pub(crate) struct Proxy {
    mode: watch::Sender<Mode>,
    serving: JoinHandle<()>,
}

impl Proxy {
    /// Stands before the server of this address; tells by which address it is reached from now on.
    pub(crate) async fn before(address: &str) -> (Self, String) {
        let mut address = Url::parse(address).unwrap();
        let server = (address.host_str().unwrap().to_owned(), address.port().unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        address.set_port(Some(port)).unwrap();
        let mode = watch::Sender::new(Mode::OPEN);
        let serving = tokio::spawn(serve(listener, server, mode.clone()));
        (Self { mode, serving }, address.into())
    }

    /// From now on.
    pub(crate) fn set(&self, mode: Mode) {
        self.mode.send_replace(mode);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, server: (String, u16), mode: watch::Sender<Mode>) {
    // Dropped with this task, all connections end.
    let mut connections = JoinSet::new();
    loop {
        let (client, _) = listener.accept().await.unwrap();
        connections.spawn(pass(client, server.clone(), mode.subscribe()));
        while connections.try_join_next().is_some() {}
    }
}

/// Passes on in both directions until either end closes, or until nobody is let in any more.
async fn pass(client: TcpStream, server: (String, u16), mode: watch::Receiver<Mode>) {
    let mut refusing = mode.clone();
    let passing = async {
        let Ok(server) = TcpStream::connect(server).await else { return };
        let _ = (client.set_nodelay(true), server.set_nodelay(true));
        let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
        tokio::select! {
            () = carry(from_client, to_server, mode.clone(), false) => {}
            () = carry(from_server, to_client, mode, true) => {}
        }
    };
    tokio::select! {
        () = passing => {}
        _ = refusing.wait_for(|mode| *mode == Mode::Refusing) => {}
    }
}

/// Carries what comes here to there, each piece as late as it must be.
async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut mode: watch::Receiver<Mode>, late: bool) {
    let (pieces, mut on_their_way) = mpsc::channel::<(Instant, Vec<u8>)>(ON_THEIR_WAY);
    let reading = async {
        let mut buffer = vec![0; PIECE];
        while let Ok(bytes @ 1..) = from.read(&mut buffer).await {
            if pieces.send((Instant::now(), buffer[..bytes].to_vec())).await.is_err() {
                break;
            }
        }
        drop(pieces);
    };
    let writing = async {
        while let Some((came, piece)) = on_their_way.recv().await {
            let Ok(mode) = mode.wait_for(|mode| *mode != Mode::Silent).await.map(|mode| *mode) else {
                return;
            };
            if let (Mode::Late(by), true) = (mode, late) {
                sleep_until(came + by).await;
            }
            if to.write_all(&piece).await.is_err() {
                return;
            }
        }
    };
    tokio::join!(reading, writing);
}
