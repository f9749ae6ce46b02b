//! What is asked.

use std::sync::Arc;

use super::SlotSet;

/// A question, as typed, and how much of the answer is wanted.
#[derive(Clone, Debug)]
pub struct Question {
    /// What was typed; the first 256 bytes and twelve words of it count. Nothing finds everybody.
    pub text: String,
    /// Among whom.
    pub only: Only,
    /// How many of the best rows are left out of the answer.
    pub skip: usize,
    /// How many rows after them at most; the total is exact whatever the limit.
    pub limit: usize,
}

/// Among whom is searched.
#[derive(Clone, Debug, Default)]
pub enum Only {
    /// Everybody.
    #[default]
    Everyone,
    /// Those who are free now ([`crate::PresenceState::is_free`]).
    Free,
    /// These: favourites, a group.
    These(Arc<SlotSet>),
}
