//! Nodes over a real ledger, each heard of by hand or by a real bus.

use std::{path::Path, time::Duration};

use rollcall_model::{Event, PersonFact, PersonReport, Roster};
use tokio::time::timeout;
use uuid::Uuid;

use super::*;
use crate::{
    bus::{Alone, Bus, Ears, NatsBus},
    core::tests::over,
    fold::Fold,
    housekeeping::take_snapshot,
    ledger::{Arrival, Keys, Ledger, PostgresLedger, SqliteLedger},
    log,
};

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

struct Node {
    core: Arc<Core>,
    own: mpsc::Sender<Own>,
    told: mpsc::Sender<Told>,
    fanned: mpsc::Receiver<Vec<Logged>>,
}

fn touched(who: &str) -> Event {
    let as_of = chrono::DateTime::UNIX_EPOCH;
    Event::Person(PersonReport { id: PersonId::new(who), as_of, fact: PersonFact::Touched })
}

/// Commits `count` events without telling the node.
async fn commit_elsewhere(core: &Core, count: usize) -> Vec<Logged> {
    let events = (0..count).map(|n| touched(&format!("p{n}"))).collect();
    let arrivals = [Arrival { keys: Keys::NONE, events }];
    core.ledger.append(Uuid::new_v4(), &arrivals, core.clock.now()).await.unwrap().logged
}

/// A node that hears only what a test tells it.
async fn node(folder: &Path, bus: Box<dyn Bus>) -> Node {
    let ledger = SqliteLedger::open(&folder.join("log.db")).await.unwrap();
    let core = Arc::new(over(Box::new(ledger), bus).0);
    let (own, followed) = mpsc::channel(8);
    let (told, log) = mpsc::channel(8);
    let (fan_out, fanned) = mpsc::channel(64);
    tokio::spawn(follow(core.clone(), followed, log, fan_out));
    Node { core, own, told, fanned }
}

impl Node {
    /// The positions that leave the node, until there are `count`.
    async fn fanned(&mut self, count: usize) -> Vec<u64> {
        let mut places = Vec::new();
        while places.len() < count {
            let events = timeout(PATIENCE, self.fanned.recv()).await.unwrap().unwrap();
            places.extend(events.iter().map(|logged| logged.seq.0));
        }
        places
    }
}

async fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let waiting = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    assert!(timeout(PATIENCE, waiting).await.is_ok(), "waited in vain until {what}");
}

#[tokio::test]
async fn what_others_committed_is_folded_in_order_and_what_is_missing_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let mut node = node(folder.path(), Box::new(Alone)).await;
    let _unheard = commit_elsewhere(&node.core, 3).await;
    let heard = commit_elsewhere(&node.core, 2).await;

    node.told.send(Told::Events(heard)).await.unwrap();

    assert_eq!(node.fanned(5).await, [1, 2, 3, 4, 5]);
    assert_eq!(node.core.fold.head(), Seq(5));
}

