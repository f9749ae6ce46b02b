//! The fold: everybody, their presence and their calls, from the log.

use std::collections::{BTreeSet, HashMap, hash_map};

use chrono::{DateTime, TimeDelta, Utc};
use foldhash::fast::RandomState;

use crate::{
    Call, CallId, CallReport, Event, Freshness, Leg, LegState, Person, PersonFact, PersonId, PersonReport,
    Presence, PresenceReport, PresenceState, Side, Source,
};

/// How long after a call a row says so.
pub const JUST_OFF_A_CALL: TimeDelta = TimeDelta::minutes(2);

/// Everything that is known of an organisation, folded from its log.
///
/// [`Roster::apply`] is commutative and idempotent: events may come in any order and any number of
/// times and the roster ends the same.
///
/// It is fast because a record costs one look into one table, whose hash is seeded but short: ids are Zoom's,
/// 22 letters, and there are a hundred thousand of them to put in before the first list is painted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roster {
    entries: HashMap<PersonId, Entry, RandomState>,
    calls: HashMap<CallId, Call, RandomState>,
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
    calls: BTreeSet<CallId>,
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
    /// The call, and with it maybe the presence of the person whose leg it is.
    Call(CallId, PersonId),
}

/// A person's presence as it is shown at a moment: the report, corrected by calls and faded by age.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The state to show.
    pub state: PresenceState,
    /// The state of the report itself, however old; differs from `state` when it has expired.
    pub last_heard: PresenceState,
    /// When it was true; nothing when nothing was ever heard.
    pub as_of: Option<DateTime<Utc>>,
    /// How it was heard.
    pub source: Option<Source>,
    /// How far it can be believed.
    pub freshness: Freshness,
    /// When Zoom says that the state ends.
    pub until: Option<DateTime<Utc>>,
    /// When the person's last call ended, within the last [`JUST_OFF_A_CALL`].
    pub off_call_at: Option<DateTime<Utc>>,
}

impl Roster {
    /// Folds one event in.
    pub fn apply(&mut self, event: Event) -> Change {
        match event {
            Event::Person(report) => self.apply_record(report),
            Event::Presence(report) => self.apply_presence(report),
            Event::Call(report) => self.apply_call(&report),
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

    /// The presence of a person as it is to be shown at `now`.
    pub fn shown(&self, id: &PersonId, now: DateTime<Utc>) -> Shown {
        self.entries.get(id).map_or(Shown::NOTHING, |entry| self.shown_of(entry, now))
    }

    /// The same for a person's entry of this roster.
    pub fn shown_of(&self, entry: &Entry, now: DateTime<Utc>) -> Shown {
        let reported = entry.presence.as_ref().map_or(Shown::NOTHING, |report| Shown::reported(report, now));
        let shown = match self.inferred(entry, now) {
            // A call that is ringing says nothing against a report that already knows of a call.
            Some(inferred) if inferred.state == PresenceState::OnCall || reported.state.is_free() => inferred,
            _ => reported,
        };
        Shown { off_call_at: self.off_call_at(entry, now), ..shown }
    }

    /// Presence as a person's own open call shows it, while that can be believed.
    fn inferred(&self, entry: &Entry, now: DateTime<Utc>) -> Option<Shown> {
        let legs = entry.calls.iter().filter_map(|id| self.calls.get(id)).flat_map(|call| &call.legs);
        legs.filter(|leg| leg.person == entry.person.id)
            .filter_map(|leg| {
                let state = match leg.state() {
                    LegState::Ended => return None,
                    LegState::Ringing => PresenceState::Ringing,
                    LegState::Connected | LegState::Held => PresenceState::OnCall,
                };
                let as_of = leg.changed_at()?;
                let report =
                    Presence { as_of, source: Source::Inferred, state, raw: String::new(), until: None };
                Some(Shown::reported(&report, now))
            })
            .filter(|shown| shown.freshness != Freshness::Expired)
            .max_by_key(|shown| (shown.state == PresenceState::OnCall, shown.as_of))
    }

    fn off_call_at(&self, entry: &Entry, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let legs = entry.calls.iter().filter_map(|id| self.calls.get(id)).flat_map(|call| &call.legs);
        legs.filter(|leg| leg.person == entry.person.id && leg.answered_at.is_some())
            .filter_map(|leg| leg.ended.map(|ending| ending.at))
            .max()
            .filter(|&at| now - at <= JUST_OFF_A_CALL)
    }

    fn apply_record(&mut self, report: PersonReport) -> Change {
        let PersonReport { id, as_of, fact } = report;
        if self.is_about_the_forgotten(&id, as_of) {
            return Change::Nothing;
        }
        let quiet = matches!(fact, PersonFact::Touched);
        let changed = self.entry(&id).person.learn(as_of, fact);
        if changed && !quiet { Change::Record(id) } else { Change::Nothing }
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

impl Shown {
    /// What is shown of a person of whom nothing was heard.
    pub const NOTHING: Self = Self {
        state: PresenceState::Unknown,
        last_heard: PresenceState::Unknown,
        as_of: None,
        source: None,
        freshness: Freshness::Expired,
        until: None,
        off_call_at: None,
    };

    fn reported(report: &Presence, now: DateTime<Utc>) -> Self {
        let freshness = report.freshness(now);
        let state = if freshness == Freshness::Expired { PresenceState::Unknown } else { report.state };
        Self {
            state,
            last_heard: report.state,
            as_of: Some(report.as_of),
            source: Some(report.source),
            freshness,
            until: report.until,
            off_call_at: None,
        }
    }
}
