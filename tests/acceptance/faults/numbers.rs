//! People and numbers in every odd form that Zoom has for them.

use rollcall_fake_zoom::{CallMove, Mischief, Options};
use rollcall_model::{PersonId, PresenceState};
use rollcall_tests::stage::Stage;
use rollcall_wire::{
    Failure,
    window::{CallRequest, ConsultState},
};

use super::{colleagues, moves, until_well};

async fn organisation(mischief: Vec<Mischief>) -> Stage {
    let stage = Stage::start_with(Options { people: 80, mischief, ..Options::default() }).await;
    stage.until_synced().await;
    until_well(&stage).await;
    stage
}

#[tokio::test(flavor = "multi_thread")]
async fn pending_people_without_an_id_and_unknown_fields_hide_nobody() {
    let stage = organisation(vec![Mischief::PendingWithoutId, Mischief::ExtraFields]).await;
    let people = stage.fake.people();
    assert!(people.iter().any(|person| person.status == "pending"));

    for person in colleagues(&stage) {
        let found = stage.ask(&person.email);
        assert!(found.rows.iter().any(|row| row.id.as_str() == person.id), "{}", person.id);
    }
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_without_a_plus_is_the_same_number() {
    let stage = organisation(vec![Mischief::NumbersWithoutPlus]).await;

    for person in colleagues(&stage) {
        let shown = stage.row(&person.id).unwrap().number.map(|number| number.to_string());
        assert_eq!(shown, person.number, "{}", person.id);
    }
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_extension_beyond_32_bits_is_shown_and_never_dialled() {
    let stage = organisation(vec![Mischief::HugeExtensions]).await;
    let person = colleagues(&stage).into_iter().find(|person| person.extension.is_some()).unwrap();

    let extension = stage.engine.person(&PersonId::new(&person.id)).unwrap().extension.unwrap();
    let typed = CallRequest { number: Some(extension.clone()), confirmed: true, ..CallRequest::default() };
    let dialled = stage.engine.call(typed, &stage.phone_by_hand()).await;

    assert!(extension.parse::<u64>().unwrap() > u64::from(u32::MAX), "{extension}");
    assert_eq!(dialled, Err(Failure::NotANumber));
    assert!(stage.fake.calls().is_empty());
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_extension_in_place_of_a_number_is_matched_and_never_dialled() {
    let stage = organisation(vec![Mischief::ExtensionAsNumber]).await;
    let expert = colleagues(&stage).remove(0);
    moves(&stage, &expert, "Available").await;
    let lines = stage.engine.person(&PersonId::new(&expert.id)).unwrap().lines;

    let request =
        CallRequest { person: Some(PersonId::new(&expert.id)), confirmed: true, ..CallRequest::default() };
    let request = CallRequest { reason: Some("customer on hold".into()), ..request };
    let consult = stage.call(request, &stage.phone_by_hand()).await;
    let rings = || stage.row(&expert.id).is_some_and(|row| row.presence.state == PresenceState::Ringing);
    stage.until("the expert's row rings", rings).await;
    stage.fake.move_call(stage.fake.calls()[0].id, &CallMove::Answer { by: None }).unwrap();
    let talks = || stage.row(&expert.id).is_some_and(|row| row.presence.state == PresenceState::OnCall);
    stage.until("the expert is on the call", talks).await;

    assert_eq!(Some(consult.number.to_string()), expert.number);
    assert_eq!(stage.consult(&consult.id).await.state, ConsultState::Connected);
    // Numbers of the profile may have come meanwhile; an extension is among none of them.
    let after = stage.engine.person(&PersonId::new(&expert.id)).unwrap().lines;
    assert!(lines.iter().all(|line| after.contains(line)));
    assert!(after.iter().all(|line| line.number.to_string().len() > 8), "{after:?}");
    stage.end().await;
}
