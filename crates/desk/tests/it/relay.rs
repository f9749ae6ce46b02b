//! A relay for tests: one log in memory, served on a port of the operating system's choice, with
//! switches for what can go wrong.

use std::sync::{Arc, Mutex};

use axum::{
    Json, Router,
    extract::{
        Query, State, WebSocketUpgrade,
        ws::{Message, WebSocket},
    },
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post, put},
};
use chrono::{DateTime, Utc};
use rollcall_desk::Upstream;
use rollcall_model::{Event, Logged, PersonId, Roster, Seq};
use rollcall_wire::{
    Failure,
    packed::{LARGEST, Packer},
    relay::{
        Bye, Frame, PROTOCOL, Progress, Refresh, RelayState, Resume, SnapshotLine, Waits, Way, ZoomLink,
    },
};
use serde::Deserialize;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

const TOKEN: &str = "a token for tests";

/// A running relay.
pub(crate) struct Relay {
    pub(crate) upstream: Upstream,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

/// What a test can see and switch.
#[derive(Clone, Debug)]
pub(crate) struct Log {
    pub(crate) name: String,
    pub(crate) events: Vec<Event>,
    /// What was asked for: position and log of every stream that was opened.
    pub(crate) streams: Vec<(u64, Option<String>)>,
    pub(crate) snapshots: usize,
    pub(crate) refreshed: Vec<PersonId>,
    /// For whom the desk said that it waits, each time.
    pub(crate) waits: Vec<Vec<PersonId>>,
    /// Who waits for the person at the desk.
    pub(crate) waited_by: Vec<PersonId>,
    /// How often somebody wanted to open a stream.
    pub(crate) knocks: usize,
    pub(crate) mischief: Mischief,
}

/// What goes wrong.
#[derive(Clone, Debug)]
pub(crate) struct Mischief {
    pub(crate) protocol: u16,
    /// Every desk is told to read a snapshot until one was read.
    pub(crate) snapshot_first: bool,
    /// The next snapshot stops before its last line.
    pub(crate) cut_snapshot: bool,
    /// The event of this position is left out once.
    pub(crate) leave_out: Option<u64>,
    /// The next stream says this after its first events.
    pub(crate) bye: Option<Bye>,
    pub(crate) greeting: Greeting,
    /// Every stream is refused with this.
    pub(crate) refusal: Option<Failure>,
    /// What the relay's clock shows.
    pub(crate) at: DateTime<Utc>,
}

/// How streams begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Greeting {
    Hello,
    /// They send nothing at all.
    Silence,
    /// The next one sends a message that says it unpacks to more than anybody reads.
    Bomb,
}

struct Shared {
    log: Mutex<Log>,
    changed: watch::Sender<u64>,
}

#[derive(Deserialize)]
struct Since {
    since: u64,
    log: Option<String>,
}

impl Default for Mischief {
    fn default() -> Self {
        Self {
            protocol: PROTOCOL,
            snapshot_first: false,
            cut_snapshot: false,
            leave_out: None,
            bye: None,
            greeting: Greeting::Hello,
            refusal: None,
            at: crate::scene::morning(),
        }
    }
}

impl Relay {
    pub(crate) async fn start(name: &str) -> Self {
        Self::with(name, Mischief::default()).await
    }

    pub(crate) async fn with(name: &str, mischief: Mischief) -> Self {
        let log = Log {
            name: name.to_owned(),
            events: Vec::new(),
            streams: Vec::new(),
            snapshots: 0,
            refreshed: Vec::new(),
            waits: Vec::new(),
            waited_by: Vec::new(),
            knocks: 0,
            mischief,
        };
        let shared = Arc::new(Shared { log: Mutex::new(log), changed: watch::Sender::new(0) });
        let app = Router::new()
            .route("/v1/stream", get(stream))
            .route("/v1/snapshot", get(snapshot))
            .route("/v1/people/refresh", post(refresh))
            .route("/v1/waits", put(waits))
            .with_state(Arc::clone(&shared));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { upstream: Upstream { base, token: TOKEN.into() }, shared, server }
    }

