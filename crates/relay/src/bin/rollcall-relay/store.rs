//! Who may come in, and what the organisation tells, asked and changed beside a running relay.

use std::sync::Arc;

use clap::Args;
use rollcall_model::Clock;
use rollcall_relay::{
    Slug,
    access::{Access, Entry, Kind},
    server::{self, OpenLore},
};

use crate::{storage::StorageArgs, wrong::Failed};

/// Whose people are meant, and where they are stored.
#[derive(Debug, Args)]
pub(crate) struct StoreArgs {
    /// The organisation's short name
    #[arg(long, env = "ROLLCALL_RELAY_ORGANISATION", default_value = "main", value_name = "NAME")]
    organisation: Slug,

    #[command(flatten)]
    pub(crate) storage: StorageArgs,
}

impl StoreArgs {
    /// Opens the store.
    pub(crate) async fn open(&self) -> Result<Arc<Access>, Failed> {
        Ok(server::open_access(&self.storage.storage()?, &self.organisation, &Clock::system()).await?)
    }

    /// Opens what the organisation tells.
    pub(crate) async fn lore(&self) -> Result<OpenLore, Failed> {
        Ok(server::open_lore(&self.storage.storage()?, &self.organisation, &Clock::system()).await?)
    }

    /// Writes into the trail what is about to be changed, and by whom.
    pub(crate) async fn note(&self, by: &str, what: &str) -> Result<(), Failed> {
        self.write(Kind::SettingChanged, by, what).await
    }

    /// Writes into the trail what is about to be printed, and for whom.
    pub(crate) async fn note_export(&self, by: &str, what: &str) -> Result<(), Failed> {
        self.write(Kind::Exported, by, what).await
    }

    async fn write(&self, kind: Kind, by: &str, what: &str) -> Result<(), Failed> {
        let access = self.open().await?;
        let noted = access.note(&Entry::of(kind, Clock::system().now()).by(by).with(what)).await;
        access.close().await;
        Ok(noted?)
    }
}
