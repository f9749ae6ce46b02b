//! One access token for the whole process: made once, shared, renewed a minute before its end.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::{ZoomError, oauth::Grant};

/// A token with less than this left is renewed before it is used.
const RENEW_BEFORE_END: TimeDelta = TimeDelta::seconds(60);

/// An access token.
#[derive(Clone, Debug)]
pub struct Token {
    /// What goes into the `Authorization` header.
    pub access: SecretString,
    /// When Zoom stops taking it.
    pub expires_at: DateTime<Utc>,
    /// The scopes that it holds; empty where Zoom did not say.
    pub scopes: Vec<String>,
    /// Counts the tokens of this process: tells a token that was refused from its successor.
    pub(crate) serial: u64,
}

/// The keeper of the token.
#[derive(Clone, Debug)]
pub(crate) struct Tokens {
    grant: Arc<Grant>,
    slot: Arc<Mutex<Slot>>,
    /// Fetches that have ended, well or badly.
    fetched: Arc<AtomicU64>,
}

#[derive(Debug, Default)]
struct Slot {
    token: Option<Token>,
    /// Why the last fetch failed, for those who waited for it.
    failure: Option<ZoomError>,
}

impl Tokens {
    pub(crate) fn new(grant: Grant) -> Self {
        Self { grant: Arc::new(grant), slot: Arc::default(), fetched: Arc::default() }
    }

    /// The token to use now.
    pub(crate) async fn current(&self) -> Result<Token, ZoomError> {
        self.get(None).await
    }

    /// A token to use instead of `refused`; somebody else's renewal counts.
    pub(crate) async fn renew(&self, refused: &Token) -> Result<Token, ZoomError> {
        self.get(Some(refused.serial)).await
    }

    async fn get(&self, refused: Option<u64>) -> Result<Token, ZoomError> {
        let seen = self.fetched.load(Ordering::Acquire);
        let slot = Arc::clone(&self.slot).lock_owned().await;
        if let Some(token) = slot.usable(self.grant.now(), refused) {
            return Ok(token.clone());
        }
        if self.fetched.load(Ordering::Acquire) > seen
            && let Some(failure) = &slot.failure
        {
            return Err(failure.clone());
        }
        // A task of its own: when the caller gives up, a rotated refresh token must still be stored.
        let fetch = tokio::spawn(self.clone().fetch(slot));
        fetch.await.unwrap_or(Err(ZoomError::Interrupted))
    }

    async fn fetch(self, mut slot: OwnedMutexGuard<Slot>) -> Result<Token, ZoomError> {
        let serial = self.fetched.load(Ordering::Acquire) + 1;
        let outcome = self.grant.fetch().await.map(|token| Token { serial, ..token });
        *slot = match &outcome {
            Ok(token) => Slot { token: Some(token.clone()), failure: None },
            Err(failure) => Slot { token: None, failure: Some(failure.clone()) },
        };
        self.fetched.store(serial, Ordering::Release);
        outcome
    }
}

impl Slot {
    fn usable(&self, now: DateTime<Utc>, refused: Option<u64>) -> Option<&Token> {
        let token = self.token.as_ref()?;
        let lasts = token.expires_at - now > RENEW_BEFORE_END;
        (lasts && refused != Some(token.serial)).then_some(token)
    }
}
