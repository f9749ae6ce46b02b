//! What every bus must do, and what a bus over a real server does when the server goes away.

use std::time::Duration;

use rollcall_model::{Event, Logged, PersonFact, PersonId, PersonReport, Seq};
use secrecy::SecretString;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
    time::{sleep, timeout},
};
use uuid::Uuid;

use super::{Alone, Bus, Ears, NatsBus, Reach, Told};
use crate::waits::Waiting;

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

struct Node {
    bus: Box<dyn Bus>,
    ears: Ears,
}

/// The server of the tests, if there is one.
fn server() -> Option<String> {
    let server = std::env::var("ROLLCALL_TEST_NATS").ok();
    if server.is_none() {
        println!("skipped: ROLLCALL_TEST_NATS names no server");
    }
    server
}

fn organisation() -> String {
    Uuid::new_v4().simple().to_string()
}

async fn node(server: &str, organisation: &str, log: &str) -> Node {
    let address = SecretString::from(server.to_owned());
    let (bus, ears) = NatsBus::connect(&address, organisation, log).await.unwrap();
    Node { bus: Box::new(bus), ears }
}

/// Two nodes of a new organisation that hear each other.
async fn pair(server: &str) -> (Node, Node) {
    let organisation = organisation();
    let (mut one, mut other) =
        (node(server, &organisation, "log").await, node(server, &organisation, "log").await);
    meet(&one, &mut other).await;
    meet(&other, &mut one).await;
    (one, other)
}

/// Waits until `other` hears `one`.
async fn meet(one: &Node, other: &mut Node) {
    let met = async {
        loop {
            one.bus.wish(&[]).await;
            if timeout(Duration::from_millis(50), other.ears.wishes.recv()).await.is_ok() {
                return;
            }
        }
    };
    timeout(PATIENCE, met).await.expect("the nodes do not hear each other");
    while other.ears.wishes.try_recv().is_ok() {}
}

