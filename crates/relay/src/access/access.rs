//! Who may come in at one organisation's relay.

use std::{
    fmt,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use rollcall_model::{Clock, PersonId};
use rollcall_wire::session::Standing;
use rollcall_zoom::oauth::RelaySignIn;
use tokio::time::Instant;

use super::{
    Caller, EndWatch, People, Roles, Session, SessionId, StoreError,
    cache::{Cache, Read},
    ends::Ends,
    entry::{Entry, Kind, Noted, Why},
    refusals::Refusals,
    secret::{self, Digest},
    store::{Showing, Shown, Store, Whose},
};
use crate::caller::Slug;

/// How long a session may rest before it ends.
const REST: TimeDelta = TimeDelta::days(30);
/// How many tokens one node remembers.
const REMEMBERED: usize = 131_072;

/// What is decided by whoever runs the relay.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The organisation's name, as people read it.
    pub name: String,
    /// The id of its Zoom account.
    pub account_id: String,
    /// Who has which role after a sign-in with Zoom.
    pub roles: Roles,
    /// How people sign in with Zoom, if they may.
    pub sign_in: Option<RelaySignIn>,
    /// How long the trail is kept.
    pub trail_kept: TimeDelta,
}

/// What one organisation's [`Access`] is made from.
pub struct Parts {
    /// The organisation.
    pub slug: Slug,
    /// Where it is stored who may come in.
    pub store: AnyStore,
    /// The directory.
    pub people: Arc<dyn People>,
    /// The time.
    pub clock: Clock,
    /// What is decided by whoever runs the relay.
    pub settings: Settings,
}

/// A store of either kind.
#[derive(Clone)]
pub struct AnyStore(pub(super) Arc<dyn Store>);

/// Who may come in at one organisation's relay. Its verbs work without a running task; with
/// [`Access::run`] it also remembers, hears what other nodes do, and tidies up.
pub struct Access {
    pub(super) slug: Slug,
    pub(super) store: Arc<dyn Store>,
    pub(super) people: Arc<dyn People>,
    pub(super) clock: Clock,
    pub(super) settings: Settings,
    pub(super) refusals: Mutex<Refusals>,
    pub(super) ends: Ends,
    cache: Mutex<Cache>,
}

impl Access {
    /// The people of an organisation who may come in, as its store tells.
    pub fn new(parts: Parts) -> Arc<Self> {
        Arc::new(Self {
            slug: parts.slug,
            store: parts.store.0,
            people: parts.people,
            clock: parts.clock,
            settings: parts.settings,
            refusals: Mutex::default(),
            ends: Ends::default(),
            cache: Mutex::new(Cache::new(REMEMBERED)),
        })
    }

    /// The organisation.
    pub const fn slug(&self) -> &Slug {
        &self.slug
    }

    /// Whom a token lets in. Nearly always this costs no question to the database; what ended on another node
    /// lets nobody in a second later, and nobody at all is let in while that cannot be known.
    pub async fn admit(&self, token: &str, address: Option<IpAddr>) -> Result<Option<Caller>, StoreError> {
        let (token, now) = (secret::digest(token), self.clock.now());
        let heard = {
            let mut cache = self.cache();
            if let Some(caller) = cache.get(&token, now, Instant::now()) {
                return Ok(Some(caller));
            }
            cache.heard()
        };
        let shown = self.store.show(&showing(token, address, now)).await?;
        let Some(mut session) = self.opened(shown) else { return Ok(None) };
        self.look_up(&mut session).await?;
        let caller = self.caller(&session);
        let read = Read { caller: caller.clone(), used_at: session.last_used_at, now };
        self.cache().put(token, read, heard);
        Ok(Some(caller))
    }

    /// Whose session it is.
    pub fn standing(&self, caller: &Caller) -> Standing {
        Standing {
            organisation: self.settings.name.clone(),
            email: caller.email.clone(),
            person: caller.person.clone(),
            role: caller.role,
        }
    }

    /// Waits for what becomes of a session; nothing when it has ended already.
    pub async fn watch(&self, caller: &Caller) -> Result<Option<EndWatch>, StoreError> {
        let watch = self.ends.watch(caller.session);
        // The watch is set before it is asked whether it comes too late.
        if caller.person.is_some() && self.cache().holds(caller.session, Instant::now()) {
            return Ok(Some(watch));
        }
        let open = self.store.sessions(Whose::Session(caller.session)).await?;
        if open.iter().any(|session| session.person != caller.person) {
            self.ends.know(caller.session);
        }
        Ok((!open.is_empty() && !watch.has_ended()).then_some(watch))
    }

