//! Watches over a real link: told once it is true, kept across restarts, and through the rules of calling.

use async_trait::async_trait;
use chrono::TimeDelta;
use rollcall_desk::{Dial, Who};
use rollcall_model::{Outcome, PersonFact, PersonId, PhoneNumber, PresenceState, Profile, Step};
use rollcall_wire::{
    Failure,
    window::{CallAnswer, CallRequest, Only, Push, Settings, Watch, WatchChoice, WatchWish},
};

use crate::{
    relay::Relay,
    scene::{Scene, after, asked, calls, id, is, joins, until, until_online},
};

const MIA: &str = "+442071838750";
const LEO: &str = "+14155550123";

struct Phone;

#[async_trait]
impl Dial for Phone {
    async fn dial(&self, _: PhoneNumber) -> Result<(), Failure> {
        Ok(())
    }
}

/// Mia and Leo of billing, both on the phone, and the agent.
async fn billing() -> (Scene, Relay) {
    let (scene, relay) = (Scene::open().await, Relay::start("log").await);
    for (person, name, number) in [("mia", "Mia Okafor", MIA), ("leo", "Leo Brandt", LEO)] {
        relay.append(joins(person, name, number));
        relay.append([works_in_billing(person, name), is(person, PresenceState::Busy, after(-60))]);
    }
    relay.append(joins("me", "Ada Agent", "+14155550199"));
    scene.engine.set_me(Some(Who::Id(id("me"))));
    link(&scene, &relay).await;
    (scene, relay)
}

async fn link(scene: &Scene, relay: &Relay) {
    scene.engine.connect(relay.upstream.clone());
    until_online(&scene.engine).await;
    until("billing", || asked(&scene.engine, "billing").total == 2).await;
}

fn works_in_billing(person: &str, name: &str) -> rollcall_model::Event {
    let (department, email) = ("Billing".to_owned(), format!("{person}@example.org"));
    let profile = Profile { display_name: name.to_owned(), email, department, ..Profile::default() };
    let fact = PersonFact::Profile(profile);
    rollcall_model::Event::Person(rollcall_model::PersonReport { id: id(person), as_of: after(1), fact })
}

fn search() -> WatchWish {
    WatchWish::Search { text: "billing".to_owned(), only: Only::Free }
}

fn person(person: &str) -> WatchWish {
    WatchWish::Person { person: id(person) }
}

fn raised(scene: &Scene) -> Vec<PersonId> {
    scene.engine.watches().into_iter().filter_map(|watch| Some(watch.raised?.person)).collect()
}

/// Becomes so at this second, and the clock goes on by as many more.
fn becomes(scene: &Scene, relay: &Relay, person: &str, state: PresenceState, wait: i64) {
    scene.hand.advance(TimeDelta::seconds(1));
    relay.append([is(person, state, now(scene))]);
    scene.hand.advance(TimeDelta::seconds(wait));
}

fn now(scene: &Scene) -> chrono::DateTime<chrono::Utc> {
    scene.clock.now()
}

async fn until_raised(scene: &Scene, people: &[&str]) {
    let people: Vec<PersonId> = people.iter().map(|person| id(person)).collect();
    until("who is told of", || raised(scene) == people).await;
}

/// Mia is free, seen to be, and told of five seconds later.
async fn mia_is_told_of(scene: &Scene, relay: &Relay) {
    becomes(scene, relay, "mia", PresenceState::Available, 0);
    until("Mia", || {
        asked(&scene.engine, "mia").rows.iter().any(|row| row.presence.state == PresenceState::Available)
    })
    .await;
    scene.hand.advance(TimeDelta::seconds(6));
    until_raised(scene, &["mia"]).await;
}

