//! One call with its legs inside the account.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};

use crate::org::{E164, PersonIx};

/// Zoom's id of a call: 19 digits, written as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub(crate) u64);

/// One end of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Person(PersonIx),
    Outside(E164),
    /// Index of a queue of the organisation.
    Queue(usize),
}

/// A telephone of the called side, inside the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Leg {
    pub(crate) person: PersonIx,
    pub(crate) state: LegState,
}

/// What became of one leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LegState {
    Ringing,
    Answered,
    Missed,
    Rejected,
}

/// Where a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    Ringing,
    Talking,
    /// One side has put the other on hold.
    Held,
    Parked,
    Over,
}

/// How a call came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Connected,
    NoAnswer,
    Busy,
    Rejected,
    Canceled,
    Voicemail,
}

/// A call, running or over.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) id: CallId,
    pub(crate) from: End,
    pub(crate) to: End,
    pub(crate) legs: Vec<Leg>,
    pub(crate) state: State,
    pub(crate) outcome: Option<Outcome>,
    pub(crate) rang_at: DateTime<Utc>,
    pub(crate) answered_at: Option<DateTime<Utc>>,
    pub(crate) ended_at: Option<DateTime<Utc>>,
    /// Seconds on hold so far, the running one not included.
    pub(crate) held_seconds: i64,
    pub(crate) held_since: Option<DateTime<Utc>>,
    /// Counts the times somebody moved the call by hand; what was due before is due no more.
    pub(crate) generation: u32,
}

impl Call {
    /// A call that begins to ring now at `ringing`.
    pub(crate) fn new(id: CallId, from: End, to: End, ringing: Vec<PersonIx>, now: DateTime<Utc>) -> Self {
        let legs = ringing.into_iter().map(|person| Leg { person, state: LegState::Ringing }).collect();
        Self {
            id,
            from,
            to,
            legs,
            state: State::Ringing,
            outcome: None,
            rang_at: now,
            answered_at: None,
            ended_at: None,
            held_seconds: 0,
            held_since: None,
            generation: 0,
        }
    }

    /// The person of the account who called, if one did.
    pub(crate) fn caller(&self) -> Option<PersonIx> {
        match self.from {
            End::Person(ix) => Some(ix),
            End::Outside(_) | End::Queue(_) => None,
        }
    }

    /// The person of the account who answered, if one did.
    pub(crate) fn answerer(&self) -> Option<PersonIx> {
        self.legs.iter().find(|leg| leg.state == LegState::Answered).map(|leg| leg.person)
    }

    /// Whether it rings at this person's telephone, or is answered there.
    pub(crate) fn is_at(&self, person: PersonIx) -> bool {
        let at = |leg: &Leg| matches!(leg.state, LegState::Ringing | LegState::Answered);
        self.legs.iter().any(|leg| leg.person == person && at(leg))
    }

    /// Everybody of the account the call touches.
    pub(crate) fn people(&self) -> impl Iterator<Item = PersonIx> {
        self.caller().into_iter().chain(self.legs.iter().map(|leg| leg.person))
    }

    /// Seconds of talk, hold included; 0 when nobody answered.
    pub(crate) fn talk_seconds(&self) -> i64 {
        match (self.answered_at, self.ended_at) {
            (Some(answered), Some(ended)) => (ended - answered).num_seconds().max(0),
            _ => 0,
        }
    }

    /// Seconds of ringing.
    pub(crate) fn wait_seconds(&self) -> i64 {
        let until = self.answered_at.or(self.ended_at).unwrap_or(self.rang_at);
        (until - self.rang_at).num_seconds().max(0)
    }

    /// Both ends inside the account.
    pub(crate) fn is_internal(&self) -> bool {
        !matches!(self.from, End::Outside(_)) && !matches!(self.to, End::Outside(_))
    }

    /// The queue that was called, if one was.
    pub(crate) fn queue(&self) -> Option<usize> {
        match self.to {
            End::Queue(queue) => Some(queue),
            End::Person(_) | End::Outside(_) => None,
        }
    }
}

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl FromStr for CallId {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl Serialize for CallId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
