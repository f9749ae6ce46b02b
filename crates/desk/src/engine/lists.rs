//! The person's own lists at work: changed, undone, written, and told to the window.

use std::sync::{Arc, Mutex};

use arc_swap::ArcSwap;
use chrono::{DateTime, Utc};
use rollcall_model::PersonId;
use rollcall_wire::{
    Failure,
    window::{self as contract, GroupOffer, ListChange, ListDeed, OfferedGroups, Only, Recent},
};

use super::Desk;
use crate::{
    count::narrow,
    lists::{Group, History, Lists, Recents, Step, deed, share},
    question::asks_for_free,
    sync::{hold, read},
};

/// The lists of the person at the desk, at hand.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    history: Mutex<History>,
    lists: ArcSwap<Lists>,
    recents: ArcSwap<Recents>,
    /// Held while something is written: of two changes the later one ends on the disk.
    writing: tokio::sync::Mutex<()>,
}

impl Shelf {
    pub(super) fn new(lists: Lists, recents: Recents) -> Self {
        let (lists, recents) = (ArcSwap::from_pointee(lists), ArcSwap::from_pointee(recents));
        Self { lists, recents, ..Self::default() }
    }

    pub(super) fn lists(&self) -> Arc<Lists> {
        self.lists.load_full()
    }

    pub(super) fn recents(&self) -> Arc<Recents> {
        self.recents.load_full()
    }

    /// Puts changed lists in place of these; what was done can be undone when it has a name.
    fn change(
        &self,
        change: impl FnOnce(&Lists) -> Result<Lists, Failure>,
        deed: impl FnOnce(&Lists, &Lists) -> Option<ListDeed>,
    ) -> Result<Option<ListDeed>, Failure> {
        let mut history = hold(&self.history);
        let before = self.lists();
        let after = Arc::new(change(&before)?);
        if after == before {
            return Ok(None);
        }
        let done = deed(&before, &after);
        if let Some(done) = done.clone() {
            history.did(done, Step::Lists(before, Arc::clone(&after)));
        }
        self.lists.store(after);
        Ok(done)
    }

    /// Notes a meeting; tells whether it is news.
    pub(super) fn note(&self, person: &PersonId, recent: Recent) -> bool {
        let with = |recents: &Arc<Recents>| {
            recents.with(person, recent).map_or_else(|| Arc::clone(recents), Arc::new)
        };
        self.recents.rcu(with).is_news(person, recent)
    }

    /// Forgets with whom the person had to do.
    fn forget(&self, now: DateTime<Utc>) -> Option<ListDeed> {
        let mut history = hold(&self.history);
        let before = self.recents.swap(Arc::new(Recents::forgotten(now)));
        before.iter().next()?;
        history.did(ListDeed::RecentsCleared, Step::Recents(before));
        Some(ListDeed::RecentsCleared)
    }

    fn undo(&self) -> Option<ListDeed> {
        let (deed, step) = hold(&self.history).undo()?;
        match step {
            Step::Lists(before, _) => self.show(&before),
            Step::Recents(forgotten) => {
                self.recents.rcu(|recents| recents.with_forgotten(&forgotten));
            }
        }
        Some(deed)
    }

    fn redo(&self, now: DateTime<Utc>) -> Option<ListDeed> {
        let (deed, step) = hold(&self.history).redo()?;
        match step {
            Step::Lists(_, after) => self.show(&after),
            Step::Recents(_) => self.recents.store(Arc::new(Recents::forgotten(now))),
        }
        Some(deed)
    }

    fn show(&self, lists: &Lists) {
        self.lists.rcu(|shown| lists.folded_as(shown));
    }
}

impl Desk {
    pub(super) async fn favourite(&self, id: &PersonId, on: bool) -> Result<(), Failure> {
        if on && read(&self.world).roster.get(id).is_none() {
            return Err(Failure::UnknownPerson);
        }
        let name = self.name_of(id);
        let deed = if on { ListDeed::FavouriteAdded { name } } else { ListDeed::FavouriteRemoved { name } };
        self.shelf.change(|lists| lists.with_favourite(id, on), |_, _| Some(deed))?;
        self.keep_lists().await
    }

    /// Changes the lists; gives what was done, when that can be undone. It holds even when it cannot be written:
    /// that is told of, and tried again.
    pub(super) async fn arrange(&self, change: &ListChange) -> Result<Option<ListDeed>, Failure> {
        let now = self.zoom_now();
        if *change == ListChange::ClearRecents {
            let done = self.shelf.forget(now);
            self.keep_recents().await;
            return Ok(done);
        }
        let name = match change {
            ListChange::MoveFavourite { person, .. } => self.name_of(person),
            _ => String::new(),
        };
        let new_id = || self.new_id(now);
        let done = self.shelf.change(
            |lists| lists.changed(change, new_id),
            |before, after| deed(change, before, after, name),
        )?;
        self.keep_lists().await.ok();
        Ok(done)
    }

