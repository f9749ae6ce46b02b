//! Two nodes over one PostgreSQL and one NATS: whatever dies, what was answered is in the log once and reaches every
//! desk once, in order.

use std::{
    collections::{BTreeSet, HashSet},
    process::Stdio,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::StreamExt as _;
use serde_json::Value;
use tempfile::{TempDir, tempdir};
use tokio::{
    net::{TcpListener, TcpStream},
    process::{Child, Command},
    task::{JoinHandle, JoinSet},
    time::{sleep, timeout},
};
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest as _};
use uuid::Uuid;

use crate::{
    delivery::Delivery,
    process::{PATIENCE, Relay, TOKEN, flags, until, words},
};

/// How often a node dies, and the bus.
const KILLS: usize = 12;
/// How many deliveries are answered between two deaths, at least.
const BETWEEN: usize = 40;
/// How many deliver at the same time.
const SENDERS: usize = 8;
/// Before this a desk or a sender does not try again.
const PAUSE: Duration = Duration::from_millis(20);

/// Nodes that come and go behind addresses that stay: each is there, or is not now.
struct Cluster {
    nodes: [Mutex<Option<Arc<Relay>>>; 2],
    flags: Vec<std::ffi::OsString>,
    answered: Mutex<BTreeSet<String>>,
    over: AtomicBool,
    _data: TempDir,
}

/// A NATS server that this test may kill.
struct Bus {
    port: u16,
    child: Child,
}

/// What a desk has heard: who, in the order of the log.
#[derive(Default)]
struct Heard {
    last: u64,
    people: Vec<String>,
}

impl Bus {
    async fn start() -> Self {
        let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        let child = Self::serve(free).await;
        Self { port: free, child }
    }

    async fn serve(port: u16) -> Child {
        let mut command = Command::new("nats-server");
        command.args(["-a", "127.0.0.1", "-p", &port.to_string()]).kill_on_drop(true);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        until("the bus listens", async || TcpStream::connect(("127.0.0.1", port)).await.is_ok()).await;
        child
    }

    /// Dies, and comes back.
    async fn die(&mut self) {
        self.child.kill().await.unwrap();
        self.child = Self::serve(self.port).await;
    }
}

impl Cluster {
    async fn start(ledger: &str, bus: &Bus) -> Arc<Self> {
        let data = tempdir().unwrap();
        let mut flags = flags(data.path());
        let slug = format!("t-{}", &Uuid::new_v4().simple().to_string()[..24]);
        flags.extend(words(&["--organisation", &slug, "--ledger", ledger]));
        flags.extend(words(&["--bus", &format!("nats://127.0.0.1:{}", bus.port)]));
        let cluster = Arc::new(Self {
            nodes: Default::default(),
            flags,
            answered: Mutex::default(),
            over: AtomicBool::new(false),
            _data: data,
        });
        for node in 0..cluster.nodes.len() {
            cluster.raise(node).await;
        }
        cluster
    }

    async fn raise(&self, node: usize) {
        let relay = Relay::with(self.flags.clone()).await;
        *self.nodes[node].lock().unwrap() = Some(Arc::new(relay));
    }

    fn node(&self, node: usize) -> Option<Arc<Relay>> {
        self.nodes[node % self.nodes.len()].lock().unwrap().clone()
    }

    /// A node dies without a word, and comes back.
    async fn kill(&self, node: usize) {
        let relay = self.nodes[node].lock().unwrap().take().unwrap();
        relay.signal("KILL").await;
        drop(relay);
        self.raise(node).await;
    }

    fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// Delivers one after the other until it is over, each until it is answered, as Zoom does.
    async fn send(self: Arc<Self>, sender: usize) {
        for number in 0.. {
            let person = format!("p-{sender}-{number}");
            let delivery =
                Delivery::presence(&person, "Busy").with("x-zm-request-id", &Uuid::new_v4().to_string());
            for attempt in 0.. {
                if self.is_over() {
                    return;
                }
                let Some(relay) = self.node(sender + number + attempt) else {
                    sleep(PAUSE).await;
                    continue;
                };
                match relay
                    .try_deliver("zoom/webhook", &delivery)
                    .await
                    .map(|answer| answer.status().as_u16())
                {
                    Ok(204) => break,
                    Ok(503) | Err(_) => sleep(PAUSE).await,
                    Ok(other) => panic!("answered {other}"),
                }
            }
            self.answered.lock().unwrap().insert(person);
        }
    }

    /// Follows the log at whichever node is there, from where it was, until it is over and everything is heard.
    async fn follow(self: Arc<Self>, desk: usize) -> Heard {
        let mut heard = Heard::default();
        for attempt in desk.. {
            if self.is_over() && heard.knows(&self.answered.lock().unwrap()) {
                break;
            }
            if let Some(relay) = self.node(attempt) {
                // Whatever ended the stream, it goes on where it was.
                let _ = timeout(PATIENCE, self.listen(&relay.base, &mut heard)).await;
            }
            sleep(PAUSE).await;
        }
        heard
    }

