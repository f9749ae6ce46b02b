//! The event subscription over a real socket: opening, refusal, reconnection. Its timing while open is
//! tested beside the connection.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{
        Query, State, WebSocketUpgrade,
        ws::{Message, WebSocket},
    },
    response::Response,
    routing::{any, post},
};
use rollcall_model::Clock;
use rollcall_zoom::{
    Addresses, Client, Plan,
    subscription::{Heard, LostWhy, run},
};
use serde_json::{Value, json};
use tokio::{sync::mpsc, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::stand::server_to_server;

/// What Zoom does with one connection, frame by frame; then it closes.
type Script = Vec<&'static str>;

const ACCEPTED: &str = r#"{"module":"build_connection","success":true,"content":"","header":{}}"#;
const INVALID: &str =
    r#"{"module":"build_connection","success":false,"content":"Token is invalid","header":{}}"#;
const EVENT: &str = r#"{"module":"message","content":"{\"event\":\"user.updated\"}"}"#;
/// No frame: the connection stays open and silent.
const STAYS: &str = "stays";

#[derive(Clone, Default)]
struct Zoom {
    scripts: Arc<Mutex<VecDeque<Script>>>,
    /// The queries of the connections that were made.
    connections: Arc<Mutex<Vec<HashMap<String, String>>>>,
    tokens: Arc<Mutex<u32>>,
}

struct Listening {
    zoom: Zoom,
    heard: mpsc::Receiver<Heard>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

async fn token(State(zoom): State<Zoom>) -> Json<Value> {
    let mut tokens = zoom.tokens.lock().unwrap();
    *tokens += 1;
    Json(json!({ "access_token": format!("token-{tokens}"), "token_type": "bearer", "expires_in": 3_600 }))
}

async fn connect(
    State(zoom): State<Zoom>,
    Query(query): Query<HashMap<String, String>>,
    upgrade: WebSocketUpgrade,
) -> Response {
    zoom.connections.lock().unwrap().push(query);
    let script = zoom.scripts.lock().unwrap().pop_front().unwrap_or_else(|| vec![ACCEPTED, STAYS]);
    upgrade.on_upgrade(|socket| play(socket, script))
}

async fn play(mut socket: WebSocket, script: Script) {
    for frame in script {
        if frame == STAYS {
            while socket.recv().await.is_some() {}
            return;
        }
        if socket.send(Message::text(frame)).await.is_err() {
            return;
        }
    }
}

async fn listening(scripts: impl IntoIterator<Item = Script>) -> Listening {
    let zoom = Zoom { scripts: Arc::new(Mutex::new(scripts.into_iter().collect())), ..Zoom::default() };
    let router = Router::new().route("/oauth/token", post(token)).route("/ws", any(connect));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let served = router.with_state(zoom.clone());
    tokio::spawn(async move { axum::serve(listener, served).await });
    let url = |scheme: &str, path: &str| format!("{scheme}://{address}{path}").parse().unwrap();
    let addresses = Addresses::at(url("http", ""), url("ws", "/ws"));
    let client = Client::new(addresses, server_to_server(), Plan::Pro, Clock::system(), 1).unwrap();
    let (sender, heard) = mpsc::channel(8);
    let stop = CancellationToken::new();
    let task = tokio::spawn(run(client, "subscription".into(), sender, stop.clone()));
    Listening { zoom, heard, stop, task }
}

impl Listening {
    async fn next(&mut self) -> Heard {
        let next = tokio::time::timeout(Duration::from_secs(10), self.heard.recv()).await;
        next.expect("something is heard in time").expect("the subscription runs")
    }
}

fn lost(why: LostWhy) -> Heard {
    Heard::Lost { why }
}

#[tokio::test]
async fn deliveries_are_heard_after_zoom_accepts() {
    let mut listening = listening([vec![ACCEPTED, EVENT, EVENT, STAYS]]).await;

    assert_eq!(listening.next().await, Heard::Connected);
    for _ in 0..2 {
        assert_eq!(listening.next().await, Heard::Delivery(r#"{"event":"user.updated"}"#.into()));
    }
    let connections = listening.zoom.connections.lock().unwrap().clone();
    assert_eq!(connections[0]["subscriptionId"], "subscription");
    assert_eq!(connections[0]["access_token"], "token-1");
}

#[tokio::test]
async fn a_refusal_is_answered_with_a_new_token() {
    let mut listening = listening([vec![INVALID]]).await;

    assert_eq!(listening.next().await, lost(LostWhy::Refused));
    assert_eq!(listening.next().await, Heard::Connected);

    let connections = listening.zoom.connections.lock().unwrap().clone();
    assert_eq!(connections[1]["access_token"], "token-2");
}

#[tokio::test]
async fn a_connection_that_ends_is_made_again_with_the_same_token() {
    let mut listening = listening([vec![ACCEPTED, EVENT]]).await;

    assert_eq!(listening.next().await, Heard::Connected);
    assert!(matches!(listening.next().await, Heard::Delivery(_)));
    assert!(matches!(listening.next().await, Heard::Lost { why: LostWhy::Closed { .. } | LostWhy::Broken }));
    assert_eq!(listening.next().await, Heard::Connected);

    assert_eq!(*listening.zoom.tokens.lock().unwrap(), 1);
}

#[tokio::test]
async fn stopping_ends_the_subscription_while_it_is_open_and_while_it_waits() {
    let mut open = listening([]).await;
    assert_eq!(open.next().await, Heard::Connected);
    let mut waiting = listening([vec![INVALID]]).await;
    assert_eq!(waiting.next().await, lost(LostWhy::Refused));

    for listening in [open, waiting] {
        listening.stop.cancel();
        tokio::time::timeout(Duration::from_secs(5), listening.task).await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn without_a_token_the_reason_is_told() {
    let client = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let base: url::Url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let addresses = Addresses::at(base.clone(), base);
        Client::new(addresses, server_to_server(), Plan::Pro, Clock::system(), 1).unwrap()
    };
    let (sender, mut heard) = mpsc::channel(1);
    let task = tokio::spawn(run(client, "subscription".into(), sender, CancellationToken::new()));

    let why = LostWhy::NoToken(rollcall_zoom::ZoomError::Unreachable);
    assert_eq!(heard.recv().await, Some(lost(why)));
    drop(heard);
    tokio::time::timeout(Duration::from_secs(10), task).await.unwrap().unwrap();
}
