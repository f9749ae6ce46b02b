//! The right to do what one node does at a time.

use std::time::Duration;

use uuid::Uuid;

/// Who has a right, as the database says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lease {
    /// The node that has it.
    pub(crate) holder: Uuid,
    /// Whether that is the one that asked.
    pub(crate) mine: bool,
    /// How much longer the holder has it, by the database's clock: no node's own clock matters. Count from the
    /// moment at which the question was sent.
    pub(crate) left: Duration,
}
