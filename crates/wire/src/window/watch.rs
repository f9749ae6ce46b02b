//! Watches: being told when somebody is free.

use chrono::{DateTime, Utc};
use rollcall_model::{PersonId, PhoneNumber};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Only;

/// Whom to watch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "whom", rename_all = "snake_case")]
pub enum WatchWish {
    /// This person.
    Person {
        /// Who.
        #[ts(type = "string")]
        person: PersonId,
    },
    /// Anyone whom this search finds, now or while the watch runs.
    Search {
        /// As it was typed.
        text: String,
        /// Among whom. "Free" is what is waited for, and counts as "Everyone".
        only: Only,
    },
}

/// A watch that runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Watch {
    /// Its id.
    pub id: String,
    /// Whom it waits for.
    pub wish: WatchWish,
    /// The name of the person, or nothing for a search.
    pub name: String,
    /// How many people it waits for.
    pub members: u32,
    /// When it ends by itself.
    #[ts(type = "string")]
    pub ends_at: DateTime<Utc>,
    /// Who is free and told of.
    pub raised: Option<Raised>,
    /// Whether somebody is being called because of it.
    pub calling: bool,
}

/// Somebody whom a watch tells of: they are free.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Raised {
    /// Who.
    #[ts(type = "string")]
    pub person: PersonId,
    /// The name.
    pub name: String,
    /// The job title, or nothing.
    pub title: String,
    /// The department, or nothing.
    pub department: String,
    /// The number that a call would dial.
    #[ts(type = "string | null")]
    pub number: Option<PhoneNumber>,
}

/// What the person at the desk wants of a watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum WatchChoice {
    /// Not this one: the next who is free.
    Next,
    /// No more of it.
    Stop,
}
