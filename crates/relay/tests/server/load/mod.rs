//! Load and its check: Zoom delivers to nodes that come and go, desks follow them, and in the end every delivery that
//! was answered 2xx is in the log exactly once and reached every desk exactly once, in order.

mod desk;

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use reqwest::{Client, Response};
use tokio::{
    task::{JoinHandle, JoinSet},
    time::{sleep, timeout},
};

pub(crate) use desk::{At, request};

use desk::Heard;

use crate::{
    cluster::Nodes,
    delivery::Delivery,
    process::{PATIENCE, client, until},
};

/// Before this nobody tries again.
pub(crate) const PAUSE: Duration = Duration::from_millis(20);
/// How long Zoom waits for an answer.
const ZOOMS_PATIENCE: Duration = Duration::from_secs(3);
/// How many deliver at the same time.
const SENDERS: usize = 8;
/// So long each rests after an answer: what is looked at is not how much a node can take.
const REST: Duration = Duration::from_millis(40);
/// One of so many deliveries is brought again although it was answered, by another subscription to the same events.
const TWICE: usize = 5;

/// Load on nodes, until it is ended and checked.
pub(crate) struct Load {
    shared: Arc<Shared>,
    senders: JoinSet<()>,
    desks: Vec<Desk>,
}

struct Desk {
    heard: Arc<Mutex<Heard>>,
    following: JoinHandle<()>,
}

/// What senders and desks know of each other.
struct Shared {
    nodes: Arc<Nodes>,
    client: Client,
    /// About whom a delivery was answered 2xx.
    answered: Mutex<BTreeSet<String>>,
    /// How often somebody was asked to come again.
    put_off: AtomicU64,
    /// Nothing is sent any more.
    over: AtomicBool,
    /// And all that was sent is answered.
    settled: AtomicBool,
}

impl Load {
    /// Begins to deliver to these nodes, with desks at these places.
    pub(crate) fn on(nodes: &Arc<Nodes>, places: impl IntoIterator<Item = At>) -> Self {
        let client = client().timeout(ZOOMS_PATIENCE).build().unwrap();
        let shared = Arc::new(Shared {
            nodes: nodes.clone(),
            client,
            answered: Mutex::default(),
            put_off: AtomicU64::new(0),
            over: AtomicBool::new(false),
            settled: AtomicBool::new(false),
        });
        let desks = places.into_iter().map(|at| {
            let heard = Arc::new(Mutex::new(Heard::default()));
            let following = tokio::spawn(shared.clone().follow(at, heard.clone()));
            Desk { heard, following }
        });
        let desks = desks.collect();
        let mut senders = JoinSet::new();
        for sender in 0..SENDERS {
            senders.spawn(shared.clone().send(sender));
        }
        Self { shared, senders, desks }
    }

    /// How many deliveries were answered 2xx.
    pub(crate) fn answered(&self) -> usize {
        self.shared.answered().len()
    }

    /// How often somebody was asked to come again.
    pub(crate) fn put_off(&self) -> u64 {
        self.shared.put_off.load(Relaxed)
    }

    /// Waits until so many more deliveries are answered 2xx.
    pub(crate) async fn until_answered(&self, more: usize) {
        let before = self.answered();
        until("there is load", async || self.answered() >= before + more).await;
    }

    /// Waits until somebody was asked to come again so many more times.
    pub(crate) async fn until_put_off(&self, more: u64) {
        let before = self.put_off();
        until("somebody is put off", async || self.put_off() >= before + more).await;
    }

    /// Waits until this desk has heard of all who are known to be in the log now.
    pub(crate) async fn until_heard(&self, desk: usize) {
        let answered = self.shared.answered().clone();
        until("a desk hears of everybody", async || self.desks[desk].heard().knows(&answered)).await;
    }

    /// Ends the load, and checks it: nothing that was answered is missing, nothing is there twice, and all desks
    /// heard the same in the same order. A node that starts afterwards knows all of it. Tells how many were answered.
    pub(crate) async fn end(self) -> usize {
        let Self { shared, senders, desks } = self;
        shared.over.store(true, Relaxed);
        let sent = timeout(PATIENCE, senders.join_all()).await;
        assert!(sent.is_ok(), "a sender is not answered");
        shared.settled.store(true, Relaxed);
        for desk in &desks {
            until("a desk hears everything", async || desk.following.is_finished()).await;
        }
        let answered = shared.answered().clone();
        let mut all: Vec<Vec<String>> = Vec::new();
        for Desk { heard, following } in desks {
            following.await.unwrap();
            let people = heard.lock().unwrap().people.clone();
            let once: BTreeSet<&String> = people.iter().collect();
            assert_eq!(once.len(), people.len(), "somebody was heard of twice");
            assert!(answered.iter().all(|person| once.contains(person)), "somebody was not heard of");
            all.push(people);
        }
        let longest = all.iter().max_by_key(|people| people.len());
        let in_order = longest.is_none_or(|longest| all.iter().all(|people| longest.starts_with(people)));
        assert!(in_order, "desks heard another order");
        shared.nodes.kill(0).await;
        shared.nodes.raise(0).await;
        let known = shared.nodes.node(0).unwrap().presences().await;
        let lost: Vec<&String> = answered.iter().filter(|person| !known.contains_key(*person)).collect();
        assert!(lost.is_empty(), "{} of {} are lost: {lost:?}", lost.len(), answered.len());
        answered.len()
    }
}

impl Desk {
    fn heard(&self) -> std::sync::MutexGuard<'_, Heard> {
        self.heard.lock().unwrap()
    }
}

impl Shared {
    fn answered(&self) -> std::sync::MutexGuard<'_, BTreeSet<String>> {
        self.answered.lock().unwrap()
    }

    fn is_over(&self) -> bool {
        self.over.load(Relaxed)
    }

    /// Delivers one after the other until it is over, each until it is answered, as Zoom does.
    async fn send(self: Arc<Self>, sender: usize) {
        for number in 0.. {
            let person = format!("p-{sender}-{number}");
            let delivery = self.nodes.signer.presence(&person, "Busy");
            if !self.bring(sender + number, &delivery).await {
                return;
            }
            self.answered().insert(person);
            if number % TWICE == 0 && !self.bring(sender + number + 1, &delivery).await {
                return;
            }
            sleep(REST).await;
        }
    }

    /// Brings one delivery to this node and others until it is answered 2xx; gives up only when all is over.
    async fn bring(&self, first: usize, delivery: &Delivery) -> bool {
        for attempt in first.. {
            if self.is_over() {
                break;
            }
            let Some(relay) = self.nodes.node(attempt) else {
                sleep(PAUSE).await;
                continue;
            };
            let request = self.client.post(format!("{}zoom/webhook", relay.base)).body(delivery.body.clone());
            let headers = delivery.headers.iter();
            let request = headers.fold(request, |request, (name, value)| request.header(*name, value));
            // A node that is killed does not answer, and one that stands still not in time.
            if let Ok(answer) = request.send().await
                && self.is_taken(&answer)
            {
                return true;
            }
            sleep(PAUSE).await;
        }
        false
    }

    /// Whether an answer says that the delivery is in the log. The only other answer is to come again.
    fn is_taken(&self, answer: &Response) -> bool {
        if answer.status() == 204 {
            return true;
        }
        assert_eq!(answer.status(), 503);
        assert!(answer.headers().contains_key("retry-after"));
        self.put_off.fetch_add(1, Relaxed);
        false
    }
}
