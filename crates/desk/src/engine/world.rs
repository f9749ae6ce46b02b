//! What is known of the organisation, and what of it is not written yet.

use std::collections::HashSet;

use rollcall_model::{CallId, Change, Logged, PersonId, Roster, Seq};

use crate::{
    link::Part,
    store::{Facts, Loaded, Place},
};

/// The roster, the place up to which it knows the log, and what the replica does not have yet.
#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) roster: Roster,
    pub(crate) place: Option<Place>,
    unwritten: Unwritten,
}

/// Who and what changed by a fold.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct News {
    /// Whose record changed.
    pub(crate) records: HashSet<PersonId>,
    /// Whose presence changed, whose part in a call, or how often they were consulted.
    pub(crate) presence: HashSet<PersonId>,
    /// Which calls changed.
    pub(crate) calls: HashSet<CallId>,
    /// Whether what is told of the organisation as a whole changed.
    pub(crate) organisation: bool,
}

/// Names of what is to be written: at most as many as there are people and calls, however long the disk
/// cannot be written.
#[derive(Debug, Default)]
struct Unwritten {
    anew: bool,
    place: bool,
    people: HashSet<PersonId>,
    presence: HashSet<PersonId>,
    calls: HashSet<CallId>,
    organisation: bool,
}

impl World {
    /// The world as the replica had it.
    pub(crate) fn new(loaded: Loaded) -> Self {
        Self { roster: loaded.roster, place: loaded.place, unwritten: Unwritten::default() }
    }

    /// The relay sends the events of this log; tells whether everybody of another log was forgotten.
    pub(crate) fn enter(&mut self, log: String) -> bool {
        match &self.place {
            Some(place) if place.log == log => false,
            Some(_) => {
                self.begin_anew(log);
                true
            }
            None => {
                self.move_to(Place { log, seq: Seq::START });
                false
            }
        }
    }

    /// Forgets everything, for it came from another log.
    pub(crate) fn begin_anew(&mut self, log: String) {
        *self = Self {
            roster: Roster::default(),
            place: Some(Place { log, seq: Seq::START }),
            unwritten: Unwritten { anew: true, place: true, ..Unwritten::default() },
        };
    }

    /// Forgets everybody before it is known which log comes next; tells how many there were.
    pub(crate) fn forget_everybody(&mut self) -> usize {
        let known = self.roster.len();
        if known > 0 {
            self.begin_anew(String::new());
        }
        known
    }

    /// Takes a place up to which everything is known.
    pub(crate) fn move_to(&mut self, place: Place) {
        self.place = Some(place);
        self.unwritten.place = true;
    }

    /// Folds events in; the place moves to the last one.
    pub(crate) fn fold(&mut self, events: Vec<Logged>) -> News {
        let mut news = News::default();
        for Logged { seq, event } in events {
            match self.roster.apply(event) {
                Change::Nothing => {}
                Change::Record(id) => drop(news.records.insert(id)),
                Change::Presence(id) => drop(news.presence.insert(id)),
                Change::Consulted(id) => {
                    self.unwritten.people.insert(id.clone());
                    news.presence.insert(id);
                }
                Change::Call(call, person) => {
                    news.calls.insert(call);
                    news.presence.insert(person);
                }
                Change::Organisation => news.organisation = true,
            }
            if let Some(place) = &mut self.place {
                place.seq = seq;
                self.unwritten.place = true;
            }
        }
        self.unwritten.people.extend(news.records.iter().cloned());
        self.unwritten.organisation |= news.organisation;
        self.unwritten.presence.extend(news.presence.iter().cloned());
        self.unwritten.calls.extend(news.calls.iter().cloned());
        news
    }

