//! Nodes, the database and the bus die without a word.

use std::{sync::Arc, time::Duration};

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use tokio::time::{sleep, timeout};

use crate::{
    cluster::{Bus, Nodes, Postgres, shared_ledger},
    load::{At, Load},
    process::until,
};

/// How often each dies.
const DEATHS: usize = 50;
/// How many deliveries are answered between two deaths, at least.
const BETWEEN: usize = 10;
/// A death comes so long after that, at most.
const MOMENT: Duration = Duration::from_millis(300);
/// A leader that is lost is replaced within this.
const REPLACED: Duration = Duration::from_secs(15);

/// Two nodes and the servers that they share.
struct Scene {
    database: Postgres,
    bus: Bus,
    nodes: Arc<Nodes>,
}

impl Scene {
    /// Nothing where there is no database to be killed.
    async fn set() -> Option<Self> {
        let database = Postgres::start().await?;
        let bus = Bus::start().await;
        let nodes = Nodes::over(2, &database.address(), &bus.address()).await;
        Some(Self { database, bus, nodes })
    }

    /// Lets somebody die at fifty moments under load, and checks what was answered and what desks heard.
    async fn survives(mut self, mut death: impl AsyncFnMut(&mut Self, &mut StdRng)) {
        let seed = rand::random();
        eprintln!("seed {seed}");
        let mut random = StdRng::seed_from_u64(seed);
        let load = Load::on(&self.nodes, [At::Any(0), At::Any(1), At::Node(0)]);
        for _ in 0..DEATHS {
            load.until_answered(BETWEEN).await;
            sleep(MOMENT.mul_f64(random.random())).await;
            death(&mut self, &mut random).await;
        }
        load.until_answered(BETWEEN).await;

        assert!(load.end().await >= DEATHS * BETWEEN);
        self.nodes.leader().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_is_in_the_log_once_and_reaches_every_desk_once_though_a_node_dies_fifty_times() {
    let Some(scene) = Scene::set().await else { return };
    let death = async |scene: &mut Scene, random: &mut StdRng| {
        let node = random.random_range(0..2);
        scene.nodes.kill(node).await;
        scene.nodes.raise(node).await;
    };
    scene.survives(death).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_is_in_the_log_once_and_reaches_every_desk_once_though_the_database_dies_fifty_times()
 {
    let Some(scene) = Scene::set().await else { return };
    let death = async |scene: &mut Scene, _: &mut StdRng| {
        scene.database.die().await;
        scene.database.raise().await;
    };
    scene.survives(death).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_is_in_the_log_once_and_reaches_every_desk_once_though_the_bus_dies_fifty_times() {
    let Some(scene) = Scene::set().await else { return };
    let death = async |scene: &mut Scene, _: &mut StdRng| {
        scene.bus.die().await;
        scene.bus.raise().await;
    };
    scene.survives(death).await;
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