#[tokio::test]
async fn a_letter_that_comes_late_or_twice_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut node = node(folder.path(), Box::new(Alone)).await;
    let first = commit_elsewhere(&node.core, 3).await;
    let second = commit_elsewhere(&node.core, 1).await;

    for letter in [second.clone(), first.clone(), second, first[1..].to_vec()] {
        node.told.send(Told::Events(letter)).await.unwrap();
    }
    commit_elsewhere(&node.core, 1).await;
    node.told.send(Told::Head(Seq(5))).await.unwrap();

    assert_eq!(node.fanned(5).await, [1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn a_position_that_the_ledger_does_not_have_is_not_folded_in() {
    let folder = tempfile::tempdir().unwrap();
    let mut node = node(folder.path(), Box::new(Alone)).await;
    let made_up = Logged { seq: Seq(9), event: touched("nobody") };
    commit_elsewhere(&node.core, 3).await;

    node.told.send(Told::Events(vec![made_up])).await.unwrap();
    node.told.send(Told::Head(Seq(1_000))).await.unwrap();
    commit_elsewhere(&node.core, 1).await;
    node.told.send(Told::Head(Seq(4))).await.unwrap();

    assert_eq!(node.fanned(4).await, [1, 2, 3, 4]);
    assert!(node.core.fold.read(|roster| roster.get(&PersonId::new("nobody")).is_none()));
}

#[tokio::test]
async fn whoever_waits_for_an_own_commit_finds_all_that_came_before_it_folded_in() {
    let folder = tempfile::tempdir().unwrap();
    let mut node = node(folder.path(), Box::new(Alone)).await;
    commit_elsewhere(&node.core, 2).await;
    let logged = commit_elsewhere(&node.core, 1).await;
    let (waiting, done) = oneshot::channel();

    node.own.send(Own { logged, folded: vec![waiting] }).await.unwrap();
    done.await.unwrap();

    assert_eq!(node.core.fold.head(), Seq(3));
    assert_eq!(node.fanned(3).await, [1, 2, 3]);
}

#[tokio::test]
async fn a_node_that_fell_behind_the_floor_reads_the_fold_anew() {
    let folder = tempfile::tempdir().unwrap();
    let node = node(folder.path(), Box::new(Alone)).await;
    let ahead = Fold::new(Roster::default(), Seq::START);
    ahead.apply(&commit_elsewhere(&node.core, 20).await);
    take_snapshot(&*node.core.ledger, &ahead, &node.core.stop).await.unwrap();
    node.core.ledger.compact(Seq(20)).await.unwrap();
    ahead.apply(&commit_elsewhere(&node.core, 2).await);

    node.told.send(Told::Head(Seq(22))).await.unwrap();
    until("the fold is read", || node.core.fold.head() == Seq(22)).await;

    ahead.read(|ahead| node.core.fold.read(|known| assert_eq!(known, ahead)));
}

#[tokio::test]
async fn while_the_bus_is_away_the_ledger_is_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let nobody = "nats://127.0.0.1:9".to_owned().into();
    let (bus, _ears) = NatsBus::connect(&nobody, "main", "log").await.unwrap();
    let mut node = node(folder.path(), Box::new(bus)).await;

    commit_elsewhere(&node.core, 3).await;

    assert_eq!(node.fanned(3).await, [1, 2, 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_over_one_database_and_one_bus_know_the_same() {
    let variable = |name| std::env::var(name).ok();
    let (Some(database), Some(bus)) = (variable("ROLLCALL_TEST_POSTGRES"), variable("ROLLCALL_TEST_NATS"))
    else {
        return println!("skipped: ROLLCALL_TEST_POSTGRES and ROLLCALL_TEST_NATS name no services");
    };
    let organisation = Uuid::new_v4().simple().to_string();
    let mut nodes = Vec::new();
    for _ in 0..3 {
        nodes.push(served(&database, &bus, &organisation).await);
    }

    let work = nodes.iter().map(async |(core, ..)| {
        for n in 0..50 {
            let event = touched(&format!("p{n}"));
            let body = n.to_string();
            core.log
                .keep(Arrival { keys: Keys::of_body(body.as_bytes()), events: vec![event.clone()] })
                .await
                .unwrap();
            core.log.commit(Arrival { keys: Keys::NONE, events: vec![event] }).await.unwrap();
        }
    });
    futures_util::future::join_all(work).await;

    for (core, fanned) in &mut nodes {
        let mut places = Vec::new();
        while places.len() < 200 {
            let events = timeout(PATIENCE, fanned.recv()).await.unwrap().unwrap();
            places.extend(events.iter().map(|logged| logged.seq.0));
        }
        assert_eq!(places, (1..=200).collect::<Vec<_>>());
        assert_eq!(core.fold.head(), Seq(200));
        core.stop.cancel();
    }
}

/// A node with its writer and its follower.
async fn served(database: &str, bus: &str, organisation: &str) -> (Arc<Core>, mpsc::Receiver<Vec<Logged>>) {
    let ledger = PostgresLedger::open(&database.to_owned().into(), organisation).await.unwrap();
    let (bus, Ears { log, .. }) =
        NatsBus::connect(&bus.to_owned().into(), organisation, ledger.name()).await.unwrap();
    let (core, entries) = over(Box::new(ledger), Box::new(bus));
    let core = Arc::new(core);
    let (own, followed) = mpsc::channel(8);
    let (fan_out, fanned) = mpsc::channel(1_000);
    tokio::spawn(log::write(core.clone(), entries, own, core.stop.clone()));
    tokio::spawn(follow(core.clone(), followed, log, fan_out));
    (core, fanned)
}
