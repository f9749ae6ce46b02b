//! This computer's clock is wrong.

use chrono::TimeDelta;
use rollcall_fake_zoom::Mischief;
use rollcall_model::{Freshness, PresenceState};
use rollcall_tests::stage::Stage;
use rollcall_wire::Failure;
use serde_json::json;

use super::{Known, colleagues, moves, notices, restart_relay_after};

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_an_hour_behind_is_told_and_nothing_is_painted_fresh() {
    let mut stage = Stage::start(60).await;
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

    assert_eq!(stage.row(&known.person.id).unwrap().presence.state, PresenceState::DoNotDisturb);
    let rows = stage.ask("").rows;
    let fresh = rows.iter().filter(|row| row.presence.freshness == Freshness::Fresh).count();
    assert_eq!(fresh, 0, "of {} rows", rows.len());
    stage.end().await;
}
