//! Telephone calls: what they are, how they move, and what is due next.

pub(crate) mod agenda;
mod apply;
pub(crate) mod call;
pub(crate) mod moves;
pub(crate) mod script;

pub use call::CallId;
pub(crate) use call::{Call, End, LegState, Outcome, State};
pub(crate) use moves::Happening;
pub use moves::{CallMove, MoveError};
