//! Many desks in one thread: raw WebSocket clients that read what comes and remember when it came.
//!
//! A desk here decodes nothing and keeps nothing of its own: what is measured is the server, so this side
//! has to be cheap.

mod heard;
mod one;
mod pieces;

use std::{
    cell::RefCell,
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    pin::Pin,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    task::{Context, Poll},
    thread,
    time::Duration,
};

use tokio::{
    io::{AsyncRead as _, AsyncReadExt as _, AsyncWriteExt as _, ReadBuf},
    net::{TcpSocket, TcpStream},
    sync::Semaphore,
    task::LocalSet,
    time,
};
use tokio_util::sync::CancellationToken;

use crate::{failure::Failure, stopwatch::Stopwatch};
pub(crate) use heard::Heard;
pub(crate) use one::Desk;
use pieces::{Pieces, masked};

/// How much one read takes at most.
const READ: usize = 256 * 1_024;
/// How many sockets are being opened at a time.
const OPENING: usize = 64;
/// So many desks come from one address: ports of one address run short, and servers count by address.
const PER_ADDRESS: usize = 100;
/// How long opening one socket may take.
const OPEN: Duration = Duration::from_secs(20);

/// Who connects where.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// The server.
    pub(crate) at: SocketAddr,
    /// How many desks.
    pub(crate) desks: usize,
    /// The path.
    pub(crate) path: String,
    /// Further lines of the request's head, for desk number n the nth of them, round and round.
    pub(crate) heads: Vec<String>,
    /// What is spoken.
    pub(crate) talk: Talk,
    /// Times are counted from here.
    pub(crate) origin: Stopwatch,
}

/// What is spoken over the socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Talk {
    /// A frame is a message.
    Frames,
    /// The frames are a stream of NATS' lines.
    Nats,
}

/// Desks that are connected, or soon are.
#[derive(Debug)]
pub(crate) struct Crowd {
    shared: Arc<Shared>,
    thread: thread::JoinHandle<io::Result<Heard>>,
    desks: usize,
}

#[derive(Debug, Default)]
struct Shared {
    here: AtomicUsize,
    failed: AtomicUsize,
    /// How many bytes came, as of a moment ago.
    bytes: AtomicU64,
    forget: AtomicBool,
    stop: CancellationToken,
}

/// What a desk keeps between two reads.
#[derive(Default)]
struct Reader {
    frames: Pieces,
    lines: Pieces,
}

