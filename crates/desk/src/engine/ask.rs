//! Answers from memory: the list, one person, who of the favourites is free.

use std::sync::atomic::Ordering;

use rollcall_model::{PersonId, search};
use rollcall_wire::{
    Failure,
    window::{Answer, Consult, FoundBy, Only, PersonDetail, Question, Recent, Row},
};

use super::{
    Desk,
    finder::{Among, Found, Page},
};
use crate::{
    count::narrow,
    lists::{Lists, Recents},
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
        let (lists, recents) = (self.shelf.lists(), self.shelf.recents());
        let filters = search::filters(&question.text).into_iter().map(rows::filter).collect();
        let (number, only) = (question.number, question.only);
        let found = self.find(question, &lists, &recents);
        let (now, world) = (self.now(), read(&self.world));
        let rows = found.hits.iter().filter_map(|hit| {
            let entry = world.roster.get(&hit.person)?;
            let row = rows::row(&world.roster, entry, now, &lists, &hit.marks);
            let recent = recents.of(&hit.person).filter(|_| only == Only::Recents);
            Some(Row { recent: recent.map(|it| Recent { at: now.by_own_clock(it.at), ..it }), ..row })
        });
        Answer {
            number,
            rows: rows.collect(),
            total: narrow(found.total),
            among: narrow(found.among),
            filters,
        }
    }

    /// Without a text, favourites and recent people stand in their own order, a group in that of its question.
    fn find(&self, question: Question, lists: &Lists, recents: &Recents) -> Found {
        let Question { text, only, group, skip, limit, .. } = question;
        let page = Page { skip: skip as usize, limit: limit.min(MOST_ROWS) as usize };
        let among = |only| Among { only, lists, recents };
        let is_empty = text.trim().is_empty();
        if let Some(id) = group {
            return match lists.group(&id) {
                Some(group) if is_empty => self.finder.ask(group.text.clone(), among(group.only), page),
                Some(group) => self.finder.ask_within(text, &group.text, among(group.only), page),
                None => Found { hits: Vec::new(), total: 0, among: self.finder.len() },
            };
        }
        match only {
            Only::Favourites if is_empty => self.finder.in_order(lists.favourites(), page),
            Only::Recents if is_empty => self.finder.in_order(recents.iter().map(|(person, _)| person), page),
            _ => self.finder.ask(text, among(only), page),
        }
    }

    pub(super) fn person(&self, id: &PersonId) -> Result<PersonDetail, Failure> {
        let (now, world) = (self.now(), read(&self.world));
        let entry = world.roster.get(id).filter(|entry| entry.person.profile.is_some());
        let entry = entry.ok_or(Failure::UnknownPerson)?;
        let row = rows::row(&world.roster, entry, now, &self.shelf.lists(), &[]);
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
        let lists = self.shelf.lists();
        let entries = lists.favourites().filter_map(|id| world.roster.get(id));
        let free = entries.filter(|entry| {
            entry.person.is_active() && world.roster.shown(&entry.person.id, now.zoom).state.is_free()
        });
        let rows = free.map(|entry| rows::row(&world.roster, entry, now, &lists, &[]));
        rows.filter(|row| row.number.is_some()).take(most).collect()
    }
}
