//! The fold: everybody, their presence and their calls, from the log.

use std::collections::{BTreeSet, HashMap, hash_map};

use chrono::{DateTime, Utc};
use foldhash::fast::RandomState;

use crate::{
    Call, CallId, CallReport, Event, Leg, Organisation, Person, PersonFact, PersonId, PersonReport, Presence,
    PresenceReport, Side,
};

/// Everything that is known of an organisation, folded from its log.
///
/// [`Roster::apply`] is commutative and idempotent: events may come in any order and any number of
/// times and the roster ends the same.
///
/// It is fast because a record costs one look into one table, whose hash is seeded but short: ids are Zoom's,
/// 22 letters, and there are a hundred thousand of them to put in before the first list is painted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roster {
    pub(crate) entries: HashMap<PersonId, Entry, RandomState>,
    pub(crate) calls: HashMap<CallId, Call, RandomState>,
    organisation: Organisation,
    /// Calls that were last heard of before this are forgotten, and nothing brings them back.
    horizon: Option<DateTime<Utc>>,
    /// People who were gone before this are forgotten, and nothing that is older brings them back.
    gone_horizon: Option<DateTime<Utc>>,
}

/// What is known of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The record.
    pub person: Person,
    /// The last report of presence.
    pub presence: Option<Presence>,
    /// Calls in which this person has a leg.
    pub(crate) calls: BTreeSet<CallId>,
}

/// What an event changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Nothing: it was older than what is known, or a repeat.
    Nothing,
    /// The person's record.
    Record(PersonId),
    /// The person's presence.
    Presence(PersonId),
    /// How often the person was consulted.
    Consulted(PersonId),
    /// The call, and with it maybe the presence of the person whose leg it is.
    Call(CallId, PersonId),
    /// What is told of the organisation as a whole.
    Organisation,
}

impl Roster {
    /// Folds one event in.
    pub fn apply(&mut self, event: Event) -> Change {
        match event {
            Event::Person(report) => self.apply_record(report),
            Event::Presence(report) => self.apply_presence(report),
            Event::Call(report) => self.apply_call(&report),
            Event::Organisation(report) => {
                let changed = self.organisation.learn(report.as_of, report.fact);
                if changed { Change::Organisation } else { Change::Nothing }
            }
        }
    }

    /// Joins a person's record and presence into the roster, as a snapshot brings them.
    pub fn join_person(&mut self, person: Person, presence: Option<Presence>) {
        if person.gone_since().is_some_and(|gone| self.gone_horizon.is_some_and(|horizon| gone < horizon)) {
            return;
        }
        match self.entries.entry(person.id.clone()) {
            hash_map::Entry::Vacant(place) => {
                place.insert(Entry { person, presence, calls: BTreeSet::new() });
            }
            hash_map::Entry::Occupied(known) => {
                let known = known.into_mut();
                known.person.join(person);
                if presence > known.presence {
                    known.presence = presence;
                }
            }
        }
    }

    /// Joins a call into the roster, as a snapshot brings it.
    pub fn join_call(&mut self, call: Call) {
        if self.horizon.is_some_and(|horizon| call.changed_at() < Some(horizon)) {
            return;
        }
        for leg in &call.legs {
            self.entry(&leg.person).calls.insert(call.id.clone());
        }
        self.calls.entry(call.id.clone()).or_insert_with(|| Call::new(call.id.clone())).join(call);
    }

    /// Joins what is told of the organisation as a whole; tells whether anything changed.
    pub fn join_organisation(&mut self, organisation: Organisation) -> bool {
        self.organisation.join(organisation)
    }

    /// What is told of the organisation as a whole.
    pub const fn organisation(&self) -> &Organisation {
        &self.organisation
    }

    /// Forgets calls that were last heard of before `horizon`; reports older than that are ignored from
    /// now on. The horizon only ever moves forward. Gives whose calls were forgotten.
    pub fn forget_calls_before(&mut self, horizon: DateTime<Utc>) -> Vec<PersonId> {
        if self.horizon.is_some_and(|known| known >= horizon) {
            return Vec::new();
        }
        self.horizon = Some(horizon);
        let old: Vec<CallId> = self
            .calls
            .values()
            .filter(|call| call.changed_at() < Some(horizon))
            .map(|call| call.id.clone())
            .collect();
        let mut people = Vec::new();
        for id in old {
            for leg in self.calls.remove(&id).into_iter().flat_map(|call| call.legs) {
                if let Some(entry) = self.entries.get_mut(&leg.person) {
                    entry.calls.remove(&id);
                    people.push(leg.person);
                }
            }
        }
        people
    }

