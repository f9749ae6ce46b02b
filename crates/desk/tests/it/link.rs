//! The link: resume, snapshots, and what goes wrong on the way.

use std::time::Duration;

use chrono::TimeDelta;
use rollcall_desk::{Timing, Upstream};
use rollcall_model::PresenceState;
use rollcall_wire::{
    Failure,
    relay::{Bye, PROTOCOL},
    window::Link,
};

use crate::{
    relay::{Greeting, Mischief, Relay},
    scene::{Scene, after, asked, is, joins, morning, names, timing, until, until_online},
};

const NUMBER: &str = "+442071838750";

fn offline_failure(link: Link) -> Option<Failure> {
    match link {
        Link::Offline { failure, .. } => Some(failure),
        Link::Online { .. } | Link::Connecting => None,
    }
}

#[tokio::test]
async fn what_the_relay_tells_is_found() {
    let (scene, relay) = (Scene::open().await, Relay::start("log").await);
    relay.append(joins("mia", "Mia Okafor", NUMBER));
    relay.append([is("mia", PresenceState::Available, morning())]);

    scene.engine.connect(relay.upstream.clone());

    until("Mia", || names(&scene.engine, "oka") == ["Mia Okafor"]).await;
    assert_eq!(asked(&scene.engine, "").rows[0].presence.state, PresenceState::Available);
    until_online(&scene.engine).await;
}

#[tokio::test]
async fn a_desk_that_comes_back_asks_only_for_what_it_missed() {
    let (mut scene, relay) = (Scene::open().await, Relay::start("log").await);
    relay.append(joins("mia", "Mia Okafor", NUMBER));
    scene.engine.connect(relay.upstream.clone());
    until("Mia", || !names(&scene.engine, "mia").is_empty()).await;

    scene.restart().await;
    assert_eq!(names(&scene.engine, "mia"), ["Mia Okafor"]);
    relay.append(joins("leo", "Leo Brandt", "+14155550123"));
    scene.engine.connect(relay.upstream.clone());

    until("Leo", || !names(&scene.engine, "leo").is_empty()).await;
    assert_eq!(relay.log().streams, [(0, None), (2, Some("log".to_owned()))]);
}

#[tokio::test]
async fn a_hole_in_the_events_is_asked_for_again() {
    let mischief = Mischief { leave_out: Some(2), ..Mischief::default() };
    let (scene, relay) = (Scene::open().await, Relay::with("log", mischief).await);
    let states = [PresenceState::Away, PresenceState::Busy];
    relay.append(joins("mia", "Mia Okafor", NUMBER));
    relay.append(states.map(|state| is("leo", state, morning())));

    scene.engine.connect(relay.upstream.clone());

    until("the phone", || asked(&scene.engine, "mia").rows.iter().any(|row| row.number.is_some())).await;
    // Nothing of the frame with the hole was taken.
    assert_eq!(relay.log().streams, [(0, None), (0, Some("log".to_owned()))]);
}

#[tokio::test]
async fn a_relay_that_says_resume_is_met_again_with_the_position() {
    let mischief = Mischief { bye: Some(Bye::Resume), ..Mischief::default() };
    let (scene, relay) = (Scene::open().await, Relay::with("log", mischief).await);
    relay.append(joins("mia", "Mia Okafor", NUMBER));
    scene.engine.connect(relay.upstream.clone());
    until("the second stream", || relay.log().streams.len() == 2).await;

    relay.append(joins("leo", "Leo Brandt", "+14155550123"));

    until("Leo", || !names(&scene.engine, "leo").is_empty()).await;
    assert_eq!(relay.log().streams[1], (2, Some("log".to_owned())));
}

#[tokio::test]
async fn a_desk_that_is_far_behind_reads_a_snapshot_and_then_the_tail() {
    let mischief = Mischief { snapshot_first: true, ..Mischief::default() };
    let (scene, relay) = (Scene::open().await, Relay::with("log", mischief).await);
    relay.append(joins("mia", "Mia Okafor", NUMBER));
    relay.append([is("mia", PresenceState::Busy, morning())]);

    scene.engine.connect(relay.upstream.clone());

    until("the tail", || relay.log().streams.last() == Some(&(3, Some("log".to_owned())))).await;
    until_online(&scene.engine).await;
    assert_eq!(asked(&scene.engine, "okafor").rows[0].presence.state, PresenceState::Busy);
}

