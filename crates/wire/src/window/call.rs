//! Calling, and the calls that were made.

use chrono::{DateTime, Utc};
use rollcall_model::{FirstAction, Limit, Outcome, PersonId, PhoneNumber, PresenceState};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Row;

/// A wish to call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CallRequest {
    /// Whom; nothing for a number that was typed.
    #[ts(type = "string | null")]
    pub person: Option<PersonId>,
    /// Which number, as text; nothing for the person's first.
    pub number: Option<String>,
    /// Whether the person at the window has seen what [`Confirmation`] says and goes on.
    pub confirmed: bool,
    /// Why a person who does not want to be disturbed is called.
    pub reason: Option<String>,
}

/// What came of a [`CallRequest`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum CallAnswer {
    /// The number was handed to the phone.
    Placed {
        /// The call.
        consult: Consult,
    },
    /// It must be confirmed first.
    Confirm {
        /// What to confirm.
        confirmation: Confirmation,
    },
}

/// What a person is asked before a call is placed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Confirmation {
    /// Whom.
    #[ts(type = "string | null")]
    pub person: Option<PersonId>,
    /// The name, or nothing for a number alone.
    pub name: String,
    /// The number that will be dialled.
    #[ts(type = "string")]
    pub number: PhoneNumber,
    /// The number as people read it.
    pub grouped: String,
    /// The state that makes it ask.
    #[ts(type = "PresenceState")]
    pub state: PresenceState,
    /// Why they are not to be called now, by the organisation's policy.
    #[ts(type = "Limit | null")]
    pub limit: Option<Limit>,
    /// What kind of confirmation is wanted.
    #[ts(type = "FirstAction")]
    pub action: FirstAction,
    /// Who is free and knows the same, best first; at most three.
    pub instead: Vec<Row>,
}

/// A call that was made from here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Consult {
    /// Its id.
    pub id: String,
    /// Whom; nothing for a number that was typed.
    #[ts(type = "string | null")]
    pub person: Option<PersonId>,
    /// The name at that time.
    pub name: String,
    /// The number that was dialled.
    #[ts(type = "string")]
    pub number: PhoneNumber,
    /// The reason that was given, or nothing.
    pub reason: String,
    /// How far it came.
    pub state: ConsultState,
    /// When the number was handed to the phone.
    #[ts(type = "string")]
    pub dialled_at: DateTime<Utc>,
    /// When it was answered.
    #[ts(type = "string | null")]
    pub answered_at: Option<DateTime<Utc>>,
    /// When it ended.
    #[ts(type = "string | null")]
    pub ended_at: Option<DateTime<Utc>>,
    /// How it ended.
    #[ts(type = "Outcome | null")]
    pub outcome: Option<Outcome>,
}

/// How far a call came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ConsultState {
    /// Handed to the phone; nothing was heard yet.
    Dialling,
    /// Ringing.
    Ringing,
    /// Talking.
    Connected,
    /// On hold.
    Held,
    /// Over.
    Ended,
    /// Nothing was ever heard of it: the phone did not place it, or its events were lost.
    Unheard,
}
