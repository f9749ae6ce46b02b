//! The seam by which nodes of one organisation hear of each other.
//!
//! A bus only saves time: what it loses is read from the ledger. It tells what was committed elsewhere, and it
//! takes desks' wishes to the node that asks Zoom. [`Alone`] is for a relay that is the only one, [`NatsBus`] for
//! all others.

#[cfg(test)]
mod conformance;
mod letter;
mod nats;

use async_trait::async_trait;
use rollcall_model::{Logged, PersonId, Seq};
use rollcall_wire::relay::RelayState;
use tokio::sync::mpsc;

use crate::waits::Waiting;
pub(crate) use letter::MOST_WISHES;
pub use nats::BusError;
pub(crate) use nats::NatsBus;

/// What another node committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// These events.
    Events(Vec<Logged>),
    /// Events up to here, which are in the ledger.
    Head(Seq),
    /// Something, perhaps: the bus was away, or more came than could be taken.
    Gap,
}

/// Whether the others can be heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// There are no others.
    Nobody,
    /// What they tell arrives as a rule.
    Others,
    /// The bus is away.
    CutOff,
}

/// Where what others tell arrives; both ends are bounded.
#[derive(Debug)]
pub(crate) struct Ears {
    /// What others committed.
    pub(crate) log: mpsc::Receiver<Told>,
    /// Whose presence people at desks of other nodes wait for.
    pub(crate) wishes: mpsc::Receiver<Vec<PersonId>>,
    /// How the leader stands with Zoom.
    pub(crate) stands: mpsc::Receiver<RelayState>,
    /// For whom people at desks of other nodes wait.
    pub(crate) waits: mpsc::Receiver<Waiting>,
}

/// How nodes of one organisation hear of each other.
#[async_trait]
pub(crate) trait Bus: Send + Sync + 'static {
    /// Whether the others can be heard now.
    fn reach(&self) -> Reach;

    /// Tells the others what was committed here; lost when the bus is away.
    async fn tell(&self, committed: &[Logged]);

    /// Tells the others whose presence is wanted here, most wanted first; lost when the bus is away, and all
    /// beyond a bound is left out.
    async fn wish(&self, people: &[PersonId]);

    /// Tells the others how the leader stands with Zoom; lost when the bus is away, and told again soon.
    async fn stand(&self, state: &RelayState);

    /// Tells the others for whom somebody at a desk here waits; lost when the bus is away, and told again soon.
    async fn wait(&self, waiting: &Waiting);

    /// Ends all use of the bus.
    async fn close(&self);
}

/// The bus of a relay that is the only one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Alone;

#[async_trait]
impl Bus for Alone {
    fn reach(&self) -> Reach {
        Reach::Nobody
    }

    async fn tell(&self, _committed: &[Logged]) {}

    async fn wish(&self, _people: &[PersonId]) {}

    async fn stand(&self, _state: &RelayState) {}

    async fn wait(&self, _waiting: &Waiting) {}

    async fn close(&self) {}
}

impl Ears {
    /// Ears that hear nothing.
    pub(crate) fn deaf() -> Self {
        let ((_, log), (_, wishes)) = (mpsc::channel(1), mpsc::channel(1));
        let ((_, stands), (_, waits)) = (mpsc::channel(1), mpsc::channel(1));
        Self { log, wishes, stands, waits }
    }
}
