//! The database is slow, or takes no writes.

use std::time::Duration;

use tokio::time::Instant;

use crate::{
    cluster::{Bus, Mode, Nodes, Postgres, Proxy, is_ready, shared_ledger},
    load::{At, Load},
    process::until,
};

/// So much later the database answers.
const LATE: Duration = Duration::from_secs(2);
/// For so long: longer than the term of a lease and every patience with the database.
const LATE_FOR: Duration = Duration::from_secs(25);
/// More memory than this no node of a test ever needs.
const BOUND: u64 = 256 << 20;
/// The queue before the log's writer has so many places.
const QUEUE: f64 = 4_096.0;

/// One figure of the only organisation of a node.
async fn figure(nodes: &Nodes, node: usize, name: &str) -> f64 {
    let figures = nodes.node(node).unwrap().figures().await;
    let line = figures.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    line.rsplit_once(' ').unwrap().1.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_database_answers_two_seconds_late_deliveries_come_again_and_the_log_still_grows() {
    let Some(ledger) = shared_ledger() else { return };
    let bus = Bus::start().await;
    let (proxy, ledger) = Proxy::before(&ledger).await;
    let nodes = Nodes::over(2, &ledger, &bus.address()).await;
    nodes.leader().await;
    let load = Load::on(&nodes, [At::Node(0), At::Node(1)]);
    load.until_answered(50).await;

    proxy.set(Mode::Late(LATE));
    let late = Instant::now();
    load.until_put_off(10).await;
    let head = figure(&nodes, 0, "rollcall_log_head").await;
    until("the log grows", async || figure(&nodes, 0, "rollcall_log_head").await > head).await;
    while late.elapsed() < LATE_FOR {
        assert!(nodes.leaders().await <= 1, "two lead");
        for node in 0..2 {
            assert!(figure(&nodes, node, "rollcall_log_queue").await <= QUEUE);
        }
        load.until_put_off(1).await;
    }

    proxy.set(Mode::OPEN);
    load.until_answered(50).await;
    nodes.leader().await;
    for node in 0..2 {
        let relay = nodes.node(node).unwrap();
        until("it is ready", async || is_ready(&relay).await).await;
        assert!(relay.peak_memory() < BOUND, "{} bytes", relay.peak_memory());
    }
    load.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_database_takes_no_writes_nodes_say_so_and_afterwards_they_go_on_by_themselves() {
    let Some(database) = Postgres::start().await else { return };
    let bus = Bus::start().await;
    let nodes = Nodes::over(2, &database.address(), &bus.address()).await;
    nodes.leader().await;
    let load = Load::on(&nodes, [At::Node(0), At::Node(1)]);
    load.until_answered(50).await;

    let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                  WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
    database.run(&["ALTER DATABASE postgres SET default_transaction_read_only = on", others]).await;
    load.until_put_off(10).await;
    for node in 0..2 {
        let relay = nodes.node(node).unwrap();
        until("it says so", async || !is_ready(&relay).await).await;
    }
    until("nobody leads", async || nodes.leaders().await == 0).await;

    // Connections that were made meanwhile stay as they are.
    let again = "ALTER DATABASE postgres RESET default_transaction_read_only";
    database.run(&["SET default_transaction_read_only = off", again]).await;
    load.until_answered(50).await;
    nodes.leader().await;
    for node in 0..2 {
        let relay = nodes.node(node).unwrap();
        until("it is ready", async || is_ready(&relay).await).await;
    }
    load.end().await;
}
