//! The seam behind which is stored who may come in: codes, sign-ins on their way, sessions, the trail.
//!
//! A store belongs to one organisation. It keeps secrets as SHA-256 only, decides what belongs to one
//! transaction, and numbers every change of a session without gaps and in the order of commits, so that every
//! node hears of every end. It knows no HTTP, no Zoom and no clock. [`SqliteStore`] and [`PostgresStore`] differ
//! in how they open and lock; `conformance` is the suite that both pass.

#[cfg(test)]
mod conformance;
mod error;
mod judge;
mod open;
mod rows;
mod sql;
mod steps;
mod verbs;

use std::net::IpAddr;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use rollcall_model::PersonId;
use rollcall_wire::session::Role;

pub use error::StoreError;
pub use open::{PostgresAccess, PostgresStore, SqliteStore};

use super::{
    SessionId,
    entry::{Entry, Noted},
    secret::Digest,
};

/// A code to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewCode {
    /// Its public part.
    pub(crate) selector: String,
    /// SHA-256 of the whole.
    pub(crate) digest: Digest,
    /// Who comes in by it.
    pub(crate) email: String,
    /// What they may see.
    pub(crate) role: Role,
    /// The person, when it is known.
    pub(crate) person: Option<PersonId>,
    /// The challenge of the desk that began the sign-in; an invitation has none.
    pub(crate) challenge: Option<String>,
    /// Who made it.
    pub(crate) by: String,
    /// When it ends.
    pub(crate) expires_at: DateTime<Utc>,
}

/// Somebody shows a code.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    /// The public part of what was shown.
    pub(crate) selector: String,
    /// SHA-256 of the whole.
    pub(crate) digest: Digest,
    /// The challenge that the shown verifier makes; older desks show none with an invitation.
    pub(crate) challenge: Option<String>,
    /// From where.
    pub(crate) address: Option<IpAddr>,
    /// Whether a refusal is written into the trail: it is not when there are too many of them.
    pub(crate) noted: bool,
    /// The session's name, when it opens.
    pub(crate) session: SessionId,
    /// SHA-256 of its first token.
    pub(crate) token: Digest,
    /// The time.
    pub(crate) now: DateTime<Utc>,
}

/// A code opened a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Admission {
    /// The session.
    pub(crate) session: Session,
    /// The one that the code had opened before for the same desk, which never heard of it.
    pub(crate) ended: Vec<SessionId>,
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Session {
    /// Its name.
    pub id: SessionId,
    /// Whose it is.
    pub email: String,
    /// What they may see.
    pub role: Role,
    /// The person, once the directory knows the address.
    pub person: Option<PersonId>,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// When it was last used, to a few minutes.
    pub last_used_at: DateTime<Utc>,
}

/// What a token is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// It opens this session.
    Session(Session),
    /// It opens this session for the first time: the tokens before it are spent.
    Renewed(Session),
    /// It was shown although its successor had been used: its session has just been ended.
    Stolen(SessionId),
    /// Nothing.
    Nothing,
}

/// Somebody shows a token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Showing {
    /// SHA-256 of the token.
    pub(crate) token: Digest,
    /// From where.
    pub(crate) address: Option<IpAddr>,
    /// A session that was last used before this has ended.
    pub(crate) rested_since: DateTime<Utc>,
    /// The time.
    pub(crate) now: DateTime<Utc>,
}

/// Whose sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose<'a> {
    /// This one.
    Session(SessionId),
    /// Those that are known to be this person's.
    Person(&'a PersonId),
    /// Those with this e-mail address.
    Email(&'a str),
    /// All.
    Everybody,
}

/// Who is forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whom<'a> {
    /// This person, with the e-mail address that the directory knows.
    Person {
        /// Who.
        person: &'a PersonId,
        /// Their address.
        email: Option<&'a str>,
    },
    /// Everybody.
    Everybody,
}

/// A session that changed: its person became known, its token was renewed, or it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    /// The change's place.
    pub(crate) number: i64,
    /// The session.
    pub(crate) session: SessionId,
    /// Whether it has ended.
    pub(crate) ended: bool,
}

