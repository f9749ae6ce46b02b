use rollcall_fake_zoom::Options as FakeOptions;
use rollcall_model::PresenceState;
use rollcall_relay::StartError;
use rollcall_wire::relay::Resume;

use crate::{
    desk::Desk,
    house::{House, until},
};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_a_desk_was_told_is_lost_when_the_relay_ends_at_any_moment() {
    let lively = FakeOptions { people: 40, seed: 3, events_per_second: 200.0, ..FakeOptions::default() };
    let house = House::with(lively).await;
    let (mut relay, mut desk) = house.settled().await;

    for round in 1..=5_usize {
        let told = desk.events.len() + 40 * round;
        desk.until("events come", |desk| desk.events.len() >= told).await;
        drop(relay);
        desk.until_closed().await;
        relay = house.relay_after_a_drop().await;

        assert_eq!(desk.follow(&relay).await, Resume::Tail, "the position that the desk has is still there");
        let fresh = Desk::snapshot(&relay).await;
        assert!(fresh.seq >= desk.seq);
        for entry in desk.roster.entries() {
            let kept = fresh.roster.get(&entry.person.id).expect("everybody is still there");
            assert!(kept.presence >= entry.presence, "a presence is older than before");
        }
    }
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_knows_what_was_known() {
    let house = House::of(30).await;
    let (relay, mut desk) = house.settled().await;
    let agent = house.zoom.ready().agent_user_id.clone();
    house.zoom.set_presence(&agent, "Presenting").unwrap();
    desk.until("it is heard", |desk| desk.presence(&agent) == Some(PresenceState::Presenting)).await;
    relay.stop().await;
    let served = house.served("GET /users");

    let relay = house.relay().await;

    let fresh = Desk::snapshot(&relay).await;
    assert_eq!(fresh.log, desk.log);
    assert_eq!(fresh.presence(&agent), Some(PresenceState::Presenting));
    until("the directory is known", async || relay.state().directory.of.is_some()).await;
    assert_eq!(house.served("GET /users"), served, "a sweep that has just finished is not repeated");
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corrupt_file_is_kept_aside_and_everything_is_heard_again() {
    let house = House::of(20).await;
    std::fs::write(house.database(), vec![b'?'; 8_192]).unwrap();

    let (relay, desk) = house.settled().await;

    assert!(desk.roster.len() >= 15);
    let files = std::fs::read_dir(house.database().parent().unwrap()).unwrap();
    let kept = files.filter(|file| {
        let file = file.as_ref().unwrap();
        std::fs::read(file.path()).unwrap().starts_with(b"????")
    });
    assert_eq!(kept.count(), 1);
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_others_can_reach_is_refused() {
    let house = House::of(5).await;
    let mut options = house.options();
    options.listen = "0.0.0.0:0".parse().unwrap();

    let refused = rollcall_relay::Relay::start(options).await;

    assert!(matches!(refused, Err(StartError::NotLoopback(_))));
}
