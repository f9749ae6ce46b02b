//! One gate: lets calls of one bucket through, in order, at the account's rate.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use tokio::time::Instant;

use super::{Bucket, Kind, Lane, RateHeaders, limiter::Limiter};
use crate::{
    Plan, ZoomError,
    backoff::{self, Jitter},
};

/// How long somebody who looks at the screen waits for a hold to pass.
const PATIENCE_NOW: Duration = Duration::from_secs(10);
/// How long a sweep waits for a hold to pass: longer than any hold.
const PATIENCE_SWEEP: Duration = Duration::from_mins(2);
/// A sweep takes one place in so many, of the second and of the day.
const SWEEP_SHARE: u32 = 4;
/// What Zoom allows for setting one person's presence.
pub(super) const ONCE_A_MINUTE: Duration = Duration::from_mins(1);

#[derive(Debug)]
pub(super) struct Gate {
    day_cap: Option<u32>,
    state: Mutex<State>,
    /// Callers of a lane wait in a row: the mutex is fair.
    now_row: tokio::sync::Mutex<()>,
    sweep_row: tokio::sync::Mutex<()>,
    now_waiting: AtomicUsize,
}

#[derive(Debug)]
struct State {
    per_second: u32,
    all: Arc<Limiter>,
    sweep: Arc<Limiter>,
    /// Nobody passes before this: Zoom said to slow down.
    held_until: Option<Instant>,
    /// 429 replies since the last other reply.
    strikes: u32,
    /// The day's budget is used up until then.
    closed_until: Option<DateTime<Utc>>,
    day: Day,
}

/// Calls that were let through on one day (UTC, as Zoom counts).
#[derive(Debug, Default)]
struct Day {
    date: NaiveDate,
    all: u32,
    sweep: u32,
}

/// Counts a caller of the lane [`Lane::Now`] for as long as it waits.
struct Waiting<'a>(&'a AtomicUsize);

impl Gate {
    pub(super) fn new(bucket: Bucket, plan: Plan) -> Self {
        Self {
            day_cap: bucket.per_day(plan),
            state: Mutex::new(State::new(bucket.per_second(plan))),
            now_row: tokio::sync::Mutex::default(),
            sweep_row: tokio::sync::Mutex::default(),
            now_waiting: AtomicUsize::new(0),
        }
    }

    /// Waits for a place in the lane.
    pub(super) async fn pass(&self, lane: Lane, now: impl Fn() -> DateTime<Utc>) -> Result<(), ZoomError> {
        let _waiting = (lane == Lane::Now).then(|| Waiting::new(&self.now_waiting));
        let row = if lane == Lane::Now { &self.now_row } else { &self.sweep_row };
        let _turn = row.lock().await;
        if lane == Lane::Sweep {
            let sweep = Arc::clone(&self.state().sweep);
            while let Err(wait) = sweep.take() {
                tokio::time::sleep(wait).await;
            }
        }
        loop {
            match self.step(lane, now())? {
                None => return Ok(()),
                Some(wait) => tokio::time::sleep(wait).await,
            }
        }
    }

    /// Passes (`None`), or tells how long to wait before trying again.
    fn step(&self, lane: Lane, now: DateTime<Utc>) -> Result<Option<Duration>, ZoomError> {
        let mut state = self.state();
        state.check_day(lane, self.day_cap, now)?;
        let held = state.held_until.map(|until| until.saturating_duration_since(Instant::now()));
        if let Some(retry_in) = held.filter(|held| !held.is_zero()) {
            let patience = if lane == Lane::Now { PATIENCE_NOW } else { PATIENCE_SWEEP };
            return if retry_in > patience {
                Err(ZoomError::PerSecondLimit { retry_in })
            } else {
                Ok(Some(retry_in))
            };
        }
        if lane == Lane::Sweep && self.now_waiting.load(Ordering::Acquire) > 0 {
            return Ok(Some(Duration::from_secs(1) / state.per_second));
        }
        if let Err(wait) = state.all.take() {
            return Ok(Some(wait));
        }
        state.day.count(lane);
        Ok(None)
    }