/// A sign-in with Zoom that has begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SignInOnItsWay {
    /// SHA-256 of the state that goes through Zoom.
    pub(crate) state: Digest,
    /// SHA-256 of what the browser keeps.
    pub(crate) browser: Digest,
    /// Our own verifier towards Zoom; worth nothing without Zoom's code.
    pub(crate) verifier: String,
    /// The desk's challenge.
    pub(crate) challenge: String,
    /// The desk's state.
    pub(crate) desk_state: String,
    /// Where the desk waits.
    pub(crate) redirect: String,
    /// When it ends.
    pub(crate) expires_at: DateTime<Utc>,
}

/// What is older than these is put away.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Horizons {
    /// Codes and sign-ins that ended before.
    pub(crate) codes: DateTime<Utc>,
    /// Sessions that ended before, and tokens that were spent before.
    pub(crate) sessions: DateTime<Utc>,
    /// Entries of the trail from before.
    pub(crate) trail: DateTime<Utc>,
}

/// Where it is stored who may come in. Every verb is one transaction.
#[async_trait]
pub(crate) trait Store: Send + Sync + 'static {
    /// Keeps a code and writes into the trail that it was made, if there is something to write.
    async fn keep_code(&self, code: &NewCode, entry: Option<&Entry>) -> Result<(), StoreError>;

    /// Opens a session by a code, once; for the desk that used it, which it knows by its challenge, for a moment
    /// again in place of that session. What is refused is counted against the code that it was meant for, and
    /// costs the same whatever was wrong: nobody learns which it was but the trail.
    async fn redeem(&self, attempt: &Attempt) -> Result<Option<Admission>, StoreError>;

    /// Tells what a token is worth. A token that was given out as the next one becomes the one in use by being
    /// shown, and those before it are spent; a spent one ends the session, unless it was so only a moment ago.
    async fn show(&self, showing: &Showing) -> Result<Shown, StoreError>;

    /// Gives a session the token `next` beside the one that is shown; that one works until the next is shown.
    async fn rotate(&self, showing: &Showing, next: &Digest) -> Result<Shown, StoreError>;

    /// Ends sessions that are open; tells which. `entry` says how it is written into the trail.
    async fn end(&self, whose: Whose<'_>, entry: &Entry) -> Result<Vec<SessionId>, StoreError>;

    /// Remembers when sessions were last used.
    async fn touch(&self, used: &[(SessionId, DateTime<Utc>)]) -> Result<(), StoreError>;

    /// Remembers who the person of a session is.
    async fn know(&self, session: SessionId, person: &PersonId) -> Result<(), StoreError>;

    /// The number of the last change.
    async fn last_change(&self) -> Result<i64, StoreError>;

    /// Changes after one, in order; of a session that changed twice only the last.
    async fn changes(&self, after: i64) -> Result<Vec<Change>, StoreError>;

    /// Open sessions, the oldest first.
    async fn sessions(&self, whose: Whose<'_>) -> Result<Vec<Session>, StoreError>;

    /// Keeps a sign-in unless there are `most` already; tells whether it was kept.
    async fn keep_sign_in(&self, sign_in: &SignInOnItsWay, most: i64) -> Result<bool, StoreError>;

    /// Takes a sign-in out.
    async fn take_sign_in(&self, state: &Digest) -> Result<Option<SignInOnItsWay>, StoreError>;

    /// Writes into the trail.
    async fn note(&self, entry: &Entry) -> Result<(), StoreError>;

    /// At most `limit` entries of the trail after `after`.
    async fn trail(&self, after: i64, limit: u32) -> Result<Vec<Noted>, StoreError>;

    /// Puts away what is older than the horizons. Sessions that were last used before `rested_since` end.
    async fn tidy(
        &self,
        horizons: &Horizons,
        rested_since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Vec<SessionId>, StoreError>;

    /// Ends sessions and forgets whose they were, in sessions, codes and the trail; tells which ended.
    async fn forget(&self, whom: Whom<'_>, now: DateTime<Utc>) -> Result<Vec<SessionId>, StoreError>;

    /// Ends all use of the storage.
    async fn close(&self);
}
