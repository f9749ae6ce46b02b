//! Two nodes believe to lead.

use std::time::Duration;

use chrono::TimeDelta;
use rollcall_fake_zoom::{Dose, FakeZoom, Mischief, Options as FakeOptions};
use rollcall_model::Clock;

use crate::{
    cluster::{Bus, Nodes, shared_ledger},
    load::{At, Load},
    process::{Relay, until},
};

/// Whom a node heard of within this, it does not ask about.
const JUST_HEARD: TimeDelta = TimeDelta::seconds(5);
/// Zoom's answers take this long.
const SLOW: Duration = Duration::from_secs(2);
/// How many events Zoom sends in the end.
const EVENTS: usize = 6;

/// Somebody other than the agent whom Zoom knows and the node may ask about now.
async fn somebody(zoom: &FakeZoom, relay: &Relay) -> String {
    let mut found = None;
    until("somebody may be asked about", async || {
        let long_ago = Clock::system().now() - JUST_HEARD;
        let reports = relay.reports().await;
        let is_other = |person: &str| person != zoom.ready().agent_user_id && zoom.person(person).is_ok();
        found = reports.into_iter().find(|(person, heard)| is_other(person) && heard.as_of < long_ago);
        found.is_some()
    })
    .await;
    found.unwrap().0
}

fn connections(zoom: &FakeZoom) -> u64 {
    zoom.requests().by_endpoint.get("GET /ws").copied().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_that_stood_still_for_longer_than_its_lease_notices_and_what_it_still_writes_does_no_harm() {
    let Some(ledger) = shared_ledger() else { return };
    let zoom = FakeZoom::start(FakeOptions { people: 20, seed: 7, ..FakeOptions::default() }).await.unwrap();
    let agent = zoom.ready().agent_user_id.clone();
    let bus = Bus::start().await;
    let source = ["--source", "websocket", "--subscription-id", &zoom.ready().subscription_id];
    let nodes = Nodes::beside(&zoom, 2, (&ledger, &bus.address()), &source).await;
    let old = nodes.leader().await;
    let (stale, heir) = (nodes.node(old).unwrap(), nodes.node(1 - old).unwrap());
    zoom.set_presence(&agent, "Busy").unwrap();
    heir.until_known(&agent, "Busy").await;
    let load = Load::on(&nodes, [At::Any(0), At::Any(1)]);
    load.until_answered(20).await;

    // An answer and an event are on their way to the leader when it stands still.
    zoom.mischief_on(Dose { mischief: Mischief::SlowReplies, amount: SLOW.as_secs_f64() * 1_000.0 });
    let other = somebody(&zoom, &stale).await;
    stale.look_at(&other).await;
    stale.signal("STOP").await;
    zoom.set_presence(&agent, "Do_Not_Disturb").unwrap();
    until("another leads", async || nodes.leads(1 - old).await).await;
    zoom.mischief_off(Mischief::SlowReplies);
    heir.until_connected().await;
    assert_eq!(connections(&zoom), 2);
    for person in [&agent, &other] {
        zoom.set_presence(person, "Away").unwrap();
        heir.until_known(person, "Away").await;
    }
    load.until_answered(20).await;

    stale.signal("CONT").await;
    until("the old one notices", async || !nodes.leads(old).await).await;
    assert_eq!(nodes.leader().await, 1 - old);
    heir.until_connected().await;
    let connected = connections(&zoom);
    for event in 0..EVENTS {
        let word = if event % 2 == 0 { "Available" } else { "Away" };
        until("Zoom is heard", async || zoom.has_socket()).await;
        zoom.set_presence(&agent, word).unwrap();
        for relay in [&stale, &heir] {
            relay.until_known(&agent, word).await;
            assert!(relay.knows(&other, "Away").await);
        }
    }

    assert_eq!(connections(&zoom), connected, "two hear Zoom by turns");
    assert_eq!(nodes.leaders().await, 1);
    load.end().await;
    zoom.stop().await;
}
