//! Who is at work at what hour, and what people at work do.

use chrono::{DateTime, Datelike, Timelike, Utc, Weekday};
use rand::{Rng, RngExt};

use crate::{
    org::{Person, Standing},
    presence::Status,
};

/// What a person is doing when the fake Zoom starts. The agent is at the desk.
pub(crate) fn at_start(person: &Person, agent: bool, now: DateTime<Utc>, rng: &mut impl Rng) -> Status {
    if person.standing != Standing::Active {
        return Status::Offline;
    }
    if agent {
        return Status::Available;
    }
    if person.habit.is_multiple_of(97) {
        return Status::OutOfOffice;
    }
    next(person, now, rng)
}

/// What a person does next. The organisation never sleeps entirely: some work shifts.
pub(crate) fn next(person: &Person, now: DateTime<Utc>, rng: &mut impl Rng) -> Status {
    let dice = rng.random_range(0..100);
    if is_at_work(person, now) { working(dice) } else { resting(dice) }
}

/// Whether the person works at this hour of this day, by the clock on their wall.
pub(crate) fn is_at_work(person: &Person, now: DateTime<Utc>) -> bool {
    let there = now.with_timezone(&person.site().zone);
    let weekend = matches!(there.weekday(), Weekday::Sat | Weekday::Sun);
    let share = match (weekend, there.hour()) {
        (false, 9..17) => 92,
        (false, 8 | 17) => 75,
        (false, 7 | 18 | 19) => 50,
        (false, _) => 30,
        (true, 9..18) => 55,
        (true, _) => 28,
    };
    // Stable over the day: the same people work the late shift all evening.
    let day = u32::try_from(there.num_days_from_ce()).unwrap_or_default();
    spread(person.habit ^ day.wrapping_mul(0x9e37_79b9)) % 100 < share
}

fn working(dice: u32) -> Status {
    match dice {
        0..54 => Status::Available,
        54..68 => Status::InMeeting,
        68..80 => Status::Away,
        80..85 => Status::DoNotDisturb,
        85..90 => Status::InCalendarEvent,
        90..94 => Status::Busy,
        94..97 => Status::Presenting,
        _ => Status::MobileSignedIn,
    }
}

fn resting(dice: u32) -> Status {
    match dice {
        0..82 => Status::Offline,
        82..92 => Status::MobileSignedIn,
        92..97 => Status::Away,
        _ => Status::DoNotDisturb,
    }
}

fn spread(mut bits: u32) -> u32 {
    bits ^= bits >> 16;
    bits = bits.wrapping_mul(0x85eb_ca6b);
    bits ^= bits >> 13;
    bits.wrapping_mul(0xc2b2_ae35) >> 8
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::org::seeded;

    #[test]
    fn at_no_hour_of_the_week_does_the_organisation_look_dead() {
        let monday = DateTime::from_timestamp(1_790_553_600, 0).unwrap();
        let organisation = seeded(1000, 1, monday);
        for hour in 0..168 {
            let now = monday + TimeDelta::hours(hour);
            let here = organisation.people().filter(|(_, person)| is_at_work(person, now)).count();
            assert!(here > 250, "{here} at hour {hour}");
        }
    }

    #[test]
    fn most_work_by_day_and_few_by_night() {
        let organisation = seeded(2000, 1, DateTime::UNIX_EPOCH);
        let berlin: Vec<_> =
            organisation.people().map(|(_, person)| person).filter(|p| p.site().city == "Berlin").collect();
        let share = |at: &str| {
            let now = at.parse().unwrap();
            100 * berlin.iter().filter(|person| is_at_work(person, now)).count() / berlin.len()
        };

        assert!(share("2026-11-18T10:00:00Z") > 80);
        assert!(share("2026-11-18T01:00:00Z") < 45);
    }
}
