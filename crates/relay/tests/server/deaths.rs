//! Nodes, the database and the bus die without a word.

use std::time::Duration;

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use tokio::time::{sleep, timeout};

use crate::{
    cluster::{Bus, Nodes, Postgres, shared_ledger},
    load::{At, Load},
    process::until,
};

/// How often something dies.
const DEATHS: usize = 50;
/// How many deliveries are answered between two deaths, at least.
const BETWEEN: usize = 10;
/// A death comes so long after that, at most.
const MOMENT: Duration = Duration::from_millis(300);
/// A leader that is lost is replaced within this.
const REPLACED: Duration = Duration::from_secs(15);

/// Who may die.
#[derive(Clone, Copy, Debug)]
enum Victim {
    Node(usize),
    Database,
    Bus,
}

fn anybody(random: &mut StdRng) -> Victim {
    match random.random_range(0..10) {
        0..3 => Victim::Node(0),
        3..6 => Victim::Node(1),
        6..8 => Victim::Database,
        _ => Victim::Bus,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_is_in_the_log_once_and_reaches_every_desk_once_whoever_dies_fifty_times() {
    let Some(mut database) = Postgres::start().await else { return };
    let mut bus = Bus::start().await;
    let seed = rand::random();
    eprintln!("seed {seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let nodes = Nodes::over(2, &database.address(), &bus.address()).await;
    let load = Load::on(&nodes, [At::Any(0), At::Any(1), At::Node(0)]);

    for _ in 0..DEATHS {
        load.until_answered(BETWEEN).await;
        sleep(MOMENT.mul_f64(random.random())).await;
        match anybody(&mut random) {
            Victim::Node(node) => {
                nodes.kill(node).await;
                nodes.raise(node).await;
            }
            Victim::Database => {
                database.die().await;
                database.raise().await;
            }
            Victim::Bus => {
                bus.die().await;
                bus.raise().await;
            }
        }
    }
    load.until_answered(BETWEEN).await;

    assert!(load.end().await >= DEATHS * BETWEEN);
    nodes.leader().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_that_is_killed_is_replaced_within_fifteen_seconds() {
    let Some(ledger) = shared_ledger() else { return };
    let bus = Bus::start().await;
    let nodes = Nodes::over(2, &ledger, &bus.address()).await;
    let leader = nodes.leader().await;

    nodes.kill(leader).await;
    let replaced = timeout(REPLACED, until("the other leads", async || nodes.leads(1 - leader).await));

    assert!(replaced.await.is_ok(), "nobody leads after fifteen seconds");
}
