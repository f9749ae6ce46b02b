//! What an organisation asks of those who call its experts: how often in a day, and not at night.

use std::num::NonZeroU16;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::{Entry, FirstAction, Hours, Leg, Person, Roster, Side, TimeZone};

/// What an organisation asks of those who call its experts. Nothing is forbidden by it: whoever calls all the same
/// is asked once more, and may say why.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// How many consults somebody is asked for in a day of theirs; nothing for as many as come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consults_a_day: Option<NonZeroU16>,
    /// When nobody is to be called, by their own clock on the wall; may be never.
    #[serde(skip_serializing_if = "Hours::is_empty")]
    pub quiet: Hours,
    /// Whether people are shown who waits until they are free.
    pub watchers_shown: bool,
}

/// How many consults somebody had on a day of theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Consulted {
    /// The day, by their own clock on the wall.
    pub day: NaiveDate,
    /// How many.
    pub times: u16,
}

/// Why somebody is not to be called now, by the organisation's [`Policy`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "limit", rename_all = "snake_case")]
pub enum Limit {
    /// They had as many consults today as they are asked for in a day.
    Consults {
        /// How many they had.
        had: u16,
        /// How many are asked for.
        a_day: u16,
    },
    /// Nobody is to be called where they are.
    Quiet {
        /// When that ends; nothing when it does not end within a week.
        until: Option<DateTime<Utc>>,
    },
}

impl Policy {
    /// More consults a day are as good as no limit.
    pub const MOST_CONSULTS: u16 = 1_000;
    /// Nothing is asked for.
    pub const NOTHING: Self = Self { consults_a_day: None, quiet: Hours::UNKNOWN, watchers_shown: false };

    /// A limit of consults a day, from 1 to [`Policy::MOST_CONSULTS`]; nothing for any other number.
    pub fn a_day(number: u16) -> Option<NonZeroU16> {
        NonZeroU16::new(number).filter(|_| number <= Self::MOST_CONSULTS)
    }

    /// Why this person is not to be called at `now`; nothing when they are. The quiet hours of somebody of whom it is
    /// not known where they are cannot be told.
    pub fn limit(&self, person: &Person, now: DateTime<Utc>) -> Option<Limit> {
        let is_quiet = person.time_zone().filter(|&zone| self.quiet.include(zone, now));
        if let Some(zone) = is_quiet {
            return Some(Limit::Quiet { until: self.quiet.end(zone, now) });
        }
        let a_day = self.consults_a_day?.get();
        let had = person.consults_today(now);
        (had >= a_day).then_some(Limit::Consults { had, a_day })
    }
}

impl FirstAction {
    /// What Enter does on somebody who is not to be called now for this reason: a call that would be placed at once
    /// is asked about once more.
    #[must_use]
    pub const fn under(self, limit: Option<Limit>) -> Self {
        match (self, limit) {
            (Self::Call | Self::CallTold | Self::RefreshThenCall, Some(_)) => Self::AskOnceMore,
            (action, _) => action,
        }
    }
}

impl Person {
    /// Where the person is, as far as that is known.
    pub fn time_zone(&self) -> Option<TimeZone> {
        self.profile.as_ref().and_then(|profile| profile.value.time_zone)
    }

    /// The person's own day at `at`; that of UTC where it is not known where they are.
    pub fn day(&self, at: DateTime<Utc>) -> NaiveDate {
        self.time_zone().map_or_else(|| at.naive_utc(), |zone| zone.local(at)).date()
    }

    /// How many consults the person had on their day of `now`, as far as that was told.
    pub fn consults_today(&self, now: DateTime<Utc>) -> u16 {
        let told = self.consulted.as_ref().map(|told| told.value);
        told.filter(|told| told.day == self.day(now)).map_or(0, |told| told.times)
    }
}

