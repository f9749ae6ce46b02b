//! Journeys of an agent with a customer on hold.

use std::sync::PoisonError;

use chrono::TimeDelta;
use rollcall_fake_zoom::{CallMove, Dose, Mischief, NewPerson, Options, PersonChange, PersonView};
use rollcall_model::{Clock, FirstAction, Freshness, Outcome, PersonId, PresenceState, Source};
use rollcall_tests::stage::Stage;
use rollcall_wire::{
    Failure,
    window::{CallAnswer, CallRequest, ConsultState, Link, OwnExpertise, OwnSkill, Push, Why},
};

/// An expert with a number, who is not the agent, put into the given presence.
async fn expert(stage: &Stage, presence: &str) -> PersonView {
    let agent = &stage.fake.ready().agent_user_id;
    let known = stage.fake.people();
    let person = known
        .into_iter()
        .find(|person| {
            person.status == "active"
                && person.number.is_some()
                && person.id != *agent
                && !person.skills.is_empty()
        })
        .unwrap();
    stage.fake.set_presence(&person.id, presence).unwrap();
    let wanted = PresenceState::from_zoom(presence);
    stage.until("the expert's presence is heard", || shown(stage, &person.id) == Some(wanted)).await;
    person
}

fn shown(stage: &Stage, id: &str) -> Option<PresenceState> {
    stage.row(id).map(|row| row.presence.state)
}