#[tokio::test]
async fn the_first_of_a_search_to_be_free_is_told_of_and_next_goes_on() {
    let (scene, relay) = billing().await;
    let watch = scene.engine.watch(search()).await.unwrap();
    assert_eq!((watch.members, &watch.raised), (2, &None));

    mia_is_told_of(&scene, &relay).await;
    becomes(&scene, &relay, "leo", PresenceState::Available, 0);
    let leo = || asked(&scene.engine, "leo").rows[0].presence.state == PresenceState::Available;
    until("Leo", leo).await;
    scene.hand.advance(TimeDelta::seconds(6));
    scene.engine.choose(&watch.id, WatchChoice::Next).await.unwrap();

    until_raised(&scene, &["leo"]).await;
    becomes(&scene, &relay, "leo", PresenceState::Busy, 0);
    until_raised(&scene, &[]).await;
}

#[tokio::test]
async fn a_watch_is_pushed_when_it_tells_of_somebody_and_when_it_is_over() {
    let (scene, relay) = billing().await;
    let pushed: std::sync::Arc<std::sync::Mutex<Vec<Vec<Watch>>>> = std::sync::Arc::default();
    let heard = pushed.clone();
    scene.engine.subscribe(Box::new(move |batch| {
        let lists = batch.into_iter().filter_map(|push| match push {
            Push::Watches { watches } => Some(watches),
            _ => None,
        });
        heard.lock().unwrap().extend(lists);
        true
    }));
    scene.engine.watch(person("mia")).await.unwrap();
    mia_is_told_of(&scene, &relay).await;
    let told = || {
        let lists = pushed.lock().unwrap();
        lists
            .iter()
            .flatten()
            .any(|watch| watch.raised.as_ref().is_some_and(|raised| raised.name == "Mia Okafor"))
    };
    until("the push", told).await;

    scene.hand.advance(TimeDelta::minutes(30));

    until("the end", || pushed.lock().unwrap().last().is_some_and(Vec::is_empty)).await;
    assert_eq!(scene.engine.watches(), []);
}

#[tokio::test]
async fn who_is_free_by_old_news_is_asked_about_and_told_of_once_confirmed() {
    let (scene, relay) = billing().await;
    becomes(&scene, &relay, "leo", PresenceState::Available, 60);
    until("Leo", || asked(&scene.engine, "leo").rows[0].presence.state == PresenceState::Available).await;
    relay.change(|log| log.refreshed.clear());

    scene.engine.watch(search()).await.unwrap();

    until("the question", || relay.log().refreshed.contains(&id("leo"))).await;
    scene.hand.advance(TimeDelta::seconds(20));
    assert_eq!(raised(&scene), []);
    becomes(&scene, &relay, "leo", PresenceState::Available, 6);
    until_raised(&scene, &["leo"]).await;
}

#[tokio::test]
async fn a_watch_survives_a_restart_and_the_loss_of_the_replica() {
    let (mut scene, relay) = billing().await;
    scene.engine.watch(search()).await.unwrap();
    scene.engine.watch(person("leo")).await.unwrap();
    let before = scene.engine.watches();
    scene.engine.stop().await;
    scene.home.forget_replica().unwrap();

    scene.reopen().await;
    let kept: Vec<String> = scene.engine.watches().into_iter().map(|watch| watch.id).collect();
    assert_eq!(kept, before.iter().map(|watch| watch.id.clone()).collect::<Vec<_>>());
    link(&scene, &relay).await;

    scene.hand.advance(TimeDelta::seconds(2));
    until("the members", || scene.engine.watches() == before).await;
    becomes(&scene, &relay, "mia", PresenceState::Busy, 0);
    mia_is_told_of(&scene, &relay).await;
}

#[tokio::test]
async fn a_watch_comes_back_from_the_backup() {
    let (mut scene, _relay) = billing().await;
    scene.engine.watch(person("leo")).await.unwrap();
    scene.engine.stop().await;
    std::fs::remove_file(scene.home.data.join("mine.sqlite")).unwrap();

    scene.reopen().await;

    assert_eq!(scene.engine.watches().len(), 1);
}

