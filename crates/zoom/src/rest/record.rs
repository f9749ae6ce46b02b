//! A finished call as Zoom records it: a call element, or one of its two older forms.

use chrono::{DateTime, Utc};
use rollcall_model::{
    CallId, CallReport, Extension, Outcome, Party, PersonId, PhoneNumber, QueueRef, Side, Step,
};
use serde::Deserialize;

use crate::{
    lenient::{de_extension, de_moment, de_text},
    outcome::outcome,
};

/// One person's part in a finished call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct CallRecord {
    #[serde(deserialize_with = "de_text")]
    call_id: String,
    #[serde(deserialize_with = "de_text")]
    direction: String,
    #[serde(alias = "date_time", deserialize_with = "de_moment")]
    start_time: Option<DateTime<Utc>>,
    #[serde(alias = "answer_start_time", deserialize_with = "de_moment")]
    answer_time: Option<DateTime<Utc>>,
    #[serde(alias = "call_end_time", deserialize_with = "de_moment")]
    end_time: Option<DateTime<Utc>>,
    #[serde(alias = "call_result", deserialize_with = "de_text")]
    result: String,
    #[serde(deserialize_with = "de_text")]
    result_reason: String,
    #[serde(deserialize_with = "de_text")]
    caller_user_id: String,
    #[serde(deserialize_with = "de_text")]
    caller_name: String,
    #[serde(deserialize_with = "de_text")]
    caller_did_number: String,
    #[serde(alias = "caller_number", deserialize_with = "de_text")]
    caller_ext_number: String,
    #[serde(deserialize_with = "de_text")]
    callee_user_id: String,
    #[serde(deserialize_with = "de_text")]
    callee_name: String,
    #[serde(deserialize_with = "de_text")]
    callee_did_number: String,
    #[serde(alias = "callee_number", deserialize_with = "de_text")]
    callee_ext_number: String,
    forwarded_by: ForwardedBy,
}

/// Who sent the call on (older form only).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
struct ForwardedBy {
    #[serde(deserialize_with = "de_text")]
    name: String,
    #[serde(deserialize_with = "de_text")]
    extension_type: String,
    #[serde(deserialize_with = "de_extension")]
    extension_number: Option<Extension>,
}

impl CallRecord {
    /// The steps that the record proves of `person`'s leg: ringing at its start, answered, ended. The side
    /// is told by the event's name, or by the direction when `side` is nothing.
    pub fn reports(&self, person: &PersonId, side: Option<Side>) -> Vec<CallReport> {
        let side = side.or(match self.direction.as_str() {
            "outbound" => Some(Side::Caller),
            "inbound" => Some(Side::Callee),
            _ => None,
        });
        let Some(side) = side.filter(|_| !self.call_id.is_empty()) else {
            return Vec::new();
        };
        let elsewhere = side == Side::Callee && self.ended(side) == Outcome::AnsweredElsewhere;
        let answered = self.answer_time.filter(|_| !elsewhere);
        let steps = [
            self.start_time.map(|at| (at, Step::Ringing)),
            answered.map(|at| (at, Step::Answered)),
            self.end_time.map(|at| (at, Step::Ended(self.ended(side)))),
        ];
        steps
            .into_iter()
            .flatten()
            .map(|(at, step)| CallReport {
                call: CallId::new(&self.call_id),
                person: person.clone(),
                side,
                at,
                step,
                other: self.other(side),
                queue: self.forwarded_by.queue(),
            })
            .collect()
    }

    fn ended(&self, side: Side) -> Outcome {
        // "Answered by another" is told in the reason; for the caller the call was answered all the same.
        let reason = outcome(&self.result_reason).filter(|_| side == Side::Callee);
        let by_answer = self.answer_time.map(|_| Outcome::Answered);
        reason.or_else(|| outcome(&self.result)).or(by_answer).unwrap_or(Outcome::Unknown)
    }

    fn other(&self, side: Side) -> Party {
        let (person, name, did, internal) = match side {
            Side::Caller => {
                (&self.callee_user_id, &self.callee_name, &self.callee_did_number, &self.callee_ext_number)
            }
            Side::Callee => {
                (&self.caller_user_id, &self.caller_name, &self.caller_did_number, &self.caller_ext_number)
            }
        };
        let number = [did, internal].into_iter().find_map(|text| e164(text));
        Party {
            person: (!person.is_empty()).then(|| PersonId::new(person)),
            number,
            extension: internal.parse().ok().map(Extension),
            name: name.clone(),
        }
    }
}

impl ForwardedBy {
    fn queue(&self) -> Option<QueueRef> {
        is_queue(&self.extension_type)
            .then(|| QueueRef { extension: self.extension_number, name: self.name.clone() })
    }
}

/// Whether an extension type is that of a call queue, in either of Zoom's spellings.
pub(crate) fn is_queue(extension_type: &str) -> bool {
    matches!(extension_type, "callQueue" | "call_queue")
}

/// A number of an event: with a `+` it is one, without it is an extension.
pub(crate) fn e164(text: &str) -> Option<PhoneNumber> {
    if text.starts_with('+') { PhoneNumber::parse(text, None).ok() } else { None }
}
