//! All organisations of one relay, each with its own people, and what they share: pauses for wrong codes.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rollcall_model::Clock;
use rollcall_wire::{
    Failure,
    session::{Admitted, Redeem},
};
use tokio::time::{Instant, sleep_until};

use super::{Access, Caller, StoreError, lockout::Lockout, secret};
use crate::caller::Slug;

/// How long a refusal takes, whatever was wrong. Longer than the statements that it costs.
const REFUSED_AFTER: Duration = Duration::from_millis(250);

/// The organisations of a relay. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Organisations(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    by_slug: BTreeMap<Slug, Arc<Access>>,
    lockout: Mutex<Lockout>,
    clock: Clock,
}

/// Why a code opened no session.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// It is unknown, wrong, used, expired or locked; which of these is not told.
    #[error("the code was refused")]
    Code,
    /// The address showed too many wrong codes.
    #[error("wait {retry_secs} s")]
    SlowDown {
        /// For how many seconds it is not heard.
        retry_secs: u32,
    },
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Organisations {
    /// These organisations.
    pub fn new(organisations: impl IntoIterator<Item = Arc<Access>>, clock: Clock) -> Self {
        let by_slug = organisations.into_iter().map(|access| (access.slug().clone(), access)).collect();
        Self(Arc::new(Shared { by_slug, lockout: Mutex::default(), clock }))
    }

    /// One of them.
    pub fn get(&self, slug: &Slug) -> Option<&Arc<Access>> {
        self.0.by_slug.get(slug)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Access>> {
        self.0.by_slug.values()
    }

    /// The one that a token or a code names.
    pub(super) fn named_by(&self, text: &str) -> Option<&Arc<Access>> {
        self.get(&secret::slug(text)?)
    }

    /// Whom a token lets in; see [`Access::admit`].
    pub async fn admit(&self, token: &str, address: Option<IpAddr>) -> Result<Option<Caller>, StoreError> {
        match self.named_by(token) {
            Some(access) => access.admit(token, address).await,
            None => Ok(None),
        }
    }

    /// What is told to whoever shows this token in vain: nothing of what is wrong with it, but that everything is to
    /// be deleted that its organisation got from Zoom, if that is so.
    pub(crate) fn refusal(&self, token: Option<&str>) -> Failure {
        let named = token.and_then(|token| self.named_by(token));
        if named.is_some_and(|access| access.people.app_is_removed()) {
            Failure::AppRemoved
        } else {
            Failure::NotAdmitted
        }
    }

    /// Opens a session by a one-time code; see [`Access::redeem`]. A refusal takes a fixed time, and wrong codes
    /// from one address are heard after growing pauses only.
    pub async fn redeem(&self, shown: &Redeem, address: Option<IpAddr>) -> Result<Admitted, Refusal> {
        let answer_at = Instant::now() + REFUSED_AFTER;
        let pause = address.and_then(|address| self.lockout().pause(address, self.0.clock.now()));
        if let Some(pause) = pause {
            let retry_secs = u32::try_from(pause.num_seconds() + 1).unwrap_or(u32::MAX);
            return Err(Refusal::SlowDown { retry_secs });
        }
        let admitted = match self.named_by(&shown.code) {
            Some(access) => access.redeem(shown, address).await?,
            None => None,
        };
        match (&admitted, address) {
            (Some(_), Some(address)) => self.lockout().right(address),
            (None, Some(address)) => self.lockout().wrong(address, self.0.clock.now()),
            (_, None) => {}
        }
        let Some(admitted) = admitted else {
            sleep_until(answer_at).await;
            return Err(Refusal::Code);
        };
        Ok(admitted)
    }

    fn lockout(&self) -> MutexGuard<'_, Lockout> {
        self.0.lockout.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