async fn reaches(node: &Node, reach: Reach) {
    let waiting = async {
        while node.bus.reach() != reach {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("the bus is not {reach:?}"));
}

impl Node {
    /// What is heard next, beside that something may have been missed.
    async fn hears(&mut self) -> Option<Told> {
        loop {
            match timeout(PATIENCE, self.ears.log.recv()).await.expect("nothing is heard") {
                Some(Told::Gap) => {}
                told => return told,
            }
        }
    }

    async fn wishes(&mut self) -> Vec<PersonId> {
        loop {
            let people = timeout(PATIENCE, self.ears.wishes.recv()).await.expect("no wish is heard").unwrap();
            if !people.is_empty() {
                return people;
            }
        }
    }
}

fn logged(seq: u64) -> Logged {
    let (id, as_of) = (PersonId::new("ada"), chrono::DateTime::UNIX_EPOCH);
    Logged { seq: Seq(seq), event: Event::Person(PersonReport { id, as_of, fact: PersonFact::Touched }) }
}

async fn nothing_comes_back_to_whoever_tells_it(mut node: Node) {
    node.bus.tell(&[logged(1)]).await;
    node.bus.wish(&[PersonId::new("ada")]).await;

    node.bus.close().await;

    assert_eq!(node.hears().await, None);
    assert!(node.ears.wishes.recv().await.is_none());
}

#[tokio::test]
async fn nothing_comes_back_to_whoever_is_alone() {
    let alone = Node { bus: Box::new(Alone), ears: Ears::deaf() };
    assert_eq!(alone.bus.reach(), Reach::Nobody);

    nothing_comes_back_to_whoever_tells_it(alone).await;
}

#[tokio::test]
async fn nothing_comes_back_to_whoever_tells_others() {
    let Some(server) = server() else { return };
    let (one, mut other) = pair(&server).await;

    nothing_comes_back_to_whoever_tells_it(one).await;

    assert_eq!(other.hears().await, Some(Told::Events(vec![logged(1)])));
    assert_eq!(other.wishes().await, [PersonId::new("ada")]);
}

#[tokio::test]
async fn for_whom_somebody_waits_arrives() {
    let Some(server) = server() else { return };
    let (one, mut other) = pair(&server).await;
    let who = PersonId::new("ada");
    let waiting = Waiting { desk: Uuid::new_v4(), who, people: vec![PersonId::new("bo")] };

    one.bus.wait(&waiting).await;

    assert_eq!(timeout(PATIENCE, other.ears.waits.recv()).await.unwrap(), Some(waiting));
}

#[tokio::test]
async fn what_is_too_large_for_a_letter_is_told_by_its_last_place() {
    let Some(server) = server() else { return };
    let (one, mut other) = pair(&server).await;
    let many: Vec<Logged> = (1..=10_000).map(logged).collect();

    one.bus.tell(&many).await;
    one.bus.tell(&[logged(10_001)]).await;

    assert_eq!(other.hears().await, Some(Told::Head(Seq(10_000))));
    assert_eq!(other.hears().await, Some(Told::Events(vec![logged(10_001)])));
}

#[tokio::test]
async fn neither_another_organisation_nor_another_log_of_the_same_is_heard() {
    let Some(server) = server() else { return };
    let (one, mut other) = pair(&server).await;
    let name = organisation();
    let (elsewhere, mut beside) =
        (node(&server, &name, "log").await, node(&server, &name, "another log").await);
    meet(&elsewhere, &mut beside).await;

    elsewhere.bus.tell(&[logged(1)]).await;
    elsewhere.bus.wish(&[PersonId::new("the letter before has arrived")]).await;
    beside.wishes().await;
    one.bus.tell(&[logged(2)]).await;

    assert_eq!(other.hears().await, Some(Told::Events(vec![logged(2)])));
    beside.bus.close().await;
    assert_eq!(beside.hears().await, None);
}

/// Between a node and the server, until it is cut.
struct Cable {
    address: String,
    whole: watch::Sender<bool>,
}

impl Cable {
    /// Leads to the server at `address`, a URL that may say who comes.
    async fn to(address: &str) -> Self {
        let mut server: url::Url = address.parse().unwrap();
        let target = format!("{}:{}", server.host_str().unwrap(), server.port().unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        server.set_port(Some(listener.local_addr().unwrap().port())).unwrap();
        let (whole, watched) = watch::channel(true);
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let (target, mut watched) = (target.clone(), watched.clone());
                tokio::spawn(async move {
                    if !*watched.borrow() {
                        return;
                    }
                    let mut far = TcpStream::connect(target).await.unwrap();
                    tokio::select! {
                        _ = copy_bidirectional(&mut near, &mut far) => {}
                        _ = watched.wait_for(|whole| !whole) => {}
                    }
                });
            }
        });
        Self { address: server.to_string(), whole }
    }
}

#[tokio::test]
async fn a_node_that_was_cut_off_comes_back_by_itself_and_knows_that_it_missed_something() {
    let Some(server) = server() else { return };
    let organisation = organisation();
    let cable = Cable::to(&server).await;
    let one = node(&server, &organisation, "log").await;
    let mut other = node(&cable.address, &organisation, "log").await;
    meet(&one, &mut other).await;
    while other.ears.log.try_recv().is_ok() {}

    cable.whole.send_replace(false);
    reaches(&other, Reach::CutOff).await;
    one.bus.tell(&[logged(1)]).await;
    other.bus.tell(&[logged(1)]).await;
    cable.whole.send_replace(true);
    reaches(&other, Reach::Others).await;

    assert_eq!(timeout(PATIENCE, other.ears.log.recv()).await.unwrap(), Some(Told::Gap));
    meet(&one, &mut other).await;
    one.bus.tell(&[logged(2)]).await;
    assert_eq!(other.hears().await, Some(Told::Events(vec![logged(2)])));
}

#[tokio::test]
async fn a_server_that_is_away_at_the_start_is_waited_for() {
    let Some(server) = server() else { return };
    let organisation = organisation();
    let cable = Cable::to(&server).await;
    cable.whole.send_replace(false);
    let mut early = node(&cable.address, &organisation, "log").await;
    assert_eq!(early.bus.reach(), Reach::CutOff);

    cable.whole.send_replace(true);

    meet(&node(&server, &organisation, "log").await, &mut early).await;
}
