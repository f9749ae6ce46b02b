//! Publishing at an even pace, and remembering when.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
    time::{self, Instant},
};

use crate::{failure::Failure, line::Line, stopwatch::Stopwatch};

/// Over so many connections, so that a slow answer keeps nothing waiting.
const LINES: usize = 32;
/// One in so many is published before the clock starts.
const WARM_UP: usize = 10;

/// Ready requests and their pace.
#[derive(Clone, Debug)]
pub(super) struct Publisher {
    pub(super) at: SocketAddr,
    pub(super) way: Way,
    /// What is written, one after the other; the first tenth is the warm-up.
    pub(super) requests: Arc<Vec<Vec<u8>>>,
    /// How far apart.
    pub(super) pace: Duration,
}

/// How a publisher speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Each is an HTTP request and has an answer.
    Http,
    /// All go down one socket and nothing is answered.
    Stream,
}

impl Publisher {
    /// How many of so many are the warm-up.
    pub(super) const fn warm_up_of(all: usize) -> usize {
        all / WARM_UP
    }

    /// Publishes the warm-up.
    pub(super) async fn warm_up(&self) -> Result<(), Failure> {
        let part = 0..Self::warm_up_of(self.requests.len());
        self.span(part, Stopwatch::start()).await.map(drop)
    }

    /// Publishes the rest; tells when each was written, in microseconds since `origin`.
    pub(super) async fn publish(&self, origin: Stopwatch) -> Result<Vec<u32>, Failure> {
        self.span(Self::warm_up_of(self.requests.len())..self.requests.len(), origin).await
    }

    async fn span(&self, span: std::ops::Range<usize>, origin: Stopwatch) -> Result<Vec<u32>, Failure> {
        let own = self.clone();
        let published = tokio::task::spawn_blocking(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(own.write(span, origin))
        });
        published.await.map_err(Failure::no_start("the publisher"))?.map_err(Failure::system("publishing"))
    }

    async fn write(self, span: std::ops::Range<usize>, origin: Stopwatch) -> io::Result<Vec<u32>> {
        let lines = if self.way == Way::Http { LINES } else { 1 };
        let begun = Instant::now();
        let mut tasks = JoinSet::new();
        for line in 0..lines {
            let turns = (0..).map(|turn| begun + self.pace * turn).zip(span.clone());
            tasks.spawn(self.clone().one(turns.skip(line).step_by(lines).collect(), origin));
        }
        let mut all = Vec::with_capacity(span.len());
        while let Some(done) = tasks.join_next().await {
            all.extend(done.map_err(io::Error::other)??);
        }
        all.sort_unstable();
        Ok(all.into_iter().map(|(_, at)| at).collect())
    }

    /// What one connection writes.
    async fn one(self, turns: Vec<(Instant, usize)>, origin: Stopwatch) -> io::Result<Vec<(usize, u32)>> {
        let mut line = match self.way {
            Way::Http => Wire::Http(Line::open(self.at).await?),
            Way::Stream => Wire::Stream(stream(self.at).await?),
        };
        let mut written = Vec::with_capacity(turns.len());
        for (due, index) in turns {
            time::sleep_until(due).await;
            written.push((index, u32::try_from(origin.elapsed().as_micros()).unwrap_or(u32::MAX)));
            line.write(&self.requests[index]).await?;
        }
        Ok(written)
    }
}

enum Wire {
    Http(Line),
    Stream(TcpStream),
}

impl Wire {
    async fn write(&mut self, request: &[u8]) -> io::Result<()> {
        match self {
            Self::Http(line) => match line.ask(request).await? {
                200..300 => Ok(()),
                status => Err(io::Error::other(format!("HTTP status {status}"))),
            },
            Self::Stream(socket) => socket.write_all(request).await,
        }
    }
}

/// A socket whose other side's words go nowhere.
async fn stream(at: SocketAddr) -> io::Result<TcpStream> {
    let mut socket = TcpStream::connect(at).await?;
    socket.set_nodelay(true)?;
    // NATS says who it is before it listens.
    let mut info = [0; 1_024];
    let _ = socket.read(&mut info).await?;
    socket.write_all(b"CONNECT {\"verbose\":false,\"pedantic\":false}\r\n").await?;
    Ok(socket)
}