    async fn listen(&self, base: &str, heard: &mut Heard) -> Option<()> {
        let at = format!("{}v1/stream?since={}", base.replacen("http", "ws", 1), heard.last);
        let mut request = at.into_client_request().unwrap();
        let headers = request.headers_mut();
        headers.insert("authorization", format!("Bearer {TOKEN}").parse().unwrap());
        headers.insert("sec-websocket-protocol", "rollcall.2".parse().unwrap());
        let (mut stream, _) = tokio_tungstenite::connect_async(request).await.ok()?;
        loop {
            if self.is_over() && heard.knows(&self.answered.lock().unwrap()) {
                return Some(());
            }
            let message = timeout(Duration::from_secs(1), stream.next()).await;
            let Ok(message) = message else { continue };
            if let Message::Text(text) = message?.ok()? {
                heard.take(&serde_json::from_str(&text).unwrap());
            }
        }
    }
}

impl Heard {
    fn take(&mut self, frame: &Value) {
        assert_ne!(frame["resume"], "snapshot", "the tail is there: {frame}");
        for logged in frame["events"].as_array().into_iter().flatten() {
            let seq = logged["seq"].as_u64().unwrap();
            assert_eq!(seq, self.last + 1, "a hole or a repeat");
            self.last = seq;
            if let Some(person) = find(logged, "person").filter(|person| person.starts_with("p-")) {
                self.people.push(person);
            }
        }
    }

    fn knows(&self, answered: &BTreeSet<String>) -> bool {
        let known: HashSet<&String> = self.people.iter().collect();
        answered.iter().all(|person| known.contains(person))
    }
}

/// The text of a field somewhere in `value`.
fn find(value: &Value, name: &str) -> Option<String> {
    let fields = value.as_object()?;
    let here = fields.get(name).and_then(Value::as_str).map(str::to_owned);
    here.or_else(|| fields.values().find_map(|value| find(value, name)))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_is_in_the_log_once_and_reaches_every_desk_once_though_nodes_and_the_bus_are_killed()
 {
    let Ok(ledger) = std::env::var("ROLLCALL_TEST_POSTGRES") else {
        return println!("skipped: ROLLCALL_TEST_POSTGRES names no server");
    };
    let mut bus = Bus::start().await;
    let cluster = Cluster::start(&ledger, &bus).await;
    let desks: Vec<JoinHandle<Heard>> =
        (0..3).map(|desk| tokio::spawn(cluster.clone().follow(desk))).collect();
    let mut senders = JoinSet::new();
    for sender in 0..SENDERS {
        senders.spawn(cluster.clone().send(sender));
    }

    for death in 0..KILLS {
        let before = cluster.answered.lock().unwrap().len();
        until("there is load", async || cluster.answered.lock().unwrap().len() >= before + BETWEEN).await;
        if death % 3 == 2 {
            bus.die().await;
        } else {
            cluster.kill(death % 2).await;
        }
    }
    cluster.over.store(true, Ordering::Relaxed);
    senders.join_all().await;

    let answered = cluster.answered.lock().unwrap().clone();
    assert!(answered.len() >= KILLS * BETWEEN);
    for desk in desks {
        let heard = timeout(PATIENCE, desk).await.expect("a desk hears everything").unwrap();
        let once: HashSet<&String> = heard.people.iter().collect();
        assert_eq!(once.len(), heard.people.len(), "somebody was heard of twice");
        assert!(heard.knows(&answered));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_that_is_killed_is_replaced_within_fifteen_seconds() {
    let Ok(ledger) = std::env::var("ROLLCALL_TEST_POSTGRES") else {
        return println!("skipped: ROLLCALL_TEST_POSTGRES names no server");
    };
    let bus = Bus::start().await;
    let cluster = Cluster::start(&ledger, &bus).await;
    let leads = async |node: usize| {
        let relay = cluster.node(node).unwrap();
        relay.figures().await.lines().any(|line| line.starts_with("rollcall_leads") && line.ends_with(" 1"))
    };
    until("somebody leads", async || leads(0).await || leads(1).await).await;
    let leader = usize::from(leads(1).await);
    assert!(!leads(1 - leader).await, "both lead");

    let dead = cluster.nodes[leader].lock().unwrap().take().unwrap();
    dead.signal("KILL").await;
    let replaced =
        timeout(Duration::from_secs(15), until("the other leads", async || leads(1 - leader).await));

    assert!(replaced.await.is_ok(), "nobody leads after fifteen seconds");
}