    /// Forgets people of whom it was heard before `horizon` that they are gone, with everything about them;
    /// reports about strangers that are older than it are ignored from now on. Gives who was forgotten. The
    /// horizon only ever moves forward.
    pub fn forget_gone_before(&mut self, horizon: DateTime<Utc>) -> Vec<PersonId> {
        if self.gone_horizon.is_some_and(|known| known >= horizon) {
            return Vec::new();
        }
        self.gone_horizon = Some(horizon);
        let gone = |entry: &&Entry| entry.person.gone_since().is_some_and(|gone| gone < horizon);
        let forgotten: Vec<PersonId> =
            self.entries.values().filter(gone).map(|entry| entry.person.id.clone()).collect();
        for id in &forgotten {
            self.entries.remove(id);
        }
        forgotten
    }

    /// Whether a report is about somebody who may have been forgotten: a stranger, and nothing new.
    fn is_about_the_forgotten(&self, id: &PersonId, as_of: DateTime<Utc>) -> bool {
        self.gone_horizon.is_some_and(|horizon| as_of < horizon) && !self.entries.contains_key(id)
    }

    /// One person.
    pub fn get(&self, id: &PersonId) -> Option<&Entry> {
        self.entries.get(id)
    }

    /// Everybody, in no order: tombstones and the inactive included.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    /// How many people are known, tombstones and the inactive included.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nobody is known.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// One call.
    pub fn call(&self, id: &CallId) -> Option<&Call> {
        self.calls.get(id)
    }

    /// All calls within the horizon, in no order.
    pub fn calls(&self) -> impl Iterator<Item = &Call> {
        self.calls.values()
    }

    /// The calls in which a person has a leg.
    pub fn calls_of(&self, id: &PersonId) -> impl Iterator<Item = &Call> {
        let calls = self.entries.get(id).into_iter().flat_map(|entry| &entry.calls);
        calls.filter_map(|call| self.calls.get(call))
    }

    /// The calls to the person of this entry: those in which they are called.
    pub fn calls_to(&self, entry: &Entry) -> impl Iterator<Item = &Call> {
        let is_called = |leg: &Leg| leg.person == entry.person.id && leg.side == Side::Callee;
        let calls = entry.calls.iter().filter_map(|call| self.calls.get(call));
        calls.filter(move |call| call.legs.iter().any(is_called))
    }

    fn apply_record(&mut self, report: PersonReport) -> Change {
        let PersonReport { id, as_of, fact } = report;
        if self.is_about_the_forgotten(&id, as_of) {
            return Change::Nothing;
        }
        let change = match fact {
            PersonFact::Touched => |_| Change::Nothing,
            PersonFact::Consulted(_) => Change::Consulted,
            _ => Change::Record,
        };
        if self.entry(&id).person.learn(as_of, fact) { change(id) } else { Change::Nothing }
    }

    fn apply_presence(&mut self, report: PresenceReport) -> Change {
        if self.is_about_the_forgotten(&report.person, report.presence.as_of) {
            return Change::Nothing;
        }
        let entry = self.entry(&report.person);
        if entry.presence.as_ref().is_some_and(|known| report.presence <= *known) {
            return Change::Nothing;
        }
        entry.presence = Some(report.presence);
        Change::Presence(report.person)
    }

    fn apply_call(&mut self, report: &CallReport) -> Change {
        if self.horizon.is_some_and(|horizon| report.at < horizon) {
            return Change::Nothing;
        }
        let call = self.calls.entry(report.call.clone()).or_insert_with(|| Call::new(report.call.clone()));
        if !call.learn(report) {
            return Change::Nothing;
        }
        self.entry(&report.person).calls.insert(report.call.clone());
        Change::Call(report.call.clone(), report.person.clone())
    }

    fn entry(&mut self, id: &PersonId) -> &mut Entry {
        self.entries.entry(id.clone()).or_insert_with(|| Entry {
            person: Person::unknown(id.clone()),
            presence: None,
            calls: BTreeSet::new(),
        })
    }
}
