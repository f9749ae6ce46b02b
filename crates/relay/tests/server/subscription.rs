//! Zoom's events come by a subscription, over a connection of one node.

use std::time::Duration;

use futures_util::StreamExt as _;
use rollcall_fake_zoom::{CallMove, FakeZoom, Options as FakeOptions};
use rollcall_model::{Event, Source};
use rollcall_wire::relay::{Frame, SnapshotLine};
use tempfile::tempdir;
use tokio::{
    task::JoinHandle,
    time::{Instant, timeout},
};
use tokio_tungstenite::{connect_async, tungstenite::Message};

use crate::{
    cluster::{Bus, Nodes, shared_ledger},
    load::request,
    process::{PATIENCE, Relay, beside, until, words},
};

/// Deliveries that came again.
const REPEATED: &str = "rollcall_deliveries_repeated_total{organisation=\"main\"}";
/// How many people Zoom knows.
const PEOPLE: usize = 120;
/// How many of them somebody watches.
const WATCHED: usize = 3;
/// Whoever is watched is among so many who are asked about first.
const FIRST: usize = 30;
/// Whoever hears Zoom is replaced within this.
const REPLACED: Duration = Duration::from_secs(15);

/// How often Zoom was asked for something.
fn asked(zoom: &FakeZoom, endpoint: &str) -> u64 {
    zoom.requests().by_endpoint.get(endpoint).copied().unwrap_or_default()
}

/// Who was asked about from this position on, in this order, until it was as many.
async fn asked_about(relay: &Relay, since: u64, many: usize) -> JoinHandle<Vec<String>> {
    let (mut stream, _) = connect_async(request(&relay.base, &relay.token().await, since)).await.unwrap();
    tokio::spawn(async move {
        let mut people: Vec<String> = Vec::new();
        while people.len() < many {
            let Message::Text(text) = stream.next().await.unwrap().unwrap() else { continue };
            let Frame::Events { events } = serde_json::from_str(&text).unwrap() else { continue };
            people.extend(events.into_iter().filter_map(|logged| match logged.event {
                Event::Presence(report) if report.presence.source == Source::Asked => {
                    Some(report.person.to_string())
                }
                _ => None,
            }));
        }
        people
    })
}

/// Whether a call is going on.
async fn somebody_talks(relay: &Relay) -> bool {
    let lines = relay.snapshot().await;
    lines.iter().any(|line| matches!(line, SnapshotLine::Call { call } if !call.is_over()))
}

/// The last position that a node knows.
async fn head(relay: &Relay) -> u64 {
    let lines = relay.snapshot().await;
    lines
        .iter()
        .find_map(|line| if let SnapshotLine::Head { seq, .. } = line { Some(seq.0) } else { None })
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_comes_over_the_subscription_and_by_webhook_is_in_the_log_once() {
    let data = tempdir().unwrap();
    let zoom = FakeZoom::start(FakeOptions { people: 5, seed: 7, ..FakeOptions::default() }).await.unwrap();
    let source = ["--source", "websocket", "--subscription-id", &zoom.ready().subscription_id];
    let relay = Relay::with(beside(&zoom, data.path()).into_iter().chain(words(&source))).await;
    zoom.add_webhook(&format!("{}zoom/webhook", relay.base)).await.unwrap();
    relay.until_connected().await;
    let agent = &zoom.ready().agent_user_id;

    zoom.set_presence(agent, "Presenting").unwrap();
    until("the copy came", async || relay.figure(REPEATED).await >= Some(1.0)).await;
    zoom.set_presence(agent, "Busy").unwrap();
    relay.until_known(agent, "Busy").await;

    let (mut stream, _) = connect_async(request(&relay.base, &relay.token().await, 0)).await.unwrap();
    let mut heard: Vec<String> = Vec::new();
    while heard.last().is_none_or(|word| word != "Busy") {
        let Message::Text(text) = timeout(PATIENCE, stream.next()).await.unwrap().unwrap().unwrap() else {
            continue;
        };
        let Frame::Events { events } = serde_json::from_str(&text).unwrap() else { continue };
        heard.extend(events.into_iter().filter_map(|logged| match logged.event {
            Event::Presence(report) if report.presence.source == Source::Event => Some(report.presence.raw),
            _ => None,
        }));
    }
    assert_eq!(heard, ["Presenting", "Busy"]);
    zoom.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_node_that_hears_zoom_is_killed_another_hears_it_soon_and_learns_what_was_missed() {
    let Some(ledger) = shared_ledger() else { return };
    let zoom =
        FakeZoom::start(FakeOptions { people: PEOPLE, seed: 7, ..FakeOptions::default() }).await.unwrap();
    let bus = Bus::start().await;
    let source = ["--source", "websocket", "--subscription-id", &zoom.ready().subscription_id];
    let nodes = Nodes::beside(&zoom, 2, (&ledger, &bus.address()), &source).await;
    let holder = nodes.leader().await;
    let other = nodes.node(1 - holder).unwrap();
    let people: Vec<_> = zoom.people().into_iter().filter(|person| person.status == "active").collect();
    until("everybody was asked about", async || other.reports().await.len() == people.len()).await;
    assert_eq!(asked(&zoom, "GET /ws"), 1, "one is connected");

    let agent = zoom.ready().agent_user_id.clone();
    let called = people.iter().find(|person| person.number.is_some() && person.id != agent).unwrap();
    let call = zoom.place_call_by_hand(&agent, called.number.as_ref().unwrap()).unwrap();
    zoom.move_call(call, &CallMove::Answer { by: None }).unwrap();
    until("they talk", async || somebody_talks(&other).await).await;
    let watched: Vec<&String> = people.iter().rev().take(WATCHED).map(|person| &person.id).collect();
    for person in &watched {
        other.look_at(person).await;
    }
    let order = asked_about(&other, head(&other).await, FIRST).await;

    nodes.kill(holder).await;
    let killed = Instant::now();
    until("nobody hears Zoom", async || !zoom.has_socket()).await;
    zoom.move_call(call, &CallMove::End).unwrap();
    for person in &people {
        zoom.set_presence(&person.id, "Do_Not_Disturb").unwrap();
    }
    until("another hears Zoom", async || zoom.has_socket()).await;
    assert!(killed.elapsed() < REPLACED, "{:?}", killed.elapsed());

    let all_known = async || other.presences().await.values().all(|raw| raw == "Do_Not_Disturb");
    until("what was missed is known", all_known).await;
    let order = timeout(PATIENCE, order).await.unwrap().unwrap();
    assert!(watched.iter().all(|person| order.contains(person)), "{watched:?} are not among {order:?}");
    until("the call is over", async || !somebody_talks(&other).await).await;
    assert!(asked(&zoom, "GET /phone/users/{}/call_history/sync") > 0);

    nodes.raise(holder).await;
    zoom.set_presence(&agent, "Away").unwrap();
    for node in 0..2 {
        nodes.node(node).unwrap().until_known(&agent, "Away").await;
    }
    assert_eq!(nodes.leader().await, 1 - holder);
    assert_eq!(asked(&zoom, "GET /ws"), 2, "one is connected");
    zoom.stop().await;
}
