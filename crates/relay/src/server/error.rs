//! Why a server does not start.

use std::{io, net::SocketAddr, path::PathBuf};

use super::listen::TlsError;
use crate::{BusError, LedgerError, Slug, access::StoreError};

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("{at} cannot be listened on; give another address, or end the program that has it")]
    Listen {
        /// Where.
        at: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The folder for the logs cannot be made.
    #[error("the folder {} cannot be made; give one that this user may write", path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// An organisation's log cannot be read or written.
    #[error("the log of {organisation} cannot be opened")]
    Log {
        /// Whose.
        organisation: Slug,
        /// Why.
        #[source]
        source: LedgerError,
    },
    /// What an organisation tells cannot be read or written.
    #[error("what {organisation} tells of its people cannot be opened")]
    Lore {
        /// Whose.
        organisation: Slug,
        /// Why.
        #[source]
        source: LedgerError,
    },
    /// It cannot be told who may come in.
    #[error("it cannot be opened who may come in")]
    People(#[source] StoreError),
    /// The address of the database is not one.
    #[error(
        "the address of the database cannot be read; give one such as postgres://user:password@host/database"
    )]
    Address,
    /// There is no bus.
    #[error(transparent)]
    Bus(#[from] BusError),
    /// The certificate or its key cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// Figures cannot be gathered.
    #[error("figures cannot be gathered: another part of this process does so already")]
    Metrics,
}

impl StartError {
    /// A short word for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Listen { .. } => "cannot_listen",
            Self::Folder { .. } => "no_folder",
            Self::Log { .. } => "no_log",
            Self::Lore { .. } => "no_lore",
            Self::People(_) => "no_people",
            Self::Address => "bad_address",
            Self::Bus(_) => "no_bus",
            Self::Tls(_) => "no_certificate",
            Self::Metrics => "no_metrics",
        }
    }
}
