//! Streams and snapshots over real sockets, for every role.

mod crowd;

use std::sync::Arc;

use axum::{Extension, Router};
use chrono::DateTime;
use futures_util::{SinkExt as _, StreamExt as _};
use rollcall_model::{
    CallId, CallReport, Event, Logged, Outcome, Party, PersonFact, PersonId, PersonReport, Seq, Side, Step,
};
use rollcall_wire::{
    Failure,
    packed::Unpacker,
    relay::{Frame, PROTOCOL, Resume, SnapshotLine, Way},
    session::Role,
};
use tempfile::TempDir;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::mpsc,
    task::JoinHandle,
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{self, Message, client::IntoClientRequest as _, protocol::frame::coding::CloseCode},
};
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::{
    access::EndWatch,
    caller::{Caller, Slug},
    core::{Core, tests::idle},
    door::{Visitor, for_desks},
    hub::fan_out,
    ledger::{Arrival, Keys},
};

type Client = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A relay's core that fans out, and how its log grows.
struct House {
    core: Arc<Core>,
    committed: mpsc::Sender<Vec<Logged>>,
    _folder: TempDir,
}

/// The door as one caller sees it.
struct Door {
    at: String,
    server: JoinHandle<()>,
}

impl House {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let core = Arc::new(idle(folder.path()).await);
        let (committed, events) = mpsc::channel(8);
        tokio::spawn(fan_out(core.clone(), events, core.state.watch()));
        Self { core, committed, _folder: folder }
    }

    /// Commits these events, as the log's writer does.
    async fn hear(&self, events: impl IntoIterator<Item = Event>) {
        let arrival = Arrival { keys: Keys::NONE, events: events.into_iter().collect() };
        let logged =
            self.core.ledger.append(Uuid::new_v4(), &[arrival], DateTime::UNIX_EPOCH).await.unwrap().logged;
        self.core.fold.apply(&logged);
        self.committed.send(logged).await.unwrap();
    }

    async fn door(&self, role: Role, person: Option<&str>) -> Door {
        self.door_until(role, person, None).await
    }

    /// The door as somebody sees it whose session is watched.
    async fn door_until(&self, role: Role, person: Option<&str>, session: Option<EndWatch>) -> Door {
        let caller = Caller { organisation: Slug::only(), role, person: person.map(PersonId::new) };
        let visitor = Visitor { core: self.core.clone(), caller, trail: None, tasks: TaskTracker::new() };
        let mut app: Router = for_desks().layer(Extension(visitor));
        if let Some(session) = session {
            app = app.layer(Extension(Arc::new(session)));
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap().to_string();
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Door { at, server }
    }
}

impl Door {
    async fn try_open(&self, position: &str, ways: Option<&str>) -> Result<Client, tungstenite::Error> {
        let address = format!("ws://{}/v1/stream?{position}", self.at);
        let mut request = address.into_client_request().unwrap();
        if let Some(ways) = ways {
            request.headers_mut().insert("sec-websocket-protocol", ways.parse().unwrap());
        }
        connect_async(request).await.map(|(client, _)| client)
    }

    /// Opens the stream; what the relay says first, and what follows.
    async fn open(&self, position: &str) -> (Resume, String, Client) {
        let mut client = self.try_open(position, Some(Way::OFFER)).await.unwrap();
        match frame(&mut client).await.unwrap() {
            Frame::Hello { resume, log, .. } => (resume, log, client),
            other => panic!("{other:?}"),
        }
    }

