//! The gate under tokio's paused clock: every wait is exact and takes no time.

use chrono::TimeDelta;
use rollcall_model::Clock;

use super::*;
use crate::pace::Label;

const MEDIUM: Bucket = Bucket::core(Label::Medium);

fn midday() -> DateTime<Utc> {
    "2026-03-02T12:00:00Z".parse().unwrap()
}

fn told(kind: Kind, limit: Option<u32>, remaining: Option<u32>, retry_in: Option<Duration>) -> RateHeaders {
    RateHeaders { kind, limit, remaining, retry_in }
}

const SAYS_NOTHING: RateHeaders =
    RateHeaders { kind: Kind::Unsaid, limit: None, remaining: None, retry_in: None };

async fn passes(gate: &Gate, lane: Lane, times: u32) {
    for _ in 0..times {
        gate.pass(lane, midday).await.unwrap();
    }
}

/// Whether a 429 with these headers holds everybody for `secs`, and jitter's quarter at most.
fn holds_for(gate: &Gate, told: &RateHeaders, jitter: &Jitter, secs: u64) -> bool {
    let pause = Duration::from_secs(secs);
    match gate.close(told, midday(), jitter) {
        ZoomError::PerSecondLimit { retry_in } => (pause..pause * 5 / 4).contains(&retry_in),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn no_second_holds_more_calls_than_the_plan_allows() {
    let gate = Gate::new(MEDIUM, Plan::Pro);
    let mut times = Vec::new();
    for _ in 0..100 {
        passes(&gate, Lane::Now, 1).await;
        times.push(Instant::now());
    }

    for window in times.windows(21) {
        assert!(
            window[20] - window[0] >= Duration::from_secs(1),
            "21 calls within {:?}",
            window[20] - window[0]
        );
    }
    assert!(times[99] - times[0] < Duration::from_secs(6), "{:?}", times[99] - times[0]);
}

#[tokio::test(start_paused = true)]
async fn a_sweep_takes_a_quarter_of_the_rate() {
    let gate = Gate::new(MEDIUM, Plan::Pro);
    let begun = Instant::now();

    passes(&gate, Lane::Sweep, 51).await;

    let rate = 50.0 / begun.elapsed().as_secs_f64();
    assert!((4.5..=5.0).contains(&rate), "{rate} a second of 20");
}

#[tokio::test(start_paused = true)]
async fn a_sweep_gives_way_to_those_who_look_at_the_screen() {
    let gate = Arc::new(Gate::new(MEDIUM, Plan::Free));
    passes(&gate, Lane::Now, 1).await;
    let order = Arc::new(Mutex::new(Vec::new()));
    let callers: Vec<_> = [Lane::Sweep, Lane::Now, Lane::Now, Lane::Now]
        .map(|lane| {
            let (gate, order) = (Arc::clone(&gate), Arc::clone(&order));
            tokio::spawn(async move {
                passes(&gate, lane, 1).await;
                order.lock().unwrap().push(lane);
            })
        })
        .into();
    for caller in callers {
        caller.await.unwrap();
    }

    assert_eq!(*order.lock().unwrap(), [Lane::Now, Lane::Now, Lane::Now, Lane::Sweep]);
}

#[tokio::test(start_paused = true)]
async fn without_headers_the_pauses_double_up_to_a_minute() {
    let gate = Gate::new(MEDIUM, Plan::Business);
    let jitter = Jitter::new(1);

    for secs in [1, 2, 4, 8, 16, 32, 60, 60] {
        assert!(holds_for(&gate, &SAYS_NOTHING, &jitter, secs), "{secs}");
        tokio::time::sleep(Duration::from_secs(76)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn many_refusals_at_once_are_one_strike_and_an_answer_ends_the_row() {
    let gate = Gate::new(MEDIUM, Plan::Business);
    let jitter = Jitter::new(1);
    for _ in 0..50 {
        assert!(holds_for(&gate, &SAYS_NOTHING, &jitter, 1));
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(holds_for(&gate, &SAYS_NOTHING, &jitter, 2));

    tokio::time::sleep(Duration::from_secs(4)).await;
    gate.learn(&SAYS_NOTHING, midday());

    assert!(holds_for(&gate, &SAYS_NOTHING, &jitter, 1));
}

#[tokio::test(start_paused = true)]
async fn everybody_waits_for_as_long_as_zoom_says() {
    let gate = Gate::new(MEDIUM, Plan::Business);
    let begun = Instant::now();
    gate.close(&told(Kind::PerSecond, None, None, Some(Duration::from_secs(5))), midday(), &Jitter::new(1));

    passes(&gate, Lane::Now, 1).await;

    assert!((5..7).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn who_looks_at_the_screen_is_not_kept_for_longer_than_ten_seconds() {
    let gate = Gate::new(MEDIUM, Plan::Business);
    gate.close(&told(Kind::PerSecond, None, None, Some(Duration::from_secs(30))), midday(), &Jitter::new(1));

    let now = gate.pass(Lane::Now, midday).await;
    let sweep = gate.pass(Lane::Sweep, midday).await;

    assert!(
        matches!(now, Err(ZoomError::PerSecondLimit { retry_in }) if retry_in.as_secs() >= 29),
        "{now:?}"
    );
    assert_eq!(sweep, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn a_daily_limit_is_remembered_until_it_ends() {
    let gate = Gate::new(MEDIUM, Plan::Business);
    let (clock, hand) = Clock::still(midday());
    let hours = Some(Duration::from_hours(5));
    let until = midday() + TimeDelta::hours(5);

    let told = gate.close(&told(Kind::Daily, None, Some(0), hours), midday(), &Jitter::new(1));

    assert_eq!(told, ZoomError::DailyLimit { until });
    assert_eq!(gate.pass(Lane::Now, || clock.now()).await, Err(ZoomError::DailyLimit { until }));
    hand.advance(TimeDelta::hours(5));
    assert_eq!(gate.pass(Lane::Now, || clock.now()).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn a_daily_limit_without_an_end_ends_at_midnight() {
    let gate = Gate::new(MEDIUM, Plan::Business);
    let midnight = "2026-03-03T00:00:00Z".parse().unwrap();

    let told = gate.close(&told(Kind::Daily, None, None, None), midday(), &Jitter::new(1));

    assert_eq!(told, ZoomError::DailyLimit { until: midnight });
}

#[tokio::test(start_paused = true)]
async fn the_last_call_of_the_day_is_known_from_its_answer() {
    let gate = Gate::new(MEDIUM, Plan::Business);

    gate.learn(&told(Kind::Daily, Some(30_000), Some(0), None), midday());

    assert!(matches!(gate.pass(Lane::Now, midday).await, Err(ZoomError::DailyLimit { .. })));
}

#[tokio::test(start_paused = true)]
async fn a_sweep_takes_a_quarter_of_the_day_and_leaves_the_rest() {
    let gate = Gate::new(MEDIUM, Plan::Free);
    passes(&gate, Lane::Sweep, 500).await;

    let sweep = gate.pass(Lane::Sweep, midday).await;

    assert_eq!(sweep, Err(ZoomError::DailyLimit { until: "2026-03-03T00:00:00Z".parse().unwrap() }));
    passes(&gate, Lane::Now, 1_500).await;
    assert!(matches!(gate.pass(Lane::Now, midday).await, Err(ZoomError::DailyLimit { .. })));
    let tomorrow = || midday() + TimeDelta::days(1);
    assert_eq!(gate.pass(Lane::Sweep, tomorrow).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn a_rate_that_zoom_names_replaces_the_plans() {
    let gate = Gate::new(MEDIUM, Plan::Business);
    gate.learn(&told(Kind::PerSecond, Some(2), None, None), midday());
    let begun = Instant::now();

    passes(&gate, Lane::Now, 5).await;

    assert_eq!(begun.elapsed().as_secs(), 2);
}
