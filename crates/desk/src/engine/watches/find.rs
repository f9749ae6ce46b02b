//! Finding whom watches wait for, now and while they run.

use std::sync::atomic::Ordering;

use chrono::TimeDelta;
use rollcall_model::PersonId;
use rollcall_wire::{
    Failure,
    window::{Only, WatchWish},
};

use super::{
    super::{Desk, finder::Among},
    facts::sight,
};
use crate::{
    question::without_free,
    rows::Now,
    sync::{hold, read},
    watch::{Watch, Whom},
};

/// The longest search that is kept, in characters.
const LONGEST_TEXT: usize = 256;
/// How soon after the last time it is looked again whom a search finds, when somebody's record changed.
const FIND_AGAIN: TimeDelta = TimeDelta::seconds(1);
/// How often it is looked again whom a search finds though nothing changed: some words depend on the time.
const FIND_ANYWAY: TimeDelta = TimeDelta::minutes(1);

impl Desk {
    /// Whom a wish means.
    pub(super) fn whom(&self, wish: WatchWish) -> Result<Whom, Failure> {
        match wish {
            WatchWish::Person { person } => {
                let known =
                    read(&self.world).roster.get(&person).is_some_and(|entry| entry.person.is_active());
                if known { Ok(Whom::Person(person)) } else { Err(Failure::UnknownPerson) }
            }
            WatchWish::Search { text, only } => {
                let text: String = text.trim().chars().take(LONGEST_TEXT).collect();
                if without_free(&text).is_empty() && !matches!(only, Only::Favourites | Only::Recents) {
                    return Err(Failure::BadField { field: "text".to_owned() });
                }
                // That somebody is free is waited for: it leaves nobody out.
                let only = if only == Only::Free { Only::Everyone } else { only };
                Ok(Whom::Search { text, only })
            }
        }
    }

    /// Finds anew whom the watches wait for, when that may be others.
    pub(super) fn find_watched(&self, now: Now) {
        let mut done = hold(&self.watches.done);
        let wait = if self.watches.stale.load(Ordering::Relaxed) { FIND_AGAIN } else { FIND_ANYWAY };
        if done.found.is_some_and(|found| (now.own - found).abs() < wait) {
            return;
        }
        done.found = Some(now.own);
        drop(done);
        self.watches.stale.store(false, Ordering::Relaxed);
        for Watch { id, whom, .. } in self.watches.kept() {
            self.find_members(&id, &whom, now);
        }
    }

    /// Finds whom this watch waits for.
    pub(super) fn find_members(&self, id: &str, whom: &Whom, now: Now) {
        let members = match whom {
            Whom::Person(person) => vec![person.clone()],
            Whom::Search { text, only } => {
                let (lists, recents) = (self.shelf.lists(), self.shelf.recents());
                let among = Among { only: *only, lists: &lists, recents: &recents };
                self.finder.members(&without_free(text), among)
            }
        };
        let world = read(&self.world);
        let free = |person: &PersonId| sight(&world.roster, person, now.zoom).is_some();
        hold(&self.watches.board).wait_for(id, members, now.zoom, free);
    }
}
