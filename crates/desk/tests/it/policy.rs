//! What the organisation asks of those who call: it is shown, asked about once more, and ends by itself.

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use rollcall_desk::{Dial, Engine};
use rollcall_model::{
    Consulted, Event, FirstAction, Limit, OrganisationFact, OrganisationReport, PersonFact, PersonReport,
    PhoneNumber, Policy, PresenceState, Profile,
};
use rollcall_wire::{
    Failure,
    window::{CallAnswer, CallRequest, Confirmation, PresenceView},
};

use crate::{
    relay::Relay,
    scene::{Scene, after, id, is, joins, morning, names, until, until_online},
};

/// A phone that dials whatever it is given.
struct Phone;

#[async_trait]
impl Dial for Phone {
    async fn dial(&self, _: PhoneNumber) -> Result<(), Failure> {
        Ok(())
    }
}

fn heard(person: &str, at: DateTime<Utc>, fact: PersonFact) -> Event {
    Event::Person(PersonReport { id: id(person), as_of: at, fact })
}

/// Somebody free in Madrid, where it is eleven.
fn expert(person: &str, name: &str, number: &str) -> Vec<Event> {
    let profile = Profile {
        display_name: name.to_owned(),
        skills: vec!["SEPA".to_owned()],
        time_zone: Some("Europe/Madrid".parse().unwrap()),
        ..Profile::default()
    };
    let mut events = joins(person, name, number).to_vec();
    events.push(heard(person, after(1), PersonFact::Profile(profile)));
    events.push(is(person, PresenceState::Available, morning()));
    events
}

fn had(person: &str, times: u16, at: DateTime<Utc>) -> Event {
    heard(person, at, PersonFact::Consulted(Consulted { day: morning().date_naive(), times }))
}

fn asks(policy: Policy, at: DateTime<Utc>) -> Event {
    Event::Organisation(OrganisationReport { as_of: at, fact: OrganisationFact::Policy(policy) })
}

fn six_a_day() -> Policy {
    Policy { consults_a_day: 6.try_into().ok(), ..Policy::default() }
}

async fn three_experts() -> (Scene, Relay) {
    let (scene, relay) = (Scene::open().await, Relay::start("log").await);
    relay.append(expert("ana", "Ana Ruiz", "+34911234567"));
    relay.append(expert("bea", "Bea Ruiz", "+34911234568"));
    relay.append(expert("cai", "Cai Ruiz", "+34911234569"));
    scene.engine.connect(relay.upstream.clone());
    until_online(&scene.engine).await;
    until("all three", || names(&scene.engine, "sepa").len() == 3).await;
    (scene, relay)
}

fn presence(engine: &Engine, person: &str) -> PresenceView {
    engine.person(&id(person)).unwrap().row.presence
}

async fn call(engine: &Engine, request: CallRequest) -> Option<Confirmation> {
    match engine.call(request, &Phone).await.unwrap() {
        CallAnswer::Confirm { confirmation } => Some(confirmation),
        CallAnswer::Placed { .. } => None,
    }
}

fn to_ana() -> CallRequest {
    CallRequest { person: Some(id("ana")), ..CallRequest::default() }
}

