//! Watches: "tell me when this person is free", "tell me when anyone of this search is".
//!
//! [`Board`] is a pure state machine: it is told who is seen free or busy and what the agent chose, and says
//! who is to be told of. Time comes in as an argument. It knows no roster, no index, no disk and no toast:
//! the engine looks at the world for it, and does what it says.
//!
//! **The rule.** A person is told of when all of this is so:
//! - they are shown free, by a report that is fresh and newer than the watch, and newer than the moment
//!   from which on news has come in without a gap;
//! - they were seen free, and nothing else, for [`STEADY`], without a gap in the news; so long ago their last
//!   call ended, too;
//! - they were not passed over since they were last seen busy;
//! - nobody else of the same watch is being told of, and nobody of it is being called.
//!
//! Of several the one goes first who has been free for longest; of equals the one whom the search ranks first. Who
//! is told of and no longer free is taken back, and the watch goes on.

mod board;
#[cfg(test)]
mod oracle;
mod running;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use rollcall_model::{Freshness, PersonId, Shown};
use rollcall_wire::window::Only;

pub(crate) use board::Board;

use crate::rows::Now;

/// Who is free for less is not told of.
pub(crate) const STEADY: TimeDelta = TimeDelta::seconds(5);

/// A wish to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Watch {
    pub(crate) id: String,
    pub(crate) whom: Whom,
    /// When it was set, by Zoom's clock: what was true before is old news.
    pub(crate) since: DateTime<Utc>,
    /// When it ends by itself, by this computer's clock.
    pub(crate) ends_at: DateTime<Utc>,
    /// Who was passed over, until they are seen busy.
    pub(crate) passed: BTreeSet<PersonId>,
    /// The call that it led to, until it is known whether it was answered.
    pub(crate) calling: Option<String>,
}

/// Whom a watch waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Whom {
    /// This person.
    Person(PersonId),
    /// Anyone whom this search finds, now or later.
    Search {
        /// As it was typed.
        text: String,
        /// Among whom.
        only: Only,
    },
}

/// How somebody who is free is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sight {
    /// When the report was true.
    pub(crate) as_of: DateTime<Utc>,
    /// When their last call ended, if that was a moment ago.
    pub(crate) off_call_at: Option<DateTime<Utc>>,
    /// Whether the report is fresh.
    pub(crate) fresh: bool,
}

/// What is so at the moment of a step.
pub(crate) struct Moment<'a> {
    pub(crate) now: Now,
    /// Says how a person is seen who is free; nothing of one who is not.
    pub(crate) eyes: &'a dyn Fn(&PersonId) -> Option<Sight>,
    /// Says what became of a call that a watch led to.
    pub(crate) call: &'a dyn Fn(&str) -> Fate,
    /// When the agent stopped talking, by Zoom's clock; nothing while they talk.
    pub(crate) hung_up_at: Option<DateTime<Utc>>,
    /// Names the stretch of time in which news has come in without a gap; nothing while none comes in.
    pub(crate) flow: Option<DateTime<Utc>>,
}

/// Whom Zoom is to be asked about because they are watched, best first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ToAsk {
    /// Who is free by old news only, of each watch some at a time: somebody may be told of as soon as they answer.
    pub(crate) confirm: Vec<PersonId>,
    /// Whose report is not fresh any more.
    pub(crate) faded: Vec<PersonId>,
}

/// What became of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It rings, or is about to.
    Open,
    /// They talk, or talked.
    Answered,
    /// Nobody picked up, or nothing was heard of it.
    Unanswered,
}

/// What changed by a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// This person is free: tell of them.
    Raised { watch: String, person: PersonId },
    /// The person who was told of is free no longer.
    Lowered { watch: String },
    /// What is kept of the watch is other than before.
    Changed { watch: String },
    /// The watch is over.
    Over { watch: String, why: Why },
}

/// Why a watch is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// Its time is up.
    Time,
    /// The agent's own call ended.
    HungUp,
    /// Somebody whom it told of picked up.
    Reached,
}

impl Sight {
    /// How a person is seen who is shown like that; nothing of one who is not free.
    pub(crate) fn of(shown: &Shown) -> Option<Self> {
        let as_of = shown.as_of.filter(|_| shown.state.is_free())?;
        Some(Self { as_of, off_call_at: shown.off_call_at, fresh: shown.freshness == Freshness::Fresh })
    }
}
