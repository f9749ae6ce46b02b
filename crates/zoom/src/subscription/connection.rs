//! One connection of a subscription, from its opening to its end.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use secrecy::ExposeSecret;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    sync::mpsc,
    time::{Instant, MissedTickBehavior, interval_at, sleep_until, timeout},
};
use tokio_tungstenite::{
    Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config,
    tungstenite::{self, Message, error::CapacityError, protocol::WebSocketConfig},
};

use super::{
    Heard, LostWhy, NobodyListens, Rhythm,
    frame::{self, Said},
};
use crate::{Client, Token, transport};

/// From the first packet to Zoom's acceptance.
const OPEN_WITHIN: Duration = Duration::from_secs(10);
/// A frame that is longer ends the connection; a delivery is far shorter.
const LONGEST_FRAME: usize = 2 << 20;

/// An accepted connection.
#[derive(Debug)]
pub(super) struct Connection<S> {
    socket: WebSocketStream<S>,
    rhythm: Rhythm,
}

impl Connection<MaybeTlsStream<TcpStream>> {
    /// Connects and waits for Zoom's acceptance.
    pub(super) async fn open(client: &Client, subscription_id: &str, token: &Token) -> Result<Self, LostWhy> {
        let connector = transport::system_tls().map_or(Connector::Plain, Connector::Rustls);
        let url = client.shared.addresses.subscription_url(subscription_id, token.access.expose_secret());
        let config = WebSocketConfig::default()
            .max_message_size(Some(LONGEST_FRAME))
            .max_frame_size(Some(LONGEST_FRAME));
        let opening = async {
            let connected =
                connect_async_tls_with_config(url.as_str(), Some(config), true, Some(connector)).await;
            let (socket, _) = connected.map_err(|failure| not_connected(&failure))?;
            let mut connection = Self { socket, rhythm: client.rhythm };
            connection.accepted().await?;
            Ok(connection)
        };
        // The handshake's state is large and short-lived: it is kept off the task.
        timeout(OPEN_WITHIN, Box::pin(opening)).await.unwrap_or(Err(LostWhy::Unreachable))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    /// Waits for Zoom's first word.
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
        let Rhythm { heartbeat, silence } = self.rhythm;
        let mut heartbeat = interval_at(Instant::now() + heartbeat, heartbeat);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut silent_at = Instant::now() + silence;
        // Read, but not yet taken by the listener: until then nothing more is read.
        let mut waiting = None;
        loop {
            tokio::select! {
                permit = heard.reserve(), if waiting.is_some() => match permit {
                    Ok(permit) => {
                        if let Some(body) = waiting.take() {
                            permit.send(Heard::Delivery(body));
                        }
                        silent_at = Instant::now() + silence;
                    }
                    Err(_) => return Ok(NobodyListens),
                },
                frame = self.socket.next(), if waiting.is_none() => {
                    silent_at = Instant::now() + silence;
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

/// What a message of the socket says. What is no frame of Zoom's is passed on as a delivery, so that it is
/// counted where unreadable deliveries are.
fn said(message: Option<Result<Message, tungstenite::Error>>) -> Result<Said, LostWhy> {
    match message {
        None => Err(LostWhy::Closed { code: 1005 }),
        Some(Ok(Message::Close(frame))) => {
            Err(LostWhy::Closed { code: frame.map_or(1005, |frame| frame.code.into()) })
        }
        Some(Ok(Message::Text(text))) => {
            Ok(frame::read(text.as_bytes()).unwrap_or_else(|| Said::Delivery(text.into())))
        }
        Some(Ok(Message::Binary(bytes))) => Ok(frame::read(&bytes).unwrap_or(Said::Delivery(bytes))),
        Some(Ok(_)) => Ok(Said::Nothing),
        Some(Err(tungstenite::Error::Capacity(CapacityError::MessageTooLong { size, .. }))) => {
            Err(LostWhy::Oversized { bytes: size as u64 })
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::{io::DuplexStream, sync::mpsc::Receiver, task::JoinHandle};
    use tokio_tungstenite::{accept_async, client_async};

    /// Zoom's end of a connection, what was heard at ours, and the task that listens.
    struct Line {
        zoom: WebSocketStream<DuplexStream>,
        heard: Receiver<Heard>,
        listening: JoinHandle<Result<NobodyListens, LostWhy>>,
    }

    async fn line(room: usize) -> Line {
        let (ours, theirs) = tokio::io::duplex(64 << 10);
        let (zoom, socket) = tokio::join!(accept_async(theirs), client_async("ws://zoom.test/ws", ours));
        let (passed_on, heard) = mpsc::channel(room);
        let connection = Connection { socket: socket.unwrap().0, rhythm: Rhythm::default() };
        let listening = tokio::spawn(async move { connection.listen(&passed_on).await });
        Line { zoom: zoom.unwrap(), heard, listening }
    }

    fn delivery(text: &str) -> Message {
        let frame = serde_json::json!({ "module": "message", "content": text });
        Message::text(frame.to_string())
    }

    async fn next_text(zoom: &mut WebSocketStream<DuplexStream>) -> String {
        zoom.next().await.unwrap().unwrap().into_text().unwrap().to_string()
    }

    #[tokio::test(start_paused = true)]
    async fn a_text_heartbeat_leaves_every_thirty_seconds() {
        let mut line = line(1).await;
        let begun = Instant::now();

        for beat in 1..=5 {
            assert_eq!(next_text(&mut line.zoom).await, frame::HEARTBEAT);
            assert_eq!(begun.elapsed().as_secs(), 30 * beat);
            let alive = r#"{"module":"heartbeat","success":true,"content":"live","header":{}}"#;
            line.zoom.send(Message::text(alive)).await.unwrap();
        }
        assert!(!line.listening.is_finished());
    }

    #[tokio::test(start_paused = true)]
    async fn forty_five_seconds_of_silence_end_the_connection() {
        let line = line(1).await;
        let begun = Instant::now();

        let end = line.listening.await.unwrap();

        assert_eq!(end.unwrap_err(), LostWhy::Silent);
        assert_eq!(begun.elapsed().as_secs(), 45);
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_listener_is_waited_for_with_heartbeats() {
        let mut line = line(1).await;
        for text in ["one", "two", "three"] {
            line.zoom.send(delivery(text)).await.unwrap();
        }

        for _ in 0..4 {
            assert_eq!(next_text(&mut line.zoom).await, frame::HEARTBEAT);
        }

        for text in ["one", "two", "three"] {
            assert_eq!(line.heard.recv().await, Some(Heard::Delivery(text.into())));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_frame_that_is_none_is_passed_on_to_be_counted() {
        let mut line = line(8).await;
        for noise in ["[1]", r#"{"module":7}"#, r#"{"module":"message","cont"#] {
            line.zoom.send(Message::text(noise)).await.unwrap();
            assert_eq!(line.heard.recv().await, Some(Heard::Delivery(noise.into())));
        }
        line.zoom.send(delivery("after the noise")).await.unwrap();

        assert_eq!(line.heard.recv().await, Some(Heard::Delivery("after the noise".into())));
    }

    #[tokio::test]
    async fn a_frame_that_is_too_long_ends_the_connection_with_its_size() {
        let (ours, theirs) = tokio::io::duplex(64 << 10);
        let config = WebSocketConfig::default().max_message_size(Some(1_024));
        let (zoom, ours) = tokio::join!(
            accept_async(theirs),
            tokio_tungstenite::client_async_with_config("ws://zoom.test/ws", ours, Some(config))
        );
        let (mut zoom, mut socket) = (zoom.unwrap(), ours.unwrap().0);
        zoom.send(delivery(&"x".repeat(2_000))).await.unwrap();

        let end = said(socket.next().await).unwrap_err();

        assert!(matches!(end, LostWhy::Oversized { bytes: 2_000.. }), "{end:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_close_is_told_with_its_code() {
        let mut line = line(1).await;
        let close = tungstenite::protocol::CloseFrame { code: 4001.into(), reason: "newer".into() };
        line.zoom.close(Some(close)).await.unwrap();

        assert_eq!(line.listening.await.unwrap().unwrap_err(), LostWhy::Closed { code: 4001 });
    }

    #[tokio::test(start_paused = true)]
    async fn listening_ends_when_nobody_listens() {
        let line = line(1).await;
        drop(line.heard);

        assert!(line.listening.await.unwrap().is_ok());
    }
}