#[tokio::test]
async fn who_had_enough_consults_is_asked_about_once_more_and_offered_last() {
    let (scene, relay) = three_experts().await;
    assert_eq!(names(&scene.engine, "sepa")[0], "Ana Ruiz");

    relay.append([asks(six_a_day(), after(2)), had("ana", 6, after(3)), had("bea", 5, after(3))]);
    until("the limit", || presence(&scene.engine, "ana").limit.is_some()).await;

    let ana = presence(&scene.engine, "ana");
    assert_eq!(ana.limit, Some(Limit::Consults { had: 6, a_day: 6 }));
    assert_eq!((ana.state, ana.action), (PresenceState::Available, FirstAction::AskOnceMore));
    let bea = presence(&scene.engine, "bea");
    assert_eq!((bea.limit, bea.consults.map(|today| today.had)), (None, Some(5)));
    assert_eq!(names(&scene.engine, "sepa"), ["Bea Ruiz", "Cai Ruiz", "Ana Ruiz"]);

    let confirmation = call(&scene.engine, to_ana()).await.unwrap();
    let offered: Vec<&str> = confirmation.instead.iter().map(|row| row.name.as_str()).collect();
    assert_eq!((confirmation.limit, offered), (ana.limit, vec!["Bea Ruiz", "Cai Ruiz"]));
    let sure = CallRequest { confirmed: true, reason: Some("A customer of hers".to_owned()), ..to_ana() };
    assert_eq!(call(&scene.engine, sure).await, None);
    assert_eq!(scene.engine.consults().await.unwrap()[0].reason, "A customer of hers");
}

#[tokio::test]
async fn whoever_had_enough_is_not_offered_instead_of_another() {
    let (scene, relay) = three_experts().await;

    relay.append([
        asks(six_a_day(), after(2)),
        had("ana", 9, after(3)),
        is("cai", PresenceState::InMeeting, after(3)),
    ]);
    until("the meeting", || presence(&scene.engine, "cai").state == PresenceState::InMeeting).await;
    until("the limit", || presence(&scene.engine, "ana").limit.is_some()).await;

    let to_cai = CallRequest { person: Some(id("cai")), ..CallRequest::default() };
    let confirmation = call(&scene.engine, to_cai).await.unwrap();

    let offered: Vec<&str> = confirmation.instead.iter().map(|row| row.name.as_str()).collect();
    assert_eq!((confirmation.limit, offered), (None, vec!["Bea Ruiz"]));
}

#[tokio::test]
async fn a_limit_ends_with_their_day_and_begins_with_quiet_hours_by_itself() {
    let (scene, relay) = three_experts().await;
    let policy = Policy { quiet: "daily 20:00-07:00".parse().unwrap(), ..six_a_day() };
    relay.append([asks(policy, after(2)), had("ana", 6, after(3))]);
    until("the limit", || presence(&scene.engine, "ana").limit.is_some()).await;

    scene.hand.advance(TimeDelta::hours(9));
    let quiet = presence(&scene.engine, "bea").limit;
    scene.hand.advance(TimeDelta::hours(12));
    let next_morning = presence(&scene.engine, "ana");

    let seven = "2026-11-21T06:00:00Z".parse().unwrap();
    assert_eq!(quiet, Some(Limit::Quiet { until: Some(seven) }));
    assert_eq!((next_morning.limit, next_morning.consults.map(|today| today.had)), (None, Some(0)));
}

#[tokio::test]
async fn the_policy_and_the_count_are_known_after_a_start_without_a_relay() {
    let (mut scene, relay) = three_experts().await;
    relay.append([asks(six_a_day(), after(2)), had("ana", 6, after(3))]);
    until("the limit", || presence(&scene.engine, "ana").limit.is_some()).await;

    scene.engine.disconnect().await;
    scene.restart().await;

    assert_eq!(presence(&scene.engine, "ana").limit, Some(Limit::Consults { had: 6, a_day: 6 }));
    assert_eq!(names(&scene.engine, "sepa")[2], "Ana Ruiz");
}

#[tokio::test]
async fn without_a_policy_nothing_is_asked_and_nothing_is_shown() {
    let (scene, relay) = three_experts().await;
    relay.append([asks(six_a_day(), after(2)), had("ana", 60, after(3))]);
    until("the limit", || presence(&scene.engine, "ana").limit.is_some()).await;

    relay.append([asks(Policy::NOTHING, after(4))]);
    until("the end of the limit", || presence(&scene.engine, "ana").limit.is_none()).await;

    assert_eq!(presence(&scene.engine, "ana").consults, None);
    assert_eq!(call(&scene.engine, to_ana()).await, None);
}
