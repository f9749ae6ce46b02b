//! Secrets in the operating system's keychain: Secret Service, Keychain, Credential Manager.
//!
//! The connection is made at the first use and dropped after a failure, so that a keychain that comes up
//! later is found by the next try.
//!
//! What is asked of it is done in the order in which it was asked: what was given up here may still be done,
//! when the person unlocks the keychain after all, and must not undo what was written later.

use std::{
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use keyring::{Entry, Error};
use keyring_core::CredentialStore;
use rollcall_wire::Failure;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::{task, time};

use super::Secrets;
use crate::sync::hold;

#[cfg(target_os = "macos")]
use apple_native_keyring_store::keychain::Store;
#[cfg(windows)]
use windows_native_keyring_store::Store;
#[cfg(all(unix, not(target_os = "macos")))]
use zbus_secret_service_keyring_store::Store;

/// How long a person may take to unlock the keychain when it asks.
const PATIENCE: Duration = Duration::from_mins(1);

/// The keychain's entries of one application. Clones share a connection.
#[derive(Clone)]
pub struct Keychain {
    application: Arc<str>,
    store: Arc<Mutex<Option<Arc<CredentialStore>>>>,
    turns: Arc<tokio::sync::Mutex<()>>,
}

impl Keychain {
    /// The entries under the application's name, such as `Rollcall`. Connects at the first use.
    pub fn new(application: &str) -> Self {
        Self { application: application.into(), store: Arc::default(), turns: Arc::default() }
    }

    /// Works on an entry on a thread that may block; the keychain may be asking the person meanwhile.
    async fn with_entry<T: Send + 'static>(
        &self,
        name: &str,
        work: fn(&Entry, SecretString) -> Result<T, Error>,
        secret: SecretString,
    ) -> Result<Option<T>, Failure> {
        let (keychain, name) = (self.clone(), name.to_owned());
        let work = async move {
            let turn = Arc::clone(&keychain.turns).lock_owned().await;
            let worked = task::spawn_blocking(move || {
                let outcome = work(&keychain.entry(&name)?, secret);
                drop(turn);
                outcome
            });
            worked.await
        };
        let outcome = match time::timeout(PATIENCE, work).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => return Err(Failure::KeychainUnavailable),
            Err(_) => return Err(Failure::KeychainLocked),
        };
        match outcome {
            Ok(value) => Ok(Some(value)),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(self.failed(&error)),
        }
    }

    /// `Entry::new` would keep a failed store for the life of the process; this one asks again.
    fn entry(&self, name: &str) -> Result<Entry, Error> {
        Ok(Entry { inner: self.store()?.build(&self.application, name, None)? })
    }

    fn store(&self) -> Result<Arc<CredentialStore>, Error> {
        let mut kept = hold(&self.store);
        if let Some(store) = &*kept {
            return Ok(Arc::clone(store));
        }
        let store: Arc<CredentialStore> = Store::new()?;
        *kept = Some(Arc::clone(&store));
        Ok(store)
    }

    /// Drops the connection, so that the next try makes a new one.
    fn failed(&self, error: &Error) -> Failure {
        hold(&self.store).take();
        let locked = matches!(error, Error::NoStorageAccess(_));
        tracing::warn!(locked, "The keychain failed");
        if locked { Failure::KeychainLocked } else { Failure::KeychainUnavailable }
    }
}

#[async_trait]
impl Secrets for Keychain {
    async fn read(&self, name: &str) -> Result<Option<SecretString>, Failure> {
        let read = |entry: &Entry, _| entry.get_password().map(SecretString::from);
        self.with_entry(name, read, SecretString::default()).await
    }

    async fn write(&self, name: &str, secret: SecretString) -> Result<(), Failure> {
        let write = |entry: &Entry, secret: SecretString| entry.set_password(secret.expose_secret());
        self.with_entry(name, write, secret).await.map(drop)
    }

    async fn forget(&self, name: &str) -> Result<(), Failure> {
        let forget = |entry: &Entry, _| entry.delete_credential();
        self.with_entry(name, forget, SecretString::default()).await.map(drop)
    }
}

impl fmt::Debug for Keychain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keychain").field("application", &self.application).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Condvar, PoisonError};

    use keyring_core::mock;

    use super::*;

    /// Whether the person has unlocked the keychain, and what was done since in which order.
    static ASKED: (Mutex<(bool, Vec<String>)>, Condvar) = (Mutex::new((false, Vec::new())), Condvar::new());

    #[expect(clippy::needless_pass_by_value, clippy::unnecessary_wraps, reason = "it is work on an entry")]
    fn once_unlocked(_: &Entry, secret: SecretString) -> Result<(), Error> {
        let asked = ASKED.0.lock().unwrap();
        let mut asked = ASKED.1.wait_while(asked, |(unlocked, _)| !*unlocked).unwrap();
        asked.1.push(secret.expose_secret().to_owned());
        Ok(())
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_given_up_as_too_slow_does_not_undo_what_came_later() {
        let keychain = Keychain::new("Rollcall's tests");
        let store: Arc<CredentialStore> = mock::Store::new().unwrap();
        *hold(&keychain.store) = Some(store);
        let write = |secret: &str| {
            let (keychain, secret) = (keychain.clone(), SecretString::from(secret));
            tokio::spawn(async move { keychain.with_entry("a name", once_unlocked, secret).await })
        };

        let first = write("first");
        task::yield_now().await;
        time::advance(PATIENCE / 2).await;
        let second = write("second");
        task::yield_now().await;
        time::advance(PATIENCE / 2).await;
        assert_eq!(first.await.unwrap(), Err(Failure::KeychainLocked));
        ASKED.0.lock().unwrap_or_else(PoisonError::into_inner).0 = true;
        ASKED.1.notify_all();

        assert_eq!(second.await.unwrap(), Ok(Some(())));
        assert_eq!(ASKED.0.lock().unwrap().1, ["first", "second"]);
    }
}
