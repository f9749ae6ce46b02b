//! The index that questions are asked, and how everybody in it stands.
//!
//! Readers take the current index without a lock. There is one writer, the link: records make the next
//! index from the current one. How people stand is a word each, set in place, whoever does it.

use std::{collections::HashMap, sync::Arc};

use arc_swap::ArcSwap;
use chrono::{DateTime, Utc};
use rollcall_model::{
    Entry, Person, PersonId, Roster, TimeZone, WorkingHours,
    search::{self, Index, Slot, SlotSet, Stand},
};
use rollcall_wire::window::Only;

use super::own::Favourites;
use crate::consult::{Docket, Track};

/// An index and the standing of its slots, which belong together.
#[derive(Debug, Default)]
struct Current {
    index: Index,
    standing: Arc<search::Standing>,
}

/// How many people a search that is watched may find; beyond, the best count.
const MOST_MEMBERS: usize = 5_000;

/// Finds people.
#[derive(Debug, Default)]
pub(crate) struct Finder(ArcSwap<Current>);

/// Which rows of an answer are wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    /// How many of the best are left out.
    pub(crate) skip: usize,
    /// How many after them, at most.
    pub(crate) limit: usize,
}

/// What was found, best first.
pub(crate) struct Found {
    pub(crate) hits: Vec<search::Hit>,
    pub(crate) total: usize,
    /// How many people there are to look among.
    pub(crate) among: usize,
}

impl Finder {
    /// An index of everybody, standing as they are shown at `now` and as they answered calls from here.
    pub(crate) fn build(roster: &Roster, docket: &Docket, now: DateTime<Utc>) -> Self {
        let index = Index::build(roster.entries().map(|entry| &entry.person));
        let finder = Self(ArcSwap::from_pointee(Current { index, standing: Arc::default() }));
        let current = finder.0.load();
        let mut walls = Walls::at(now);
        // From slots to entries: a hash finds an entry, and a slot would have to be searched for.
        for (slot, person) in current.index.people() {
            if let Some(entry) = roster.get(person) {
                current.stands(slot, roster, entry, &mut walls);
            }
        }
        finder.answered(docket.tracks());
        finder
    }

    /// How many people can be found.
    pub(crate) fn len(&self) -> usize {
        self.0.load().index.len()
    }

    /// Forgets everybody.
    pub(crate) fn clear(&self) {
        self.0.store(Arc::default());
    }

    /// Takes in records that changed.
    pub(crate) fn update<'a>(&self, changed: impl IntoIterator<Item = &'a Person>) {
        let current = self.0.load();
        let index = current.index.with(changed, &[]);
        self.0.store(Arc::new(Current { index, standing: Arc::clone(&current.standing) }));
    }

    /// Takes in how these people stand.
    pub(crate) fn stand<'a>(
        &self,
        people: impl IntoIterator<Item = &'a PersonId>,
        roster: &Roster,
        now: DateTime<Utc>,
    ) {
        let current = self.0.load();
        let mut walls = Walls::at(now);
        for person in people {
            if let (Some(slot), Some(entry)) = (current.index.slot(person), roster.get(person)) {
                current.stands(slot, roster, entry, &mut walls);
            }
        }
    }

    /// Takes in who answered calls from here.
    pub(crate) fn answered<'a>(&self, tracks: impl IntoIterator<Item = &'a Track>) {
        let current = self.0.load();
        for consult in tracks.into_iter().map(|track| &track.consult) {
            let (Some(person), Some(at)) = (&consult.person, consult.answered_at) else { continue };
            if let Some(slot) = current.index.slot(person) {
                current.standing.answered(slot, at);
            }
        }
    }

    /// Answers a question, without a lock.
    pub(crate) fn ask(&self, text: String, only: Only, favourites: &Favourites, page: Page) -> Found {
        let current = self.0.load();
        let only = match only {
            Only::Everyone => search::Only::Everyone,
            Only::Free => search::Only::Free,
            Only::Favourites => {
                let slots = favourites.iter().filter_map(|person| current.index.slot(person));
                search::Only::These(Arc::new(slots.collect::<SlotSet>()))
            }
        };
        let Page { skip, limit } = page;
        let answer = current.index.ask(&search::Question { text, only, skip, limit }, &current.standing);
        Found { hits: answer.hits, total: answer.total, among: current.index.len() }
    }

    /// Whom a search finds that is watched, best first.
    pub(crate) fn members(&self, text: &str, only: Only, favourites: &Favourites) -> Vec<PersonId> {
        let found = self.ask(text.to_owned(), only, favourites, Page { skip: 0, limit: MOST_MEMBERS });
        found.hits.into_iter().map(|hit| hit.person).collect()
    }

    /// Why a person is in the answer to a text.
    pub(crate) fn why(&self, text: &str, person: &PersonId) -> Vec<search::Reason> {
        let current = self.0.load();
        current.index.why(text, &current.standing, person)
    }
}

impl Current {
    fn stands(&self, slot: Slot, roster: &Roster, entry: &Entry, walls: &mut Walls) {
        let shown = roster.shown_of(entry, walls.now);
        let stand =
            Stand { state: shown.state, freshness: shown.freshness, at_work: walls.at_work(&entry.person) };
        self.standing.set(slot, stand);
        self.standing.called_today(slot, roster.calls_to(entry).count());
    }
}

/// The clocks on the walls of people's time zones at a moment, each read once.
pub(crate) struct Walls {
    now: DateTime<Utc>,
    read: HashMap<TimeZone, bool>,
}

impl Walls {
    pub(crate) fn at(now: DateTime<Utc>) -> Self {
        Self { now, read: HashMap::new() }
    }

    /// Whether it is working time where the person is; not when it is not known where that is.
    pub(crate) fn at_work(&mut self, person: &Person) -> bool {
        let zone = person.profile.as_ref().and_then(|profile| profile.value.time_zone);
        zone.is_some_and(|zone| {
            *self.read.entry(zone).or_insert_with(|| WorkingHours::USUAL.include(zone, self.now))
        })
    }
}
