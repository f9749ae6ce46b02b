//! A desk that follows the log from its beginning, at whichever node is there.

use std::{
    collections::{BTreeSet, HashSet},
    sync::{Arc, Mutex, atomic::Ordering::Relaxed},
    time::Duration,
};

use futures_util::StreamExt as _;
use rollcall_wire::relay::Way;
use serde_json::Value;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Message, client::IntoClientRequest as _, handshake::client::Request},
};

use super::{PAUSE, Shared};
use crate::process::Relay;

/// How long a desk listens before it looks whether all is over, and how long it waits for a node to let it in.
const LOOK: Duration = Duration::from_secs(1);

/// Where a desk is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum At {
    /// At this node, whenever it is there.
    Node(usize),
    /// At whichever is there, this one first.
    Any(usize),
}

/// What a desk has heard: who, in the order of the log.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    last: u64,
    pub(super) people: Vec<String>,
    known: HashSet<String>,
}

impl Shared {
    /// Follows the log from where the desk was, until it is over and everything is heard.
    pub(super) async fn follow(self: Arc<Self>, at: At, heard: Arc<Mutex<Heard>>) {
        for attempt in 0.. {
            if self.has_all(&heard) {
                return;
            }
            let node = match at {
                At::Node(node) => node,
                At::Any(first) => first + attempt,
            };
            if let Some(relay) = self.nodes.node(node) {
                // Whatever ended the stream, it goes on where it was.
                let _ = self.listen(&relay, &heard).await;
            }
            sleep(PAUSE).await;
        }
    }

    fn has_all(&self, heard: &Mutex<Heard>) -> bool {
        self.settled.load(Relaxed) && heard.lock().unwrap().knows(&self.answered())
    }

    async fn listen(&self, relay: &Relay, heard: &Mutex<Heard>) -> Option<()> {
        let token = relay.token().await;
        let request = request(&relay.base, &token, heard.lock().unwrap().last);
        let (mut stream, _) = timeout(LOOK, connect_async(request)).await.ok()?.ok()?;
        while !self.has_all(heard) {
            let Ok(message) = timeout(LOOK, stream.next()).await else { continue };
            if let Message::Text(text) = message?.ok()? {
                heard.lock().unwrap().take(&serde_json::from_str(&text).unwrap());
            }
        }
        Some(())
    }
}

/// Asks with this token for the stream from this position, as texts.
pub(crate) fn request(base: &str, token: &str, since: u64) -> Request {
    let at = format!("{}v1/stream?since={since}", base.replacen("http", "ws", 1));
    let mut request = at.into_client_request().unwrap();
    let headers = request.headers_mut();
    headers.insert("authorization", format!("Bearer {token}").parse().unwrap());
    headers.insert("sec-websocket-protocol", Way::Plain.name().parse().unwrap());
    request
}

impl Heard {
    fn take(&mut self, frame: &Value) {
        assert_ne!(frame["resume"], "snapshot", "the tail is there: {frame}");
        for logged in frame["events"].as_array().into_iter().flatten() {
            let seq = logged["seq"].as_u64().unwrap();
            assert_eq!(seq, self.last + 1, "a hole or a repeat");
            self.last = seq;
            if let Some(person) = find(logged, "person").filter(|person| person.starts_with("p-")) {
                self.known.insert(person.clone());
                self.people.push(person);
            }
        }
    }

    pub(super) fn knows(&self, people: &BTreeSet<String>) -> bool {
        people.iter().all(|person| self.known.contains(person))
    }
}

/// The text of a field somewhere in `value`.
fn find(value: &Value, name: &str) -> Option<String> {
    let fields = value.as_object()?;
    let here = fields.get(name).and_then(Value::as_str).map(str::to_owned);
    here.or_else(|| fields.values().find_map(|value| find(value, name)))
}
