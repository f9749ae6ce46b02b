//! How somebody stands at a moment, by the fold and by the clocks on the walls where people are.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::{Slot, Stand, Standing};
use crate::{Entry, Limit, Person, Roster, TimeZone, WorkingHours};

/// The clocks on the walls of people's time zones at a moment, each read once.
#[derive(Debug)]
pub struct Walls {
    now: DateTime<Utc>,
    read: HashMap<TimeZone, bool>,
}

impl Walls {
    /// The clocks at `now`.
    pub fn at(now: DateTime<Utc>) -> Self {
        Self { now, read: HashMap::new() }
    }

    /// Whether it is working time where the person is, by their own hours if these are told; not when it is not known
    /// where that is.
    pub fn at_work(&mut self, person: &Person) -> bool {
        person.time_zone().is_some_and(|zone| {
            if !person.hours().is_empty() {
                return person.hours().include(zone, self.now);
            }
            *self.read.entry(zone).or_insert_with(|| WorkingHours::USUAL.include(zone, self.now))
        })
    }
}

impl Standing {
    /// Sets how the person of this entry stands at the moment of these clocks. Whoever had enough consults by the
    /// organisation's policy comes after whoever was called less; at its quiet hours nobody is at work.
    pub fn heed(&self, slot: Slot, roster: &Roster, entry: &Entry, walls: &mut Walls) {
        let shown = roster.shown_of(entry, walls.now);
        let (at_work, called) = match roster.organisation().policy().limit(&entry.person, walls.now) {
            Some(Limit::Quiet { .. }) => (false, roster.calls_to(entry).count()),
            Some(Limit::Consults { .. }) => (walls.at_work(&entry.person), usize::MAX),
            None => (walls.at_work(&entry.person), roster.calls_to(entry).count()),
        };
        self.set(slot, Stand { state: shown.state, freshness: shown.freshness, at_work });
        self.called_today(slot, called);
    }
}
