//! Calls: who may be called how, what is written down, and what is heard of it.

use std::sync::Mutex;

use async_trait::async_trait;
use chrono::TimeDelta;
use rollcall_desk::{Dial, Engine, Who};
use rollcall_model::{FirstAction, Outcome, PhoneNumber, PresenceState, Step};
use rollcall_wire::{
    Failure,
    window::{CallAnswer, CallRequest, Consult, ConsultState, Settings},
};

use crate::{
    relay::Relay,
    scene::{Scene, after, calls, id, is, joins, morning, until, until_online},
};

const MIA: &str = "+442071838750";

/// A phone that remembers what it dialled, and how the call stood in the list of calls by then.
struct Phone<'a> {
    engine: &'a Engine,
    dialled: Mutex<Vec<(PhoneNumber, ConsultState)>>,
    answer: Result<(), Failure>,
}

#[async_trait]
impl Dial for Phone<'_> {
    async fn dial(&self, number: PhoneNumber) -> Result<(), Failure> {
        let state = self.engine.consults().await?[0].state;
        self.dialled.lock().unwrap().push((number, state));
        self.answer.clone()
    }
}

fn phone(engine: &Engine) -> Phone<'_> {
    Phone { engine, dialled: Mutex::default(), answer: Ok(()) }
}

fn to_mia() -> CallRequest {
    CallRequest { person: Some(id("mia")), ..CallRequest::default() }
}

async fn mia_is(state: PresenceState) -> (Scene, Relay) {
    let (scene, relay) = (Scene::open().await, Relay::start("log").await);
    relay.append(joins("mia", "Mia Okafor", MIA));
    relay.append(joins("me", "Ada Agent", "+14155550123"));
    relay.append([is("mia", state, morning())]);
    scene.engine.set_me(Some(Who::Id(id("me"))));
    scene.engine.connect(relay.upstream.clone());
    until_online(&scene.engine).await;
    until("Mia", || {
        let mia = scene.engine.person(&id("mia"));
        mia.is_ok_and(|mia| !mia.lines.is_empty() && mia.row.presence.as_of.is_some())
    })
    .await;
    (scene, relay)
}

async fn newest(engine: &Engine) -> Consult {
    engine.consults().await.unwrap().remove(0)
}

async fn until_state(engine: &Engine, state: ConsultState) {
    until("the state of the call", || {
        let mia = engine.person(&id("mia")).unwrap();
        mia.consults.first().is_some_and(|consult| consult.state == state)
    })
    .await;
}

fn confirmation_wanted(answer: CallAnswer) -> Option<FirstAction> {
    match answer {
        CallAnswer::Confirm { confirmation } => Some(confirmation.action),
        CallAnswer::Placed { .. } => None,
    }
}

#[tokio::test]
async fn a_free_person_is_called_and_it_is_written_down_before_it_is_dialled() {
    let (scene, _relay) = mia_is(PresenceState::Available).await;
    let phone = phone(&scene.engine);

    let answer = scene.engine.call(to_mia(), &phone).await.unwrap();

    assert!(matches!(answer, CallAnswer::Placed { .. }));
    assert_eq!(*phone.dialled.lock().unwrap(), [(MIA.parse().unwrap(), ConsultState::Dialling)]);
}

