//! The rule by which late, repeated and shuffled reports change nothing.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A value and the time at which it was true.
///
/// Joining two of them keeps the later one; of two with the same time, the greater value. The join is
/// commutative, associative and idempotent, so any order and any repetition of reports ends in the
/// same state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Latest<T> {
    /// When it was true (the time of the event, never of its arrival).
    pub as_of: DateTime<Utc>,
    /// What was true.
    #[serde(flatten)]
    pub value: T,
}

impl<T> Latest<T> {
    /// Dates a value.
    pub const fn new(as_of: DateTime<Utc>, value: T) -> Self {
        Self { as_of, value }
    }
}

/// Takes `heard` into `known` if it is newer; tells whether `known` changed.
pub(crate) fn learn<T: Ord>(known: &mut Option<Latest<T>>, heard: Latest<T>) -> bool {
    let news = known.as_ref().is_none_or(|known| heard > *known);
    if news {
        *known = Some(heard);
    }
    news
}
