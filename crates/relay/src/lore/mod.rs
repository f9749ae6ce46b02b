//! What an organisation tells of its people and of itself, beside what Zoom tells: skills with levels, languages,
//! working hours, other names; its own words for the same; its policy.
//!
//! It is kept by e-mail address in a place of its own, for Zoom cannot be asked for it again, and so that whoever
//! comes into the directory later is known then. The command line changes it beside a relay that runs; the node that
//! leads tells the log what changed ([`teach`]). It knows no HTTP and no file: [`sheet`] reads those.

#[cfg(test)]
mod conformance;
mod patch;
pub mod sheet;
mod store;
mod teach;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use rollcall_model::{Expertise, Latest, Policy, search::Synonyms};

pub use patch::Patch;
pub(crate) use store::{PostgresLore, SqliteLore};
pub(crate) use teach::teach;

use crate::ledger::LedgerError;

/// What was taken back is remembered so long, so that whoever leads hears of it.
pub(crate) const TAKEN_BACK_KEPT: TimeDelta = TimeDelta::days(30);

/// What is told of whoever has an e-mail address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The address, in lower case.
    pub email: String,
    /// What is told; nothing of whom it was taken back.
    pub expertise: Expertise,
    /// When it was told; whole milliseconds.
    pub at: DateTime<Utc>,
    /// The number of the change with which it was told.
    pub(crate) change: i64,
}

/// A place among all changes: everything up to this address of this change is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Known {
    pub(crate) change: i64,
    pub(crate) email: String,
}

impl Known {
    /// Everything up to a change and of this change is known. No address is empty.
    pub(crate) const fn up_to(change: i64) -> Self {
        Self { change: change + 1, email: String::new() }
    }
}

/// What came of an import.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Imported {
    /// Of how many people something else is told than before.
    pub changed: u64,
    /// Of how many the same.
    pub unchanged: u64,
    /// Of how many nothing is told any more.
    pub removed: u64,
}

/// Where it is kept what an organisation tells. Every verb is one transaction.
#[async_trait]
pub(crate) trait Lore: Send + Sync + 'static {
    /// The number of the last change, which grows with each; 0 before the first.
    async fn last_change(&self) -> Result<i64, LedgerError>;

    /// At most `limit` people of whom something was told, or taken back, after `known`, in the order of changes and
    /// addresses.
    async fn changes(&self, known: &Known, limit: u32) -> Result<Vec<Told>, LedgerError>;

    /// What is told of those addresses; left out of whom nothing ever was.
    async fn of(&self, emails: &[String]) -> Result<Vec<Told>, LedgerError>;

    /// Takes in what patches tell, or does nothing at all. When `anew`, everything is forgotten that they do not
    /// tell. What was taken back before `horizon` is put away.
    async fn import(
        &self,
        patches: &[Patch],
        anew: bool,
        now: DateTime<Utc>,
        horizon: DateTime<Utc>,
    ) -> Result<Imported, LedgerError>;

    /// The organisation's own words; nothing before some were told.
    async fn synonyms(&self) -> Result<Option<Latest<Synonyms>>, LedgerError>;

    /// Takes these words in place of those before; tells whether they are others.
    async fn keep_synonyms(&self, synonyms: &Synonyms, now: DateTime<Utc>) -> Result<bool, LedgerError>;

    /// What it asks of those who call its experts; nothing before something was told.
    async fn policy(&self) -> Result<Option<Latest<Policy>>, LedgerError>;

    /// Takes this policy in place of the one before; tells whether it is another.
    async fn keep_policy(&self, policy: &Policy, now: DateTime<Utc>) -> Result<bool, LedgerError>;

    /// Forgets everything, so that nothing of it can be read any more.
    async fn forget_all(&self) -> Result<(), LedgerError>;

    /// Ends all use of the storage.
    async fn close(&self);
}
