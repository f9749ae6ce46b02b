//! The app was removed at Zoom: everything got from there is deleted, and nothing is kept until Zoom answers to its
//! credentials again. An access token may outlive the app for a moment; therefore Zoom is not asked at once.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use rollcall_model::{Roster, Seq};
use rollcall_wire::Failure;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{core::Core, fold::Fold, ledger::LedgerError, state::Part};

/// So long Zoom is not asked anything after the app was removed.
const REST: TimeDelta = TimeDelta::minutes(1);
/// How often it is looked whether that is over.
const LOOK: Duration = Duration::from_secs(1);

/// Whether the app is removed, and what waits for it.
#[derive(Debug, Default)]
pub(crate) struct Removal {
    since: Mutex<Option<DateTime<Utc>>>,
    /// Zoom said over its own connection that the app was removed.
    pub(crate) told: Notify,
    /// Another log took the place of this one: whoever runs the organisation opens it anew.
    pub(crate) replaced: CancellationToken,
}

impl Removal {
    /// Whether the app is removed as far as this node knows.
    pub(crate) fn is_removed(&self) -> bool {
        self.since().is_some()
    }

    fn since(&self) -> Option<DateTime<Utc>> {
        *self.since.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Core {
    /// Deletes everything that was got from Zoom. This core is of no use afterwards.
    pub(crate) async fn forget(&self) -> Result<(), LedgerError> {
        self.lore.forget_all().await?;
        match self.ledger.forget_all(self.clock.now()).await {
            // Another node was quicker, or this was told twice.
            Ok(()) | Err(LedgerError::Replaced) => {}
            Err(error) => return Err(error),
        }
        tracing::warn!("the app was removed at Zoom: everything got from there was deleted");
        self.leave();
        Ok(())
    }

    /// Another log took the place of this one: forgets what is in memory, and waits to be replaced.
    pub(crate) fn leave(&self) {
        self.fold.replace(Fold::new(Roster::default(), Seq::START));
        self.removal.replaced.cancel();
    }

    /// Takes over from the ledger whether the app is removed.
    pub(crate) async fn look_for_removal(&self) -> Result<(), LedgerError> {
        self.removed_since(self.ledger.removed_at().await?);
        Ok(())
    }

    /// Since then the app is removed; or it is not.
    pub(crate) fn removed_since(&self, since: Option<DateTime<Utc>>) {
        *self.removal.since.lock().unwrap_or_else(PoisonError::into_inner) = since;
        if since.is_some() {
            self.state.failed(Part::App, Failure::AppRemoved);
        } else {
            self.state.works(Part::App);
        }
    }

    /// Zoom answers to the organisation's credentials.
    pub(crate) async fn zoom_answers(&self) -> Result<(), LedgerError> {
        if !self.removal.is_removed() {
            return Ok(());
        }
        self.ledger.note_return().await?;
        tracing::info!("Zoom answers again: the app is back");
        self.look_for_removal().await
    }

    /// Waits until Zoom may be asked.
    pub(crate) async fn rest_after_removal(&self) {
        let Some(since) = self.removal.since() else { return };
        // A clock that is set, and a computer that slept, are noticed soon.
        while (self.clock.now() - since).abs() < REST
            && self.stop.run_until_cancelled(tokio::time::sleep(LOOK)).await.is_some()
        {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::tests::idle;

    #[tokio::test]
    async fn nothing_is_removed_any_more_when_zoom_answers_again() {
        let folder = tempfile::tempdir().unwrap();
        let before = idle(folder.path()).await;
        before.forget().await.unwrap();
        assert!(before.removal.replaced.is_cancelled());
        before.ledger.close().await;
        let core = idle(folder.path()).await;
        core.look_for_removal().await.unwrap();
        assert!(core.removal.is_removed());
        assert_eq!(core.state.now().failures, [Failure::AppRemoved]);

        core.zoom_answers().await.unwrap();

        assert!(!core.removal.is_removed() && core.state.now().failures.is_empty());
        assert_eq!(core.ledger.removed_at().await.unwrap(), None);
    }
}
