//! Who may come in, as it is stored beside the logs.

use std::sync::Arc;

use chrono::TimeDelta;
use rollcall_model::{Clock, Logged, PersonId};
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::postgres::PgConnectOptions;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{StartError, Storage};
use crate::{
    Slug,
    access::{
        Access, AnyStore, Known, Parts, People, PostgresAccess, Roles, Settings, SqliteStore, StoreError,
    },
};

/// How long the trail is kept.
const TRAIL_KEPT: TimeDelta = TimeDelta::days(2 * 365);

/// Where it is stored who may come in, for all organisations.
#[derive(Debug)]
pub(super) enum Stores {
    /// A file for each, beside the log.
    Files(std::path::PathBuf),
    /// One database for all.
    Database(PostgresAccess),
}

/// A directory that knows nobody: the command line has none. Who somebody is turns out when they come in.
#[derive(Clone, Copy, Debug)]
struct Nobody;

impl People for Nobody {
    fn by_email(&self, _email: &str) -> Option<Known> {
        None
    }

    fn by_id(&self, _person: &PersonId) -> Option<Known> {
        None
    }
}

impl Stores {
    /// Opens what all organisations share.
    pub(super) async fn open(storage: &Storage) -> Result<Self, StartError> {
        match storage {
            Storage::Folder(folder) => Ok(Self::Files(folder.clone())),
            Storage::Database { ledger, .. } => {
                PostgresAccess::open(options(ledger)?).await.map(Self::Database).map_err(StartError::People)
            }
        }
    }

    /// One organisation's.
    pub(super) async fn of(&self, slug: &Slug) -> Result<AnyStore, StoreError> {
        match self {
            Self::Files(folder) => {
                let file = folder.join(format!("{slug}.access.sqlite"));
                Ok(AnyStore::from(SqliteStore::open(&file, slug).await?))
            }
            Self::Database(database) => Ok(AnyStore::from(database.store(slug).await?)),
        }
    }

    /// Ends all use of what organisations share.
    pub(super) async fn close(&self) {
        if let Self::Database(database) = self {
            database.close().await;
        }
    }
}

/// Who may come in at an organisation, to be asked and changed beside a relay that runs. It hears within a second of
/// what is done here.
pub async fn open_access(storage: &Storage, slug: &Slug, clock: &Clock) -> Result<Arc<Access>, StartError> {
    let store = Stores::open(storage).await?.of(slug).await.map_err(StartError::People)?;
    let settings = settings(slug.to_string(), String::new(), Roles::default(), None);
    let parts = Parts { slug: slug.clone(), store, people: Arc::new(Nobody), clock: clock.clone(), settings };
    Ok(Access::new(parts))
}

/// What an organisation decides about who may come in.
pub(super) const fn settings(
    name: String,
    account_id: String,
    roles: Roles,
    sign_in: Option<rollcall_zoom::oauth::RelaySignIn>,
) -> Settings {
    Settings { name, account_id, roles, sign_in, trail_kept: TRAIL_KEPT }
}

/// Ends the sessions of those who leave, and lets those who become known see their own, until the relay stops.
pub(super) async fn heed(
    access: Arc<Access>,
    mut movers: mpsc::Receiver<Vec<Logged>>,
    stop: CancellationToken,
) {
    while let Some(Some(moved)) = stop.run_until_cancelled(movers.recv()).await {
        if let Err(error) = access.heard(&moved).await {
            // Everybody is looked up again in a few minutes.
            tracing::error!(%error, "sessions of people who came or left could not be changed");
        }
    }
}

fn options(address: &SecretString) -> Result<PgConnectOptions, StartError> {
    // What is wrong with the address is not told: it holds a password.
    address.expose_secret().parse().map_err(|_| StartError::Address)
}
