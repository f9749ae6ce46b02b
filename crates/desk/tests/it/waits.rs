//! Who waits for whom: told to the relay and shown only where the organisation says so.

use rollcall_model::{Event, OrganisationFact, OrganisationReport, Policy, PresenceState};
use rollcall_wire::window::{Only, WatchChoice, WatchWish};

use crate::{
    relay::Relay,
    scene::{Scene, after, id, is, joins, morning, until, until_online},
};

fn shown(on: bool, seconds: i64) -> Event {
    let policy = Policy { watchers_shown: on, ..Policy::default() };
    Event::Organisation(OrganisationReport { as_of: after(seconds), fact: OrganisationFact::Policy(policy) })
}

/// Mia is in a meeting, and somebody may wait for her.
async fn mia_is_busy() -> (Scene, Relay) {
    let (scene, relay) = (Scene::open().await, Relay::start("log").await);
    relay.append(joins("mia", "Mia Okafor", "+442071838750"));
    relay.append(joins("ana", "Ana Ruiz", "+34911234567"));
    relay.append([is("mia", PresenceState::InMeeting, morning())]);
    scene.engine.connect(relay.upstream.clone());
    until_online(&scene.engine).await;
    until("Ana", || scene.engine.person(&id("ana")).is_ok_and(|ana| !ana.lines.is_empty())).await;
    (scene, relay)
}

fn for_mia() -> WatchWish {
    WatchWish::Person { person: id("mia") }
}

#[tokio::test]
async fn where_it_is_not_shown_nobody_is_told() {
    let (scene, relay) = mia_is_busy().await;

    let watch = scene.engine.watch(for_mia()).await.unwrap();
    scene.engine.choose(&watch.id, WatchChoice::Stop).await.unwrap();
    scene.engine.watch(for_mia()).await.unwrap();
    relay.append([shown(true, 1)]);
    until("the first word", || !relay.log().waits.is_empty()).await;

    assert_eq!(relay.log().waits, [[id("mia")]], "nothing was told before");
    assert!(scene.engine.status().policy.watchers_shown);
}

#[tokio::test]
async fn the_relay_is_told_when_it_begins_and_when_it_ends_and_again_when_it_comes_back() {
    let (scene, relay) = mia_is_busy().await;
    relay.append([shown(true, 1)]);
    until("the policy", || scene.engine.status().policy.watchers_shown).await;
    let search = WatchWish::Search { text: "ruiz".to_owned(), only: Only::Everyone };
    scene.engine.watch(search).await.unwrap();

    let watch = scene.engine.watch(for_mia()).await.unwrap();
    until("the first word", || relay.log().waits.last() == Some(&vec![id("mia")])).await;

    let told = relay.log().waits.len();
    scene.engine.disconnect().await;
    scene.engine.connect(relay.upstream.clone());
    until("the word after coming back", || relay.log().waits.len() > told).await;
    assert_eq!(relay.log().waits.last(), Some(&vec![id("mia")]));

    scene.engine.choose(&watch.id, WatchChoice::Stop).await.unwrap();
    until("the last word", || relay.log().waits.last() == Some(&Vec::new())).await;
}

#[tokio::test]
async fn when_it_is_not_shown_any_more_it_is_taken_back() {
    let (scene, relay) = mia_is_busy().await;
    relay.append([shown(true, 1)]);
    scene.engine.watch(for_mia()).await.unwrap();
    until("the first word", || relay.log().waits.last() == Some(&vec![id("mia")])).await;

    relay.append([shown(false, 2)]);

    until("the last word", || relay.log().waits.last() == Some(&Vec::new())).await;
}

#[tokio::test]
async fn who_waits_for_the_person_at_the_desk_is_named_while_the_link_lasts() {
    let (scene, relay) = mia_is_busy().await;

    relay.change(|log| log.waited_by = vec![id("mia"), id("nobody known"), id("ana")]);
    until("the names", || !scene.engine.status().waited_by.is_empty()).await;

    let waiters = scene.engine.status().waited_by;
    let names: Vec<&str> = waiters.iter().map(|waiter| waiter.name.as_str()).collect();
    assert_eq!(names, ["Ana Ruiz", "Mia Okafor"]);
    scene.engine.disconnect().await;
    assert!(scene.engine.status().waited_by.is_empty());
}