#[tokio::test]
async fn a_busy_person_is_called_only_when_that_was_confirmed() {
    let (scene, _relay) = mia_is(PresenceState::InMeeting).await;
    let phone = phone(&scene.engine);

    let first = scene.engine.call(to_mia(), &phone).await.unwrap();
    let second = scene.engine.call(CallRequest { confirmed: true, ..to_mia() }, &phone).await.unwrap();

    assert_eq!(confirmation_wanted(first), Some(FirstAction::AskOnceMore));
    assert_eq!(confirmation_wanted(second), None);
    assert_eq!(phone.dialled.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn do_not_disturb_takes_a_reason_which_is_kept() {
    let (scene, _relay) = mia_is(PresenceState::DoNotDisturb).await;
    let phone = phone(&scene.engine);
    let confirmed = CallRequest { confirmed: true, ..to_mia() };

    let without = scene.engine.call(confirmed.clone(), &phone).await.unwrap();
    let with = CallRequest { reason: Some(" Card declined ".into()), ..confirmed };
    scene.engine.call(with, &phone).await.unwrap();

    assert_eq!(confirmation_wanted(without), Some(FirstAction::AskReason));
    assert_eq!(newest(&scene.engine).await.reason, "Card declined");
}

#[tokio::test]
async fn of_whom_nothing_is_known_zoom_is_asked_and_its_answer_counts() {
    let (scene, relay) = mia_is(PresenceState::Available).await;
    scene.hand.advance(TimeDelta::hours(3));
    let news = async {
        until("the question", || relay.log().refreshed.contains(&id("mia"))).await;
        relay.append([is("mia", PresenceState::DoNotDisturb, after(3 * 3_600))]);
    };

    let phone = phone(&scene.engine);
    let (answer, ()) = tokio::join!(scene.engine.call(to_mia(), &phone), news);

    assert_eq!(confirmation_wanted(answer.unwrap()), Some(FirstAction::AskReason));
}

#[tokio::test]
async fn without_an_answer_in_time_the_call_is_placed() {
    let (scene, _relay) = mia_is(PresenceState::Available).await;
    scene.hand.advance(TimeDelta::hours(3));

    let answer = scene.engine.call(to_mia(), &phone(&scene.engine)).await.unwrap();

    assert!(matches!(answer, CallAnswer::Placed { .. }));
}

#[tokio::test]
async fn only_a_persons_own_number_is_dialled_for_them() {
    let (scene, _relay) = mia_is(PresenceState::Available).await;
    let phone = phone(&scene.engine);
    let with = |number: &str| CallRequest { number: Some(number.to_owned()), ..to_mia() };

    let other = scene.engine.call(with("+14155550123"), &phone).await;
    let none = scene.engine.call(with("zoom://evil?x=1"), &phone).await;
    let spelt = scene.engine.call(with("+44 (0)20 7183 8750"), &phone).await;
    let nobody = CallRequest { person: Some(id("nobody")), ..CallRequest::default() };

    assert_eq!(other, Err(Failure::NotTheirNumber));
    assert_eq!(none, Err(Failure::NotANumber));
    assert!(spelt.is_ok());
    assert_eq!(scene.engine.call(nobody, &phone).await, Err(Failure::UnknownPerson));
    assert_eq!(phone.dialled.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_typed_number_is_completed_by_the_region_and_always_confirmed() {
    let (scene, _relay) = mia_is(PresenceState::Available).await;
    let phone = phone(&scene.engine);
    let typed = CallRequest { number: Some("020 7183 8750".into()), ..CallRequest::default() };
    assert_eq!(scene.engine.call(typed.clone(), &phone).await, Err(Failure::NotANumber));
    let in_britain = Settings { region: Some("GB".into()), ..Settings::default() };
    scene.engine.save_settings(in_britain).await.unwrap();

    let answer = scene.engine.call(typed.clone(), &phone).await.unwrap();
    scene.engine.call(CallRequest { confirmed: true, ..typed }, &phone).await.unwrap();

    let CallAnswer::Confirm { confirmation } = answer else { panic!("{answer:?}") };
    assert_eq!(confirmation.grouped, "+44 20 7183 8750");
    assert_eq!(phone.dialled.lock().unwrap()[0].0, MIA.parse().unwrap());
}

#[tokio::test]
async fn a_phone_that_does_not_take_the_number_leaves_an_unheard_call() {
    let (scene, _relay) = mia_is(PresenceState::Available).await;
    let phone = Phone { answer: Err(Failure::NoDialer), ..phone(&scene.engine) };

    let answer = scene.engine.call(to_mia(), &phone).await;

    assert_eq!(answer, Err(Failure::NoDialer));
    assert_eq!(newest(&scene.engine).await.state, ConsultState::Unheard);
}

#[tokio::test]
async fn a_call_is_followed_across_a_restart() {
    let (mut scene, relay) = mia_is(PresenceState::Available).await;
    scene.engine.call(to_mia(), &phone(&scene.engine)).await.unwrap();
    relay.append([calls("1", "me", MIA, Step::Ringing, after(2))]);
    until_state(&scene.engine, ConsultState::Ringing).await;

    scene.restart().await;
    scene.engine.set_me(Some(Who::Id(id("me"))));
    scene.engine.connect(relay.upstream.clone());
    relay.append([calls("1", "me", MIA, Step::Answered, after(6))]);
    until_state(&scene.engine, ConsultState::Connected).await;
    relay.append([calls("1", "me", MIA, Step::Ended(Outcome::Answered), after(60))]);

    until_state(&scene.engine, ConsultState::Ended).await;
    let consult = newest(&scene.engine).await;
    assert_eq!((consult.answered_at, consult.ended_at), (Some(after(6)), Some(after(60))));
}

#[tokio::test]
async fn a_call_that_was_heard_before_its_caller_was_known_is_matched_then() {
    let (scene, relay) = mia_is(PresenceState::Available).await;
    scene.engine.set_me(None);
    scene.engine.call(to_mia(), &phone(&scene.engine)).await.unwrap();
    relay.append([calls("1", "me", MIA, Step::Answered, after(2))]);
    let on_call = || scene.engine.person(&id("me")).unwrap().row.presence.state == PresenceState::OnCall;
    until("the call", on_call).await;

    scene.engine.set_me(Some(Who::Email("me@example.org".into())));

    until_state(&scene.engine, ConsultState::Connected).await;
}

#[tokio::test]
async fn a_call_of_which_nothing_is_heard_is_given_up() {
    let (scene, _relay) = mia_is(PresenceState::Available).await;
    scene.engine.call(to_mia(), &phone(&scene.engine)).await.unwrap();

    scene.hand.advance(TimeDelta::seconds(46));

    until_state(&scene.engine, ConsultState::Unheard).await;
}