    /// The same relay by an address that is none of this computer's own names for itself.
    pub(crate) fn elsewhere(&self) -> Upstream {
        let mut upstream = self.upstream.clone();
        upstream.base.set_host(Some("0.0.0.0")).unwrap();
        upstream
    }

    /// Appends events to the log; open streams get them in one frame.
    pub(crate) fn append(&self, events: impl IntoIterator<Item = Event>) {
        self.change(|log| log.events.extend(events));
    }

    pub(crate) fn change(&self, change: impl FnOnce(&mut Log)) {
        change(&mut self.shared.log.lock().unwrap());
        self.shared.changed.send_modify(|count| *count += 1);
    }

    pub(crate) fn log(&self) -> Log {
        self.shared.log.lock().unwrap().clone()
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn admitted(headers: &HeaderMap) -> bool {
    headers.get("authorization").is_some_and(|bearer| bearer == &format!("Bearer {TOKEN}"))
}

async fn stream(
    State(shared): State<Arc<Shared>>,
    Query(since): Query<Since>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    shared.log.lock().unwrap().knocks += 1;
    shared.changed.send_modify(|count| *count += 1);
    if !admitted(&headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let offered = headers.get("sec-websocket-protocol").unwrap().to_str().unwrap();
    let log = shared.log.lock().unwrap().clone();
    if let Some(failure) = log.mischief.refusal {
        return (StatusCode::UNAUTHORIZED, Json(failure)).into_response();
    }
    if log.mischief.protocol == 1 {
        // The first protocol had no name.
        return upgrade.on_upgrade(async |_| {});
    }
    if log.mischief.protocol != PROTOCOL {
        let failure = Way::apart(log.mischief.protocol, PROTOCOL);
        return (StatusCode::UPGRADE_REQUIRED, Json(failure)).into_response();
    }
    let way = Way::choose(offered.split(',')).unwrap();
    upgrade.protocols([way.name()]).on_upgrade(async move |socket| {
        serve_stream(socket, &shared, since).await;
    })
}

async fn serve_stream(mut socket: WebSocket, shared: &Shared, since: Since) -> Option<()> {
    let mut changed = shared.changed.subscribe();
    let (hello, resume) = greet(shared, &since);
    let greeting = shared.log.lock().unwrap().mischief.greeting;
    match greeting {
        Greeting::Hello => {}
        Greeting::Silence => std::future::pending().await,
        Greeting::Bomb => {
            shared.log.lock().unwrap().mischief.greeting = Greeting::Hello;
            let bomb = zstd::bulk::compress(&vec![b' '; LARGEST + 1], 1).unwrap();
            socket.send(Message::Binary(bomb.into())).await.ok()?;
        }
    }
    send(&mut socket, &hello).await?;
    if resume == Resume::Snapshot {
        return None;
    }
    let mut have = since.since;
    let mut waited_by = Vec::new();
    loop {
        let by = shared.log.lock().unwrap().waited_by.clone();
        if by != waited_by {
            waited_by.clone_from(&by);
            send(&mut socket, &Frame::Waited { by }).await?;
        }
        for frame in next_frames(shared, &mut have) {
            send(&mut socket, &frame).await?;
            if matches!(frame, Frame::Bye { .. }) {
                return None;
            }
        }
        changed.changed().await.ok()?;
    }
}

fn greet(shared: &Shared, since: &Since) -> (Frame, Resume) {
    let mut log = shared.log.lock().unwrap();
    log.streams.push((since.since, since.log.clone()));
    let known = since.log.as_ref().is_none_or(|name| *name == log.name);
    let behind = log.mischief.snapshot_first || !known || since.since > log.events.len() as u64;
    let resume = if behind { Resume::Snapshot } else { Resume::Tail };
    let head = Seq(log.events.len() as u64);
    let (protocol, name) = (log.mischief.protocol, log.name.clone());
    let at = log.mischief.at;
    (Frame::Hello { protocol, log: name, at, head, resume, state: connected() }, resume)
}

fn next_frames(shared: &Shared, have: &mut u64) -> Vec<Frame> {
    let mut log = shared.log.lock().unwrap();
    let numbered = (1..).map(Seq).zip(log.events.iter().cloned());
    let mut events: Vec<Logged> = numbered.map(|(seq, event)| Logged { seq, event }).collect();
    events.retain(|logged| logged.seq.0 > *have);
    *have = log.events.len() as u64;
    if let Some(left_out) = log.mischief.leave_out
        && events.iter().any(|logged| logged.seq.0 == left_out)
    {
        events.retain(|logged| logged.seq.0 != left_out);
        log.mischief.leave_out = None;
    }
    let mut frames = Vec::new();
    if !events.is_empty() {
        frames.push(Frame::Events { events });
        frames.extend(log.mischief.bye.take().map(|why| Frame::Bye { why }));
    }
    frames
}

async fn snapshot(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    if !admitted(&headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let mut log = shared.log.lock().unwrap();
    log.snapshots += 1;
    let mut roster = Roster::default();
    for event in &log.events {
        roster.apply(event.clone());
    }
    let mut lines = vec![SnapshotLine::Head {
        log: log.name.clone(),
        seq: Seq(log.events.len() as u64),
        people: roster.len() as u64,
        calls: roster.calls().count() as u64,
    }];
    lines.extend(roster.entries().map(|entry| SnapshotLine::Person {
        person: Box::new(entry.person.clone()),
        presence: entry.presence.clone(),
    }));
    lines.extend(roster.calls().map(|call| SnapshotLine::Call { call: call.clone() }));
    if std::mem::take(&mut log.mischief.cut_snapshot) {
        lines.pop();
    } else {
        lines.push(SnapshotLine::End);
        log.mischief.snapshot_first = false;
    }
    let text = |line: &SnapshotLine| serde_json::to_string(line).unwrap() + "\n";
    if headers.get("accept-encoding").is_none_or(|coding| coding != "zstd") {
        return lines.iter().map(text).collect::<String>().into_response();
    }
    // Each line a zstd frame of its own: what a relay may cut, it may cut anywhere.
    let zipped = lines.iter().map(|line| zstd::bulk::compress(text(line).as_bytes(), 3).unwrap());
    ([("content-encoding", "zstd")], zipped.collect::<Vec<_>>().concat()).into_response()
}

async fn refresh(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Json<Refresh>) -> StatusCode {
    if !admitted(&headers) {
        return StatusCode::UNAUTHORIZED;
    }
    shared.log.lock().unwrap().refreshed.extend(body.0.people);
    shared.changed.send_modify(|count| *count += 1);
    StatusCode::ACCEPTED
}

async fn waits(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Json<Waits>) -> StatusCode {
    if !admitted(&headers) {
        return StatusCode::UNAUTHORIZED;
    }
    shared.log.lock().unwrap().waits.push(body.0.people);
    StatusCode::NO_CONTENT
}

/// Sends a frame, packed when that is shorter.
async fn send(socket: &mut WebSocket, frame: &Frame) -> Option<()> {
    let text = serde_json::to_string(frame).unwrap();
    let message = match Packer::default().pack(&text) {
        Some(packed) => Message::Binary(packed.into()),
        None => Message::Text(text.into()),
    };
    socket.send(message).await.ok()
}

fn connected() -> RelayState {
    RelayState {
        zoom: ZoomLink::Connected { since: chrono::DateTime::UNIX_EPOCH },
        directory: Progress::default(),
        repair: None,
        failures: Vec::new(),
    }
}
