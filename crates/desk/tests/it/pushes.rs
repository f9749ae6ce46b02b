//! What the window is told without asking.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use rollcall_desk::Timing;
use rollcall_model::PresenceState;
use rollcall_wire::window::{Mode, Push};

use crate::{
    relay::Relay,
    scene::{Scene, after, asked, id, is, joins, timing, until, until_online},
};

type Batches = Arc<Mutex<Vec<Vec<Push>>>>;

fn window(scene: &Scene) -> Batches {
    let batches = Batches::default();
    let kept = Arc::clone(&batches);
    scene.engine.subscribe(Box::new(move |batch| {
        kept.lock().unwrap().push(batch);
        true
    }));
    batches
}

fn presence_of_mia(batches: &Batches) -> Vec<PresenceState> {
    let batches = batches.lock().unwrap();
    let pushes = batches.iter().flatten().filter_map(|push| match push {
        Push::Presence { person, presence } if *person == id("mia") => Some(presence.state),
        _ => None,
    });
    pushes.collect()
}

#[tokio::test]
async fn many_changes_of_one_person_are_one_push_with_the_last_state() {
    let patience = Timing { batch: Duration::from_millis(400), ..timing() };
    let (scene, relay) = (Scene::timed(patience).await, Relay::start("log").await);
    relay.append(joins("mia", "Mia Okafor", "+442071838750"));
    scene.engine.connect(relay.upstream.clone());
    until_online(&scene.engine).await;
    until("Mia", || !asked(&scene.engine, "mia").rows.is_empty()).await;
    let batches = window(&scene);
    scene.engine.set_mode(Mode::Demo);
    until("the first batch", || !batches.lock().unwrap().is_empty()).await;

    for (second, state) in (1..).zip([PresenceState::Away, PresenceState::Busy, PresenceState::Available]) {
        relay.append([is("mia", state, after(second))]);
    }

    until("the push", || !presence_of_mia(&batches).is_empty()).await;
    assert_eq!(presence_of_mia(&batches), [PresenceState::Available]);
}

#[tokio::test]
async fn records_that_change_are_counted_and_not_sent() {
    let (scene, relay) = (Scene::open().await, Relay::start("log").await);
    let batches = window(&scene);
    relay.append(joins("mia", "Mia Okafor", "+442071838750"));

    scene.engine.connect(relay.upstream.clone());

    let counted =
        || batches.lock().unwrap().iter().flatten().any(|push| *push == Push::People { changed: 1 });
    until("the count", counted).await;
}

#[tokio::test]
async fn nothing_is_sent_to_a_window_that_is_gone() {
    let scene = Scene::open().await;
    let (open, calls) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let (listens, called) = (Arc::clone(&open), Arc::clone(&calls));
    scene.engine.subscribe(Box::new(move |_| {
        called.fetch_add(1, Ordering::Relaxed);
        listens.load(Ordering::Relaxed)
    }));
    scene.engine.set_mode(Mode::Demo);
    until("the batch", || calls.load(Ordering::Relaxed) == 1).await;

    scene.engine.set_mode(Mode::ThisComputer);
    let next = window(&scene);
    scene.engine.set_mode(Mode::Demo);

    until("the next window's batch", || !next.lock().unwrap().is_empty()).await;
    assert_eq!(calls.load(Ordering::Relaxed), 1);
    assert_eq!(next.lock().unwrap().concat().len(), 1);
}

#[tokio::test]
async fn the_last_link_that_was_opened_waits_for_the_window() {
    let scene = Scene::open().await;
    for person in ["leo", "mia"] {
        scene.engine.opened(Push::Open { person: id(person) });
    }

    let batches = window(&scene);

    until("the link", || !batches.lock().unwrap().is_empty()).await;
    assert_eq!(batches.lock().unwrap().concat(), [Push::Open { person: id("mia") }]);
}