    /// Joins a part of a snapshot; the place stays where it is.
    pub(crate) fn join(&mut self, part: Part) -> News {
        let mut news = News::default();
        if let Some(organisation) = part.organisation {
            news.organisation = self.roster.join_organisation(organisation);
            self.unwritten.organisation |= news.organisation;
        }
        for (person, presence) in part.people {
            news.records.insert(person.id.clone());
            self.roster.join_person(person, presence);
        }
        for call in part.calls {
            news.presence.extend(call.legs.iter().map(|leg| leg.person.clone()));
            news.calls.insert(call.id.clone());
            self.roster.join_call(call);
        }
        self.unwritten.people.extend(news.records.iter().cloned());
        self.unwritten.presence.extend(news.records.iter().cloned());
        self.unwritten.calls.extend(news.calls.iter().cloned());
        news
    }

    /// What is to be written, whole records with the place that they stand for; nothing when all is.
    pub(crate) fn take_unwritten(&mut self) -> Option<Facts> {
        let Unwritten { anew, place, people, presence, calls, organisation } =
            std::mem::take(&mut self.unwritten);
        if !anew && !place && !organisation && people.is_empty() && presence.is_empty() && calls.is_empty() {
            return None;
        }
        let entry = |id: &PersonId| self.roster.get(id);
        let report = |id| Some((PersonId::clone(id), entry(id)?.presence.clone()?));
        Some(Facts {
            anew,
            place: self.place.clone(),
            people: people.iter().filter_map(|id| Some(entry(id)?.person.clone())).collect(),
            presence: presence.iter().filter_map(report).collect(),
            calls: calls.iter().filter_map(|id| self.roster.call(id).cloned()).collect(),
            organisation: organisation.then(|| self.roster.organisation().clone()),
        })
    }

    /// Takes back what could not be written.
    pub(crate) fn put_back(&mut self, facts: Facts) {
        let unwritten = &mut self.unwritten;
        unwritten.anew |= facts.anew;
        unwritten.place |= facts.place.is_some();
        unwritten.organisation |= facts.organisation.is_some();
        unwritten.people.extend(facts.people.into_iter().map(|person| person.id));
        unwritten.presence.extend(facts.presence.into_iter().map(|(id, _)| id));
        unwritten.calls.extend(facts.calls.into_iter().map(|call| call.id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, Utc};
    use rollcall_model::{Event, Presence, PresenceReport, PresenceState, Source};

    fn heard(seq: u64, person: &str, seconds: i64) -> Logged {
        let as_of: DateTime<Utc> = DateTime::from_timestamp(seconds, 0).unwrap();
        let state = PresenceState::Available;
        let presence = Presence { as_of, source: Source::Event, state, raw: "Available".into(), until: None };
        let person = PersonId::new(person);
        Logged { seq: Seq(seq), event: Event::Presence(PresenceReport { person, presence }) }
    }

    #[test]
    fn facts_and_their_place_are_taken_together_and_once() {
        let mut world = World::default();
        world.enter("log".into());
        world.fold(vec![heard(1, "mia", 10), heard(2, "mia", 5), heard(3, "leo", 10)]);

        let facts = world.take_unwritten().unwrap();

        assert_eq!(facts.place, Some(Place { log: "log".into(), seq: Seq(3) }));
        assert_eq!(facts.presence.len(), 2);
        assert_eq!(world.take_unwritten(), None);
    }

    #[test]
    fn what_could_not_be_written_is_taken_again_as_it_is_by_then() {
        let mut world = World::default();
        world.enter("log".into());
        world.fold(vec![heard(1, "mia", 10)]);
        let failed = world.take_unwritten().unwrap();
        world.fold(vec![heard(2, "mia", 20)]);

        world.put_back(failed);

        let facts = world.take_unwritten().unwrap();
        assert_eq!(facts.place.unwrap().seq, Seq(2));
        assert_eq!(facts.presence[0].1.as_of.timestamp(), 20);
    }

    #[test]
    fn another_log_begins_with_nobody() {
        let mut world = World::default();
        world.enter("one".into());
        world.fold(vec![heard(1, "mia", 10)]);

        world.begin_anew("other".into());

        let facts = world.take_unwritten().unwrap();
        assert!(facts.anew && facts.presence.is_empty() && world.roster.is_empty());
        assert_eq!(facts.place, Some(Place { log: "other".into(), seq: Seq::START }));
    }
}
