use chrono::{DateTime, Utc};
use rollcall_model::PresenceState;
use rollcall_relay::OddityKind;
use serde_json::json;

use crate::house::{House, until};

fn presence_of(person: &str, status: &str, at: DateTime<Utc>) -> String {
    json!({
        "event": "user.presence_status_updated",
        "event_ts": at.timestamp_millis(),
        "payload": { "account_id": "acc", "object": {
            "date_time": at.to_rfc3339(), "id": person, "email": "a@example.test", "presence_status": status,
        }},
    })
    .to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_that_comes_three_times_is_one_event() {
    let house = House::of(20).await;
    let (relay, mut desk) = house.settled().await;
    let agent = house.zoom.ready().agent_user_id.clone();
    let body = presence_of(&agent, "Presenting", house.clock.now());

    for _ in 0..3 {
        house.zoom.emit_raw(body.clone());
    }
    until("all three were taken in", async || relay.counts().repeats == 2).await;
    desk.until("the event comes", |desk| desk.presence(&agent) == Some(PresenceState::Presenting)).await;

    let same = |logged: &&rollcall_model::Logged| matches!(&logged.event, rollcall_model::Event::Presence(report) if report.presence.raw == "Presenting");
    assert_eq!(desk.events.iter().filter(same).count(), 1);
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_kept_without_its_values_and_stops_nothing() {
    let house = House::of(20).await;
    let (relay, mut desk) = house.settled().await;
    let agent = house.zoom.ready().agent_user_id.clone();

    house.zoom.emit_raw("no json at all, ada@example.test");
    house.zoom.emit_raw(r#"{"event":"user.pres"#);
    house.zoom.emit_raw(r#"{"event":"user.juggled","payload":{"object":{"email":"ada@example.test"}}}"#);
    house.zoom.emit_raw(presence_of(&agent, "Presenting", house.clock.now()));

    desk.until("the event comes", |desk| desk.presence(&agent) == Some(PresenceState::Presenting)).await;
    let kept = relay.oddities().await.unwrap();
    let kinds: Vec<_> = kept.iter().map(|oddity| oddity.kind).collect();
    assert_eq!(kinds, [OddityKind::Malformed, OddityKind::Malformed, OddityKind::Unknown]);
    assert!(kept.iter().all(|oddity| !oddity.shape.contains("ada")), "{kept:?}");
    assert_eq!((relay.counts().malformed, relay.counts().unknown), (2, 1));
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_report_never_overwrites_a_newer_one() {
    let house = House::of(20).await;
    let (relay, mut desk) = house.settled().await;
    let agent = house.zoom.ready().agent_user_id.clone();
    let now = house.clock.now();

    house.zoom.emit_raw(presence_of(&agent, "Presenting", now + chrono::TimeDelta::seconds(30)));
    house.zoom.emit_raw(presence_of(&agent, "Away", now - chrono::TimeDelta::minutes(80)));
    let events = |desk: &crate::desk::Desk| {
        let of_agent = |logged: &&rollcall_model::Logged| matches!(&logged.event, rollcall_model::Event::Presence(report) if report.presence.raw == "Away" && report.person.as_str() == agent);
        desk.events.iter().filter(of_agent).count()
    };
    desk.until("the late event comes", |desk| events(desk) >= 1).await;

    assert_eq!(desk.presence(&agent), Some(PresenceState::Presenting));
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_of_next_year_does_not_stand_until_then() {
    let house = House::of(20).await;
    let (relay, mut desk) = house.settled().await;
    let agent = house.zoom.ready().agent_user_id.clone();
    let now = house.clock.now();

    house.zoom.emit_raw(presence_of(&agent, "Presenting", now + chrono::TimeDelta::days(365)));
    desk.until("the strange event comes", |desk| desk.presence(&agent) == Some(PresenceState::Presenting))
        .await;
    house.zoom.emit_raw(presence_of(&agent, "Away", now + chrono::TimeDelta::minutes(1)));

    desk.until("the true one wins", |desk| desk.presence(&agent) == Some(PresenceState::Away)).await;
    relay.stop().await;
}
