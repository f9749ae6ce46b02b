//! What a relay is told at its start.

use std::{io, net::SocketAddr, path::PathBuf};

use rand::{TryRng, rngs::SysRng};
use rollcall_model::Clock;
use rollcall_wire::Failure;
use rollcall_zoom::Client;
use secrecy::SecretString;

use crate::ledger::LedgerError;

/// What a relay is told at its start.
#[derive(Debug)]
pub struct Options {
    /// The client of the organisation's Zoom account.
    pub zoom: Client,
    /// The event subscription; without one presence is only known by asking.
    pub subscription_id: Option<String>,
    /// The file of the log; made if there is none, in a folder that must exist.
    pub database: PathBuf,
    /// Where desks come in: a loopback address; port 0 lets the system choose.
    pub listen: SocketAddr,
    /// The time.
    pub clock: Clock,
    /// Feeds the jitter of pauses.
    pub seed: u64,
    /// What desks must show; see [`fresh_token`].
    pub token: SecretString,
}

/// Why a relay did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address can be reached from other machines.
    #[error("{0} is not a loopback address")]
    NotLoopback(SocketAddr),
    /// The port could not be opened.
    #[error("the port could not be opened")]
    Port(#[source] io::Error),
    /// The log cannot be read or written.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl From<&StartError> for Failure {
    fn from(error: &StartError) -> Self {
        match error {
            StartError::Ledger(error) => error.into(),
            StartError::NotLoopback(_) | StartError::Port(_) => {
                Self::Internal { reference: "relay-port".to_owned() }
            }
        }
    }
}

/// The operating system gave no randomness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gave no randomness")]
pub struct NoRandomness;

/// A token of 256 bits from the operating system's randomness.
pub fn fresh_token() -> Result<SecretString, NoRandomness> {
    let mut bytes = [0_u8; 32];
    SysRng.try_fill_bytes(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(SecretString::from(hex::encode(bytes)))
}
