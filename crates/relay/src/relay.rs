//! A relay that runs: its tasks, and their end.

use std::{io, path::Path};

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use rollcall_wire::relay::RelayState;
use secrecy::SecretString;
use url::Url;

use crate::{
    bus::{Alone, Ears},
    caller::Slug,
    door::{self, Door},
    fold::Fold,
    intake,
    ledger::{Ledger, LedgerError, Oddity, SqliteLedger},
    log::Stopping,
    options::{Options, StartError},
    organisation::{Organisation, Parts, Source},
    restore::restore,
    tally::Counts,
};

/// How often the directory is listed again although events tell of changes.
const RECONCILE: TimeDelta = TimeDelta::hours(6);
/// How long people are known who are gone.
const RETENTION: TimeDelta = TimeDelta::days(30);

/// A running relay. Dropped without [`Relay::stop`] its tasks end at their next step; nothing that was
/// committed is lost either way.
#[derive(Debug)]
pub struct Relay {
    organisation: Organisation,
    base: Url,
    token: SecretString,
}

impl Relay {
    /// Opens the log, restores the fold, opens the port and starts all tasks.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        if !options.listen.ip().is_loopback() {
            return Err(StartError::NotLoopback(options.listen));
        }
        let (ledger, fold) = open_log(&options.database, options.clock.now()).await?;
        let (listener, at) = door::listen(options.listen).await.map_err(StartError::Port)?;
        let base = Url::parse(&format!("http://{at}/"))
            .map_err(|error| StartError::Port(io::Error::other(error)))?;
        let organisation = Organisation::start(Parts {
            slug: Slug::only(),
            zoom: options.zoom,
            ledger: Box::new(ledger),
            bus: Box::new(Alone),
            ears: Ears::deaf(),
            fold,
            clock: options.clock,
            seed: options.seed,
            source: options.subscription_id.map_or(Source::Nothing, Source::Subscription),
            reconcile: RECONCILE,
            retention: RETENTION,
        });
        let door = Door::new(&organisation, options.token.clone());
        organisation.tasks.spawn(door::serve(listener, door));
        tracing::info!(port = at.port(), "the relay runs");
        Ok(Self { organisation, base, token: options.token })
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
        intake::take_in(&self.organisation.core, body).await
    }

    /// How the relay stands with Zoom now.
    pub fn state(&self) -> RelayState {
        self.organisation.core.state.now()
    }

    /// What was counted since the start.
    pub fn counts(&self) -> Counts {
        self.organisation.core.tally.counts()
    }

    /// Deliveries that could not be read, the first hundred ever, for the doctor.
    pub async fn oddities(&self) -> Result<Vec<Oddity>, LedgerError> {
        self.organisation.core.ledger.oddities().await
    }

    /// Ends all tasks within a few seconds, commits what is waiting and closes the log.
    pub async fn stop(self) {
        self.organisation.stop().await;
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
        self.organisation.core.stop.cancel();
    }
}
