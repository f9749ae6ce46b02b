//! The seam behind which the organisation's log is stored.
//!
//! A ledger keeps events in gap-free commit order, recognises repeated deliveries, and remembers what
//! the relay must know after a restart: a snapshot of the fold, how far the directory sweep is, and the
//! shape of deliveries that could not be read. It does not interpret events. [`SqliteLedger`] is the
//! implementation; `conformance` is the suite that every implementation must pass.

#[cfg(test)]
mod conformance;
mod error;
mod sqlite;

use std::collections::HashSet;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use rollcall_model::{Event, Logged, PersonId, Seq};

pub use error::LedgerError;
pub(crate) use sqlite::SqliteLedger;

/// SHA-256 of a delivery's content.
pub(crate) type Digest = [u8; 32];

/// What is to be appended as one: the events of a delivery of Zoom, or of an answer to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Arrival {
    /// What recognises a repeat; nothing for what was asked for.
    pub(crate) digest: Option<Digest>,
    /// The events, in the order in which they get their places.
    pub(crate) events: Vec<Event>,
}

/// What one group commit did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Appended {
    /// The events with their places.
    pub(crate) logged: Vec<Logged>,
    /// How many deliveries were repeats.
    pub(crate) repeats: u64,
}

/// Which positions a ledger can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    /// Events up to here were compacted away.
    pub(crate) floor: Seq,
    /// The last position.
    pub(crate) head: Seq,
}

/// A stage of a directory sweep, in the order in which they come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Listing people in use.
    Active,
    /// Listing people whom an admin deactivated.
    Inactive,
    /// Listing people who were invited.
    Pending,
    /// Listing users of the phone system.
    Phones,
    /// Done; who was not listed is gone.
    Finished,
}

/// How far a directory sweep is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Checkpoint {
    /// Counts sweeps from 1.
    pub(crate) number: i64,
    /// When the sweep began; whole milliseconds.
    pub(crate) started_at: DateTime<Utc>,
    /// What is being listed.
    pub(crate) step: Step,
    /// Zoom's token of the next page; nothing at the first.
    pub(crate) page: Option<String>,
    /// When a sweep last finished; whole milliseconds.
    pub(crate) finished_at: Option<DateTime<Utc>>,
}

/// Why a delivery was set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OddityKind {
    /// It was no delivery of Zoom's form.
    Malformed,
    /// It names an event that the relay does not know.
    Unknown,
}

/// A delivery that could not be read: what it looked like, without any value of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Oddity {
    /// When it came; whole milliseconds.
    pub heard_at: DateTime<Utc>,
    /// Why it was set aside.
    pub kind: OddityKind,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its structure: field names, types and sizes.
    pub shape: String,
}

/// How many oddities a ledger keeps: the first ones.
pub(crate) const ODDITIES_KEPT: i64 = 100;

/// Where the log is stored. One relay writes to it at a time.
#[async_trait]
pub(crate) trait Ledger: Send + Sync + 'static {
    /// The name of the log, the same for as long as its positions mean the same.
    fn name(&self) -> &str;

    /// Which positions can be told.
    async fn span(&self) -> Result<Span, LedgerError>;

    /// Commits arrivals in order, durably; leaves out those whose digest was heard before.
    async fn append(&self, arrivals: &[Arrival], now: DateTime<Utc>) -> Result<Appended, LedgerError>;

    /// At most `limit` events after `after`, in order.
    async fn tail(&self, after: Seq, limit: u32) -> Result<Vec<Logged>, LedgerError>;

    /// Opens a snapshot of position `seq`; one that was opened before and not closed is dropped.
    async fn open_snapshot(&self, seq: Seq) -> Result<(), LedgerError>;

    /// Adds a part, counted from 0, to the open snapshot of `seq`.
    async fn add_part(&self, seq: Seq, part: i64, body: &str) -> Result<(), LedgerError>;

    /// Makes the open snapshot of `seq` the one that counts, and drops all others.
    async fn close_snapshot(&self, seq: Seq) -> Result<(), LedgerError>;

    /// The position of the snapshot that counts.
    async fn snapshot(&self) -> Result<Option<Seq>, LedgerError>;

    /// A part of a snapshot; nothing after the last.
    async fn part(&self, seq: Seq, part: i64) -> Result<Option<String>, LedgerError>;

    /// Forgets events up to `upto`; tells how many went. Never goes beyond the snapshot that counts.
    async fn compact(&self, upto: Seq) -> Result<u64, LedgerError>;

    /// Forgets digests of deliveries that were heard before `horizon`; tells how many went.
    async fn forget_deliveries(&self, horizon: DateTime<Utc>) -> Result<u64, LedgerError>;

    /// How far the directory sweep is; nothing before the first.
    async fn checkpoint(&self) -> Result<Option<Checkpoint>, LedgerError>;

    /// Remembers how far the sweep is together with whom its last page listed.
    async fn keep_checkpoint(&self, at: &Checkpoint, listed: &[PersonId]) -> Result<(), LedgerError>;

    /// Everybody whom sweep `number` has listed.
    async fn listed(&self, number: i64) -> Result<HashSet<PersonId>, LedgerError>;

    /// Keeps an oddity if it is one of the first [`ODDITIES_KEPT`].
    async fn keep_oddity(&self, oddity: &Oddity) -> Result<(), LedgerError>;

    /// The oddities that were kept, the first first.
    async fn oddities(&self) -> Result<Vec<Oddity>, LedgerError>;

    /// Ends all use of the storage and leaves it in one piece.
    async fn close(&self);
}
