//! A relay that knows one snapshot and nothing after it.

use std::{convert::Infallible, net::Ipv4Addr, sync::Arc};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{
        Query, State, WebSocketUpgrade,
        ws::{Message, WebSocket},
    },
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use futures_util::stream;
use rollcall_model::{Clock, Person, Presence, Seq};
use rollcall_wire::relay::{Frame, PROTOCOL, Progress, RelayState, Resume, SnapshotLine, Way, ZoomLink};
use secrecy::SecretString;
use serde::Deserialize;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::failure::Failure;

/// Names the log.
const LOG: &str = "made-up-log";
/// The position of the snapshot.
const SEQ: Seq = Seq(1);
/// How many lines are written into one chunk of the body.
const LINES: usize = 1_000;

/// The relay; ends when it is dropped.
#[derive(Debug)]
pub(super) struct Upstream {
    base: Url,
    stop: CancellationToken,
    server: JoinHandle<()>,
}

/// Everybody, with the last report of presence.
type Known = Vec<(Person, Presence)>;

#[derive(Deserialize)]
struct Since {
    since: Seq,
}

impl Upstream {
    /// Listens on a free port of loopback.
    pub(super) async fn start(known: Known) -> Result<Self, Failure> {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(Failure::system("a port"))?;
        let at = listener.local_addr().map_err(Failure::system("a port"))?;
        let base = Url::parse(&format!("http://{at}/")).map_err(Failure::no_start("the made-up relay"))?;
        let app = Router::new()
            .route("/v1/stream", get(stream))
            .route("/v1/snapshot", get(snapshot))
            .route("/v1/people/refresh", post(async || StatusCode::NO_CONTENT))
            .with_state(Arc::new(known));
        let stop = CancellationToken::new();
        let ended = stop.clone().cancelled_owned();
        let server = tokio::spawn(async move {
            tokio::select! {
                () = ended => {}
                // It ends with an error only when the port is gone, which the desk notices too.
                _ = axum::serve(listener, app) => {}
            }
        });
        Ok(Self { base, stop, server })
    }

    /// How a desk reaches it.
    pub(super) fn address(&self) -> rollcall_desk::Upstream {
        rollcall_desk::Upstream { base: self.base.clone(), token: SecretString::from("made-up-token") }
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.stop.cancel();
        self.server.abort();
    }
}

async fn stream(
    State(known): State<Arc<Known>>,
    Query(Since { since }): Query<Since>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let resume = if since < SEQ { Resume::Snapshot } else { Resume::Tail };
    let people = known.len() as u64;
    let upgrade = upgrade.protocols([Way::Plain.name()]);
    upgrade.on_upgrade(async move |socket| greet(socket, resume, people).await)
}

/// Says hello; when the desk is up to date, stays until it leaves.
async fn greet(mut socket: WebSocket, resume: Resume, people: u64) {
    let state = RelayState {
        zoom: ZoomLink::Connecting,
        directory: Progress { done: people, of: Some(people) },
        repair: None,
        failures: Vec::new(),
    };
    let (log, at) = (LOG.to_owned(), Clock::system().now());
    let hello = Frame::Hello { protocol: PROTOCOL, log, at, head: SEQ, resume, state };
    let Ok(text) = serde_json::to_string(&hello) else { return };
    if socket.send(Message::Text(text.into())).await.is_ok() && resume == Resume::Tail {
        while let Some(Ok(_)) = socket.recv().await {}
    }
}

async fn snapshot(State(known): State<Arc<Known>>) -> Response {
    let head = SnapshotLine::Head { log: LOG.to_owned(), seq: SEQ, people: known.len() as u64, calls: 0 };
    let parts = known.len().div_ceil(LINES);
    let people = (0..parts).map(move |part| lines(known.iter().skip(part * LINES).take(LINES).map(person)));
    let whole =
        std::iter::once(lines([head])).chain(people).chain(std::iter::once(lines([SnapshotLine::End])));
    Response::new(Body::from_stream(stream::iter(whole.map(Ok::<Bytes, Infallible>))))
}

fn person((person, presence): &(Person, Presence)) -> SnapshotLine {
    SnapshotLine::Person { person: Box::new(person.clone()), presence: Some(presence.clone()) }
}

fn lines(lines: impl IntoIterator<Item = SnapshotLine>) -> Bytes {
    let mut text = Vec::new();
    for line in lines {
        // Writing to memory cannot fail, and every line can be written as JSON.
        let _ = serde_json::to_writer(&mut text, &line);
        text.push(b'\n');
    }
    text.into()
}
