//! Working hours, as somebody's own clock on the wall shows them.

mod written;

use chrono::{DateTime, Datelike, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc, Weekday};
use serde::{Deserialize, Serialize};

use crate::TimeZone;

pub use written::NotHours;

/// The days on which somebody works, and from when until when, in their own time zone. An end before the
/// beginning is one on the next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct WorkingHours {
    /// One bit for each day, Monday first.
    days: u8,
    /// Minutes after midnight.
    from: u16,
    /// Minutes after midnight; not worked any more.
    to: u16,
}

/// All working hours of somebody: one span or several; none when nothing is told of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hours(Vec<WorkingHours>);

const MINUTES_OF_DAY: u16 = 24 * 60;
/// The days of a week, Monday first.
const DAYS: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

impl WorkingHours {
    /// Monday to Friday from 8 to 18 o'clock: of whom nothing else is known.
    pub const USUAL: Self = Self { days: 0b001_1111, from: 8 * 60, to: 18 * 60 };

    /// These days, between two times of the clock on the wall.
    pub fn new(days: impl IntoIterator<Item = Weekday>, from: NaiveTime, to: NaiveTime) -> Self {
        let days = days.into_iter().fold(0, |days, day| days | bit(day));
        Self { days, from: minute(from), to: minute(to) }
    }

    /// The days of these bits, between two moments of the day in minutes; nothing when that is no working time.
    fn between(days: u8, from: u16, to: u16) -> Option<Self> {
        let to = if to == 0 { MINUTES_OF_DAY } else { to };
        let is_some = days != 0 && from != to && from < MINUTES_OF_DAY && to <= MINUTES_OF_DAY;
        is_some.then_some(Self { days, from, to })
    }

    /// Whether it is working time in `zone` at `at`.
    pub fn include(self, zone: TimeZone, at: DateTime<Utc>) -> bool {
        self.include_local(zone.local(at))
    }

    fn include_local(self, local: NaiveDateTime) -> bool {
        let now = minute(local.time());
        let today = self.days & bit(local.weekday()) != 0;
        let yesterday = self.days & bit(local.weekday().pred()) != 0;
        if self.from < self.to {
            today && (self.from..self.to).contains(&now)
        } else {
            today && (self.from..MINUTES_OF_DAY).contains(&now) || yesterday && now < self.to
        }
    }

    /// When the time ends that includes `local`.
    fn end(self, local: NaiveDateTime) -> NaiveDateTime {
        let tomorrow = self.from >= self.to && minute(local.time()) >= self.from;
        let days = TimeDelta::days(i64::from(tomorrow));
        local.date().and_time(NaiveTime::MIN) + days + TimeDelta::minutes(i64::from(self.to))
    }
}

impl Hours {
    /// Nothing is told.
    pub const UNKNOWN: Self = Self(Vec::new());
    /// More spans are not told of one person.
    pub const MOST: usize = 14;

    /// Whether nothing is told.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The spans.
    pub fn spans(&self) -> &[WorkingHours] {
        &self.0
    }

    /// Whether it is working time in `zone` at `at`.
    pub fn include(&self, zone: TimeZone, at: DateTime<Utc>) -> bool {
        self.0.iter().any(|span| span.include(zone, at))
    }

    /// When the time that includes `at` ends, which may be that of several spans one after the other; nothing when `at`
    /// is not included, or when it does not end within a week. Reckoned by the clock on the wall in `zone`: an end
    /// behind a change of summer time is off by as much.
    pub fn end(&self, zone: TimeZone, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let begin = zone.local(at);
        let mut end = begin;
        while let Some(span) = self.0.iter().find(|span| span.include_local(end)) {
            end = span.end(end);
            if end - begin > TimeDelta::weeks(1) {
                return None;
            }
        }
        (end > begin).then(|| at + (end - begin))
    }
}

impl FromIterator<WorkingHours> for Hours {
    fn from_iter<I: IntoIterator<Item = WorkingHours>>(spans: I) -> Self {
        Self(spans.into_iter().collect())
    }
}

impl Default for WorkingHours {
    fn default() -> Self {
        Self::USUAL
    }
}

const fn bit(day: Weekday) -> u8 {
    1 << day.num_days_from_monday()
}

fn minute(time: NaiveTime) -> u16 {
    u16::try_from(time.num_seconds_from_midnight() / 60).unwrap_or(MINUTES_OF_DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn clock(hour: u32) -> NaiveTime {
        NaiveTime::from_hms_opt(hour, 0, 0).unwrap()
    }

    #[test]
    fn usual_hours_are_those_of_the_own_wall() {
        let [madrid, tokyo] = ["Europe/Madrid", "Asia/Tokyo"].map(|zone| zone.parse().unwrap());
        let friday_morning = at("2026-11-20T09:30:00Z");

        assert!(WorkingHours::USUAL.include(madrid, friday_morning));
        assert!(!WorkingHours::USUAL.include(tokyo, friday_morning));
        assert!(!WorkingHours::USUAL.include(madrid, at("2026-11-21T09:30:00Z")));
        assert!(!WorkingHours::USUAL.include(madrid, at("2026-11-20T17:00:00Z")));
    }

    #[test]
    fn a_night_belongs_to_the_day_on_which_it_begins() {
        let night = WorkingHours::new([Weekday::Fri], clock(22), clock(6));
        let utc = "Etc/UTC".parse().unwrap();

        assert!(night.include(utc, at("2026-11-20T23:00:00Z")));
        assert!(night.include(utc, at("2026-11-21T05:59:00Z")));
        assert!(!night.include(utc, at("2026-11-21T06:00:00Z")));
        assert!(!night.include(utc, at("2026-11-20T05:00:00Z")));
    }

    #[test]
    fn summer_time_moves_them() {
        let berlin = "Europe/Berlin".parse().unwrap();

        assert!(!WorkingHours::USUAL.include(berlin, at("2026-10-23T16:30:00Z")));
        assert!(WorkingHours::USUAL.include(berlin, at("2026-10-26T16:30:00Z")));
    }
}
