//! What a change did, for the words in which it is told and undone.

use rollcall_wire::window::{ListChange, ListDeed};

use super::{Group, Lists};
use crate::count::narrow;

/// What a change did to the lists; nothing for one that is not undone. `name` is that of the person it is about.
pub(crate) fn deed(change: &ListChange, before: &Lists, after: &Lists, name: String) -> Option<ListDeed> {
    let folder = |lists: &Lists, id: &str| {
        let folder = lists.folders().iter().find(|folder| folder.id == id);
        folder.map(|folder| folder.name.clone()).unwrap_or_default()
    };
    let group = |lists: &Lists, id: &str| lists.group(id).map(|it| it.name.clone()).unwrap_or_default();
    Some(match change {
        ListChange::MoveFavourite { person, .. } => {
            let [was, is] = [before, after].map(|lists| lists.folder_of(person));
            let elsewhere = was.map(|folder| &folder.id) != is.map(|folder| &folder.id);
            let folder = is.map(|folder| folder.name.clone()).unwrap_or_default();
            ListDeed::FavouriteMoved { name, elsewhere, folder }
        }
        ListChange::MakeFolder { .. } => {
            let made = after.folders().last().map(|folder| folder.name.clone());
            ListDeed::FolderMade { name: made.unwrap_or_default() }
        }
        ListChange::RenameFolder { id, .. } => ListDeed::FolderRenamed { name: folder(after, id) },
        ListChange::FoldFolder { .. } => return None,
        ListChange::MoveFolder { id, .. } => ListDeed::FolderMoved { name: folder(after, id) },
        ListChange::RemoveFolder { id } => ListDeed::FolderRemoved { name: folder(before, id) },
        ListChange::AddGroups { groups } => {
            let added: &[Group] = after.groups().get(before.groups().len()..).unwrap_or_default();
            let name = added.first().map(|group| group.name.clone()).unwrap_or_default();
            ListDeed::GroupsAdded { name, count: narrow(groups.len()) }
        }
        ListChange::RenameGroup { id, .. } => ListDeed::GroupRenamed { name: group(after, id) },
        ListChange::MoveGroup { id, .. } => ListDeed::GroupMoved { name: group(after, id) },
        ListChange::RemoveGroup { id } => ListDeed::GroupRemoved { name: group(before, id) },
        ListChange::ClearRecents => ListDeed::RecentsCleared,
    })
}