    /// Takes back what was done last; gives what that was.
    pub(super) async fn undo(&self) -> Option<ListDeed> {
        let undone = self.shelf.undo()?;
        self.keep_all_lists().await;
        Some(undone)
    }

    /// Does again what was undone last; gives what that was.
    pub(super) async fn redo(&self) -> Option<ListDeed> {
        let done = self.shelf.redo(self.zoom_now())?;
        self.keep_all_lists().await;
        Some(done)
    }

    /// The lists as the window shows them.
    pub(super) fn lists(&self) -> contract::Lists {
        let (lists, counts) = (self.shelf.lists(), self.groups.counts());
        let folders = lists.folders().iter().map(|folder| contract::Folder {
            id: folder.id.clone(),
            name: folder.name.clone(),
            folded: folder.folded,
            people: narrow(folder.people.len()),
        });
        let groups = lists.groups().iter().map(|group| contract::Group {
            id: group.id.clone(),
            name: group.name.clone(),
            text: group.text.clone(),
            only: group.only,
            only_free: group.only == Only::Free || asks_for_free(&group.text),
            count: counts.get(&group.id).copied(),
        });
        let history = hold(&self.shelf.history);
        let (undo, redo) = history.next();
        contract::Lists {
            loose: narrow(lists.loose().len()),
            folders: folders.collect(),
            groups: groups.collect(),
            undo: undo.cloned(),
            redo: redo.cloned(),
        }
    }

    /// The link that offers a group to others.
    pub(super) fn group_link(&self, id: &str) -> Result<String, Failure> {
        let lists = self.shelf.lists();
        lists.group(id).map(|group| share::write_link(&offer(group))).ok_or(Failure::NotInTheLists)
    }

    /// The file that offers these groups to others, in the order of the list; all of them when none is named.
    pub(super) fn groups_file(&self, ids: &[String]) -> Result<String, Failure> {
        let lists = self.shelf.lists();
        let wanted = lists.groups().iter().filter(|group| ids.is_empty() || ids.contains(&group.id));
        let offers: Vec<GroupOffer> = wanted.map(offer).collect();
        if offers.is_empty() { Err(Failure::NotInTheLists) } else { Ok(share::write_file(&offers)) }
    }

    /// What of a file of groups can be added, and why the rest cannot.
    pub(super) fn read_groups(&self, text: &str) -> Result<OfferedGroups, Failure> {
        share::read_file(text, &self.shelf.lists())
    }

    /// Searches may find others than they did.
    pub(super) fn others_are_found(&self) {
        self.watches.others_are_found();
        self.groups.others_are_found();
    }

    /// Searches among these may find others than they did: groups that look elsewhere are not looked for again.
    fn others_are_found_among(&self, only: Only) {
        self.watches.others_are_found();
        if self.shelf.lists().groups().iter().any(|group| group.only == only) {
            self.groups.others_are_found();
        } else {
            self.groups.wake();
        }
    }

    /// Writes the lists as they are now, and tells the window.
    async fn keep_lists(&self) -> Result<(), Failure> {
        self.others_are_found_among(Only::Favourites);
        self.outbox.lists();
        let _turn = self.shelf.writing.lock().await;
        let written = self.mine.put_lists(&self.shelf.lists()).await;
        self.own_written(written)
    }

    /// The same of whom the person had to do with. What could not be written is told of, and kept at hand.
    pub(super) async fn keep_recents(&self) {
        self.others_are_found_among(Only::Recents);
        self.outbox.lists();
        let _turn = self.shelf.writing.lock().await;
        let written = self.mine.put_recents(&self.shelf.recents()).await;
        self.own_written(written).ok();
    }

    /// Writes the lists once more: a task that ends may have been about to.
    pub(super) async fn finish_lists(&self) {
        let (lists, recents) = (self.shelf.lists(), self.shelf.recents());
        for written in [self.mine.put_lists(&lists).await, self.mine.put_recents(&recents).await] {
            if let Err(trouble) = written {
                tracing::warn!(%trouble, "The lists were not written at the end");
            }
        }
    }

    async fn keep_all_lists(&self) {
        self.keep_lists().await.ok();
        self.keep_recents().await;
    }

    fn name_of(&self, person: &PersonId) -> String {
        let world = read(&self.world);
        world.roster.get(person).map(|entry| entry.person.name()).unwrap_or_default()
    }
}

fn offer(group: &Group) -> GroupOffer {
    GroupOffer { name: group.name.clone(), text: group.text.clone(), only: group.only }
}
