use std::time::Duration;

use rollcall_model::{PresenceState, Seq};
use rollcall_wire::relay::{Bye, Frame, Resume, Way};

use crate::{
    desk::{Desk, frame, request, socket, socket_told},
    house::House,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_presence_event_of_zoom_reaches_the_desk_as_a_frame() {
    let house = House::of(20).await;
    let (relay, mut desk) = house.settled().await;
    let agent = house.zoom.ready().agent_user_id.clone();

    house.zoom.set_presence(&agent, "Do_Not_Disturb").unwrap();

    desk.until("the event comes", |desk| desk.presence(&agent) == Some(PresenceState::DoNotDisturb)).await;
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_that_comes_back_gets_exactly_what_it_missed() {
    let house = House::of(20).await;
    let (relay, mut desk) = house.settled().await;
    let agent = house.zoom.ready().agent_user_id.clone();
    desk.hang_up();
    for status in ["Away", "Available", "Do_Not_Disturb", "Away"] {
        house.zoom.set_presence(&agent, status).unwrap();
    }

    let resume = desk.follow(&relay).await;

    assert_eq!(resume, Resume::Tail);
    desk.until("the last event comes", |desk| desk.presence(&agent) == Some(PresenceState::Away)).await;
    let fresh = Desk::snapshot(&relay).await;
    desk.until("both know the same", |desk| desk.seq >= fresh.seq).await;
    if desk.seq == fresh.seq {
        assert_eq!(desk.roster, fresh.roster);
    }
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_position_of_another_log_is_sent_to_the_snapshot() {
    let house = House::of(20).await;
    let (relay, desk) = house.settled().await;

    for (since, log) in [(desk.seq, "another"), (Seq(desk.seq.0 + 1_000_000), desk.log.as_str())] {
        let mut socket = socket(&relay, since, log).await;
        let Some(Frame::Hello { resume, log, .. }) = frame(&mut socket).await else { panic!("a hello") };
        assert_eq!((resume, log.as_str()), (Resume::Snapshot, desk.log.as_str()));
        assert_eq!(frame(&mut socket).await, None, "nothing follows");
    }
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_that_is_too_far_behind_is_sent_to_the_snapshot() {
    let house = House::of(600).await;
    let (relay, mut desk) = house.settled().await;
    desk.until("the tail is longer than a snapshot", |desk| desk.seq.0 > 1_200).await;

    let mut socket = socket(&relay, Seq::START, &desk.log).await;

    let Some(Frame::Hello { resume, .. }) = frame(&mut socket).await else { panic!("a hello") };
    assert_eq!(resume, Resume::Snapshot);
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_that_reads_too_slowly_is_told_to_come_again() {
    let house = House::of(5).await;
    let (relay, desk) = house.settled().await;
    let agent = house.zoom.ready().agent_user_id.clone();
    // As text: packed, all of it would fit into the sockets between.
    let plain = Way::Plain.name();
    let mut slow = socket_told(&relay, desk.seq, &desk.log, plain).await;
    let mut quick = socket_told(&relay, desk.seq, &desk.log, plain).await;

    // More frames than the ring holds, and more bytes than the sockets between take.
    for _ in 0..180 {
        for _ in 0..8 {
            house.zoom.emit(long_event(&agent, house.clock.now()));
        }
        while !matches!(frame(&mut quick).await, Some(Frame::Events { .. })) {}
    }

    let mut last = None;
    while let Some(next) = frame(&mut slow).await {
        assert!(!matches!(next, Frame::Heartbeat { .. }), "the desk was not too slow");
        last = Some(next);
    }
    assert_eq!(last, Some(Frame::Bye { why: Bye::Resume }));
    assert_eq!(relay.counts().slow_desks, 1);
    relay.stop().await;
}

/// A presence event with a long raw word, so that few of them fill a socket.
fn long_event(person: &str, at: chrono::DateTime<chrono::Utc>) -> serde_json::Value {
    serde_json::json!({
        "event": "user.presence_status_updated",
        "event_ts": at.timestamp_millis(),
        "payload": { "account_id": "acc", "object": {
            "date_time": at.to_rfc3339(), "id": person, "email": "a@example.test",
            "presence_status": format!("Word_{}_{}", at.timestamp_micros(), "x".repeat(100_000)),
        }},
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_stops_says_so_and_stops_soon() {
    let house = House::of(20).await;
    let (relay, mut desk) = house.settled().await;

    tokio::time::timeout(Duration::from_secs(8), relay.stop()).await.unwrap();

    assert_eq!(desk.until_closed().await, Some(Bye::Stopping));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_is_the_same_compressed_and_not() {
    let house = House::of(700).await;
    let (relay, _) = house.settled().await;
    let get = || request(&relay, reqwest::Method::GET, "v1/snapshot");

    let plain = get().send().await.unwrap();
    let zipped = get().header("accept-encoding", "zstd").send().await.unwrap();

    assert_eq!(zipped.headers()["content-encoding"], "zstd");
    assert!(!plain.headers().contains_key("content-encoding"));
    let (plain, zipped) = (plain.bytes().await.unwrap(), zipped.bytes().await.unwrap());
    let unzipped = zstd::stream::decode_all(&zipped[..]).unwrap();
    let lines = |bytes: &[u8]| std::str::from_utf8(bytes).unwrap().lines().count();
    assert_eq!(lines(&unzipped), lines(&plain));
    assert!(zipped.len() * 4 < plain.len(), "{} of {}", zipped.len(), plain.len());
    relay.stop().await;
}
