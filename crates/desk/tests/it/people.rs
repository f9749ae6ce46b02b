//! Questions about people, favourites, and whose presence is asked for.

use chrono::TimeDelta;
use rollcall_desk::Who;
use rollcall_model::{FirstAction, PresenceState};
use rollcall_wire::{
    Failure,
    window::{Only, Question, Why},
};

use crate::{
    relay::Relay,
    scene::{Scene, after, asked, id, is, joins, morning, names, until},
};

async fn with_three() -> (Scene, Relay) {
    let (scene, relay) = (Scene::open().await, Relay::start("log").await);
    relay.append(joins("mia", "Mia Okafor", "+442071838750"));
    relay.append(joins("leo", "Leo Brandt", "+14155550123"));
    relay.append(joins("ana", "Ana Lima", "+390669821234"));
    relay.append([
        is("mia", PresenceState::Busy, morning()),
        is("leo", PresenceState::Available, morning()),
        is("ana", PresenceState::Away, morning()),
    ]);
    scene.engine.connect(relay.upstream.clone());
    until("three people", || asked(&scene.engine, "").rows.iter().all(|row| row.presence.as_of.is_some()))
        .await;
    until("all of them", || names(&scene.engine, "").len() == 3).await;
    (scene, relay)
}

fn among(scene: &Scene, only: Only) -> Vec<String> {
    let question = Question { number: 7, text: String::new(), only, group: None, skip: 0, limit: 10 };
    scene.engine.ask(question).rows.into_iter().map(|row| row.name).collect()
}

#[tokio::test]
async fn the_free_come_first_and_alone_when_only_they_are_asked_for() {
    let (scene, _relay) = with_three().await;

    assert_eq!(names(&scene.engine, ""), ["Leo Brandt", "Ana Lima", "Mia Okafor"]);
    assert_eq!(among(&scene, Only::Free), ["Leo Brandt"]);
}

#[tokio::test]
async fn an_answer_says_what_matched_and_how_many_there_are() {
    let (scene, _relay) = with_three().await;

    let answer = asked(&scene.engine, "oka");

    let mark = answer.rows[0].marks[0];
    assert_eq!((answer.total, answer.among), (1, 3));
    assert_eq!((mark.start, mark.end), (4, 7));
    assert_eq!(answer.rows[0].presence.action, FirstAction::AskOnceMore);
}

#[tokio::test]
async fn favourites_are_kept_in_order_and_the_free_ones_are_at_hand() {
    let (mut scene, _relay) = with_three().await;
    for person in ["mia", "leo"] {
        scene.engine.favourite(&id(person), true).await.unwrap();
    }

    scene.restart().await;

    assert_eq!(among(&scene, Only::Favourites).len(), 2);
    let free: Vec<String> = scene.engine.free_favourites(5).into_iter().map(|row| row.name).collect();
    assert_eq!(free, ["Leo Brandt"]);
    scene.engine.favourite(&id("mia"), false).await.unwrap();
    assert_eq!(among(&scene, Only::Favourites), ["Leo Brandt"]);
    assert_eq!(scene.engine.favourite(&id("nobody"), true).await, Err(Failure::UnknownPerson));
}

#[tokio::test]
async fn one_person_is_told_in_full_and_an_unknown_one_is_refused() {
    let (scene, _relay) = with_three().await;

    let mia = scene.engine.person(&id("mia")).unwrap();

    assert_eq!(mia.email, "mia@example.org");
    assert_eq!(mia.lines[0].grouped, "+44 20 7183 8750");
    assert_eq!(scene.engine.person(&id("nobody")).unwrap_err(), Failure::UnknownPerson);
}

#[tokio::test]
async fn the_person_at_the_desk_is_found_by_the_email_address() {
    let scene = Scene::open().await;
    scene.engine.set_me(Some(Who::Email("Mia@Example.org".into())));
    assert_eq!(scene.engine.status().me, None);
    let relay = Relay::start("log").await;
    relay.append(joins("mia", "Mia Okafor", "+442071838750"));

    scene.engine.connect(relay.upstream.clone());

    until("the person", || scene.engine.status().me.is_some_and(|me| me.name == "Mia Okafor")).await;
}

#[tokio::test]
async fn presence_fades_and_expires_without_any_news() {
    let (scene, _relay) = with_three().await;

    scene.hand.advance(TimeDelta::hours(3));

    until("the fading", || among(&scene, Only::Free).is_empty()).await;
    let leo = scene.engine.person(&id("leo")).unwrap().row.presence;
    assert_eq!((leo.state, leo.last_heard), (PresenceState::Unknown, PresenceState::Available));
}

#[tokio::test]
async fn the_relay_is_asked_for_those_on_the_screen_who_are_not_fresh() {
    let (scene, relay) = with_three().await;
    relay.append([is("ana", PresenceState::Away, after(4_000))]);
    scene.hand.advance(TimeDelta::seconds(4_010));
    until("the news", || scene.engine.person(&id("ana")).unwrap().row.presence.as_of == Some(after(4_000)))
        .await;

    scene.engine.look(Why::Visible, vec![id("mia"), id("ana")]).await;
    until("the question", || !relay.log().refreshed.is_empty()).await;
    scene.engine.look(Why::Opened, vec![id("ana")]).await;

    until("the second question", || relay.log().refreshed.len() == 2).await;
    assert_eq!(relay.log().refreshed, [id("mia"), id("ana")]);
}