impl Roster {
    /// How many consults the person of this entry had on their day of `now`, counted from the calls: those that they
    /// answered, that no queue sent, and at whose other end is a colleague.
    pub fn count_consults(&self, entry: &Entry, now: DateTime<Utc>) -> Consulted {
        let person = &entry.person;
        let day = person.day(now);
        let is_today = |leg: &Leg| leg.answered_at.is_some_and(|at| person.day(at) == day);
        let consults = self.calls_of(&person.id).filter(|call| {
            let is_caller = |leg: &Leg| leg.side == Side::Caller && leg.person != person.id;
            let from_colleague = call.legs.iter().any(is_caller);
            call.legs.iter().any(|leg| {
                leg.person == person.id
                    && leg.side == Side::Callee
                    && leg.queue.is_none()
                    && (from_colleague || leg.other.person.is_some())
                    && is_today(leg)
            })
        });
        Consulted { day, times: u16::try_from(consults.count()).unwrap_or(u16::MAX) }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::{CallId, CallReport, Event, Outcome, Party, PersonFact, PersonId, Profile, QueueRef, Step};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn in_madrid(consulted: Option<Consulted>) -> Person {
        let mut person = Person::unknown(PersonId::new("ada"));
        let time_zone = Some("Europe/Madrid".parse().unwrap());
        let profile = Profile { time_zone, ..Profile::default() };
        person.learn(at("2026-11-01T00:00:00Z"), PersonFact::Profile(profile));
        if let Some(consulted) = consulted {
            person.learn(at("2026-11-20T10:00:00Z"), PersonFact::Consulted(consulted));
        }
        person
    }

    fn had(times: u16) -> Person {
        in_madrid(Some(Consulted { day: NaiveDate::from_ymd_opt(2026, 11, 20).unwrap(), times }))
    }

    #[test]
    fn a_day_is_theirs_and_ends_at_their_midnight() {
        let policy = Policy { consults_a_day: NonZeroU16::new(3), ..Policy::default() };

        assert_eq!(policy.limit(&had(2), at("2026-11-20T22:00:00Z")), None);
        let limit = Some(Limit::Consults { had: 4, a_day: 3 });
        assert_eq!(policy.limit(&had(4), at("2026-11-20T22:59:59Z")), limit);
        assert_eq!(policy.limit(&had(4), at("2026-11-20T23:00:00Z")), None, "midnight in Madrid");
        assert_eq!(Policy::NOTHING.limit(&had(900), at("2026-11-20T22:00:00Z")), None);
    }

    #[test]
    fn quiet_hours_are_those_of_their_own_wall_and_tell_their_end() {
        let quiet = "daily 20:00-07:00; Sat, Sun 07:00-20:00".parse().unwrap();
        let policy = Policy { quiet, ..Policy::default() };
        let until = |now: &str| match policy.limit(&in_madrid(None), at(now)) {
            Some(Limit::Quiet { until }) => until,
            Some(Limit::Consults { .. }) | None => None,
        };

        assert_eq!(until("2026-11-19T18:59:00Z"), None);
        assert_eq!(until("2026-11-19T19:00:00Z"), Some(at("2026-11-20T06:00:00Z")));
        assert_eq!(until("2026-11-20T23:30:00Z"), Some(at("2026-11-23T06:00:00Z")), "a weekend");
        assert_eq!(policy.limit(&Person::unknown(PersonId::new("bo")), at("2026-11-19T22:00:00Z")), None);
    }

    /// A call that `ada` answers after `minutes`.
    fn answered(roster: &mut Roster, call: &str, minutes: i64, other: Party, queue: Option<QueueRef>) {
        let report = CallReport {
            call: CallId::new(call),
            person: PersonId::new("ada"),
            side: Side::Callee,
            at: at("2026-11-20T12:00:00Z") + TimeDelta::minutes(minutes),
            step: Step::Answered,
            other,
            queue,
        };
        roster.apply(Event::Call(report));
    }

    #[test]
    fn only_answered_calls_of_colleagues_count_and_only_todays() {
        let colleague = || Party { person: Some(PersonId::new("bo")), ..Party::default() };
        let mut roster = Roster::default();
        roster.join_person(in_madrid(None), None);
        answered(&mut roster, "1", 0, colleague(), None);
        answered(&mut roster, "2", 10, colleague(), None);
        answered(&mut roster, "yesterday", -13 * 60 - 1, colleague(), None);
        answered(&mut roster, "customer", 20, Party::default(), None);
        let queue = QueueRef { extension: None, name: "Billing".to_owned() };
        answered(&mut roster, "queue", 30, colleague(), Some(queue));
        let missed = CallReport {
            call: CallId::new("missed"),
            person: PersonId::new("ada"),
            side: Side::Callee,
            at: at("2026-11-20T12:40:00Z"),
            step: Step::Ended(Outcome::NoAnswer),
            other: colleague(),
            queue: None,
        };
        roster.apply(Event::Call(missed));

        let entry = roster.get(&PersonId::new("ada")).unwrap();
        let consulted = roster.count_consults(entry, at("2026-11-20T14:00:00Z"));

        assert_eq!(consulted, Consulted { day: NaiveDate::from_ymd_opt(2026, 11, 20).unwrap(), times: 2 });
    }

    #[test]
    fn a_caller_whose_leg_is_known_is_a_colleague() {
        let mut roster = Roster::default();
        roster.join_person(in_madrid(None), None);
        answered(&mut roster, "1", 0, Party::default(), None);
        let theirs = CallReport {
            call: CallId::new("1"),
            person: PersonId::new("bo"),
            side: Side::Caller,
            at: at("2026-11-20T11:59:00Z"),
            step: Step::Ringing,
            other: Party::default(),
            queue: None,
        };
        roster.apply(Event::Call(theirs));

        let entry = roster.get(&PersonId::new("ada")).unwrap();

        assert_eq!(roster.count_consults(entry, at("2026-11-20T14:00:00Z")).times, 1);
    }
}
