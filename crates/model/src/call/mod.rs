//! Calls: legs that ring, are answered, held and ended, heard in any order.

mod leg;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{CallId, Extension, PersonId, PhoneNumber};

pub use leg::{Ending, Hold, Leg, LegState};

/// Which end of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The one who dialled.
    Caller,
    /// One of those who were rung.
    Callee,
}

/// Who is at the other end, as far as the event says.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Party {
    /// A person of the organisation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// Their number, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<PhoneNumber>,
    /// Their extension.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extension: Option<Extension>,
    /// Their name, where Zoom gives one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
}

/// The queue that forwarded a call.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct QueueRef {
    /// The queue's extension: Zoom's events carry no queue id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<Extension>,
    /// The queue's name.
    pub name: String,
}

/// How a leg ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// They talked, then somebody hung up.
    Answered,
    /// Nobody picked up.
    NoAnswer,
    /// The callee declined.
    Rejected,
    /// The line was busy.
    Busy,
    /// The caller hung up first.
    Cancelled,
    /// The caller reached the voicemail.
    Voicemail,
    /// Another member of the group picked up.
    AnsweredElsewhere,
    /// It ended, and Zoom did not say how.
    Unknown,
}

/// One thing that happened to a leg, with the time at which it happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// It started to ring.
    Ringing,
    /// It was answered.
    Answered,
    /// It was put on hold (`true`) or taken off hold (`false`).
    Held(bool),
    /// It ended.
    Ended(Outcome),
}

/// One report about one leg of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallReport {
    /// Which call.
    pub call: CallId,
    /// Whose leg: the person of the organisation that the event is about.
    pub person: PersonId,
    /// Which end of the call that person is.
    pub side: Side,
    /// When the step happened.
    pub at: DateTime<Utc>,
    /// What happened.
    pub step: Step,
    /// The other end.
    #[serde(default)]
    pub other: Party,
    /// The queue that sent the call, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<QueueRef>,
}

/// A call: all that was heard of its legs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Which call.
    pub id: CallId,
    /// Its legs, one for each person of the organisation and side.
    pub legs: Vec<Leg>,
}

impl Call {
    /// A call of which nothing was heard yet.
    pub const fn new(id: CallId) -> Self {
        Self { id, legs: Vec::new() }
    }

    /// Takes in one report; tells whether anything changed.
    pub fn learn(&mut self, report: &CallReport) -> bool {
        self.leg_mut(&report.person, report.side).learn(report)
    }

    /// Joins another record of the same call into this one; tells whether anything changed.
    pub fn join(&mut self, other: Self) -> bool {
        let mut changed = false;
        for leg in other.legs {
            changed |= self.leg_mut(&leg.person, leg.side).join(leg);
        }
        changed
    }

    /// Whether every leg has ended.
    pub fn is_over(&self) -> bool {
        self.legs.iter().all(|leg| leg.state() == LegState::Ended)
    }

    /// The time of the last thing that was heard of any leg.
    pub fn changed_at(&self) -> Option<DateTime<Utc>> {
        self.legs.iter().filter_map(Leg::changed_at).max()
    }

    /// The legs by person and side, sorted: two equal calls have equal legs in equal order.
    fn leg_mut(&mut self, person: &PersonId, side: Side) -> &mut Leg {
        let place = self.legs.binary_search_by(|leg| (&leg.person, leg.side).cmp(&(person, side)));
        let place = place.unwrap_or_else(|free| {
            self.legs.insert(free, Leg::new(person.clone(), side));
            free
        });
        &mut self.legs[place]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(step: Step, at: i64) -> CallReport {
        CallReport {
            call: CallId::new("6998252113337041462"),
            person: PersonId::new("mia"),
            side: Side::Callee,
            at: DateTime::from_timestamp(at, 0).unwrap(),
            step,
            other: Party::default(),
            queue: None,
        }
    }

    fn leg_after(reports: &[CallReport]) -> Leg {
        let mut call = Call::new(CallId::new("6998252113337041462"));
        for report in reports {
            call.learn(report);
        }
        call.legs.remove(0)
    }

    #[test]
    fn an_answer_may_be_heard_before_the_ring() {
        let leg = leg_after(&[report(Step::Answered, 15), report(Step::Ringing, 10)]);

        assert_eq!(leg.state(), LegState::Connected);
        assert_eq!(leg.rang_at.unwrap().timestamp(), 10);
    }

    #[test]
    fn nothing_opens_a_leg_that_has_ended() {
        let leg = leg_after(&[
            report(Step::Ended(Outcome::Answered), 30),
            report(Step::Held(true), 20),
            report(Step::Answered, 15),
        ]);

        assert_eq!(leg.state(), LegState::Ended);
    }

    #[test]
    fn a_late_hold_does_not_undo_a_newer_unhold() {
        let leg = leg_after(&[
            report(Step::Answered, 10),
            report(Step::Held(false), 30),
            report(Step::Held(true), 20),
        ]);

        assert_eq!(leg.state(), LegState::Connected);
    }

    #[test]
    fn a_repeat_changes_nothing() {
        let mut call = Call::new(CallId::new("1"));
        assert!(call.learn(&report(Step::Ringing, 10)));
        assert!(!call.learn(&report(Step::Ringing, 10)));
    }
}
