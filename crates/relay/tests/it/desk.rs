//! A desk as the relay sees it: reads a snapshot, follows the stream, folds both.

use futures_util::StreamExt;
use reqwest::{Method, RequestBuilder, Response};
use rollcall_model::{Logged, PersonId, PresenceState, Roster, Seq};
use rollcall_relay::Relay;
use rollcall_wire::{
    packed::Unpacker,
    relay::{Bye, Frame, RelayState, Resume, SnapshotLine, Way, ZoomLink},
};
use secrecy::ExposeSecret;
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use crate::house::PATIENCE;

/// The socket of a desk.
pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// What a desk knows.
pub(crate) struct Desk {
    pub(crate) roster: Roster,
    pub(crate) seq: Seq,
    pub(crate) log: String,
    pub(crate) state: Option<RelayState>,
    /// Every event that came by the stream.
    pub(crate) events: Vec<Logged>,
    socket: Option<Socket>,
}

/// A request that shows the relay's token.
pub(crate) fn request(relay: &Relay, method: Method, path: &str) -> RequestBuilder {
    let client = reqwest::Client::builder().timeout(PATIENCE).no_proxy().build().unwrap();
    client.request(method, relay.base().join(path).unwrap()).bearer_auth(relay.token().expose_secret())
}

pub(crate) async fn post(relay: &Relay, path: &str) -> Response {
    request(relay, Method::POST, path).send().await.unwrap()
}

/// Opens the stream at a position.
pub(crate) async fn socket(relay: &Relay, since: Seq, log: &str) -> Socket {
    socket_told(relay, since, log, Way::OFFER).await
}

/// Opens the stream at a position, and offers these ways of reading frames.
pub(crate) async fn socket_told(relay: &Relay, since: Seq, log: &str, ways: &str) -> Socket {
    let mut url = relay.base().join(&format!("v1/stream?since={since}&log={log}")).unwrap();
    url.set_scheme("ws").unwrap();
    let mut request = url.as_str().into_client_request().unwrap();
    let bearer = format!("Bearer {}", relay.token().expose_secret());
    request.headers_mut().insert("authorization", bearer.parse().unwrap());
    request.headers_mut().insert("sec-websocket-protocol", ways.parse().unwrap());
    connect_async(request).await.unwrap().0
}

/// The next frame; nothing when the socket is closed.
pub(crate) async fn frame(socket: &mut Socket) -> Option<Frame> {
    loop {
        let message = timeout(PATIENCE, socket.next()).await.expect("a frame in time")?;
        match message {
            Ok(Message::Text(text)) => return Some(serde_json::from_str(&text).unwrap()),
            Ok(Message::Binary(packed)) => {
                let text = Unpacker::new().unwrap().unpack(&packed).unwrap();
                return Some(serde_json::from_str(&text).unwrap());
            }
            Ok(Message::Close(_)) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}

impl Desk {
    /// A desk that has read a snapshot.
    pub(crate) async fn snapshot(relay: &Relay) -> Self {
        let text = request(relay, Method::GET, "v1/snapshot").send().await.unwrap().text().await.unwrap();
        let mut lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        let Some(SnapshotLine::Head { log, seq, .. }) = lines.next() else { panic!("a head") };
        let mut roster = Roster::default();
        let mut ended = false;
        for line in lines {
            match line {
                SnapshotLine::Person { person, presence } => roster.join_person(*person, presence),
                SnapshotLine::Call { call } => roster.join_call(call),
                SnapshotLine::Organisation { organisation } => _ = roster.join_organisation(organisation),
                SnapshotLine::End => ended = true,
                SnapshotLine::Head { .. } => panic!("a second head"),
            }
        }
        assert!(ended, "the snapshot was cut short");
        Self { roster, seq, log, state: None, events: Vec::new(), socket: None }
    }

    /// Opens the stream at the desk's position; tells what the relay makes of it.
    pub(crate) async fn follow(&mut self, relay: &Relay) -> Resume {
        let mut socket = socket(relay, self.seq, &self.log).await;
        let Some(Frame::Hello { log, resume, state, .. }) = frame(&mut socket).await else {
            panic!("a hello")
        };
        self.log = log;
        self.state = Some(state);
        self.socket = Some(socket);
        resume
    }

    /// Goes away without a word.
    pub(crate) fn hang_up(&mut self) {
        self.socket = None;
    }

    /// Takes in one frame; an error is the end of the socket, with the relay's reason if it gave one.
    async fn hear(&mut self) -> Result<(), Option<Bye>> {
        match frame(self.socket.as_mut().unwrap()).await.ok_or(None)? {
            Frame::Events { events } => {
                for logged in events {
                    assert_eq!(logged.seq, self.seq.next(), "a gap in the stream");
                    self.seq = logged.seq;
                    self.roster.apply(logged.event.clone());
                    self.events.push(logged);
                }
            }
            Frame::State { state } => self.state = Some(state),
            Frame::Heartbeat { .. } | Frame::Waited { .. } => {}
            Frame::Bye { why } => return Err(Some(why)),
            Frame::Hello { .. } => panic!("a second hello"),
        }
        Ok(())
    }

    /// Hears frames until the relay closes; tells its reason if it gave one.
    pub(crate) async fn until_closed(&mut self) -> Option<Bye> {
        loop {
            if let Err(why) = self.hear().await {
                return why;
            }
        }
    }

    /// Hears frames until `condition` holds.
    pub(crate) async fn until(&mut self, what: &str, condition: impl Fn(&Self) -> bool) {
        let waiting = async {
            while !condition(self) {
                assert_eq!(self.hear().await, Ok(()), "closed while waiting until {what}");
            }
        };
        assert!(timeout(PATIENCE, waiting).await.is_ok(), "waited in vain until {what}");
    }

    pub(crate) fn is_listed(&self) -> bool {
        let directory = self.state.as_ref().unwrap().directory;
        directory.done > 0
            && directory.of == Some(directory.done)
            && self.roster.len() as u64 >= directory.done
    }

    pub(crate) fn is_connected(&self) -> bool {
        matches!(self.state.as_ref().unwrap().zoom, ZoomLink::Connected { .. })
    }

    /// What was last heard of a person's presence.
    pub(crate) fn presence(&self, id: &str) -> Option<PresenceState> {
        self.roster.get(&PersonId::new(id))?.presence.as_ref().map(|report| report.state)
    }
}
