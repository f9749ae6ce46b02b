//! Zoom's limits: kept when Zoom is well, obeyed when it says that they are reached.

use chrono::{NaiveTime, TimeDelta};
use rollcall_fake_zoom::{Dose, Mischief, Options, Plan};
use rollcall_model::{Clock, PersonId};
use rollcall_tests::stage::Stage;
use rollcall_wire::{Failure, window::Why};

use super::{Known, answered, colleagues, moves, notices, restart_relay_after, served};

const PRESENCE: &str = "GET /users/{}/presence_status";

/// Light calls of an account on the Pro plan, a second.
const PRO_LIGHT: u64 = 30;

fn ids(stage: &Stage) -> Vec<PersonId> {
    colleagues(stage).iter().map(|person| PersonId::new(&person.id)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_second_holds_more_requests_than_the_plan_allows() {
    let stage = Stage::start_with(Options { people: 250, plan: Plan::Pro, ..Options::default() }).await;
    stage.until_synced().await;

    let people: Vec<PersonId> = ids(&stage).into_iter().take(100).collect();
    stage.engine.look(Why::Visible, people).await;
    stage.until("a hundred were asked about", || served(&stage, PRESENCE) >= 100).await;

    let fullest = stage
        .fake
        .requests()
        .by_second
        .iter()
        .filter_map(|second| second.by_label.get("Light").copied())
        .max();
    assert!(fullest <= Some(PRO_LIGHT), "{fullest:?}");
    assert_eq!(answered(&stage, 429), 0);
    stage.end().await;
}

/// One answer in ten is a 429 in the given forms; everything is known all the same.
async fn goes_on_through_429(forms: &[Mischief]) {
    let mut stage = Stage::without_relay(Options { people: 30, ..Options::default() }).await;
    stage.fake.mischief_on(Dose { mischief: Mischief::TooFast, amount: 0.1 });
    for form in forms {
        stage.fake.mischief_on(*form);
    }
    stage.start_relay().await;

    stage.until_synced().await;
    stage.until("Zoom has said no", || answered(&stage, 429) > 0).await;
    stage.until("presence is asked for", || served(&stage, PRESENCE) > 10).await;

    let is_patience = |failure: &Failure| matches!(failure, Failure::SlowDown { .. });
    assert!(notices(&stage).iter().all(is_patience), "{:?}", notices(&stage));
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_that_is_full_is_waited_for() {
    goes_on_through_429(&[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_that_is_full_without_a_word_of_when_to_come_back_is_waited_for() {
    goes_on_through_429(&[Mischief::NoRateHeaders, Mischief::NoRetryAfter]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_that_is_used_up_is_told_with_its_end_and_nothing_is_asked_until_the_next() {
    let clock = shortly_before_midnight();
    let mut stage = Stage::start_with(Options { people: 60, clock, ..Options::default() }).await;
    stage.until_synced().await;
    let known = Known::by(&stage);
    restart_relay_after(&mut stage, async |stage| stage.fake.mischief_on(Mischief::DailyLimit)).await;

    let until = |stage: &Stage| {
        notices(stage).into_iter().find_map(|failure| match failure {
            Failure::DailyLimit { until } => Some(until),
            _ => None,
        })
    };
    stage.until("the limit is told", || until(&stage).is_some()).await;
    stage.engine.look(Why::Opened, ids(&stage)).await;
    for word in ["Busy", "Away", "Available"] {
        moves(&stage, &known.person, word).await;
    }

    let ends = until(&stage).unwrap();
    assert_eq!(ends.time(), NaiveTime::MIN);
    assert!(ends > stage.now() && ends - stage.now() <= TimeDelta::days(1));
    // What was on its way when the first answer came, and no more.
    assert!(answered(&stage, 429) <= 8, "{} were asked", answered(&stage, 429));
    known.is_still_there(&stage);

    stage.fake.mischief_off(Mischief::DailyLimit);
    stage.until("the next day is used", || stage.now() > ends && until(&stage).is_none()).await;
    super::until_well(&stage).await;
    stage.end().await;
}

/// A clock that goes as fast as the machine's and will soon show midnight, when Zoom's day ends.
fn shortly_before_midnight() -> Clock {
    let now = Clock::system().now();
    let midnight = now.date_naive().and_time(NaiveTime::MIN).and_utc() + TimeDelta::days(1);
    Clock::system().shifted(midnight - now - TimeDelta::seconds(12))
}
