//! What the organisation's log is made of.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{CallReport, OrganisationReport, PersonReport, PresenceReport, Seq};

/// One thing that happened, as far as the log is concerned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// Something was heard about a person's record.
    Person(PersonReport),
    /// Something was heard about a person's presence.
    Presence(PresenceReport),
    /// Something was heard about a call.
    Call(CallReport),
    /// Something was told of the organisation as a whole.
    Organisation(OrganisationReport),
}

/// An event with its place in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logged {
    /// Its place.
    pub seq: Seq,
    /// What happened.
    pub event: Event,
}

impl Event {
    /// When it was true.
    pub const fn as_of(&self) -> DateTime<Utc> {
        match self {
            Self::Person(report) => report.as_of,
            Self::Presence(report) => report.presence.as_of,
            Self::Call(report) => report.at,
            Self::Organisation(report) => report.as_of,
        }
    }

    /// The same, true at another moment.
    #[must_use]
    pub fn dated(mut self, at: DateTime<Utc>) -> Self {
        match &mut self {
            Self::Person(report) => report.as_of = at,
            Self::Presence(report) => report.presence.as_of = at,
            Self::Call(report) => report.at = at,
            Self::Organisation(report) => report.as_of = at,
        }
        self
    }
}