    async fn snapshot(&self) -> Vec<SnapshotLine> {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let text = client.get(format!("http://{}/v1/snapshot", self.at)).send().await.unwrap().text().await;
        text.unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn frame(client: &mut Client) -> Option<Frame> {
    match client.next().await?.ok()? {
        Message::Text(text) => Some(serde_json::from_str(&text).unwrap()),
        Message::Binary(packed) => {
            Some(serde_json::from_str(&Unpacker::new().unwrap().unpack(&packed).unwrap()).unwrap())
        }
        _ => None,
    }
}

/// The next so many events, without a gap after `seq`.
async fn events(client: &mut Client, mut seq: u64, count: usize) -> Vec<Event> {
    let mut heard = Vec::new();
    while heard.len() < count {
        let Some(Frame::Events { events }) = frame(client).await else { continue };
        for logged in events {
            seq += 1;
            assert_eq!(logged.seq, Seq(seq), "each exactly once and in order");
            heard.push(logged.event);
        }
    }
    heard
}

fn touched(who: &str) -> Event {
    let as_of = DateTime::UNIX_EPOCH;
    Event::Person(PersonReport { id: PersonId::new(who), as_of, fact: PersonFact::Touched })
}

fn rings(who: &str, side: Side, other: &str) -> Event {
    Event::Call(CallReport {
        call: CallId::new("7100000000000000001"),
        person: PersonId::new(who),
        side,
        at: DateTime::from_timestamp(1_795_000_000, 0).unwrap(),
        step: Step::Ended(Outcome::Rejected),
        other: Party { person: Some(PersonId::new(other)), ..Party::default() },
        queue: None,
    })
}

fn report(event: &Event) -> &CallReport {
    match event {
        Event::Call(report) => report,
        other => panic!("{other:?}"),
    }
}

fn is_veiled(report: &CallReport) -> bool {
    report.other == Party::default() && report.step == Step::Ended(Outcome::Unknown)
}

#[tokio::test]
async fn an_agent_hears_of_their_own_calls_all_and_of_others_no_more_than_that_the_line_is_used() {
    let house = House::new().await;
    let (ada, supervisor) =
        (house.door(Role::Agent, Some("ada")).await, house.door(Role::Supervisor, None).await);
    let call = [rings("ada", Side::Caller, "bo"), rings("bo", Side::Callee, "ada")];
    let (_, _, mut at_ada) = ada.open("since=0").await;
    let (_, _, mut at_supervisor) = supervisor.open("since=0").await;

    house.hear(call.clone()).await;

    assert_eq!(events(&mut at_supervisor, 0, 2).await, call);
    let heard = events(&mut at_ada, 0, 2).await;
    assert_eq!(heard[0], call[0]);
    assert!(is_veiled(report(&heard[1])) && report(&heard[1]).call != report(&call[1]).call);
    // The same to who comes later.
    let (_, _, mut later) = ada.open("since=1").await;
    assert_eq!(events(&mut later, 1, 1).await[0], heard[1]);
    let calls = |lines: Vec<SnapshotLine>| {
        lines.into_iter().filter_map(|line| match line {
            SnapshotLine::Call { call } => Some((call.id, call.legs.len())),
            _ => None,
        })
    };
    let seen: Vec<_> = calls(ada.snapshot().await).collect();
    assert_eq!(seen.len(), 2);
    assert!(seen.contains(&(report(&call[0]).call.clone(), 1)));
    assert!(seen.contains(&(report(&heard[1]).call.clone(), 1)));
    let whole: Vec<_> = calls(supervisor.snapshot().await).collect();
    assert_eq!(whole, [(report(&call[0]).call.clone(), 2)]);
}

#[tokio::test]
async fn whoever_may_see_less_than_before_begins_anew() {
    let house = House::new().await;
    house.hear([touched("ada")]).await;
    let (_, log, _) = house.door(Role::Supervisor, Some("ada")).await.open("since=0").await;
    let position = format!("since=1&log={log}");

    let (as_admin, ..) = house.door(Role::Admin, Some("ada")).await.open(&position).await;
    let (as_agent, other_log, _) = house.door(Role::Agent, Some("ada")).await.open(&position).await;

    assert_eq!((as_admin, as_agent), (Resume::Tail, Resume::Snapshot));
    assert_ne!(log, other_log);
    assert_ne!(log, house.core.ledger.name(), "the name of the log itself is never told");
}

#[tokio::test]
async fn a_desk_of_another_protocol_is_told_which_side_is_to_be_updated() {
    let house = House::new().await;
    let door = house.door(Role::Agent, None).await;
    let old = Failure::ProtocolTooOld { relay: PROTOCOL, desk: 1 };
    let new = Failure::RelayTooOld { relay: PROTOCOL, desk: 9 };

    for (ways, failure) in
        [(None, &old), (Some("rollcall.1"), &old), (Some("rollcall.9.zstd, rollcall.9"), &new)]
    {
        let Err(tungstenite::Error::Http(refusal)) = door.try_open("since=0", ways).await else {
            panic!("{ways:?} is let in")
        };
        assert_eq!(refusal.status(), 426);
        let told: Failure = serde_json::from_slice(refusal.body().as_deref().unwrap()).unwrap();
        assert_eq!(told, *failure);
    }
}

#[tokio::test]
async fn a_desk_gets_exactly_the_rest_of_a_frame_of_which_it_has_the_beginning() {
    let house = House::new().await;
    let door = house.door(Role::Supervisor, None).await;
    let people: Vec<Event> = (0..2_300).map(|n| touched(&n.to_string())).collect();
    house.hear(people.clone()).await;

    for since in [0, 1, 999, 1_000, 1_700, 2_299] {
        let (resume, _, mut client) = door.open(&format!("since={since}")).await;
        let missed = &people[usize::try_from(since).unwrap()..];
        assert_eq!(resume, Resume::Tail);
        assert_eq!(events(&mut client, since, missed.len()).await, missed);
    }
}

#[tokio::test]
async fn a_desk_that_asks_whether_anybody_is_there_is_answered() {
    let house = House::new().await;
    let (_, _, mut client) = house.door(Role::Agent, None).await.open("since=0").await;

    client.send(Message::Ping("still?".into())).await.unwrap();

    assert_eq!(client.next().await.unwrap().unwrap(), Message::Pong("still?".into()));
}

#[tokio::test]
async fn a_desk_that_says_anything_else_is_closed() {
    let house = House::new().await;
    let door = house.door(Role::Agent, None).await;
    for message in [Message::text("hello"), Message::binary(vec![0; 1 << 20])] {
        let (_, _, mut client) = door.open("since=0").await;

        // A large message may not get out before the relay closes.
        let _ = client.send(message).await;

        match client.next().await {
            Some(Ok(Message::Close(Some(why)))) => assert_eq!(why.code, CloseCode::Policy),
            Some(Err(_)) | None => {}
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_stream_ends_with_the_session_in_whose_name_it_is_open() {
    let house = House::new().await;
    let (session, end) = EndWatch::alone();
    let (_, _, mut client) =
        house.door_until(Role::Agent, Some("ada"), Some(session)).await.open("since=0").await;

    end.cancel();

    assert!(matches!(client.next().await, Some(Err(_)) | None));
}
