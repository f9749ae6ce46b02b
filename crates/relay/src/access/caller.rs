//! Somebody who was let in.

use std::fmt;

use rollcall_model::PersonId;
use rollcall_wire::session::Role;
use serde::Serialize;
use uuid::Uuid;

use crate::caller::Slug;

/// The name of a session, in the trail and on the command line. It opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct SessionId(Uuid);

impl From<SessionId> for Uuid {
    fn from(session: SessionId) -> Self {
        session.0
    }
}

/// The text names no session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this names no session")]
pub struct NoSession;

/// Somebody who was let in by a session; kept in the request's extensions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Whose relay they may ask.
    pub organisation: Slug,
    /// What they may see.
    pub role: Role,
    /// Their e-mail address, in lower case.
    pub email: String,
    /// The person, once the directory knows the address.
    pub person: Option<PersonId>,
    /// The session.
    pub session: SessionId,
}

impl SessionId {
    /// A new name.
    pub(crate) fn fresh() -> Self {
        Self(Uuid::new_v4())
    }
}

impl std::str::FromStr for SessionId {
    type Err = NoSession;

    fn from_str(text: &str) -> Result<Self, NoSession> {
        text.parse().map(Self).map_err(|_| NoSession)
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What the rest of the relay needs to know.
impl From<&Caller> for crate::caller::Caller {
    fn from(caller: &Caller) -> Self {
        Self { organisation: caller.organisation.clone(), role: caller.role, person: caller.person.clone() }
    }
}
