//! The index that questions are asked, and how everybody in it stands.
//!
//! Readers take the current index without a lock. There is one writer, the link: records make the next
//! index from the current one. Presence sets a word in place, whoever does it.

use std::sync::Arc;

use arc_swap::ArcSwap;
use chrono::{DateTime, Utc};
use rollcall_model::{
    Person, PersonId, PresenceState, Roster,
    search::{self, Index, SlotSet},
};
use rollcall_wire::window::{ConsultState, Only};

use super::own::Favourites;
use crate::consult::Docket;

/// An index and the standing of its slots, which belong together.
#[derive(Debug, Default)]
struct Current {
    index: Index,
    standing: Arc<search::Standing>,
}

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
    /// An index of everybody, standing as they are shown at `now` and as they were called from here.
    pub(crate) fn build(roster: &Roster, docket: &Docket, now: DateTime<Utc>) -> Self {
        let finder = Self::default();
        finder.update(roster.entries().map(|entry| &entry.person));
        let current = finder.0.load();
        // From slots to entries: a hash finds an entry, and a slot would have to be searched for.
        for (slot, person) in current.index.people() {
            if let Some(entry) = roster.get(person) {
                current.standing.set(slot, roster.shown_of(entry, now).state);
            }
        }
        let placed = docket.tracks().iter().filter(|track| track.consult.state != ConsultState::Unheard);
        for consult in placed.map(|track| &track.consult) {
            if let Some(person) = &consult.person {
                finder.called(person, consult.dialled_at);
            }
        }
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

    /// Sets the presence by which a person is ranked.
    pub(crate) fn stands(&self, person: &PersonId, state: PresenceState) {
        let current = self.0.load();
        if let Some(slot) = current.index.slot(person) {
            current.standing.set(slot, state);
        }
    }

    /// Sets when a person was last called from here.
    pub(crate) fn called(&self, person: &PersonId, at: DateTime<Utc>) {
        let current = self.0.load();
        if let Some(slot) = current.index.slot(person) {
            current.standing.called(slot, at);
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
}
