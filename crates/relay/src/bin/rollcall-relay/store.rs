//! Who may come in, asked and changed beside a running relay.

use std::sync::Arc;

use clap::Args;
use rollcall_model::Clock;
use rollcall_relay::{Slug, access::Access, server};

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
}
