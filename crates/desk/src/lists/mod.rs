//! The person's own lists, purely: favourites in their order and in folders, and groups, which are saved searches.
//!
//! [`Lists`] is a value: a change makes another one ([`Lists::changed`]), and what was is kept for undoing
//! ([`History`]). Nothing here knows a database, a window or the time.

mod change;
mod deed;
mod history;
mod names;
mod recents;
pub(crate) mod share;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use rollcall_model::PersonId;
use rollcall_wire::window::Only;

pub(crate) use deed::deed;
pub(crate) use history::{History, Step};
pub(crate) use names::{checked_name, checked_question};
pub(crate) use recents::Recents;

/// How many favourites there may be.
pub(crate) const MOST_FAVOURITES: u32 = 1_000;
/// How many folders.
pub(crate) const MOST_FOLDERS: u32 = 50;
/// How many groups.
pub(crate) const MOST_GROUPS: u32 = 50;

/// Favourites, each once, and groups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lists {
    /// The favourites in no folder; they stand before the others.
    loose: Vec<PersonId>,
    folders: Vec<Folder>,
    groups: Vec<Group>,
    /// In which folder each favourite is, counted from 0.
    places: HashMap<PersonId, Option<usize>>,
}

/// A folder of favourites.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Folder {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Whether it is shown without the people in it.
    pub(crate) folded: bool,
    pub(crate) people: Vec<PersonId>,
}

/// A search that was saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) only: Only,
}

impl Lists {
    /// Lists of these; of somebody who is there twice the first place counts.
    pub(crate) fn new(mut loose: Vec<PersonId>, mut folders: Vec<Folder>, groups: Vec<Group>) -> Self {
        let mut places = HashMap::new();
        loose.retain(|person| places.insert(person.clone(), None).is_none());
        for (nth, folder) in folders.iter_mut().enumerate() {
            folder.people.retain(|person| {
                let first = !places.contains_key(person);
                if first {
                    places.insert(person.clone(), Some(nth));
                }
                first
            });
        }
        Self { loose, folders, groups, places }
    }

    /// Whether somebody is a favourite.
    pub(crate) fn contains(&self, person: &PersonId) -> bool {
        self.places.contains_key(person)
    }

    /// The folder in which somebody is a favourite.
    pub(crate) fn folder_of(&self, person: &PersonId) -> Option<&Folder> {
        self.places.get(person).copied().flatten().and_then(|nth| self.folders.get(nth))
    }

    /// All favourites in their order.
    pub(crate) fn favourites(&self) -> impl Iterator<Item = &PersonId> {
        self.loose.iter().chain(self.folders.iter().flat_map(|folder| &folder.people))
    }

    /// The favourites in no folder.
    pub(crate) fn loose(&self) -> &[PersonId] {
        &self.loose
    }

    pub(crate) fn folders(&self) -> &[Folder] {
        &self.folders
    }

    pub(crate) fn groups(&self) -> &[Group] {
        &self.groups
    }

    pub(crate) fn group(&self, id: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.id == id)
    }

    /// The same, each folder shown as it is in `shown`: that is not a thing to undo.
    #[must_use]
    pub(crate) fn folded_as(&self, shown: &Self) -> Self {
        let mut same = self.clone();
        for folder in &mut same.folders {
            if let Some(known) = shown.folders.iter().find(|known| known.id == folder.id) {
                folder.folded = known.folded;
            }
        }
        same
    }
}
