//! The organisation that runs now: it is made anew when another log took the place of its log.

use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use crate::{core::Core, failure::doubled, organisation::Organisation};

/// Makes an organisation whose log was replaced anew, and deletes what is got from Zoom.
#[async_trait]
pub(crate) trait Maker: Send + Sync + 'static {
    /// Opens the log and starts all tasks; nothing when that is not possible now.
    async fn make(&self) -> Option<Organisation>;

    /// Deletes everything got from Zoom; tells whether that was done.
    async fn forget(&self, core: &Core) -> bool;
}

/// The organisation that runs now.
#[derive(Debug)]
pub(crate) struct Current(RwLock<Arc<Organisation>>);

impl Current {
    /// Begins with this one.
    pub(crate) fn new(organisation: Organisation) -> Arc<Self> {
        Arc::new(Self(RwLock::new(Arc::new(organisation))))
    }

    /// The one that runs now.
    pub(crate) fn now(&self) -> Arc<Organisation> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What its tasks share.
    pub(crate) fn core(&self) -> Arc<Core> {
        self.now().core.clone()
    }

    /// Replaces the organisation whenever its log was replaced, until `stop`.
    pub(crate) async fn keep(self: Arc<Self>, maker: Arc<dyn Maker>, stop: CancellationToken) {
        while stop.run_until_cancelled(self.until_replaced(&*maker)).await.is_some() {
            self.now().stop().await;
            let Some(next) = stop.run_until_cancelled(make(&*maker)).await else { return };
            *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
        }
    }

    /// Waits until another log took the place of the one there is, here or on another node.
    async fn until_replaced(&self, maker: &dyn Maker) {
        let core = self.core();
        let mut failures = 0;
        loop {
            tokio::select! {
                () = core.removal.replaced.cancelled() => return,
                () = core.removal.told.notified() => {}
            }
            while !core.removal.replaced.is_cancelled() && !maker.forget(&core).await {
                failures += 1;
                tokio::time::sleep(doubled(failures)).await;
            }
        }
    }
}

async fn make(maker: &dyn Maker) -> Organisation {
    let mut failures = 0;
    loop {
        if let Some(organisation) = maker.make().await {
            return organisation;
        }
        failures += 1;
        tokio::time::sleep(doubled(failures)).await;
    }
}