#[tokio::test]
async fn a_watch_ends_when_the_agents_own_call_ends_and_not_before() {
    let (scene, relay) = billing().await;
    relay.append([calls("1", "me", LEO, Step::Answered, after(-30))]);
    let on_call = || scene.engine.person(&id("me")).unwrap().row.presence.state == PresenceState::OnCall;
    until("the call", on_call).await;
    scene.engine.watch(person("mia")).await.unwrap();
    scene.hand.advance(TimeDelta::seconds(90));
    mia_is_told_of(&scene, &relay).await;

    relay.append([calls("1", "me", LEO, Step::Ended(Outcome::Answered), now(&scene))]);

    until("the end", || scene.engine.watches().is_empty()).await;
}

#[tokio::test]
async fn whoever_is_called_and_does_not_answer_leaves_the_watch_running() {
    let (scene, relay) = billing().await;
    scene.engine.watch(search()).await.unwrap();
    mia_is_told_of(&scene, &relay).await;
    let request = CallRequest { person: Some(id("mia")), ..CallRequest::default() };

    let answer = scene.engine.call(request, &Phone).await.unwrap();

    assert!(matches!(answer, CallAnswer::Placed { .. }));
    let watch = scene.engine.watches().remove(0);
    assert_eq!((watch.calling, watch.raised), (true, None));
    relay.append([calls("7", "me", MIA, Step::Ended(Outcome::NoAnswer), now(&scene))]);
    until("the end of the call", || !scene.engine.watches()[0].calling).await;
    relay.append([calls("8", "me", MIA, Step::Answered, now(&scene))]);
    assert_eq!(scene.engine.watches().len(), 1);
}

#[tokio::test]
async fn who_does_not_want_to_be_disturbed_is_never_called_by_a_toast_that_is_late() {
    let (scene, relay) = billing().await;
    scene.engine.watch(person("mia")).await.unwrap();
    mia_is_told_of(&scene, &relay).await;
    becomes(&scene, &relay, "mia", PresenceState::DoNotDisturb, 0);
    until_raised(&scene, &[]).await;

    let request = CallRequest { person: Some(id("mia")), ..CallRequest::default() };
    let answer = scene.engine.call(request, &Phone).await.unwrap();

    assert!(matches!(answer, CallAnswer::Confirm { .. }));
    assert_eq!(scene.engine.consults().await.unwrap(), []);
}

#[tokio::test]
async fn how_long_a_watch_lasts_can_be_chosen() {
    let (scene, _relay) = billing().await;
    scene.engine.save_settings(Settings { watch_minutes: 10, ..Settings::default() }).await.unwrap();

    let watch = scene.engine.watch(person("mia")).await.unwrap();
    let again = scene.engine.watch(person("mia")).await.unwrap();

    assert_eq!(watch.ends_at - now(&scene), TimeDelta::minutes(10));
    assert_eq!(scene.engine.watches(), [again]);
}

#[tokio::test]
async fn a_search_for_everybody_and_a_stranger_are_not_watched() {
    let (scene, _relay) = billing().await;
    let everybody = WatchWish::Search { text: "  ".to_owned(), only: Only::Free };

    assert_eq!(scene.engine.watch(everybody).await, Err(Failure::BadField { field: "text".to_owned() }));
    assert_eq!(scene.engine.watch(person("nobody")).await, Err(Failure::UnknownPerson));
    assert_eq!(scene.engine.watches(), []);
}

#[tokio::test]
async fn whom_the_search_finds_later_is_waited_for_too() {
    let (scene, relay) = billing().await;
    scene.engine.watch(search()).await.unwrap();
    scene.hand.advance(TimeDelta::seconds(2));

    relay.append(joins("ana", "Ana Novak", "+420221185111"));
    relay.append([works_in_billing("ana", "Ana Novak")]);

    let ana = || asked(&scene.engine, "billing").total == 3;
    until("Ana", ana).await;
    scene.hand.advance(TimeDelta::seconds(2));
    until("the members", || scene.engine.watches()[0].members == 3).await;
}