#[tokio::test]
async fn a_snapshot_that_is_cut_short_is_not_taken() {
    let mischief = Mischief { snapshot_first: true, cut_snapshot: true, ..Mischief::default() };
    let (scene, relay) = (Scene::open().await, Relay::with("log", mischief).await);
    relay.append(joins("mia", "Mia Okafor", NUMBER));

    scene.engine.connect(relay.upstream.clone());

    until("the whole snapshot", || relay.log().snapshots == 2).await;
    until_online(&scene.engine).await;
    let positions: Vec<u64> = relay.log().streams.iter().map(|(since, _)| *since).collect();
    assert_eq!(positions, [0, 0, 2]);
}

#[tokio::test]
async fn when_the_organisation_took_the_app_away_nobody_is_known_here_any_more_until_it_is_back() {
    let (mut scene, relay) = (Scene::open().await, Relay::start("log").await);
    relay.append(joins("mia", "Mia Okafor", NUMBER));
    scene.engine.connect(relay.upstream.clone());
    until("Mia", || !names(&scene.engine, "mia").is_empty()).await;

    relay.change(|log| {
        let mischief =
            Mischief { refusal: Some(Failure::AppRemoved), bye: Some(Bye::Resume), ..log.mischief.clone() };
        log.mischief = mischief;
    });
    relay.append([is("mia", PresenceState::Busy, morning())]);

    until("the refusal", || offline_failure(scene.engine.status().link) == Some(Failure::AppRemoved)).await;
    assert!(names(&scene.engine, "").is_empty());
    assert_eq!(scene.engine.status().directory.done, 0);
    scene.restart().await;
    assert!(names(&scene.engine, "").is_empty());
    let replica = std::fs::read(scene.home.data.join("replica.sqlite")).unwrap();
    assert!(!replica.windows(6).any(|word| word == b"Okafor"), "her name is in an unused page");
    relay.change(|log| log.mischief.refusal = None);
    scene.engine.connect(relay.upstream.clone());
    until("Mia", || !names(&scene.engine, "mia").is_empty()).await;
}

#[tokio::test]
async fn another_log_begins_with_nobody_of_the_first() {
    let (mut scene, first) = (Scene::open().await, Relay::start("first").await);
    first.append(joins("mia", "Mia Okafor", NUMBER));
    scene.engine.connect(first.upstream.clone());
    until("Mia", || !names(&scene.engine, "mia").is_empty()).await;
    let second = Relay::start("second").await;
    second.append(joins("leo", "Leo Brandt", "+14155550123"));

    scene.engine.connect(second.upstream.clone());

    until("Leo", || names(&scene.engine, "") == ["Leo Brandt"]).await;
    until_online(&scene.engine).await;
    scene.restart().await;
    assert_eq!(names(&scene.engine, ""), ["Leo Brandt"]);
}

#[tokio::test]
async fn a_relay_of_another_protocol_is_told_and_which_side_is_the_older_one() {
    let newer = Failure::ProtocolTooOld { relay: PROTOCOL + 1, desk: PROTOCOL };
    let older = Failure::RelayTooOld { relay: 1, desk: PROTOCOL };
    for (protocol, failure) in [(PROTOCOL + 1, newer), (1, older)] {
        let mischief = Mischief { protocol, ..Mischief::default() };
        let (scene, relay) = (Scene::open().await, Relay::with("log", mischief).await);

        scene.engine.connect(relay.upstream.clone());

        until("the failure", || offline_failure(scene.engine.status().link).as_ref() == Some(&failure)).await;
    }
}

#[tokio::test]
async fn a_message_that_unpacks_to_too_much_ends_the_connection_and_the_next_one_works() {
    let mischief = Mischief { greeting: Greeting::Bomb, ..Mischief::default() };
    let (scene, relay) = (Scene::open().await, Relay::with("log", mischief).await);

    scene.engine.connect(relay.upstream.clone());

    until("two streams", || relay.log().streams.len() == 2).await;
    until_online(&scene.engine).await;
}