    /// Takes in the headers of a reply that is no 429.
    pub(super) fn learn(&self, told: &RateHeaders, now: DateTime<Utc>) {
        let mut state = self.state();
        state.strikes = 0;
        match (told.kind, told.limit, told.remaining) {
            (Kind::PerSecond, Some(limit), _) if (1..=1_000).contains(&limit) => state.set_rate(limit),
            (Kind::Daily, _, Some(0)) => state.closed_until = Some(told.reopens(now)),
            _ => {}
        }
    }

    /// Takes in a 429 and tells it as an error.
    pub(super) fn close(&self, told: &RateHeaders, now: DateTime<Utc>, jitter: &Jitter) -> ZoomError {
        let mut state = self.state();
        if told.kind == Kind::Daily {
            let until = told.reopens(now);
            state.closed_until = Some(until);
            return ZoomError::DailyLimit { until };
        }
        if let (Kind::PerSecond, Some(limit @ 1..=1_000)) = (told.kind, told.limit) {
            state.set_rate(limit);
        }
        let until = state.held_until.filter(|&until| until > Instant::now());
        // Replies to calls that were sent before the hold began are one strike, not many.
        if until.is_none() {
            state.strikes = state.strikes.saturating_add(1);
        }
        let pause = told.retry_in.filter(|wait| !wait.is_zero());
        let pause = pause.unwrap_or_else(|| backoff::pause(state.strikes.max(1)));
        let retry_in = jitter.spread(pause.min(backoff::LONGEST));
        let held_until = Instant::now() + retry_in;
        state.held_until = Some(until.map_or(held_until, |until| until.max(held_until)));
        ZoomError::PerSecondLimit { retry_in }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn new(per_second: u32) -> Self {
        let spacing = Duration::from_secs(1) / per_second;
        Self {
            per_second,
            all: Arc::new(Limiter::every(spacing)),
            sweep: Arc::new(Limiter::every(spacing * SWEEP_SHARE)),
            held_until: None,
            strikes: 0,
            closed_until: None,
            day: Day::default(),
        }
    }

    /// Zoom named another rate than the plan's.
    fn set_rate(&mut self, per_second: u32) {
        if per_second != self.per_second {
            let spacing = Duration::from_secs(1) / per_second;
            self.per_second = per_second;
            self.all = Arc::new(Limiter::every(spacing));
            self.sweep = Arc::new(Limiter::every(spacing * SWEEP_SHARE));
        }
    }

    fn check_day(&mut self, lane: Lane, cap: Option<u32>, now: DateTime<Utc>) -> Result<(), ZoomError> {
        if let Some(until) = self.closed_until.filter(|&until| until > now) {
            return Err(ZoomError::DailyLimit { until });
        }
        self.day.turn_to(now.date_naive());
        let used_up = cap.is_some_and(|cap| {
            self.day.all >= cap || (lane == Lane::Sweep && self.day.sweep >= cap / SWEEP_SHARE)
        });
        if used_up { Err(ZoomError::DailyLimit { until: next_midnight(now) }) } else { Ok(()) }
    }
}

impl Day {
    fn turn_to(&mut self, date: NaiveDate) {
        if self.date != date {
            *self = Self { date, all: 0, sweep: 0 };
        }
    }

    fn count(&mut self, lane: Lane) {
        self.all = self.all.saturating_add(1);
        if lane == Lane::Sweep {
            self.sweep = self.sweep.saturating_add(1);
        }
    }
}

impl RateHeaders {
    /// When a daily limit ends: as the headers say, else at midnight UTC.
    fn reopens(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let told = self.retry_in.filter(|wait| !wait.is_zero());
        let told = told.and_then(|wait| chrono::TimeDelta::from_std(wait).ok());
        told.and_then(|wait| now.checked_add_signed(wait)).unwrap_or_else(|| next_midnight(now))
    }
}

fn next_midnight(now: DateTime<Utc>) -> DateTime<Utc> {
    let tomorrow = now.date_naive() + Days::new(1);
    tomorrow.and_time(NaiveTime::MIN).and_utc()
}

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::AcqRel);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests;