fn to(person: &PersonView, confirmed: bool) -> CallRequest {
    CallRequest { person: Some(PersonId::new(&person.id)), confirmed, ..CallRequest::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn she_types_what_she_needs_sees_who_is_free_and_the_phone_rings() {
    let stage = Stage::start(200).await;
    let expert = expert(&stage, "Available").await;
    let skill = expert.skills.split(',').next().unwrap().trim().to_owned();

    let found = stage.ask(&format!("{skill} {}", expert.name));
    assert_eq!(found.rows[0].id.as_str(), expert.id);
    let consult = stage.call(to(&expert, false), &stage.phone_by_hand()).await;
    let call = stage.fake.calls()[0].id;

    assert_eq!(Some(consult.number.to_string()), expert.number);
    let heard = |wanted: ConsultState| {
        let pushes = stage.pushes.lock().unwrap_or_else(PoisonError::into_inner);
        pushes.iter().any(|push| matches!(push, Push::Consult { consult } if consult.state == wanted))
    };
    stage.until("it rings", || heard(ConsultState::Ringing)).await;
    stage.fake.move_call(call, &CallMove::Answer { by: None }).unwrap();
    stage.until("it is answered", || heard(ConsultState::Connected)).await;
    stage.fake.move_call(call, &CallMove::End).unwrap();
    stage.until("it ends", || heard(ConsultState::Ended)).await;
    assert_eq!(stage.consult(&consult.id).await.outcome, Some(Outcome::Answered));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn presence_changes_on_her_screen_without_a_click() {
    let stage = Stage::start(100).await;
    let expert = expert(&stage, "Away").await;
    stage.fake.set_presence(&expert.id, "Available").unwrap();

    stage.until("the row turns green", || shown(&stage, &expert.id) == Some(PresenceState::Available)).await;
    let view = stage.row(&expert.id).unwrap().presence;
    assert_eq!(view.freshness, Freshness::Fresh);
    assert_eq!(view.source, Some(Source::Event));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_expert_is_called_only_after_she_confirms() {
    let stage = Stage::start(100).await;
    let expert = expert(&stage, "In_Meeting").await;

    let first = stage.engine.call(to(&expert, false), &stage.phone_by_hand()).await.unwrap();
    let CallAnswer::Confirm { confirmation } = first else { panic!("it dialled at once") };
    assert_eq!(
        (confirmation.state, confirmation.action),
        (PresenceState::InMeeting, FirstAction::AskOnceMore)
    );
    assert!(stage.fake.calls().is_empty());

    stage.call(to(&expert, true), &stage.phone_by_hand()).await;
    assert_eq!(stage.fake.calls().len(), 1);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expert_who_is_not_to_be_disturbed_is_called_only_for_a_reason() {
    let stage = Stage::start(100).await;
    let expert = expert(&stage, "Do_Not_Disturb").await;

    let without = stage.engine.call(to(&expert, true), &stage.phone_by_hand()).await;
    let placed_without = matches!(without, Ok(CallAnswer::Placed { .. }));
    let reason = Some("customer loses money".to_owned());
    let consult = stage.call(CallRequest { reason, ..to(&expert, true) }, &stage.phone_by_hand()).await;

    assert!(!placed_without, "it dialled without a reason");
    assert_eq!(stage.consult(&consult.id).await.reason, "customer loses money");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn she_sees_that_the_expert_is_on_the_phone_and_just_off_it() {
    let stage = Stage::start(100).await;
    let expert = expert(&stage, "Available").await;
    let caller = stage
        .fake
        .people()
        .into_iter()
        .find(|person| person.id != expert.id && person.number.is_some() && person.status == "active");
    let call = stage.fake.place_call_by_hand(&caller.unwrap().id, expert.number.as_ref().unwrap()).unwrap();
    stage.until("the row rings", || shown(&stage, &expert.id) == Some(PresenceState::Ringing)).await;

    stage.fake.move_call(call, &CallMove::Answer { by: None }).unwrap();
    stage.until("the row is on a call", || shown(&stage, &expert.id) == Some(PresenceState::OnCall)).await;
    stage.fake.move_call(call, &CallMove::End).unwrap();

    let off = || stage.row(&expert.id).is_some_and(|row| row.presence.off_call_at.is_some());
    stage.until("the row says that the call is just over", off).await;
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_connection_is_lost_she_still_finds_and_what_she_missed_comes_after() {
    let mut stage = Stage::start(100).await;
    let expert = expert(&stage, "Available").await;

    stage.stop_relay().await;
    stage
        .until("it says that it is offline", || matches!(stage.engine.status().link, Link::Offline { .. }))
        .await;
    assert_eq!(stage.ask(&expert.name).rows[0].id.as_str(), expert.id);
    stage.fake.set_presence(&expert.id, "Busy").unwrap();

    stage.start_relay().await;
    stage.until("what was missed is known", || shown(&stage, &expert.id) == Some(PresenceState::Busy)).await;
    stage.until("it says that it is online", || stage.is_online()).await;
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_colleague_is_found_and_one_who_left_is_not() {
    let stage = Stage::start(100).await;
    let colleague = NewPerson {
        first_name: "Ottoline".into(),
        last_name: "Quarrington".into(),
        title: "Chargeback Specialist".into(),
        department: "Payments".into(),
        number: Some("+442071838750".into()),
        ..NewPerson::default()
    };

    let id = stage.fake.add_person(colleague).unwrap().id;
    stage.until("she is found by her title", || stage.ask("quarr chargeback").total == 1).await;
    stage.fake.remove_person(&id).unwrap();

    stage.until("she is found no more", || stage.ask("quarrington").total == 0).await;
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_title_reaches_the_list_without_a_sweep() {
    let stage = Stage::start(100).await;
    let expert = expert(&stage, "Available").await;

    let title = Some("Keeper of the Golden Ledger".to_owned());
    stage
        .fake
        .change_person(
            &expert.id,
            PersonChange { title, first_name: Some("Zenobia".into()), ..PersonChange::default() },
        )
        .unwrap();

    stage.until("the title is found", || stage.ask("zenobia golden ledger").total == 1).await;
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_without_a_network_everything_is_there_with_its_age() {
    let mut stage = Stage::start(150).await;
    let expert = expert(&stage, "Available").await;
    stage.engine.favourite(&PersonId::new(&expert.id), true).await.unwrap();
    let before = stage.ask("").total;

    stage.stop_relay().await;
    stage.restart_desk().await;

    assert_eq!(stage.ask("").total, before);
    let row = stage.row(&expert.id).unwrap();
    assert!(row.favourite && row.presence.as_of.is_some());
    assert_eq!(Some(row.number.unwrap().to_string()), expert.number);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_e164_number_never_reaches_the_phone() {
    let stage = Stage::start(60).await;
    let expert = expert(&stage, "Available").await;

    for text in [
        "1045",
        "+1 800000000",
        "+999123456789",
        "call me",
        "+44 20 7183 8750; rm",
        "",
        "+4420718387501234567",
    ] {
        let typed = CallRequest { number: Some(text.into()), confirmed: true, ..CallRequest::default() };
        assert_eq!(
            stage.engine.call(typed, &stage.phone_by_hand()).await,
            Err(Failure::NotANumber),
            "{text}"
        );
    }
    let anothers = CallRequest { number: Some("+442071838750".into()), ..to(&expert, true) };
    assert_eq!(stage.engine.call(anothers, &stage.phone_by_hand()).await, Err(Failure::NotTheirNumber));

    assert!(stage.fake.calls().is_empty());
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn opening_someone_asks_zoom_for_what_no_event_has_told() {
    let (clock, hand) = Clock::still(Clock::system().now());
    let stage = Stage::start_with(Options { people: 60, clock, ..Options::default() }).await;
    stage.until_synced().await;
    let expert = expert(&stage, "Available").await;
    stage.fake.mischief_on(Dose { mischief: Mischief::WsDrop, amount: 1.0 });
    stage.fake.set_presence(&expert.id, "Busy").unwrap();
    hand.advance(TimeDelta::seconds(30));

    stage.engine.look(Why::Opened, vec![PersonId::new(&expert.id)]).await;

    stage.until("Zoom's answer is shown", || shown(&stage, &expert.id) == Some(PresenceState::Busy)).await;
    assert_eq!(stage.row(&expert.id).unwrap().presence.source, Some(Source::Asked));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_she_knows_of_a_colleague_is_found_a_moment_later_and_after_a_restart() {
    let mut stage = Stage::start(60).await;
    let colleague = expert(&stage, "Available").await;
    let id = PersonId::new(&colleague.id);
    let told = OwnExpertise {
        skills: vec![OwnSkill { name: "Quantum ledger".into(), level: Some(4) }],
        hours: "Mo-Fr 8-16 Uhr".into(),
        aliases: vec!["Zaphod".into()],
        ..OwnExpertise::default()
    };

    stage.engine.tell(&id, &told).await.unwrap();

    for text in ["quantum ledger", "skill:quantum", "zaphod"] {
        assert_eq!(stage.ask(text).rows.first().map(|row| &row.id), Some(&id), "{text}");
    }
    let detail = stage.engine.person(&id).unwrap();
    assert_eq!((detail.hours[0].days.len(), detail.hours[0].to.as_str()), (5, "16:00"));
    let wrong = OwnExpertise { hours: "always".into(), ..told };
    let refused = stage.engine.tell(&id, &wrong).await;
    assert_eq!(refused, Err(Failure::BadField { field: "hours".into() }));
    stage.restart_desk().await;
    assert_eq!(stage.ask("zaphod").rows.first().map(|row| &row.id), Some(&id));
    stage.end().await;
}
