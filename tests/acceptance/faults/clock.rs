//! This computer's clock is wrong.

use std::sync::PoisonError;

use chrono::TimeDelta;
use rollcall_fake_zoom::{CallMove, Dose, Mischief};
use rollcall_model::{Freshness, PersonId, PresenceState};
use rollcall_tests::stage::Stage;
use rollcall_wire::{
    Failure,
    window::{CallRequest, ConsultState, Push},
};
use serde_json::json;

use super::{Known, colleagues, moves, notices, restart_relay_after};

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_an_hour_behind_is_told_and_nothing_old_is_painted_fresh() {
    let mut stage = Stage::start(60).await;
    let heard = || stage.ask("").rows.iter().all(|row| row.presence.freshness == Freshness::Fresh);
    stage.until("everybody was heard of", heard).await;
    let known = Known::by(&stage);
    let other = colleagues(&stage).remove(1);

    restart_relay_after(&mut stage, async |stage| stage.fake.mischief_on(Mischief::ClockSkew)).await;
    let behind = |failure: &Failure| match failure {
        Failure::ClockWrong { ahead_secs } => (-3_605..=-3_595).contains(ahead_secs),
        _ => false,
    };
    stage.until("it is told", || notices(&stage).iter().any(behind)).await;
    known.is_still_there(&stage);

    // Zoom dates both by its own clock; the second is the older of the two.
    moves(&stage, &known.person, "Do_Not_Disturb").await;
    let at = stage.now() + TimeDelta::minutes(59);
    stage.fake.emit(json!({
        "event": "user.presence_status_updated",
        "event_ts": at.timestamp_millis(),
        "payload": { "account_id": "acc", "object": {
            "date_time": at.to_rfc3339(), "id": known.person.id, "presence_status": "Available",
        }},
    }));
    moves(&stage, &other, "Busy").await;

    let heard = stage.row(&known.person.id).unwrap().presence;
    assert_eq!((heard.state, heard.freshness), (PresenceState::DoNotDisturb, Freshness::Fresh));
    let moved = [&known.person.id, &other.id];
    let faded = || {
        let rows = stage.ask("").rows;
        let mut earlier = rows.iter().filter(|row| !moved.iter().any(|id| *id == row.id.as_str()));
        earlier.all(|row| row.presence.freshness != Freshness::Fresh)
    };
    assert!(faded(), "what was heard an hour ago by Zoom's clock is painted fresh");
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_clock_that_is_an_hour_behind_a_call_is_still_followed() {
    let mut stage = Stage::start(60).await;
    let expert = colleagues(&stage).remove(0);
    restart_relay_after(&mut stage, async |stage| stage.fake.mischief_on(Mischief::ClockSkew)).await;
    let is_told = |failure: &Failure| matches!(failure, Failure::ClockWrong { .. });
    stage.until("it is told", || notices(&stage).iter().any(is_told)).await;

    moves(&stage, &expert, "Available").await;
    let to = CallRequest { person: Some(PersonId::new(&expert.id)), ..CallRequest::default() };
    let consult = stage.call(to, &stage.phone_by_hand()).await;
    let heard = |wanted: ConsultState| {
        let pushes = stage.pushes.lock().unwrap_or_else(PoisonError::into_inner);
        pushes.iter().any(|push| matches!(push, Push::Consult { consult } if consult.state == wanted))
    };
    stage.until("it rings", || heard(ConsultState::Ringing)).await;
    stage.fake.move_call(stage.fake.calls()[0].id, &CallMove::Answer { by: None }).unwrap();

    stage.until("it is answered", || heard(ConsultState::Connected)).await;
    assert_eq!(stage.consult(&consult.id).await.state, ConsultState::Connected);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_an_hour_ahead_is_told_and_what_is_new_is_not_taken_for_old() {
    let mut stage = Stage::start(60).await;
    let known = Known::by(&stage);

    let skew = Dose { mischief: Mischief::ClockSkew, amount: -3_600.0 };
    restart_relay_after(&mut stage, async |stage| stage.fake.mischief_on(skew)).await;
    let ahead = |failure: &Failure| match failure {
        Failure::ClockWrong { ahead_secs } => (3_595..=3_605).contains(ahead_secs),
        _ => false,
    };
    stage.until("it is told", || notices(&stage).iter().any(ahead)).await;
    known.is_still_there(&stage);

    // By this computer's clock the news is an hour old when it comes; by Zoom's it is new.
    moves(&stage, &known.person, "Do_Not_Disturb").await;
    let shown = stage.row(&known.person.id).unwrap().presence;
    assert_eq!(shown.freshness, Freshness::Fresh);
    let age = stage.now() - shown.as_of.unwrap();
    assert!((-5..60).contains(&age.num_seconds()), "the window shows it as {age} old");

    restart_relay_after(&mut stage, async |stage| stage.fake.mischief_off(Mischief::ClockSkew)).await;
    super::until_well(&stage).await;
    moves(&stage, &known.person, "Available").await;
    stage.end().await;
}
