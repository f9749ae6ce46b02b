//! Calls made from here as rows.

use rollcall_model::{CallId, PersonId};
use rollcall_wire::window::Consult;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use sqlx::FromRow;

use crate::{
    consult::Track,
    store::{Trouble, time::from_nanos},
};

/// A row of `consults`.
#[derive(FromRow)]
pub(super) struct ConsultRow {
    id: String,
    person: Option<String>,
    name: String,
    number: String,
    reason: String,
    state: String,
    dialled_at: i64,
    answered_at: Option<i64>,
    ended_at: Option<i64>,
    outcome: Option<String>,
    call: Option<String>,
}

impl ConsultRow {
    pub(super) fn into_track(self) -> Result<Track, Trouble> {
        let consult = Consult {
            id: self.id,
            person: self.person.as_deref().map(PersonId::new),
            name: self.name,
            number: from_word(self.number)?,
            reason: self.reason,
            state: from_word(self.state)?,
            dialled_at: from_nanos(self.dialled_at),
            answered_at: self.answered_at.map(from_nanos),
            ended_at: self.ended_at.map(from_nanos),
            outcome: self.outcome.map(from_word).transpose()?,
        };
        Ok(Track { consult, call: self.call.as_deref().map(CallId::new) })
    }
}

/// The word by which a value without parts goes over the wire, and into a column.
pub(super) fn word<T: Serialize>(value: &T) -> Result<String, Trouble> {
    match serde_json::to_value(value)? {
        Value::String(word) => Ok(word),
        _ => Err(Trouble::Corrupt("a value that has no word".to_owned())),
    }
}

/// The value of such a word.
pub(super) fn from_word<T: DeserializeOwned>(word: String) -> Result<T, Trouble> {
    Ok(serde_json::from_value(Value::String(word))?)
}
