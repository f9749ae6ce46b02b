//! Working hours, as somebody's own clock on the wall shows them.

use chrono::{DateTime, Datelike, NaiveTime, Timelike, Utc, Weekday};
use serde::{Deserialize, Serialize};

use crate::TimeZone;

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

const MINUTES_OF_DAY: u16 = 24 * 60;

impl WorkingHours {
    /// Monday to Friday from 8 to 18 o'clock: of whom nothing else is known.
    pub const USUAL: Self = Self { days: 0b001_1111, from: 8 * 60, to: 18 * 60 };

    /// These days, between two times of the clock on the wall.
    pub fn new(days: impl IntoIterator<Item = Weekday>, from: NaiveTime, to: NaiveTime) -> Self {
        let days = days.into_iter().fold(0, |days, day| days | bit(day));
        Self { days, from: minute(from), to: minute(to) }
    }

    /// Whether it is working time in `zone` at `at`.
    pub fn include(self, zone: TimeZone, at: DateTime<Utc>) -> bool {
        let local = zone.local(at);
        let now = minute(local.time());
        let today = self.days & bit(local.weekday()) != 0;
        let yesterday = self.days & bit(local.weekday().pred()) != 0;
        if self.from < self.to {
            today && (self.from..self.to).contains(&now)
        } else {
            today && (self.from..MINUTES_OF_DAY).contains(&now) || yesterday && now < self.to
        }
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
