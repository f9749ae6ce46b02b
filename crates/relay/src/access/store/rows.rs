//! What stands in the tables, and what it means.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use rollcall_model::PersonId;
use rollcall_wire::session::Role;
use serde::{Serialize, de::DeserializeOwned};
use sqlx::FromRow;

use super::{
    super::{
        SessionId,
        entry::{Entry, Kind, Noted, Why},
        secret::Digest,
    },
    Change, Session, SignInOnItsWay, StoreError,
    judge::{KeptCode, Use},
};

#[derive(FromRow)]
pub(super) struct CodeRow {
    digest: Vec<u8>,
    email: String,
    role: String,
    person: Option<String>,
    challenge: Option<String>,
    tries: i64,
    used_at: Option<i64>,
    used_by: Option<String>,
    expires_at: i64,
    /// The session that it opened, while that is open.
    opened: Option<String>,
}

#[derive(FromRow)]
pub(super) struct SessionRow {
    id: String,
    email: String,
    role: String,
    person: Option<String>,
    opened_at: i64,
    last_used_at: i64,
}

/// A token with its session.
#[derive(FromRow)]
pub(super) struct TokenRow {
    standing: String,
    spent_at: Option<i64>,
    ended_at: Option<i64>,
    #[sqlx(flatten)]
    session: SessionRow,
}

/// A token as it is kept.
#[derive(Clone, Debug)]
pub(super) struct KeptToken {
    pub(super) standing: TokenStanding,
    /// When it was spent; not known of those that were spent long ago.
    pub(super) spent_at: Option<DateTime<Utc>>,
    pub(super) ended: bool,
    pub(super) session: Session,
}

/// Where a token stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenStanding {
    /// It was given out and not shown yet.
    Next,
    /// It is in use.
    Current,
    /// A later one is in use.
    Spent,
}

#[derive(FromRow)]
pub(super) struct ChangeRow {
    change: i64,
    id: String,
    ended_at: Option<i64>,
}

#[derive(FromRow)]
pub(super) struct SignInRow {
    state: Vec<u8>,
    browser: Vec<u8>,
    verifier: String,
    challenge: String,
    desk_state: String,
    redirect: String,
    expires_at: i64,
}

#[derive(FromRow)]
pub(super) struct TrailRow {
    number: i64,
    at: i64,
    kind: String,
    why: Option<String>,
    who: Option<String>,
    session: Option<String>,
    made_by: Option<String>,
    address: Option<String>,
    what: Option<String>,
}

impl TokenStanding {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Current => "current",
            Self::Spent => "spent",
        }
    }
}

impl TryFrom<CodeRow> for KeptCode {
    type Error = StoreError;

    fn try_from(row: CodeRow) -> Result<Self, StoreError> {
        let opened = row.opened.map(|id| read(&id, "session")).transpose()?;
        Ok(Self {
            digest: digest(row.digest)?,
            email: row.email,
            role: read_word(&row.role, "role")?,
            person: row.person.as_deref().map(PersonId::new),
            challenge: row.challenge,
            tries: row.tries,
            used: row.used_at.map(|at| Use { at: time(at), by: row.used_by, opened }),
            expires_at: time(row.expires_at),
        })
    }
}

impl TryFrom<SessionRow> for Session {
    type Error = StoreError;

    fn try_from(row: SessionRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: read(&row.id, "session")?,
            email: row.email,
            role: read_word::<Role>(&row.role, "role")?,
            person: row.person.as_deref().map(PersonId::new),
            opened_at: time(row.opened_at),
            last_used_at: time(row.last_used_at),
        })
    }
}

impl TryFrom<TokenRow> for KeptToken {
    type Error = StoreError;

    fn try_from(row: TokenRow) -> Result<Self, StoreError> {
        let standing = match row.standing.as_str() {
            "next" => TokenStanding::Next,
            "current" => TokenStanding::Current,
            "spent" => TokenStanding::Spent,
            _ => return Err(StoreError::Value("standing")),
        };
        let (spent_at, ended) = (row.spent_at.map(time), row.ended_at.is_some());
        Ok(Self { standing, spent_at, ended, session: row.session.try_into()? })
    }
}

impl TryFrom<ChangeRow> for Change {
    type Error = StoreError;

    fn try_from(row: ChangeRow) -> Result<Self, StoreError> {
        let session: SessionId = read(&row.id, "session")?;
        Ok(Self { number: row.change, session, ended: row.ended_at.is_some() })
    }
}

impl TryFrom<SignInRow> for SignInOnItsWay {
    type Error = StoreError;

    fn try_from(row: SignInRow) -> Result<Self, StoreError> {
        Ok(Self {
            state: digest(row.state)?,
            browser: digest(row.browser)?,
            verifier: row.verifier,
            challenge: row.challenge,
            desk_state: row.desk_state,
            redirect: row.redirect,
            expires_at: time(row.expires_at),
        })
    }
}

impl TryFrom<TrailRow> for Noted {
    type Error = StoreError;

    fn try_from(row: TrailRow) -> Result<Self, StoreError> {
        let entry = Entry {
            at: time(row.at),
            kind: read_word::<Kind>(&row.kind, "kind")?,
            why: row.why.map(|why| read_word::<Why>(&why, "why")).transpose()?,
            who: row.who,
            session: row.session.map(|id| read(&id, "session")).transpose()?,
            by: row.made_by,
            address: row.address.map(|address| read(&address, "address")).transpose()?,
            what: row.what,
        };
        Ok(Self { number: row.number, entry })
    }
}

/// A word as it stands in a table.
pub(super) fn word<T: Serialize>(value: T) -> Result<String, StoreError> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        _ => Err(StoreError::Value("word")),
    }
}

/// Milliseconds since 1970 as a time.
pub(super) fn time(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or_default()
}

fn read_word<T: DeserializeOwned>(word: &str, what: &'static str) -> Result<T, StoreError> {
    serde_json::from_value(word.into()).map_err(|_| StoreError::Value(what))
}

/// A text of a table as what it stands for.
pub(super) fn read<T: FromStr>(text: &str, what: &'static str) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::Value(what))
}

fn digest(bytes: Vec<u8>) -> Result<Digest, StoreError> {
    bytes.try_into().map_err(|_| StoreError::Value("digest"))
}
