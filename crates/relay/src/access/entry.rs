//! The trail: what happened to whom, when, by whom, from where.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::SessionId;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AuditKind)]
pub enum Kind {
    /// Somebody was invited.
    Invited,
    /// Somebody came in.
    SignedIn,
    /// Somebody was refused; why is told beside.
    Refused,
    /// A token was shown after its successor had been used: two hold one session. It was ended.
    RotatedTwice,
    /// Somebody left by themselves.
    SignedOut,
    /// A session was ended; why is told beside.
    Ended,
    /// Names were forgotten, here and in all sessions.
    Forgotten,
    /// Somebody exported something.
    Exported,
    /// Somebody changed a setting.
    SettingChanged,
}

/// Why somebody was refused, or why a session was ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AuditWhy)]
pub enum Why {
    /// No such code was ever made.
    UnknownCode,
    /// The selector was right and the secret was not.
    WrongCode,
    /// The code was used before.
    UsedCode,
    /// The code's time was over.
    ExpiredCode,
    /// Too many wrong tries were made at the code.
    LockedCode,
    /// The code of a sign-in was shown without the verifier of the desk that began it.
    WrongVerifier,
    /// The sign-in was not begun here, not in this browser, or too long ago.
    UnknownSignIn,
    /// The person declined at Zoom.
    Declined,
    /// The Zoom account is not the organisation's.
    WrongAccount,
    /// The person is not in use at Zoom, or not any more.
    NotActive,
    /// Zoom did not tell who it is.
    ZoomFailed,
    /// Nothing was shown for longer than a session may rest.
    Idle,
    /// Somebody with the right to do so ended it.
    Revoked,
    /// The organisation took the app away.
    Deauthorized,
    /// The desk that used the code showed it again: it never heard of the session that it had opened.
    AnswerLost,
}

/// An entry of the trail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub struct Entry {
    /// When; whole milliseconds.
    pub at: DateTime<Utc>,
    /// What happened.
    pub kind: Kind,
    /// Why, where there is a why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<Why>,
    /// To whom, by e-mail address, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// The session, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub session: Option<SessionId>,
    /// By whom: an e-mail address, or what did it (`command line`, `zoom`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// From which address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub address: Option<IpAddr>,
    /// What was exported or which setting was changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
}

/// An entry in its place. Places are gap-free: a hole is a hand that was not ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = AuditNoted)]
pub struct Noted {
    /// The place, from 1.
    pub number: i64,
    /// The entry.
    #[serde(flatten)]
    pub entry: Entry,
}

impl Entry {
    /// That something happened, and nothing more.
    pub const fn of(kind: Kind, at: DateTime<Utc>) -> Self {
        Self { at, kind, why: None, who: None, session: None, by: None, address: None, what: None }
    }

    /// The same, with a why.
    #[must_use]
    pub fn because(self, why: Why) -> Self {
        Self { why: Some(why), ..self }
    }

    /// The same, about this e-mail address.
    #[must_use]
    pub fn about(self, who: &str) -> Self {
        Self { who: Some(who.to_owned()), ..self }
    }

    /// The same, about this session.
    #[must_use]
    pub fn in_session(self, session: SessionId) -> Self {
        Self { session: Some(session), ..self }
    }

    /// The same, by this hand.
    #[must_use]
    pub fn by(self, by: &str) -> Self {
        Self { by: Some(by.to_owned()), ..self }
    }

    /// The same, from this address.
    #[must_use]
    pub fn from(self, address: Option<IpAddr>) -> Self {
        Self { address, ..self }
    }

    /// The same, with what was exported or changed.
    #[must_use]
    pub fn with(self, what: &str) -> Self {
        Self { what: Some(what.to_owned()), ..self }
    }
}