impl Crowd {
    /// Begins to connect.
    pub(crate) fn gather(plan: Plan) -> Self {
        let shared = Arc::new(Shared::default());
        let (own, desks) = (shared.clone(), plan.desks);
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            LocalSet::new().block_on(&runtime, attend(plan, own))
        });
        Self { shared, thread, desks }
    }

    /// Waits until all are connected; tells how many could not.
    pub(crate) async fn here(&self, within: Duration) -> Result<usize, Failure> {
        let all = async {
            loop {
                let failed = self.shared.failed.load(Relaxed);
                if self.shared.here.load(Relaxed) + failed >= self.desks {
                    return failed;
                }
                time::sleep(Duration::from_millis(10)).await;
            }
        };
        let late = |_| Failure::TooLate { what: "connecting all desks", within_secs: within.as_secs() };
        time::timeout(within, all).await.map_err(late)
    }

    /// Forgets what was heard so far: what comes from now on counts.
    pub(crate) async fn begin(&self) {
        self.shared.forget.store(true, Relaxed);
        while self.shared.forget.load(Relaxed) && !self.thread.is_finished() {
            time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// How many bytes came to all desks together, as of a moment ago.
    pub(crate) fn bytes(&self) -> u64 {
        self.shared.bytes.load(Relaxed)
    }

    /// Closes all sockets and tells what was heard.
    pub(crate) async fn leave(self) -> Result<Heard, Failure> {
        self.shared.stop.cancel();
        let ended = tokio::task::spawn_blocking(|| self.thread.join());
        let joined = ended.await.map_err(Failure::no_start("the desks"))?;
        joined
            .map_err(|_| Failure::NoStart { what: "the desks", why: "their thread ended early".to_owned() })?
            .map_err(Failure::system("the desks"))
    }
}

/// Connects all desks and reads until the crowd is told to leave.
async fn attend(plan: Plan, shared: Arc<Shared>) -> io::Result<Heard> {
    let heard = Rc::new(RefCell::new(Heard::since(plan.origin)));
    let buffer = Rc::new(RefCell::new(vec![0; READ]));
    let (plan, opening) = (Rc::new(plan), Arc::new(Semaphore::new(OPENING)));
    let mut desks = tokio::task::JoinSet::new();
    for number in 0..plan.desks {
        let (plan, opening, shared) = (plan.clone(), opening.clone(), shared.clone());
        let (heard, buffer) = (heard.clone(), buffer.clone());
        desks.spawn_local(async move {
            let permit = opening.acquire_owned().await;
            let opened = time::timeout(OPEN, open(&plan, number)).await;
            drop(permit);
            let Ok(Ok((socket, rest))) = opened else {
                shared.failed.fetch_add(1, Relaxed);
                return;
            };
            shared.here.fetch_add(1, Relaxed);
            listen(socket, &rest, plan.talk, &heard, &buffer).await;
            heard.borrow_mut().closed += 1;
        });
    }
    let mut look = time::interval(Duration::from_millis(2));
    while !shared.stop.is_cancelled() {
        look.tick().await;
        shared.bytes.store(heard.borrow().bytes, Relaxed);
        if shared.forget.load(Relaxed) {
            heard.borrow_mut().forget();
            shared.forget.store(false, Relaxed);
        }
    }
    desks.shutdown().await;
    let origin = plan.origin;
    Ok(heard.replace(Heard::since(origin)))
}

/// Opens one WebSocket; tells what came after the answer already.
async fn open(plan: &Plan, number: usize) -> io::Result<(TcpStream, Vec<u8>)> {
    let socket = TcpSocket::new_v4()?;
    if plan.at.ip().is_loopback() {
        let (net, host) = (number / PER_ADDRESS / 250, number / PER_ADDRESS % 250);
        let own =
            Ipv4Addr::new(127, 0, u8::try_from(net + 1).unwrap_or(1), u8::try_from(host + 1).unwrap_or(1));
        socket.bind((IpAddr::V4(own), 0).into())?;
    }
    let mut socket = socket.connect(plan.at).await?;
    socket.set_nodelay(true)?;
    let (Plan { path, at, heads, .. }, none) = (plan, String::new());
    let more = heads.get(number % heads.len().max(1)).unwrap_or(&none);
    let ask = format!(
        "GET {path} HTTP/1.1\r\nhost: {at}\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n{more}\r\n"
    );
    socket.write_all(ask.as_bytes()).await?;
    let mut answer = Vec::with_capacity(1_024);
    let end = loop {
        if socket.read_buf(&mut answer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if let Some(at) = answer.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
    };
    if !answer.starts_with(b"HTTP/1.1 101") {
        return Err(io::ErrorKind::ConnectionRefused.into());
    }
    if plan.talk == Talk::Nats {
        let hello = b"CONNECT {\"verbose\":false,\"pedantic\":false,\"lang\":\"bench\",\"version\":\"1\",\"protocol\":1}\r\nSUB events 1\r\nPING\r\n";
        socket.write_all(&masked(hello)).await?;
    }
    Ok((socket, answer.split_off(end)))
}

/// Reads until the other side closes.
async fn listen(
    mut socket: TcpStream,
    first: &[u8],
    talk: Talk,
    heard: &RefCell<Heard>,
    buffer: &RefCell<Vec<u8>>,
) {
    let mut reader = Reader::default();
    reader.take(first, talk, &mut heard.borrow_mut());
    std::future::poll_fn(|context| {
        loop {
            let mut buffer = buffer.borrow_mut();
            match read(&mut socket, context, &mut buffer) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(0) => return Poll::Ready(()),
                Poll::Ready(got) => reader.take(&buffer[..got], talk, &mut heard.borrow_mut()),
            }
        }
    })
    .await;
}

/// How much came; nothing at all when the socket is closed or broken.
fn read(socket: &mut TcpStream, context: &mut Context<'_>, buffer: &mut [u8]) -> Poll<usize> {
    let mut filled = ReadBuf::new(buffer);
    Pin::new(socket).poll_read(context, &mut filled).map(|read| read.map_or(0, |()| filled.filled().len()))
}

impl Reader {
    fn take(&mut self, chunk: &[u8], talk: Talk, heard: &mut Heard) {
        heard.bytes += chunk.len() as u64;
        let at = heard.now();
        let Self { frames, lines } = self;
        match talk {
            Talk::Frames => frames.feed(chunk, pieces::websocket, |frame| heard.note(frame, at)),
            Talk::Nats => frames.feed(chunk, pieces::websocket, |frame| {
                lines.feed(frame, pieces::nats, |message| heard.note(message, at));
            }),
        }
    }
}
