//! The WebSocket subscription: `/ws?subscriptionId=&access_token=`.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    extract::{
        Query, State,
        ws::{Message, WebSocket, WebSocketUpgrade},
    },
    response::Response,
};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::{
    feed::{Listener, Parcel},
    mischief::Mischief,
    serial::{self, Style},
    shared::{Shared, lock},
};

/// How often a connection looks whether its token is over.
const EXPIRY_LOOK: Duration = Duration::from_millis(100);

/// How long saying farewell may take.
const FAREWELL: Duration = Duration::from_millis(200);

/// The one connection a subscription may have.
#[derive(Debug, Default)]
pub(crate) struct Seat {
    ticket: Mutex<Option<CancellationToken>>,
    withheld: AtomicU64,
}

impl Seat {
    /// Takes the seat. Whoever sat there before is told to leave, unless they may stay.
    fn take(&self, stop: &CancellationToken, older_stays: bool) -> CancellationToken {
        let ticket = stop.child_token();
        if let Some(older) = lock(&self.ticket).replace(ticket.clone())
            && !older_stays
        {
            older.cancel();
        }
        ticket
    }

    /// Ends the connection there is, if there is one.
    pub(crate) fn clear(&self) {
        if let Some(ticket) = lock(&self.ticket).take() {
            ticket.cancel();
        }
    }

    /// How many frames a stalled connection has kept to itself.
    pub(crate) fn withheld(&self) -> u64 {
        self.withheld.load(Ordering::Relaxed)
    }

    /// Whether somebody is connected.
    pub(crate) fn is_taken(&self) -> bool {
        lock(&self.ticket).as_ref().is_some_and(|ticket| !ticket.is_cancelled())
    }
}

/// Accepts a connection and serves it until it ends.
pub(crate) async fn connect(
    State(shared): State<Arc<Shared>>,
    Query(query): Query<HashMap<String, String>>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let verdict = admit(&shared, &query);
    let status = if verdict.is_ok() { 101 } else { 401 };
    lock(&shared.requests).record("GET /ws", None, status, shared.now());
    let tasks = shared.tasks.clone();
    upgrade.on_upgrade(move |socket| async move {
        // The tracker owns the connection: stopping waits for it.
        let served = tasks.spawn(async move {
            match verdict {
                Ok(expires_at) => serve(&shared, socket, expires_at).await,
                Err(content) => refuse(socket, content).await,
            }
        });
        let _ = served.await;
    })
}

fn admit(shared: &Shared, query: &HashMap<String, String>) -> Result<DateTime<Utc>, &'static str> {
    let token = query.get("access_token").filter(|token| !token.is_empty()).ok_or("token is empty")?;
    let old = shared.switches.is_on(Mischief::WsOldTokenText);
    let invalid = if old { "Invalid Token" } else { "Token is invalid" };
    let grant = lock(&shared.tokens).look_up(token).filter(|grant| shared.now() < grant.expires_at);
    let grant = grant.ok_or(invalid)?;
    if query.get("subscriptionId") != Some(&shared.credentials.subscription_id) {
        return Err("subscriptionId is invalid");
    }
    Ok(grant.expires_at)
}

async fn refuse(mut socket: WebSocket, content: &str) {
    // The other side may be gone already; there is nobody to tell then.
    let _ = socket.send(frame("build_connection", false, content)).await;
    let _ = socket.send(Message::Close(None)).await;
}

async fn serve(shared: &Shared, mut socket: WebSocket, expires_at: DateTime<Utc>) {
    let ticket = shared.seat.take(&shared.stop, shared.switches.is_on(Mischief::WsKeepOlder));
    let mut listener = shared.feed.join();
    if socket.send(frame("build_connection", true, "")).await.is_ok() {
        converse(shared, &mut socket, &mut listener, &ticket, expires_at).await;
    }
    shared.feed.leave(listener.id);
    ticket.cancel();
    // A farewell nobody waits for.
    let _ = tokio::time::timeout(FAREWELL, socket.send(Message::Close(None))).await;
}

async fn converse(
    shared: &Shared,
    socket: &mut WebSocket,
    listener: &mut Listener,
    ticket: &CancellationToken,
    expires_at: DateTime<Utc>,
) {
    let mut look = tokio::time::interval(EXPIRY_LOOK);
    loop {
        let answer = tokio::select! {
            () = ticket.cancelled() => return,
            _ = look.tick() => {
                if shared.switches.is_on(Mischief::WsCloseAtExpiry) && shared.now() >= expires_at {
                    return;
                }
                None
            }
            parcel = listener.parcels.recv() => match parcel {
                Some(parcel) => message(shared, &parcel),
                None => return,
            },
            heard = socket.recv() => match heard {
                Some(Ok(Message::Text(text))) => heartbeat(shared, &text),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => None,
            },
        };
        let Some(answer) = answer else { continue };
        if shared.switches.is_on(Mischief::WsStall) {
            shared.seat.withheld.fetch_add(1, Ordering::Relaxed);
            continue;
        }
        tokio::select! {
            // Whoever does not read must not keep the others waiting for the end.
            () = ticket.cancelled() => return,
            sent = socket.send(answer) => if sent.is_err() { return },
        }
    }
}

fn heartbeat(shared: &Shared, text: &str) -> Option<Message> {
    let heard: Value = serde_json::from_str(text).ok()?;
    let is_heartbeat = heard["module"] == "heartbeat";
    (is_heartbeat && !shared.switches.is_on(Mischief::WsNoHeartbeat))
        .then(|| frame("heartbeat", true, "live"))
}

fn message(shared: &Shared, parcel: &Parcel) -> Option<Message> {
    if shared.strikes(Mischief::WsDrop) {
        return None;
    }
    let raw_astral = shared.switches.is_on(Mischief::RawAstral);
    let content = match parcel {
        Parcel::Event(body) => serial::write(body, Style { pretty: false, raw_astral }),
        Parcel::Raw(bytes) => String::from_utf8_lossy(bytes).into_owned(),
    };
    Some(Message::text(json!({ "module": "message", "content": content }).to_string()))
}

fn frame(module: &str, success: bool, content: &str) -> Message {
    Message::text(
        json!({ "module": module, "success": success, "content": content, "header": {} }).to_string(),
    )
}
