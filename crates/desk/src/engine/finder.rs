//! The index that questions are asked, and how everybody in it stands.
//!
//! Readers take the current index without a lock. There is one writer, the link: records make the next
//! index from the current one. How people stand is a word each, set in place, whoever does it.

use std::{collections::HashMap, sync::Arc};

use arc_swap::ArcSwap;
use chrono::{DateTime, Utc};
use rollcall_model::{
    Person, PersonId, Roster,
    search::{self, Index, Slot, SlotSet, Synonyms, Walls},
};
use rollcall_wire::window::{GroupCount, Only};

use crate::{
    consult::{Docket, Track},
    count::narrow,
    lists::{Lists, Recents},
};

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

/// Among whom is looked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Among<'a> {
    pub(crate) only: Only,
    /// Where the favourites are.
    pub(crate) lists: &'a Lists,
    pub(crate) recents: &'a Recents,
}

/// Everybody whom a question found, as long as the index goes on from the one that was asked.
#[derive(Debug)]
pub(crate) struct Members {
    slots: SlotSet,
    standing: Arc<search::Standing>,
}

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
        let mut index = Index::build(roster.entries().map(|entry| &entry.person));
        if let Some(told) = &roster.organisation().synonyms {
            index = index.speaking(&told.value);
        }
        let finder = Self(ArcSwap::from_pointee(Current { index, standing: Arc::default() }));
        let current = finder.0.load();
        let mut walls = Walls::at(now);
        // From slots to entries: a hash finds an entry, and a slot would have to be searched for.
        for (slot, person) in current.index.people() {
            if let Some(entry) = roster.get(person) {
                current.standing.heed(slot, roster, entry, &mut walls);
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

    /// Takes in the organisation's own words for the same.
    pub(crate) fn speak(&self, synonyms: &Synonyms) {
        let current = self.0.load();
        let index = current.index.speaking(synonyms);
        self.0.store(Arc::new(Current { index, standing: Arc::clone(&current.standing) }));
    }

    /// Takes in how these people stand; tells whether somebody is free who was not, or not any more.
    pub(crate) fn stand<'a>(
        &self,
        people: impl IntoIterator<Item = &'a PersonId>,
        roster: &Roster,
        now: DateTime<Utc>,
    ) -> bool {
        let current = self.0.load();
        let mut walls = Walls::at(now);
        let mut turned = false;
        for person in people {
            if let (Some(slot), Some(entry)) = (current.index.slot(person), roster.get(person)) {
                let before = current.standing.is_free(slot);
                current.standing.heed(slot, roster, entry, &mut walls);
                turned |= before != current.standing.is_free(slot);
            }
        }
        turned
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
    pub(crate) fn ask(&self, text: String, among: Among<'_>, page: Page) -> Found {
        let current = self.0.load();
        current.ask(text, current.only(among), page)
    }

    /// Answers a question among those whom another one finds.
    pub(crate) fn ask_within(&self, text: String, group: &str, among: Among<'_>, page: Page) -> Found {
        let current = self.0.load();
        let members = current.index.matching(group, &current.only(among), &current.standing);
        current.ask(text, search::Only::These(Arc::new(members)), page)
    }

    /// These people in their own order, as far as they can be found.
    pub(crate) fn in_order<'a>(&self, people: impl Iterator<Item = &'a PersonId>, page: Page) -> Found {
        let current = self.0.load();
        let places: HashMap<Slot, usize> = people
            .filter_map(|person| current.index.slot(person))
            .enumerate()
            .map(|(n, slot)| (slot, n))
            .collect();
        let these = places.keys().copied().collect::<SlotSet>();
        let all = Page { skip: 0, limit: places.len() };
        let mut found = current.ask(String::new(), search::Only::These(Arc::new(these)), all);
        found.hits.sort_by_key(|hit| places.get(&hit.slot));
        found.hits = found.hits.into_iter().skip(page.skip).take(page.limit).collect();
        found
    }

    /// Whom a search finds that is watched, best first.
    pub(crate) fn members(&self, text: &str, among: Among<'_>) -> Vec<PersonId> {
        let found = self.ask(text.to_owned(), among, Page { skip: 0, limit: MOST_MEMBERS });
        found.hits.into_iter().map(|hit| hit.person).collect()
    }

    /// Everybody whom a search finds.
    pub(crate) fn matching(&self, text: &str, among: Among<'_>) -> Members {
        let current = self.0.load();
        let slots = current.index.matching(text, &current.only(among), &current.standing);
        Members { slots, standing: Arc::clone(&current.standing) }
    }

    /// Whether these were found in the index that is asked now, or in one from which it goes on.
    pub(crate) fn has(&self, members: &Members) -> bool {
        Arc::ptr_eq(&self.0.load().standing, &members.standing)
    }

    /// Why a person is in the answer to a text.
    pub(crate) fn why(&self, text: &str, person: &PersonId) -> Vec<search::Reason> {
        let current = self.0.load();
        current.index.why(text, &current.standing, person)
    }
}

impl Members {
    /// How many there are, and how many of them are free now.
    pub(crate) fn count(&self) -> GroupCount {
        GroupCount { members: narrow(self.slots.len()), free: narrow(self.standing.free_among(&self.slots)) }
    }
}

impl Current {
    fn ask(&self, text: String, only: search::Only, page: Page) -> Found {
        let Page { skip, limit } = page;
        let answer = self.index.ask(&search::Question { text, only, skip, limit }, &self.standing);
        Found { hits: answer.hits, total: answer.total, among: self.index.len() }
    }

    fn only(&self, among: Among<'_>) -> search::Only {
        match among.only {
            Only::Everyone => search::Only::Everyone,
            Only::Free => search::Only::Free,
            Only::Favourites => self.these(among.lists.favourites()),
            Only::Recents => self.these(among.recents.iter().map(|(person, _)| person)),
        }
    }

    fn these<'a>(&self, people: impl Iterator<Item = &'a PersonId>) -> search::Only {
        let slots = people.filter_map(|person| self.index.slot(person));
        search::Only::These(Arc::new(slots.collect::<SlotSet>()))
    }
}
