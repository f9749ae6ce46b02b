//! Where secrets are kept: never in a file of ours, never in a log.
//!
//! The seam has two implementations: the operating system's [`Keychain`], and [`Memory`] for a computer
//! that has none (what was entered is then asked for again at the next start) and for demo mode.

mod keychain;
mod memory;

use async_trait::async_trait;
use rollcall_wire::Failure;
use secrecy::SecretString;

pub use keychain::Keychain;
pub use memory::Memory;

/// A keeper of secrets, each under a name such as `zoom.client_secret`. Names are no secrets.
///
/// Fails with [`Failure::KeychainLocked`] when the person must unlock the keychain first, and with
/// [`Failure::KeychainUnavailable`] when there is none or it does not answer; both can be tried again.
#[async_trait]
pub trait Secrets: Send + Sync {
    /// The secret of that name; nothing when none was kept.
    async fn read(&self, name: &str) -> Result<Option<SecretString>, Failure>;

    /// Keeps a secret, in place of an earlier one of that name.
    async fn write(&self, name: &str, secret: SecretString) -> Result<(), Failure>;

    /// Forgets a secret; one that was not kept is forgotten already.
    async fn forget(&self, name: &str) -> Result<(), Failure>;
}
