//! How many people the groups have, and how many of them are free: counted beside everything else.
//!
//! Whom a group finds is looked for when records or groups changed, never because somebody is free or busy; who of
//! them is free is then counted from how they stand. The task rests for twenty times as long as it worked, so that
//! fifty groups among a hundred thousand people take a twentieth of a processor while everything changes, and
//! nothing while nothing does.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use arc_swap::ArcSwap;
use rollcall_wire::window::{GroupCount, Only};
use tokio::{
    sync::Notify,
    task,
    time::{self, Instant},
};

use super::{
    Desk,
    finder::{Among, Members},
};
use crate::{
    lists::Group,
    question::{asks_for_the_time, without_free},
};

/// How many times as long as it counted the task rests.
const RESTS: u32 = 20;

/// The counts of the groups, by their ids.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    counts: ArcSwap<HashMap<String, GroupCount>>,
    wake: Notify,
    /// Whether groups may find others than they did.
    stale: AtomicBool,
}

/// A group as it was looked for last, and whom it found.
struct Known {
    text: String,
    only: Only,
    members: Members,
}

impl Groups {
    /// The counts as they were made last.
    pub(super) fn counts(&self) -> Arc<HashMap<String, GroupCount>> {
        self.counts.load_full()
    }

    /// Groups may find others than they did.
    pub(super) fn others_are_found(&self) {
        self.stale.store(true, Ordering::Relaxed);
        self.wake();
    }

    /// Somebody is free who was not, or not any more.
    pub(super) fn wake(&self) {
        self.wake.notify_one();
    }
}

/// Counts until the task is dropped.
pub(crate) async fn run(desk: Arc<Desk>) {
    let mut known = HashMap::new();
    desk.groups.others_are_found();
    loop {
        desk.groups.wake.notified().await;
        let begun = Instant::now();
        desk.count_groups(&mut known).await;
        time::sleep((begun.elapsed() * RESTS).max(desk.timing.count)).await;
    }
}

impl Desk {
    /// Working time began or ended for somebody: groups that ask for it find others.
    pub(super) fn time_turned(&self) {
        if self.shelf.lists().groups().iter().any(|group| asks_for_the_time(&group.text)) {
            self.groups.others_are_found();
        }
    }

    async fn count_groups(&self, known: &mut HashMap<String, Known>) {
        let lists = self.shelf.lists();
        if self.groups.stale.swap(false, Ordering::Relaxed) {
            known.clear();
        }
        known.retain(|id, _| lists.group(id).is_some());
        let mut counts = HashMap::new();
        for group in lists.groups() {
            let valid = known.get(&group.id).is_some_and(|known| {
                known.text == group.text && known.only == group.only && self.finder.has(&known.members)
            });
            if !valid {
                known.insert(group.id.clone(), self.know(group));
                task::yield_now().await;
            }
            if let Some(Known { members, .. }) = known.get(&group.id) {
                counts.insert(group.id.clone(), members.count());
            }
        }
        if *self.groups.counts.load_full() != counts {
            self.groups.counts.store(Arc::new(counts));
            self.outbox.lists();
        }
    }

    /// Looks for whom a group finds, free or not.
    fn know(&self, group: &Group) -> Known {
        let only = if group.only == Only::Free { Only::Everyone } else { group.only };
        let among = Among { only, lists: &self.shelf.lists(), recents: &self.shelf.recents() };
        let members = self.finder.matching(&without_free(&group.text), among);
        Known { text: group.text.clone(), only: group.only, members }
    }
}