#[tokio::test]
async fn a_desk_that_is_refused_asks_ever_more_rarely() {
    let (scene, relay) = (Scene::open().await, Relay::start("log").await);
    scene.engine.connect(Upstream { token: "another token".into(), ..relay.upstream.clone() });

    until("some tries", || relay.log().knocks >= 6).await;

    let Link::Offline { failure, retry_at: Some(retry_at), .. } = scene.engine.status().link else {
        panic!("offline")
    };
    assert_eq!(failure, Failure::NotAdmitted);
    // Other failures never wait for longer than this.
    assert!(retry_at - scene.clock.now() > TimeDelta::from_std(timing().longest_pause).unwrap());
}

#[tokio::test]
async fn presence_is_as_old_as_it_is_by_the_clock_of_a_relay_elsewhere() {
    // This computer's clock is three hours behind.
    let mischief = Mischief { at: after(3 * 3_600), ..Mischief::default() };
    let (scene, relay) = (Scene::open().await, Relay::with("log", mischief).await);
    relay.append(joins("mia", "Mia Okafor", NUMBER));
    relay.append([is("mia", PresenceState::Available, morning())]);

    scene.engine.connect(relay.elsewhere());

    until_online(&scene.engine).await;
    until("Mia", || !names(&scene.engine, "mia").is_empty()).await;
    assert_eq!(
        asked(&scene.engine, "mia").rows[0].presence.state,
        PresenceState::Unknown,
        "heard too long ago"
    );
}

#[tokio::test]
async fn a_desk_without_the_right_token_is_told_and_is_let_in_with_it() {
    let (scene, relay) = (Scene::open().await, Relay::start("log").await);
    let wrong = Upstream { token: "another token".into(), ..relay.upstream.clone() };
    scene.engine.connect(wrong);
    let refused = Some(Failure::NotAdmitted);
    until("the refusal", || offline_failure(scene.engine.status().link) == refused).await;

    scene.engine.connect(relay.upstream.clone());

    until_online(&scene.engine).await;
}

#[tokio::test]
async fn a_relay_that_falls_silent_is_left_and_tried_again() {
    let silent = Mischief { greeting: Greeting::Silence, ..Mischief::default() };
    let patience = Timing { silence: Duration::from_millis(50), ..timing() };
    let (scene, relay) = (Scene::timed(patience).await, Relay::with("log", silent).await);

    scene.engine.connect(relay.upstream.clone());

    until("two tries", || relay.log().streams.len() >= 2).await;
    assert_eq!(offline_failure(scene.engine.status().link), Some(Failure::RelayUnreachable));
}

#[tokio::test]
async fn a_desk_that_was_disconnected_keeps_what_it_knows_and_asks_no_more() {
    let (scene, relay) = (Scene::open().await, Relay::start("log").await);
    relay.append(joins("mia", "Mia Okafor", NUMBER));
    scene.engine.connect(relay.upstream.clone());
    until("Mia", || !names(&scene.engine, "mia").is_empty()).await;

    scene.engine.disconnect().await;

    assert_eq!(scene.engine.status().link, Link::Connecting);
    assert_eq!(names(&scene.engine, "mia"), ["Mia Okafor"]);
    assert_eq!(relay.log().streams.len(), 1);
}

#[tokio::test]
async fn a_relay_without_room_is_not_one_that_cannot_be_reached() {
    let (scene, busy) = (Scene::open().await, Failure::RelayBusy { retry_secs: 30 });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    let said = busy.clone();
    let full = axum::Router::new()
        .fallback(async move || (axum::http::StatusCode::SERVICE_UNAVAILABLE, axum::Json(said)));
    let server = tokio::spawn(async move { axum::serve(listener, full).await.unwrap() });

    scene.engine.connect(Upstream { base, token: "a token".into() });

    until("the desk is told", || offline_failure(scene.engine.status().link) == Some(busy.clone())).await;
    server.abort();
}
