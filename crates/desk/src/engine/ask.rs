//! Answers from memory: the list, one person, favourites.

use std::sync::{Arc, atomic::Ordering};

use rollcall_model::{PersonId, search};
use rollcall_wire::{
    Failure,
    window::{Answer, Consult, FoundBy, PersonDetail, Question, Row},
};

use super::{Desk, finder::Page};
use crate::{
    rows,
    store::Trouble,
    sync::{hold, read},
};

/// How many rows one answer may have.
const MOST_ROWS: u32 = 1_000;
/// How many calls a list of calls has.
const MOST_CONSULTS: usize = 200;
/// How many calls with one person their page shows.
const CONSULTS_WITH: usize = 20;

impl Desk {
    /// The index is asked without a lock; the world is read for the rows that are shown only.
    pub(super) fn ask(&self, question: Question) -> Answer {
        let favourites = self.favourites.load();
        let filters = search::filters(&question.text).into_iter().map(rows::filter).collect();
        let limit = question.limit.min(MOST_ROWS) as usize;
        let page = Page { skip: question.skip as usize, limit };
        let found = self.finder.ask(question.text, question.only, &favourites, page);
        let (now, world) = (self.now(), read(&self.world));
        let rows = found.hits.iter().filter_map(|hit| {
            let entry = world.roster.get(&hit.person)?;
            Some(rows::row(&world.roster, entry, now, favourites.contains(&hit.person), &hit.marks))
        });
        Answer {
            number: question.number,
            rows: rows.collect(),
            total: narrow(found.total),
            among: narrow(found.among),
            filters,
        }
    }

    pub(super) fn person(&self, id: &PersonId) -> Result<PersonDetail, Failure> {
        let (now, world) = (self.now(), read(&self.world));
        let entry = world.roster.get(id).filter(|entry| entry.person.profile.is_some());
        let entry = entry.ok_or(Failure::UnknownPerson)?;
        let row = rows::row(&world.roster, entry, now, self.favourites.load().contains(id), &[]);
        let with = |consult: &&Consult| consult.person.as_ref() == Some(id);
        let docket = hold(&self.docket);
        let consults = docket.tracks().iter().map(|track| &track.consult).filter(with);
        let consults = consults.take(CONSULTS_WITH).map(|consult| rows::consult(consult, now)).collect();
        Ok(rows::detail(entry, row, consults))
    }

    pub(super) fn why(&self, id: &PersonId, text: &str) -> Vec<FoundBy> {
        self.finder.why(text, id).into_iter().map(rows::found_by).collect()
    }

    pub(super) fn consults(&self) -> Vec<Consult> {
        let (now, docket) = (self.now(), hold(&self.docket));
        docket.tracks().iter().take(MOST_CONSULTS).map(|track| rows::consult(&track.consult, now)).collect()
    }

    pub(super) async fn favourite(&self, id: &PersonId, on: bool) -> Result<(), Failure> {
        if on && read(&self.world).roster.get(id).is_none() {
            return Err(Failure::UnknownPerson);
        }
        self.favourites.rcu(|favourites| Arc::new(favourites.with(id, on)));
        self.watches.others_are_found();
        let written =
            if on { self.mine.add_favourite(id).await } else { self.mine.remove_favourite(id).await };
        self.own_written(written)
    }

    /// Notes whether something of the person's own was written; if not, it is told, and tried again.
    pub(super) fn own_written(&self, written: Result<(), Trouble>) -> Result<(), Failure> {
        let flag = if written.is_ok() { &self.own_changed } else { &self.own_unwritten };
        flag.store(true, Ordering::Relaxed);
        written.map_err(|trouble| {
            self.unwritable(&trouble);
            Failure::DatabaseUnwritable
        })
    }

    pub(super) fn free_favourites(&self, most: usize) -> Vec<Row> {
        let (now, world) = (self.now(), read(&self.world));
        let favourites = self.favourites.load();
        let entries = favourites.iter().filter_map(|id| world.roster.get(id));
        let free = entries.filter(|entry| {
            entry.person.is_active() && world.roster.shown(&entry.person.id, now.zoom).state.is_free()
        });
        free.take(most).map(|entry| rows::row(&world.roster, entry, now, true, &[])).collect()
    }
}

fn narrow(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
