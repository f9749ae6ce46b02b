//! A relay that runs: its tasks, and their end.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use rollcall_model::Clock;
use rollcall_wire::relay::RelayState;
use rollcall_zoom::Client;
use secrecy::SecretString;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use url::Url;

use crate::{
    bus::{Alone, Ears},
    caller::Slug,
    core::Core,
    current::{Current, Maker},
    door::{self, Door},
    fold::Fold,
    intake,
    ledger::{Ledger, LedgerError, Oddity, SqliteLedger},
    log::Stopping,
    lore::SqliteLore,
    options::{Options, StartError},
    organisation::{Organisation, Parts, Source},
    restore::restore,
    tally::{Counts, Tally},
};

/// How often the directory is listed again although events tell of changes.
const RECONCILE: TimeDelta = TimeDelta::hours(6);
/// How long people are known who are gone.
const RETENTION: TimeDelta = TimeDelta::days(30);

/// A running relay. Dropped without [`Relay::stop`] its tasks end at their next step; nothing that was
/// committed is lost either way.
#[derive(Debug)]
pub struct Relay {
    current: Arc<Current>,
    /// The door, and what opens the log anew.
    tasks: TaskTracker,
    stop: CancellationToken,
    base: Url,
    token: SecretString,
}

/// What an app's own organisation is made from.
#[derive(Debug)]
struct Own {
    database: PathBuf,
    zoom: Client,
    source: Source,
    clock: Clock,
    seed: u64,
    tally: Arc<Tally>,
}

impl Relay {
    /// Opens the log, restores the fold, opens the port and starts all tasks.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        if !options.listen.ip().is_loopback() {
            return Err(StartError::NotLoopback(options.listen));
        }
        let (listener, at) = door::listen(options.listen).await.map_err(StartError::Port)?;
        let base = Url::parse(&format!("http://{at}/"))
            .map_err(|error| StartError::Port(io::Error::other(error)))?;
        let source = options.subscription_id.map_or(Source::Nothing, Source::Subscription);
        let Options { zoom, database, clock, seed, token, .. } = options;
        let own = Own { database, zoom, source, clock, seed, tally: Arc::default() };
        let current = Current::new(own.open().await?);
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        tasks.spawn(door::serve(listener, Door::new(current.clone(), token.clone()), stop.clone()));
        tasks.spawn(current.clone().keep(Arc::new(own), stop.clone()));
        tasks.close();
        tracing::info!(port = at.port(), "the relay runs");
        Ok(Self { current, tasks, stop, base, token })
    }

    /// The address for desks, such as `http://127.0.0.1:4711/`.
    pub const fn base(&self) -> &Url {
        &self.base
    }

    /// What desks must show.
    pub const fn token(&self) -> &SecretString {
        &self.token
    }

    /// Takes in a delivery that Zoom brought another way than by the relay's own subscription; its sender
    /// was verified. Waits only while the log's writer has more than it can take; [`Relay::counts`] tells
    /// what was committed.
    pub async fn take_in(&self, body: &Bytes) -> Result<(), Stopping> {
        intake::take_in(&self.current.core(), body).await
    }

    /// How the relay stands with Zoom now.
    pub fn state(&self) -> RelayState {
        self.current.core().state.now()
    }

    /// What was counted since the start.
    pub fn counts(&self) -> Counts {
        self.current.core().tally.counts()
    }

    /// Deliveries that could not be read, the first hundred ever, for the doctor.
    pub async fn oddities(&self) -> Result<Vec<Oddity>, LedgerError> {
        self.current.core().ledger.oddities().await
    }

    /// Ends all tasks within a few seconds, commits what is waiting and closes the log.
    pub async fn stop(self) {
        self.stop.cancel();
        self.current.now().stop().await;
        self.tasks.wait().await;
    }
}

impl Own {
    /// Opens the log and starts all tasks.
    async fn open(&self) -> Result<Organisation, LedgerError> {
        let (ledger, fold) = open_log(&self.database, self.clock.now()).await?;
        let removed_at = ledger.removed_at().await?;
        let lore =
            SqliteLore::open(&self.database.with_extension("lore.sqlite"), Slug::only().as_str()).await?;
        Ok(Organisation::start(Parts {
            slug: Slug::only(),
            zoom: self.zoom.clone(),
            ledger: Box::new(ledger),
            lore: Box::new(lore),
            bus: Box::new(Alone),
            ears: Ears::deaf(),
            fold,
            removed_at,
            tally: self.tally.clone(),
            clock: self.clock.clone(),
            seed: self.seed,
            source: self.source.clone(),
            reconcile: RECONCILE,
            retention: RETENTION,
        }))
    }
}

#[async_trait]
impl Maker for Own {
    async fn make(&self) -> Option<Organisation> {
        let opened = self.open().await;
        opened.inspect_err(|error| tracing::error!(%error, "the log cannot be opened anew")).ok()
    }

    async fn forget(&self, core: &Core) -> bool {
        let forgotten = core.forget().await;
        forgotten.inspect_err(|error| tracing::error!(%error, "the log could not be forgotten")).is_ok()
    }
}

/// Opens the log and restores the fold. A file that is broken or of a newer version is kept aside and a
/// new log begun: all of it can be heard from Zoom again, and desks see another log's name.
pub(crate) async fn open_log(path: &Path, now: DateTime<Utc>) -> Result<(SqliteLedger, Fold), LedgerError> {
    match try_open(path).await {
        Err(error @ (LedgerError::Corrupt(_) | LedgerError::TooNew(_) | LedgerError::Body { .. })) => {
            let kept_as = SqliteLedger::set_aside(path, now)?;
            tracing::warn!(%error, kept_as, "the log was set aside and a new one begun");
            try_open(path).await
        }
        opened => opened,
    }
}

async fn try_open(path: &Path) -> Result<(SqliteLedger, Fold), LedgerError> {
    let ledger = SqliteLedger::open(path).await?;
    match restore(&ledger).await {
        Ok(fold) => Ok((ledger, fold)),
        Err(error) => {
            ledger.close().await;
            Err(error)
        }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.stop.cancel();
        self.current.core().stop.cancel();
    }
}