    /// The caller leaves.
    pub async fn sign_out(&self, caller: &Caller, address: Option<IpAddr>) -> Result<(), StoreError> {
        let entry = Entry::of(Kind::SignedOut, self.clock.now()).from(address);
        self.end(Whose::Session(caller.session), &entry).await?;
        Ok(())
    }

    /// Ends one session; tells whether it was open. `by` is who wants it, for the trail.
    pub async fn end_session(&self, session: SessionId, by: &str) -> Result<bool, StoreError> {
        Ok(!self.revoke(Whose::Session(session), by).await?.is_empty())
    }

    /// Ends all sessions of a person; tells how many there were.
    pub async fn end_sessions_of(&self, person: &PersonId, by: &str) -> Result<usize, StoreError> {
        Ok(self.revoke(Whose::Person(person), by).await?.len())
    }

    /// Ends all sessions of an e-mail address; tells how many there were.
    pub async fn end_sessions_of_email(&self, email: &str, by: &str) -> Result<usize, StoreError> {
        Ok(self.revoke(Whose::Email(&email.trim().to_lowercase()), by).await?.len())
    }

    /// Ends all sessions; tells how many there were.
    pub async fn end_all(&self, by: &str) -> Result<usize, StoreError> {
        Ok(self.revoke(Whose::Everybody, by).await?.len())
    }

    /// Open sessions, the oldest first.
    pub async fn sessions(&self) -> Result<Vec<Session>, StoreError> {
        self.store.sessions(Whose::Everybody).await
    }

    /// Writes into the trail what others than this room did: [`Kind::Exported`], [`Kind::SettingChanged`].
    pub async fn note(&self, entry: &Entry) -> Result<(), StoreError> {
        self.store.note(entry).await
    }

    /// At most `limit` entries of the trail after place `after`, in order.
    pub async fn audit(&self, after: i64, limit: u32) -> Result<Vec<Noted>, StoreError> {
        self.store.trail(after, limit).await
    }

    async fn revoke(&self, whose: Whose<'_>, by: &str) -> Result<Vec<SessionId>, StoreError> {
        self.end(whose, &Entry::of(Kind::Ended, self.clock.now()).because(Why::Revoked).by(by)).await
    }

    pub(super) async fn end(&self, whose: Whose<'_>, entry: &Entry) -> Result<Vec<SessionId>, StoreError> {
        let ended = self.store.end(whose, entry).await?;
        self.have_ended(&ended);
        Ok(ended)
    }

    /// Makes the end of sessions felt on this node.
    pub(super) fn have_ended(&self, sessions: &[SessionId]) {
        for session in sessions {
            // First nobody new comes in, then those who are in hear of it.
            self.cache().evict(*session);
            self.ends.end(*session);
        }
        if !sessions.is_empty() {
            tracing::info!(organisation = %self.slug, sessions = sessions.len(), "sessions ended");
        }
    }

    /// The session that a token opens. What its being shown changed is made felt on this node.
    pub(super) fn opened(&self, shown: Shown) -> Option<Session> {
        match shown {
            Shown::Session(session) => Some(session),
            Shown::Renewed(session) => {
                self.cache().evict(session.id);
                Some(session)
            }
            Shown::Stolen(session) => {
                tracing::warn!(organisation = %self.slug, %session, "a token was shown after its successor");
                self.have_ended(&[session]);
                None
            }
            Shown::Nothing => None,
        }
    }

    pub(super) fn caller(&self, session: &Session) -> Caller {
        Caller {
            organisation: self.slug.clone(),
            role: session.role,
            email: session.email.clone(),
            person: session.person.clone(),
            session: session.id,
        }
    }

    pub(super) fn cache(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody shows a token now.
pub(super) fn showing(token: Digest, address: Option<IpAddr>, now: DateTime<Utc>) -> Showing {
    Showing { token, address, rested_since: rested_since(now), now }
}

/// A session that was last used before this has ended.
pub(super) fn rested_since(now: DateTime<Utc>) -> DateTime<Utc> {
    now - REST
}

impl<S: Store> From<S> for AnyStore {
    fn from(store: S) -> Self {
        Self(Arc::new(store))
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access").field("slug", &self.slug).finish_non_exhaustive()
    }
}
