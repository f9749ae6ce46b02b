//! How an organisation is made behind the server's doors: at the start, and anew when everything was forgotten.

use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use async_trait::async_trait;
use chrono::TimeDelta;
use rollcall_model::{Clock, PersonId};
use rollcall_zoom::Client;

use super::{Storage, people, storage::Opened};
use crate::{
    Slug,
    access::{Access, Known, People},
    core::Core,
    current::Maker,
    organisation::{Organisation, Parts, Source},
    tally::Tally,
};

/// What an organisation is made from, except its log.
#[derive(Debug)]
pub(crate) struct Rooms {
    pub(super) slug: Slug,
    pub(super) storage: Storage,
    pub(super) zoom: Client,
    pub(super) source: Source,
    pub(super) clock: Clock,
    pub(super) seed: u64,
    pub(super) reconcile: TimeDelta,
    pub(super) retention: TimeDelta,
    pub(super) tally: Arc<Tally>,
    pub(super) directory: Arc<Directory>,
    /// Who may come in; there once the first organisation runs.
    pub(super) access: OnceLock<Arc<Access>>,
}

/// The directory of the organisation that runs now.
#[derive(Debug, Default)]
pub(crate) struct Directory(RwLock<Option<Arc<Core>>>);

impl Rooms {
    /// Starts the organisation over its log.
    pub(super) fn open(&self, log: Opened) -> Organisation {
        let organisation = Organisation::start(Parts {
            slug: self.slug.clone(),
            zoom: self.zoom.clone(),
            ledger: log.ledger,
            lore: log.lore,
            bus: log.bus,
            ears: log.ears,
            fold: log.fold,
            removed_at: log.removed_at,
            tally: self.tally.clone(),
            clock: self.clock.clone(),
            seed: self.seed,
            source: self.source.clone(),
            reconcile: self.reconcile,
            retention: self.retention,
        });
        self.directory.replace(organisation.core.clone());
        organisation
    }

    /// Starts what keeps watch over who may come in.
    pub(super) fn watch_over(&self, organisation: &Organisation) {
        let (Some(access), core) = (self.access.get(), &organisation.core) else { return };
        organisation.tasks.spawn(access.clone().run(core.stop.clone()));
        organisation.tasks.spawn(people::heed(access.clone(), core.movers.listen(), core.stop.clone()));
    }

    /// Forgets whoever took an app of their own away.
    pub(super) async fn forget_person(&self, person: &PersonId) -> bool {
        self.forget_sessions(Some(person)).await
    }

    async fn forget_sessions(&self, person: Option<&PersonId>) -> bool {
        let Some(access) = self.access.get() else { return false };
        let forgotten = access.deauthorized(person).await;
        forgotten
            .inspect_err(|error| {
                tracing::error!(%error, organisation = %self.slug, "sessions could not be forgotten");
            })
            .is_ok()
    }
}

#[async_trait]
impl Maker for Rooms {
    async fn make(&self) -> Option<Organisation> {
        let log = self.storage.open(&self.slug, &self.clock).await;
        let log = log.inspect_err(|error| {
            tracing::error!(%error, organisation = %self.slug, "the log cannot be opened anew");
        });
        let organisation = self.open(log.ok()?);
        self.watch_over(&organisation);
        Some(organisation)
    }

    async fn forget(&self, core: &Core) -> bool {
        // Both are tried, whatever becomes of the other.
        let sessions = self.forget_sessions(None).await;
        let log = core.forget().await.inspect_err(|error| {
            tracing::error!(%error, organisation = %self.slug, "the log could not be forgotten");
        });
        sessions && log.is_ok()
    }
}

impl Directory {
    fn replace(&self, core: Arc<Core>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(core);
    }

    fn core(&self) -> Option<Arc<Core>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl People for Directory {
    fn by_email(&self, email: &str) -> Option<Known> {
        self.core()?.by_email(email)
    }

    fn by_id(&self, person: &PersonId) -> Option<Known> {
        self.core()?.by_id(person)
    }

    fn await_email(&self, email: &str) {
        if let Some(core) = self.core() {
            core.await_email(email);
        }
    }

    fn app_is_removed(&self) -> bool {
        self.core().is_some_and(|core| core.app_is_removed())
    }
}
