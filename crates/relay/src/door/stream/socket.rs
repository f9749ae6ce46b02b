//! A desk's end of the stream: ready messages out, control messages in.

use std::{io, time::Duration};

use axum::body::Bytes;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    time::timeout,
};

use super::heard::{Heard, Said};
use crate::hub::{Kind, message};

/// How long a desk may take to close.
const CLOSE: Duration = Duration::from_secs(1);

/// Why a socket is closed, by the numbers of RFC 6455.
#[derive(Clone, Copy, Debug)]
pub(super) enum Why {
    /// All was said.
    Done = 1_000,
    /// The desk said what no desk has to say.
    Garbage = 1_008,
}

/// A desk's socket.
pub(super) struct Socket {
    io: TokioIo<Upgraded>,
    heard: Heard,
}

impl Socket {
    pub(super) fn new(connection: Upgraded) -> Self {
        Self { io: TokioIo::new(connection), heard: Heard::new() }
    }

    /// Writes a message as it is.
    pub(super) async fn send(&mut self, message: &[u8]) -> io::Result<()> {
        self.io.write_all(message).await?;
        self.io.flush().await
    }

    /// The next thing that the desk says; dropped before it is there, nothing is lost.
    pub(super) async fn hear(&mut self) -> io::Result<Said> {
        loop {
            match self.heard.next() {
                Ok(Some(said)) => return Ok(said),
                Ok(None) => {}
                Err(garbage) => return Err(io::Error::new(io::ErrorKind::InvalidData, garbage)),
            }
            match self.io.read(self.heard.room()).await? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                count => self.heard.came(count),
            }
        }
    }

    /// Says that somebody is here.
    pub(super) async fn pong(&mut self, said: &Bytes) -> io::Result<()> {
        self.send(&message(Kind::Pong, said)).await
    }

    /// Closes; waits a moment for the desk to close, too, so that it reads what was sent last.
    pub(super) async fn close(mut self, why: Why) {
        let close = message(Kind::Close, &(why as u16).to_be_bytes());
        let closing = async {
            self.send(&close).await?;
            self.io.shutdown().await?;
            while self.io.read(self.heard.waste()).await? > 0 {}
            io::Result::Ok(())
        };
        // The desk may be gone already.
        let _ = timeout(CLOSE, closing).await;
    }
}
