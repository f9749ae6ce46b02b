//! Zoom's events over a WebSocket: an outgoing connection, so no public address is needed.
//!
//! Zoom keeps nothing while nobody is connected and takes one connection per subscription. After every
//! [`Heard::Lost`] there is a gap that only questions can fill.

mod connection;
mod frame;

use std::time::Duration;

use bytes::Bytes;
use tokio::{sync::mpsc, time::Instant};
use tokio_util::sync::CancellationToken;

use crate::{Client, ZoomError, backoff};
use connection::Connection;

/// A connection that stood this long was a good one: the next pause is the shortest again.
const GOOD_AFTER: Duration = Duration::from_mins(1);

/// When a connection is kept alive, and when it counts as dead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rhythm {
    /// A heartbeat leaves this often. Zoom closes a connection without one; it asks for 30 seconds.
    pub heartbeat: Duration,
    /// A connection of which nothing was heard for so long is half open and given up; longer than one
    /// heartbeat and its answer.
    pub silence: Duration,
}

/// What a subscription brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Zoom accepted the connection: events flow from here on.
    Connected,
    /// One delivery: see [`delivery::parse`](crate::delivery::parse).
    Delivery(Bytes),
    /// The connection ended or was not made; it is tried again.
    Lost {
        /// Why.
        why: LostWhy,
    },
}

/// Why a subscription is not connected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LostWhy {
    /// No token could be made.
    #[error("no token: {0}")]
    NoToken(ZoomError),
    /// No connection could be made within ten seconds.
    #[error("Zoom could not be reached")]
    Unreachable,
    /// The server refused the upgrade.
    #[error("the upgrade was refused with {status}")]
    Handshake {
        /// The HTTP status.
        status: u16,
    },
    /// Zoom refused the token or the subscription; the next try brings a new token.
    #[error("Zoom refused the connection")]
    Refused,
    /// Nothing was heard for [`Rhythm::silence`], answers to heartbeats included.
    #[error("silence")]
    Silent,
    /// Zoom closed the connection: a newer one of the same subscription, or the token's end.
    #[error("Zoom closed the connection, code {code}")]
    Closed {
        /// The close code; 1005 when there was none.
        code: u16,
    },
    /// Zoom sent a frame that is longer than any delivery.
    #[error("a frame of {bytes} bytes")]
    Oversized {
        /// How long it was.
        bytes: u64,
    },
    /// The connection broke.
    #[error("the connection broke")]
    Broken,
}

impl Default for Rhythm {
    /// Zoom's own numbers: 30 and 45 seconds.
    fn default() -> Self {
        Self { heartbeat: Duration::from_secs(30), silence: Duration::from_secs(45) }
    }
}

/// Holds a subscription open until `stop`, or until nobody listens to `heard` any more.
///
/// Reconnects after 1, 2, 4 … 60 seconds with jitter. When the listener is slow, reading waits and
/// heartbeats go on.
pub async fn run(
    client: Client,
    subscription_id: String,
    heard: mpsc::Sender<Heard>,
    stop: CancellationToken,
) {
    let _ = stop.run_until_cancelled(hold_open(&client, &subscription_id, &heard)).await;
}

/// Ends only when nobody listens any more.
async fn hold_open(client: &Client, subscription_id: &str, heard: &mpsc::Sender<Heard>) {
    let mut failures = 0;
    loop {
        let begun = Instant::now();
        let why = match connect_and_listen(client, subscription_id, heard).await {
            Ok(NobodyListens) => return,
            Err(why) => why,
        };
        tracing::info!(%why, "the event subscription is not connected");
        if heard.send(Heard::Lost { why }).await.is_err() {
            return;
        }
        failures = if begun.elapsed() >= GOOD_AFTER { 1 } else { failures + 1 };
        tokio::time::sleep(client.spread(backoff::pause(failures))).await;
    }
}

/// The receiver of what is heard was dropped.
#[derive(Debug)]
struct NobodyListens;

async fn connect_and_listen(
    client: &Client,
    subscription_id: &str,
    heard: &mpsc::Sender<Heard>,
) -> Result<NobodyListens, LostWhy> {
    let token = client.token().await.map_err(LostWhy::NoToken)?;
    let opened = Connection::open(client, subscription_id, &token).await;
    if matches!(opened, Err(LostWhy::Refused | LostWhy::Handshake { status: 401 | 403 })) {
        // Whatever the words of the refusal were: the token is the one part that we can make anew.
        client.renewed(&token).await.map_err(LostWhy::NoToken)?;
    }
    let connection = opened?;
    if heard.send(Heard::Connected).await.is_err() {
        return Ok(NobodyListens);
    }
    connection.listen(heard).await
}
