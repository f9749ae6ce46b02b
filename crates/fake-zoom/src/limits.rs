//! Zoom's rate limits: per label over all endpoints of an account, by plan, per second and per day.

use std::collections::HashMap;

use chrono::{DateTime, Days, NaiveTime, Utc};
use serde::Serialize;

use crate::options::Plan;

/// The weight Zoom gives an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Label {
    /// Cheap for Zoom.
    Light,
    /// In between.
    Medium,
    /// Costly for Zoom.
    Heavy,
}

/// A pool of requests that count together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Pool {
    pub(crate) label: Label,
    /// Zoom Phone has limits of its own.
    pub(crate) phone: bool,
}

/// What is left of this second after a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Allowance {
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
}

/// Too many requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exceeded {
    PerSecond { limit: u32 },
    PerDay { limit: u32, until: DateTime<Utc> },
}

/// Counts an account's requests.
#[derive(Debug)]
pub(crate) struct Limits {
    plan: Plan,
    seconds: HashMap<Pool, (i64, u32)>,
    days: HashMap<Pool, (i64, u32)>,
}

const SECONDS_PER_DAY: i64 = 86_400;

impl Limits {
    pub(crate) fn new(plan: Plan) -> Self {
        Self { plan, seconds: HashMap::new(), days: HashMap::new() }
    }

    /// Counts one request, or refuses it.
    pub(crate) fn take(&mut self, pool: Pool, now: DateTime<Utc>) -> Result<Allowance, Exceeded> {
        let second = now.timestamp();
        let limit = per_second(self.plan, pool);
        if let Some(limit) = per_day(self.plan, pool)
            && count(&mut self.days, pool, second.div_euclid(SECONDS_PER_DAY)) >= limit
        {
            return Err(Exceeded::PerDay { limit, until: midnight_after(now) });
        }
        let used = count(&mut self.seconds, pool, second);
        if used >= limit {
            return Err(Exceeded::PerSecond { limit });
        }
        for counted in [&mut self.seconds, &mut self.days] {
            if let Some((_, used)) = counted.get_mut(&pool) {
                *used += 1;
            }
        }
        Ok(Allowance { limit, remaining: limit - used - 1 })
    }

    /// The limit per second of a pool.
    pub(crate) fn limit(&self, pool: Pool) -> u32 {
        per_second(self.plan, pool)
    }
}

/// When a day's requests count anew: at midnight UTC.
pub(crate) fn midnight_after(now: DateTime<Utc>) -> DateTime<Utc> {
    (now.date_naive() + Days::new(1)).and_time(NaiveTime::MIN).and_utc()
}

fn count(counted: &mut HashMap<Pool, (i64, u32)>, pool: Pool, period: i64) -> u32 {
    let entry = counted.entry(pool).or_insert((period, 0));
    if entry.0 != period {
        *entry = (period, 0);
    }
    entry.1
}

fn per_second(plan: Plan, pool: Pool) -> u32 {
    let [light, medium, heavy] = match (plan, pool.phone) {
        (Plan::Free, _) => [4, 2, 1],
        (Plan::Pro, false) => [30, 20, 10],
        (Plan::Pro, true) => [20, 10, 5],
        (Plan::Business, false) => [80, 60, 40],
        (Plan::Business, true) => [40, 20, 10],
    };
    match pool.label {
        Label::Light => light,
        Label::Medium => medium,
        Label::Heavy => heavy,
    }
}

fn per_day(plan: Plan, pool: Pool) -> Option<u32> {
    let [light, medium, heavy] = match (plan, pool.phone) {
        (Plan::Free, _) => [Some(6_000), Some(2_000), Some(1_000)],
        (Plan::Pro, false) | (Plan::Business, true) => [None, None, Some(30_000)],
        (Plan::Pro, true) => [None, None, Some(15_000)],
        (Plan::Business, false) => [None, None, Some(60_000)],
    };
    match pool.label {
        Label::Light => light,
        Label::Medium => medium,
        Label::Heavy => heavy,
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    const PHONE_HEAVY: Pool = Pool { label: Label::Heavy, phone: true };

    #[test]
    fn a_second_has_room_for_the_plans_number_and_the_next_begins_anew() {
        let mut limits = Limits::new(Plan::Pro);
        let now = DateTime::UNIX_EPOCH;

        for left in (0..5).rev() {
            assert_eq!(limits.take(PHONE_HEAVY, now), Ok(Allowance { limit: 5, remaining: left }));
        }
        assert_eq!(limits.take(PHONE_HEAVY, now), Err(Exceeded::PerSecond { limit: 5 }));
        assert!(limits.take(PHONE_HEAVY, now + TimeDelta::seconds(1)).is_ok());
    }

    #[test]
    fn a_day_ends_at_midnight() {
        let mut limits = Limits::new(Plan::Free);
        let pool = Pool { label: Label::Heavy, phone: false };
        let start = DateTime::UNIX_EPOCH + TimeDelta::hours(12);
        for second in 0..1000 {
            limits.take(pool, start + TimeDelta::seconds(second)).unwrap();
        }

        let refused = limits.take(pool, start + TimeDelta::hours(1));

        let until = DateTime::UNIX_EPOCH + TimeDelta::days(1);
        assert_eq!(refused, Err(Exceeded::PerDay { limit: 1000, until }));
        assert!(limits.take(pool, until).is_ok());
    }
}
