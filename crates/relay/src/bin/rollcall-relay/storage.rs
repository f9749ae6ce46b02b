//! Where the logs are.

use std::path::PathBuf;

use clap::Args;
use rollcall_relay::server::Storage;
use secrecy::{ExposeSecret as _, SecretString};

use crate::{files::secret, wrong::Wrong};

/// Where the logs are.
#[derive(Debug, Args)]
#[command(next_help_heading = "Storage")]
pub(crate) struct StorageArgs {
    /// The folder in which each organisation's log is, when it is not in PostgreSQL
    #[arg(long, env = "ROLLCALL_RELAY_DATA", default_value = "/var/lib/rollcall-relay", value_name = "DIR")]
    data: PathBuf,

    /// Keep the logs in PostgreSQL, for any number of nodes
    #[arg(
        long,
        env = "ROLLCALL_RELAY_LEDGER",
        hide_env_values = true,
        value_name = "postgres://USER:PASSWORD@HOST/DATABASE"
    )]
    ledger: Option<SecretString>,

    /// A file that holds the address of PostgreSQL, because it holds a password
    #[arg(long, env = "ROLLCALL_RELAY_LEDGER_FILE", value_name = "FILE")]
    ledger_file: Option<PathBuf>,

    /// Where nodes hear of each other; needed as soon as there are two
    #[arg(long, env = "ROLLCALL_RELAY_BUS", hide_env_values = true, value_name = "nats://HOST:4222")]
    bus: Option<SecretString>,

    /// A file that holds the address of NATS, when it holds a password
    #[arg(long, env = "ROLLCALL_RELAY_BUS_FILE", value_name = "FILE")]
    bus_file: Option<PathBuf>,
}

impl StorageArgs {
    /// Where the logs are.
    pub(crate) fn storage(&self) -> Result<Storage, Wrong> {
        let ledger = secret(self.ledger.as_ref(), self.ledger_file.as_ref(), ["ledger", "ledger_file"])?;
        let bus = secret(self.bus.as_ref(), self.bus_file.as_ref(), ["bus", "bus_file"])?;
        if let Some(ledger) = &ledger
            && !["postgres://", "postgresql://"].iter().any(|start| ledger.expose_secret().starts_with(start))
        {
            let wanted = "an address such as postgres://user:password@host/database";
            return Err(Wrong::BadField { field: "ledger", wanted });
        }
        match (ledger, bus) {
            (Some(ledger), bus) => Ok(Storage::Database { ledger, bus }),
            (None, None) => Ok(Storage::Folder(self.data.clone())),
            (None, Some(_)) => {
                let wanted =
                    "anything without ledger: nodes that share no log have nothing to tell each other";
                Err(Wrong::BadField { field: "bus", wanted })
            }
        }
    }
}
