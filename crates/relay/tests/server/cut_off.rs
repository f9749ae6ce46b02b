//! The bus is cut off.

use std::time::Duration;

use rollcall_fake_zoom::{FakeZoom, Options as FakeOptions};
use tokio::time::{Instant, sleep};

use crate::{
    cluster::{Bus, Mode, Nodes, Proxy, shared_ledger},
    load::{At, Load},
    process::{PATIENCE, until},
};

/// For so long nothing passes: longer than every patience that a node has with the bus. It is noticed after 8 s
/// without an answer (three questions, one every 2 s), a try to connect is given up after 5 s, the longest pause
/// between two is 2 s, and the log is looked at every 3 s.
const CUT_OFF: Duration = Duration::from_mins(1);
/// So long the bus refuses everybody, which is noticed at once.
const REFUSED: Duration = Duration::from_secs(5);
/// A desk that waits for somebody wants them again after this.
const WANTED_AGAIN: Duration = Duration::from_millis(500);

/// A desk at this node wants somebody until it is known how they are.
async fn want(nodes: &Nodes, node: usize, person: &str, status: &str) {
    let relay = nodes.node(node).unwrap();
    let begun = Instant::now();
    while !relay.knows(person, status).await {
        assert!(begun.elapsed() < PATIENCE, "a wish is not granted");
        relay.look_at(person).await;
        sleep(WANTED_AGAIN).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_bus_is_cut_off_desks_of_all_nodes_hear_everything_and_afterwards_wishes_are_granted() {
    let Some(ledger) = shared_ledger() else { return };
    let zoom = FakeZoom::start(FakeOptions { people: 20, seed: 7, ..FakeOptions::default() }).await.unwrap();
    let agent = zoom.ready().agent_user_id.clone();
    let bus = Bus::start().await;
    let (proxy, address) = Proxy::before(&bus.address()).await;
    let nodes = Nodes::beside(&zoom, 2, (&ledger, &address), &[]).await;
    let follower = 1 - nodes.leader().await;
    let relay = nodes.node(follower).unwrap();
    until("the agent is known", async || relay.presences().await.contains_key(&agent)).await;
    // Nobody brings events here: only an answer to a question tells how somebody is.
    zoom.set_presence(&agent, "Do_Not_Disturb").unwrap();
    want(&nodes, follower, &agent, "Do_Not_Disturb").await;

    let load = Load::on(&nodes, [At::Node(0), At::Node(1)]);
    for (mode, long) in [(Mode::Silent, CUT_OFF), (Mode::Refusing, REFUSED)] {
        proxy.set(mode);
        let begun = Instant::now();
        while begun.elapsed() < long {
            load.until_answered(20).await;
            load.until_heard(0).await;
            load.until_heard(1).await;
        }
    }
    proxy.set(Mode::OPEN);

    zoom.set_presence(&agent, "Away").unwrap();
    want(&nodes, follower, &agent, "Away").await;
    load.end().await;
    zoom.stop().await;
}
