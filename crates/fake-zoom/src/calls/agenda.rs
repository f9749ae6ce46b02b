//! What calls will do by themselves, and when.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{CallId, CallMove};

/// Moves in the order they are due.
#[derive(Debug, Default)]
pub(crate) struct Agenda {
    due: BTreeMap<(DateTime<Utc>, u64), Due>,
    entered: u64,
}

/// One move that will happen unless somebody moves the call by hand first.
#[derive(Debug)]
pub(crate) struct Due {
    pub(crate) call: CallId,
    pub(crate) generation: u32,
    pub(crate) step: CallMove,
}

impl Agenda {
    /// Enters a move.
    pub(crate) fn enter(&mut self, at: DateTime<Utc>, due: Due) {
        self.entered += 1;
        self.due.insert((at, self.entered), due);
    }

    /// When the next move is due.
    pub(crate) fn due_at(&self) -> Option<DateTime<Utc>> {
        Some(self.due.first_key_value()?.0.0)
    }

    /// Takes the next move that is due by now, with the time it was due.
    pub(crate) fn next(&mut self, now: DateTime<Utc>) -> Option<(DateTime<Utc>, Due)> {
        let entry = self.due.first_entry()?;
        let at = entry.key().0;
        (at <= now).then(|| (at, entry.remove()))
    }
}
