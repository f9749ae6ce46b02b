//! A single desk that keeps what it hears.

use std::{io, time::Duration};

use tokio::{io::AsyncReadExt as _, net::TcpStream, time};

use super::{Plan, open, pieces};
use crate::stopwatch::Stopwatch;

/// A desk's socket and what came over it so far.
#[derive(Debug)]
pub(crate) struct Desk {
    socket: TcpStream,
    pieces: pieces::Pieces,
    begun: Stopwatch,
    /// In order.
    pub(crate) messages: Vec<Told>,
    bytes: u64,
}

/// A message as it came.
#[derive(Debug)]
pub(crate) struct Told {
    /// From the opening to its arrival.
    pub(crate) after: Duration,
    /// How many bytes had come by then, with everything around the messages.
    pub(crate) bytes: u64,
    /// The message.
    pub(crate) message: Vec<u8>,
}

impl Desk {
    /// Connects; the clock starts before.
    pub(crate) async fn open(plan: &Plan) -> io::Result<Self> {
        let begun = Stopwatch::start();
        let (socket, first) = open(plan, 0).await?;
        let pieces = pieces::Pieces::default();
        let mut desk = Self { socket, pieces, begun, messages: Vec::new(), bytes: 0 };
        desk.take(&first);
        Ok(desk)
    }

    /// Reads until nothing has come for `quiet`, until the socket is closed, or for as long as is enough.
    pub(crate) async fn hear(&mut self, quiet: Duration, enough: Duration) -> io::Result<()> {
        let mut buffer = vec![0; super::READ];
        while self.begun.elapsed() < enough
            && let Ok(read) = time::timeout(quiet, self.socket.read(&mut buffer)).await
        {
            match read? {
                0 => break,
                got => self.take(&buffer[..got]),
            }
        }
        Ok(())
    }

    fn take(&mut self, chunk: &[u8]) {
        self.bytes += chunk.len() as u64;
        let (after, bytes) = (self.begun.elapsed(), self.bytes);
        let Self { pieces, messages, .. } = self;
        pieces.feed(chunk, pieces::websocket, |message| {
            messages.push(Told { after, bytes, message: message.to_vec() });
        });
    }
}
