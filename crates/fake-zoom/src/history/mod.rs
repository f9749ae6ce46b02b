//! Calls that are over, and the shapes in which Zoom's replies and events report them.

pub(crate) mod legacy;
pub(crate) mod report;

use std::collections::VecDeque;

use crate::{
    calls::{Call, CallId},
    org::PersonIx,
};

/// How many calls are remembered; older ones are forgotten.
const REMEMBERED: usize = 50_000;

/// Finished calls in the order they ended.
#[derive(Debug, Default)]
pub(crate) struct History {
    calls: VecDeque<Call>,
    /// How many have been forgotten: the position of the first one kept.
    forgotten: u64,
}

impl History {
    /// Files a finished call.
    pub(crate) fn file(&mut self, call: Call) {
        if self.calls.len() == REMEMBERED {
            self.calls.pop_front();
            self.forgotten += 1;
        }
        self.calls.push_back(call);
    }

    /// All calls, the newest first.
    pub(crate) fn newest_first(&self) -> impl Iterator<Item = &Call> {
        self.calls.iter().rev()
    }

    /// A person's calls with their positions, the oldest first, from a position on.
    pub(crate) fn of_person_since(&self, ix: PersonIx, position: u64) -> impl Iterator<Item = (u64, &Call)> {
        let skipped = usize::try_from(position.saturating_sub(self.forgotten)).unwrap_or(usize::MAX);
        let first = self.forgotten + skipped as u64;
        (first..)
            .zip(self.calls.iter().skip(skipped))
            .filter(move |(_, call)| call.people().any(|one| one == ix))
    }

    /// The position the next call will have.
    pub(crate) fn end(&self) -> u64 {
        self.forgotten + self.calls.len() as u64
    }

    /// Finds a call by a text that belongs to it.
    pub(crate) fn find(&self, belongs: impl Fn(&Call) -> bool) -> Option<&Call> {
        self.newest_first().find(|call| belongs(call))
    }

    /// Finds a call by its id.
    pub(crate) fn get(&self, id: CallId) -> Option<&Call> {
        self.find(|call| call.id == id)
    }
}
