//! The session, from the moment it is open: the window comes up while 100,000 people are still being read.

use std::sync::Arc;

use rollcall_wire::Failure;
use tokio::sync::SetOnce;

use super::Session;

/// Where commands wait for the session. Clones share one.
#[derive(Clone, Default)]
pub(crate) struct Entrance(Arc<SetOnce<Result<Session, Failure>>>);

impl Entrance {
    /// Lets in whoever waits; only the first outcome counts.
    pub(crate) fn open(&self, outcome: Result<Session, Failure>) {
        if self.0.set(outcome).is_err() {
            tracing::error!("the session was opened twice");
        }
    }

    /// The session, once it is open; or why it never will be.
    pub(crate) async fn session(&self) -> Result<&Session, Failure> {
        self.0.wait().await.as_ref().map_err(Clone::clone)
    }

    /// The session, if it is open.
    pub(crate) fn now(&self) -> Option<&Session> {
        self.0.get().and_then(|outcome| outcome.as_ref().ok())
    }
}
