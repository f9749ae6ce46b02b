//! The seam behind which the organisation's log is stored.
//!
//! A ledger keeps events in gap-free commit order, recognises repeated deliveries, and remembers what
//! the relay must know after a restart: a snapshot of the fold, how far the directory sweep is, and the
//! shape of deliveries that could not be read. It does not interpret events. [`SqliteLedger`] keeps it in a
//! file of this machine, [`PostgresLedger`] in a database for any number of nodes; `conformance` is the suite
//! that both must pass.

mod batch;
#[cfg(test)]
mod conformance;
mod digest;
mod error;
mod lease;
mod postgres;
mod sqlite;
mod words;

use std::{collections::HashSet, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use rollcall_model::{Event, Logged, PersonId, Seq};
use uuid::Uuid;

pub(crate) use digest::{Digest, Keys};
pub use error::LedgerError;
pub(crate) use lease::Lease;
pub(crate) use postgres::PostgresLedger;
pub(crate) use sqlite::SqliteLedger;

/// What is to be appended as one: the events of a delivery of Zoom, or of an answer to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Arrival {
    /// What recognises a repeat; [`Keys::NONE`] for what was asked for.
    pub(crate) keys: Keys,
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

/// The pause after the first failure of a ledger; it doubles with each further one.
const PAUSE: Duration = Duration::from_millis(250);
/// The longest pause: the database is near, and everybody waits for it.
const LONGEST_PAUSE: Duration = Duration::from_secs(3);

/// How many oddities a ledger keeps: the first ones.
pub(crate) const ODDITIES_KEPT: i64 = 100;

/// Where the log is stored.
#[async_trait]
pub(crate) trait Ledger: Send + Sync + 'static {
    /// The name of the log, the same for as long as its positions mean the same.
    fn name(&self) -> &str;

    /// Which positions can be told.
    async fn span(&self) -> Result<Span, LedgerError>;

    /// Commits arrivals in order, durably, and remembers their digests; leaves out those of which a digest was
    /// heard before. `commit` names the commit: after an error it may have happened or not, and when it is
    /// tried again under the same name, it has happened once.
    async fn append(
        &self,
        commit: Uuid,
        arrivals: &[Arrival],
        now: DateTime<Utc>,
    ) -> Result<Appended, LedgerError>;

    /// At most `limit` events after `after`, in order; those up to the floor are not told any more.
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

    /// Raises the floor to `upto`, though never beyond the snapshot that counts; tells by how much. What is
    /// stored together with events above the floor goes away together with them.
    async fn compact(&self, upto: Seq) -> Result<u64, LedgerError>;

    /// Forgets digests that were heard before `horizon`; tells how many went.
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

    /// Keeps what was told of the call queues, as JSON, in place of what was told before.
    async fn keep_queues(&self, body: &str) -> Result<(), LedgerError>;

    /// What was last told of the call queues; nothing before the first time.
    async fn queues(&self) -> Result<Option<String>, LedgerError>;

    /// Deletes everything so that nothing of it can be read any more, and lets a new log take this one's place: empty,
    /// under another name, noting that the app was removed at `now`. This ledger takes and tells nothing from then on
    /// ([`LedgerError::Replaced`]), wherever it is open.
    async fn forget_all(&self, now: DateTime<Utc>) -> Result<(), LedgerError>;

    /// When the app was removed whose log this is; nothing when it was not, or is back.
    async fn removed_at(&self) -> Result<Option<DateTime<Utc>>, LedgerError>;

    /// The app is back.
    async fn note_return(&self) -> Result<(), LedgerError>;

    /// Takes or keeps, for `term` from now, the right to do what `name` stands for and one node does at a time.
    async fn try_lease(&self, name: &str, holder: Uuid, term: Duration) -> Result<Lease, LedgerError>;

    /// Gives a right back that `holder` has; nothing changes when somebody else has it.
    async fn release(&self, name: &str, holder: Uuid) -> Result<(), LedgerError>;

    /// Ends all use of the storage and leaves it in one piece.
    async fn close(&self);
}

/// How long to wait before a ledger is asked again that failed so often in a row.
pub(crate) fn pause(failures: u32) -> Duration {
    (PAUSE * (1 << failures.saturating_sub(1).min(8))).min(LONGEST_PAUSE)
}

/// The events of those arrivals that are new, and how many are repeats. `claim` remembers a digest and tells
/// whether it was new; of two equal deliveries in one commit the first is new.
fn sift(arrivals: &[Arrival], mut claim: impl FnMut(Digest) -> bool) -> (Vec<&Event>, u64) {
    let mut events = Vec::with_capacity(arrivals.len());
    let mut repeats = 0;
    for arrival in arrivals {
        // Every digest is claimed, even when the first was known.
        let known = arrival.keys.iter().filter(|&digest| !claim(digest)).count();
        if known == 0 {
            events.extend(&arrival.events);
        } else {
            repeats += 1;
        }
    }
    (events, repeats)
}
