//! One connection of a subscription, from its opening to its end.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use secrecy::ExposeSecret;
use tokio::{
    net::TcpStream,
    sync::mpsc,
    time::{Instant, MissedTickBehavior, interval_at, sleep_until, timeout},
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async_with_config,
    tungstenite::{self, Message, protocol::WebSocketConfig},
};

use super::{
    Heard, LostWhy, NobodyListens,
    frame::{self, Said},
};
use crate::{Client, Token, transport};

/// From the first packet to Zoom's acceptance.
const OPEN_WITHIN: Duration = Duration::from_secs(10);
const HEARTBEAT_EVERY: Duration = Duration::from_secs(30);
/// Longer than one heartbeat and its answer.
const SILENCE: Duration = Duration::from_secs(45);
/// A frame that is longer ends the connection; a delivery is far shorter.
const LONGEST_FRAME: usize = 2 << 20;

/// An accepted connection.
#[derive(Debug)]
pub(super) struct Connection {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Connection {
    /// Connects and waits for Zoom's acceptance.
    pub(super) async fn open(client: &Client, subscription_id: &str, token: &Token) -> Result<Self, LostWhy> {
        transport::install_tls();
        let url = client.shared.addresses.subscription_url(subscription_id, token.access.expose_secret());
        let config = WebSocketConfig::default()
            .max_message_size(Some(LONGEST_FRAME))
            .max_frame_size(Some(LONGEST_FRAME));
        let opening = async {
            let connected = connect_async_with_config(url.as_str(), Some(config), true).await;
            let (socket, _) = connected.map_err(|failure| not_connected(&failure))?;
            let mut connection = Self { socket };
            connection.accepted().await?;
            Ok(connection)
        };
        // The handshake's state is large and short-lived: it is kept off the task.
        timeout(OPEN_WITHIN, Box::pin(opening)).await.unwrap_or(Err(LostWhy::Unreachable))
    }

    async fn accepted(&mut self) -> Result<(), LostWhy> {
        loop {
            match said(self.socket.next().await)? {
                Said::Accepted => return Ok(()),
                Said::Refused => return Err(LostWhy::Refused),
                Said::Delivery(_) | Said::Nothing => {}
            }
        }
    }

    /// Passes deliveries on until the connection ends or nobody listens.
    pub(super) async fn listen(mut self, heard: &mpsc::Sender<Heard>) -> Result<NobodyListens, LostWhy> {
        let mut heartbeat = interval_at(Instant::now() + HEARTBEAT_EVERY, HEARTBEAT_EVERY);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut silent_at = Instant::now() + SILENCE;
        // Read, but not yet taken by the listener: until then nothing more is read.
        let mut waiting = None;
        loop {
            tokio::select! {
                permit = heard.reserve(), if waiting.is_some() => match permit {
                    Ok(permit) => {
                        if let Some(body) = waiting.take() {
                            permit.send(Heard::Delivery(body));
                        }
                        silent_at = Instant::now() + SILENCE;
                    }
                    Err(_) => return Ok(NobodyListens),
                },
                frame = self.socket.next(), if waiting.is_none() => {
                    silent_at = Instant::now() + SILENCE;
                    match said(frame)? {
                        Said::Delivery(body) => waiting = Some(body),
                        Said::Refused => return Err(LostWhy::Refused),
                        Said::Accepted | Said::Nothing => {}
                    }
                }
                () = sleep_until(silent_at), if waiting.is_none() => return Err(LostWhy::Silent),
                () = heard.closed() => return Ok(NobodyListens),
                _ = heartbeat.tick() => self.beat().await?,
            }
        }
    }

    async fn beat(&mut self) -> Result<(), LostWhy> {
        let beat = self.socket.send(Message::text(frame::HEARTBEAT));
        match timeout(OPEN_WITHIN, beat).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(LostWhy::Broken),
            Err(_) => Err(LostWhy::Silent),
        }
    }
}

/// What a message of the socket says; an unreadable one says nothing.
fn said(message: Option<Result<Message, tungstenite::Error>>) -> Result<Said, LostWhy> {
    match message {
        None => Err(LostWhy::Closed { code: 1005 }),
        Some(Ok(Message::Close(frame))) => {
            Err(LostWhy::Closed { code: frame.map_or(1005, |frame| frame.code.into()) })
        }
        Some(Ok(Message::Text(text))) => Ok(frame::read(text.as_bytes()).unwrap_or(Said::Nothing)),
        Some(Ok(Message::Binary(bytes))) => Ok(frame::read(&bytes).unwrap_or(Said::Nothing)),
        Some(Ok(_)) => Ok(Said::Nothing),
        Some(Err(_)) => Err(LostWhy::Broken),
    }
}

/// The message of a failed connection may hold the address, and the address holds the token: only its
/// kind is kept.
fn not_connected(failure: &tungstenite::Error) -> LostWhy {
    match failure {
        tungstenite::Error::Http(response) => LostWhy::Handshake { status: response.status().as_u16() },
        _ => LostWhy::Unreachable,
    }
}
