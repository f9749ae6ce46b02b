//! Where the logs are, and how an organisation's is opened.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use rollcall_model::Clock;
use secrecy::SecretString;
use url::Url;

use super::StartError;
use crate::{
    LedgerError, Slug,
    bus::{Alone, Bus, Ears, NatsBus},
    fold::Fold,
    ledger::{Ledger, PostgresLedger},
    lore::{Lore, PostgresLore, SqliteLore},
    relay::open_log,
    restore::restore,
};

/// The file in which the address stands.
const ADDRESS: &str = "address";

/// Where the logs are.
#[derive(Clone, Debug)]
pub enum Storage {
    /// In a folder of this machine, a file for each organisation: for one node.
    Folder(PathBuf),
    /// In `PostgreSQL`, for any number of nodes.
    Database {
        /// Such as `postgres://user:password@host/database`.
        ledger: SecretString,
        /// Where nodes hear of each other, such as `nats://host:4222`; nothing for one node.
        bus: Option<SecretString>,
    },
}

/// An organisation's log, and what it says.
pub(super) struct Opened {
    pub(super) ledger: Box<dyn Ledger>,
    pub(super) lore: Box<dyn Lore>,
    pub(super) fold: Fold,
    /// Since when the app is removed, if it is.
    pub(super) removed_at: Option<DateTime<Utc>>,
    pub(super) bus: Box<dyn Bus>,
    pub(super) ears: Ears,
}

impl Storage {
    /// The address of the relay that last ran over this folder, for invitations that are made beside it.
    pub fn last_address(&self) -> Option<Url> {
        let Self::Folder(folder) = self else { return None };
        std::fs::read_to_string(folder.join(ADDRESS)).ok()?.trim().parse().ok()
    }

    /// Remembers the address of the relay that runs.
    pub(super) fn keep_address(&self, address: &Url) {
        let Self::Folder(folder) = self else { return };
        if let Err(error) = std::fs::write(folder.join(ADDRESS), address.as_str()) {
            tracing::warn!(%error, "the address was not written down; invitations need --public-url");
        }
    }

    /// Opens an organisation's log.
    pub(super) async fn open(&self, slug: &Slug, clock: &Clock) -> Result<Opened, StartError> {
        let failed = |source| StartError::Log { organisation: slug.clone(), source };
        let no_lore = |source| StartError::Lore { organisation: slug.clone(), source };
        match self {
            Self::Folder(folder) => {
                make_folder(folder).map_err(|source| StartError::Folder { path: folder.clone(), source })?;
                let file = folder.join(format!("{slug}.sqlite"));
                let (ledger, fold) = open_log(&file, clock.now()).await.map_err(failed)?;
                let removed_at = ledger.removed_at().await.map_err(failed)?;
                let lore = self.lore(slug).await.map_err(no_lore)?;
                let (bus, ears) = (Box::new(Alone), Ears::deaf());
                Ok(Opened { ledger: Box::new(ledger), lore, fold, removed_at, bus, ears })
            }
            Self::Database { ledger, bus } => {
                let (ledger, fold) = in_database(ledger, slug).await.map_err(failed)?;
                let removed_at = ledger.removed_at().await.map_err(failed)?;
                let lore = self.lore(slug).await.map_err(no_lore)?;
                let (bus, ears) = hear(bus.as_ref(), slug, ledger.name()).await?;
                Ok(Opened { ledger: Box::new(ledger), lore, fold, removed_at, bus, ears })
            }
        }
    }

    /// Opens what an organisation tells; a relay may run beside.
    pub(super) async fn lore(&self, slug: &Slug) -> Result<Box<dyn Lore>, LedgerError> {
        Ok(match self {
            Self::Folder(folder) => {
                make_folder(folder).map_err(LedgerError::File)?;
                let file = folder.join(format!("{slug}.lore.sqlite"));
                Box::new(SqliteLore::open(&file, slug.as_str()).await?)
            }
            Self::Database { ledger, .. } => Box::new(PostgresLore::open(ledger, slug.as_str()).await?),
        })
    }
}

async fn in_database(address: &SecretString, slug: &Slug) -> Result<(PostgresLedger, Fold), LedgerError> {
    let ledger = PostgresLedger::open(address, slug.as_str()).await?;
    let fold = restore(&ledger).await?;
    Ok((ledger, fold))
}

async fn hear(
    bus: Option<&SecretString>,
    slug: &Slug,
    log: &str,
) -> Result<(Box<dyn Bus>, Ears), StartError> {
    let Some(address) = bus else { return Ok((Box::new(Alone), Ears::deaf())) };
    let (bus, ears) = NatsBus::connect(address, slug.as_str(), log).await?;
    Ok((Box::new(bus), ears))
}

/// Makes the folder, for its owner only, if there is none.
fn make_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
