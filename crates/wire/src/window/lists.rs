//! The person's own lists: favourites in folders, and groups, which are searches that were saved.

use chrono::{DateTime, Utc};
use rollcall_model::PersonId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Only;
use crate::Failure;

/// The lists as they are now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Lists {
    /// How many favourites are in no folder.
    pub loose: u32,
    /// The folders of favourites, in their order.
    pub folders: Vec<Folder>,
    /// The groups, in their order.
    pub groups: Vec<Group>,
    /// What undoing would take back.
    pub undo: Option<ListDeed>,
    /// What doing again would bring back.
    pub redo: Option<ListDeed>,
}

/// A folder of favourites.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Folder {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it is shown without the people in it.
    pub folded: bool,
    /// How many people are in it.
    pub people: u32,
}

/// A search that was saved under a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Group {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What is searched for.
    pub text: String,
    /// Among whom.
    pub only: Only,
    /// Whether it lists only those who are free now: it is among them, or its text asks for them.
    pub only_free: bool,
    /// How many people it has; nothing before they were counted.
    pub count: Option<GroupCount>,
}

/// How many people a group has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct GroupCount {
    /// Whoever it finds, free or not.
    pub members: u32,
    /// Those of them who are free now.
    pub free: u32,
}

/// A change of the lists that is wished for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum ListChange {
    /// A favourite goes elsewhere.
    MoveFavourite {
        /// Who.
        #[ts(type = "string")]
        person: PersonId,
        /// Into which folder; nothing for none.
        folder: Option<String>,
        /// Before whom there; nothing for the end.
        #[ts(type = "string | null")]
        before: Option<PersonId>,
    },
    /// A folder is made, after the others.
    MakeFolder {
        /// Its name.
        name: String,
        /// A favourite who goes into it.
        #[ts(type = "string | null")]
        person: Option<PersonId>,
    },
    /// A folder gets another name.
    RenameFolder {
        /// Which.
        id: String,
        /// The name.
        name: String,
    },
    /// A folder is shown with or without the people in it. Not a thing to undo.
    FoldFolder {
        /// Which.
        id: String,
        /// Without them.
        folded: bool,
    },
    /// A folder goes elsewhere.
    MoveFolder {
        /// Which.
        id: String,
        /// Before which other one; nothing for the end.
        before: Option<String>,
    },
    /// A folder is removed; who is in it stays a favourite.
    RemoveFolder {
        /// Which.
        id: String,
    },
    /// Groups are added after the others: all of them or none.
    AddGroups {
        /// Which.
        groups: Vec<GroupOffer>,
    },
    /// A group gets another name.
    RenameGroup {
        /// Which.
        id: String,
        /// The name.
        name: String,
    },
    /// A group goes elsewhere.
    MoveGroup {
        /// Which.
        id: String,
        /// Before which other one; nothing for the end.
        before: Option<String>,
    },
    /// A group is removed.
    RemoveGroup {
        /// Which.
        id: String,
    },
    /// Whom the person at the desk had to do with is forgotten.
    ClearRecents,
}

/// What was done to the lists, and can be undone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "deed", rename_all = "snake_case")]
pub enum ListDeed {
    /// Somebody became a favourite.
    FavouriteAdded {
        /// The person's name.
        name: String,
    },
    /// Somebody is no favourite any more.
    FavouriteRemoved {
        /// The person's name.
        name: String,
    },
    /// A favourite went elsewhere.
    FavouriteMoved {
        /// The person's name.
        name: String,
        /// Whether it is in another folder than before, or in none.
        elsewhere: bool,
        /// The name of the folder that they are in, or nothing.
        folder: String,
    },
    /// A folder was made.
    FolderMade {
        /// Its name.
        name: String,
    },
    /// A folder got another name.
    FolderRenamed {
        /// The new name.
        name: String,
    },
    /// A folder went elsewhere.
    FolderMoved {
        /// Its name.
        name: String,
    },
    /// A folder was removed.
    FolderRemoved {
        /// Its name.
        name: String,
    },
    /// Groups were added.
    GroupsAdded {
        /// The name of the first.
        name: String,
        /// How many.
        count: u32,
    },
    /// A group got another name.
    GroupRenamed {
        /// The new name.
        name: String,
    },
    /// A group went elsewhere.
    GroupMoved {
        /// Its name.
        name: String,
    },
    /// A group was removed.
    GroupRemoved {
        /// Its name.
        name: String,
    },
    /// Whom the person at the desk had to do with was forgotten.
    RecentsCleared,
}

/// A group that is not among the person's own yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct GroupOffer {
    /// Its name.
    pub name: String,
    /// What it searches for.
    pub text: String,
    /// Among whom.
    pub only: Only,
}

/// What a link or a file of groups holds, before any of it is added.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OfferedGroups {
    /// Those that can be added.
    pub groups: Vec<GroupOffer>,
    /// Those that cannot.
    pub misfits: Vec<Misfit>,
}

/// A group of a file that cannot be added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Misfit {
    /// Which group of the file it is, counted from 1.
    pub nth: u32,
    /// Its name, as far as it can be read.
    pub name: String,
    /// Why.
    pub why: Failure,
}

/// When and how the person at the desk last had to do with somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Recent {
    /// How.
    pub how: Met,
    /// When.
    #[ts(type = "string")]
    pub at: DateTime<Utc>,
}

/// How the person at the desk had to do with somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Met {
    /// They were called from here.
    Called,
    /// They called.
    CalledBy,
    /// They were read about.
    Opened,
}
