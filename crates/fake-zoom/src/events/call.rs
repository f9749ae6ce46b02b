//! Events about running calls.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::{Event, Manner};
use crate::{
    calls::{Call, End, Happening, Outcome},
    ids,
    mischief::Mischief,
    org::{Organisation, Person, PersonIx, numbers},
};

/// A call and the organisation it happens in.
#[derive(Clone, Copy)]
pub(crate) struct Scene<'a> {
    pub(crate) org: &'a Organisation,
    pub(crate) call: &'a Call,
    pub(crate) manner: &'a Manner,
    pub(crate) at: DateTime<Utc>,
}

impl Scene<'_> {
    /// The event that tells of a happening.
    pub(crate) fn event(&self, happening: &Happening) -> Event {
        let (name, mut object) = self.tell(happening);
        object.insert("call_id".into(), json!(self.call.id));
        self.manner.event(&format!("phone.{name}"), Value::Object(object), self.at)
    }

    fn tell(&self, happening: &Happening) -> (String, Map<String, Value>) {
        match happening {
            Happening::CallerRinging => ("caller_ringing".into(), self.both(self.callee_side(None))),
            Happening::CallerConnected => (
                "caller_connected".into(),
                self.timed(self.both(self.callee_side(None)), "connected_start_time"),
            ),
            Happening::CallerEnded => ("caller_ended".into(), self.ended(self.both(self.callee_side(None)))),
            Happening::CalleeRinging(ix) => ("callee_ringing".into(), self.queued(self.both_with(*ix))),
            Happening::CalleeAnswered(ix) => {
                ("callee_answered".into(), self.queued(self.timed(self.both_with(*ix), "answer_start_time")))
            }
            Happening::CalleeEnded(ix) => {
                ("callee_ended".into(), self.queued(self.ended(self.both_with(*ix))))
            }
            Happening::CalleeMissed(ix) => {
                ("callee_missed".into(), self.queued(self.missed(self.both_with(*ix))))
            }
            Happening::CalleeRejected(ix) => {
                ("callee_rejected".into(), self.queued(self.missed(self.both_with(*ix))))
            }
            Happening::Side { word, by_caller } => self.side(word, *by_caller),
            Happening::Parked(ix) => ("callee_parked".into(), self.parked(*ix)),
            Happening::Transfer { word, to } => ((*word).to_owned(), self.transfer(to)),
            Happening::Conference => ("conference_started".into(), self.conference()),
            Happening::MeetingInvited(ix) => ("callee_meeting_inviting".into(), self.meeting(*ix)),
        }
    }

    fn both(&self, callee: Value) -> Map<String, Value> {
        let mut object = Map::new();
        object.insert("caller".into(), self.end(self.call.from));
        object.insert("callee".into(), callee);
        object.insert("ringing_start_time".into(), self.manner.stamp(self.call.rang_at).into());
        object
    }

    fn both_with(&self, callee: PersonIx) -> Map<String, Value> {
        self.both(self.callee_side(Some(callee)))
    }

    fn callee_side(&self, person: Option<PersonIx>) -> Value {
        person.map_or_else(|| self.end(self.call.to), |ix| self.person(&self.org[ix]))
    }

    fn end(&self, end: End) -> Value {
        match end {
            End::Person(ix) => self.person(&self.org[ix]),
            End::Outside(number) => json!({
                "extension_type": "pstn",
                "extension_number": number,
                "phone_number": self.plus(number),
                "connection_type": "pstn_off_net",
            }),
            End::Queue(ix) => {
                let queue = &self.org.queues[ix];
                json!({
                    "extension_id": queue.extension_id(),
                    "extension_type": "callQueue",
                    "extension_number": self.manner.extension(queue.extension),
                    "name": queue.name,
                    "phone_number": self.plus(queue.number),
                    "connection_type": "voip",
                })
            }
        }
    }

    fn person(&self, person: &Person) -> Value {
        let extension = self.manner.extension(person.line.map_or(0, |line| line.extension));
        let phone_number = match person.did() {
            Some(number) if !self.manner.is(Mischief::ExtensionAsNumber) => self.plus(number),
            _ => extension.to_string(),
        };
        json!({
            "extension_id": person.extension_id(),
            "extension_type": "user",
            "extension_number": extension,
            "user_id": person.id,
            "name": self.manner.name(&person.display_name()),
            "phone_number": phone_number,
            "timezone": person.site().zone.name(),
            "device_type": person.device_type(),
            "device_id": person.device_id(),
            "connection_type": "voip",
        })
    }

    fn plus(&self, number: u64) -> String {
        if self.manner.is(Mischief::NumbersWithoutPlus) { number.to_string() } else { numbers::plus(number) }
    }

    fn timed(&self, mut object: Map<String, Value>, key: &str) -> Map<String, Value> {
        let answered = self.call.answered_at.unwrap_or(self.at);
        object.insert(key.into(), self.manner.stamp(answered).into());
        object
    }

    fn ended(&self, mut object: Map<String, Value>) -> Map<String, Value> {
        if self.call.answered_at.is_some() {
            object = self.timed(object, "answer_start_time");
        }
        self.over(object, self.call.outcome.unwrap_or(Outcome::Connected))
    }

    fn missed(&self, object: Map<String, Value>) -> Map<String, Value> {
        self.over(object, self.call.outcome.unwrap_or(Outcome::NoAnswer))
    }

    fn over(&self, mut object: Map<String, Value>, outcome: Outcome) -> Map<String, Value> {
        let ended = self.call.ended_at.unwrap_or(self.at);
        object.insert("call_end_time".into(), self.manner.stamp(ended).into());
        object.insert("handup_result".into(), handup(outcome).into());
        object
    }

    fn queued(&self, mut object: Map<String, Value>) -> Map<String, Value> {
        if let Some(queue) = self.call.queue().map(|ix| &self.org.queues[ix]) {
            let forwarded = json!({
                "name": queue.name,
                "extension_type": "callQueue",
                "extension_number": self.manner.extension(queue.extension).to_string(),
            });
            object.insert("forwarded_by".into(), forwarded);
        }
        object
    }

    fn side(&self, word: &str, by_caller: bool) -> (String, Map<String, Value>) {
        let by_caller = by_caller && self.call.caller().is_some() || self.call.answerer().is_none();
        let side = if by_caller { "caller" } else { "callee" };
        (format!("{side}_{word}"), self.dated(self.both(self.callee_side(self.call.answerer()))))
    }

    fn dated(&self, mut object: Map<String, Value>) -> Map<String, Value> {
        object.remove("ringing_start_time");
        object.insert("date_time".into(), self.manner.stamp(self.at).into());
        object
    }

    fn parked(&self, callee: PersonIx) -> Map<String, Value> {
        let mut object = self.dated(self.both_with(callee));
        object.insert("park_code".into(), format!("*8{:02}", self.call.id.0 % 100).into());
        object
    }

    fn meeting(&self, callee: PersonIx) -> Map<String, Value> {
        let mut object = self.dated(self.both_with(callee));
        object.insert(
            "meeting_id".into(),
            (80_000_000_000 + self.call.id.0 % 9_999_999_999).to_string().into(),
        );
        object
    }

    fn owned(&self) -> Map<String, Value> {
        let mut object = Map::new();
        let owner = self.call.answerer().or_else(|| self.call.people().next());
        if let Some(person) = owner.map(|ix| &self.org[ix]) {
            let owner = json!({
                "id": person.id,
                "name": self.manner.name(&person.display_name()),
                "type": "user",
                "extension_number": self.manner.extension(person.line.map_or(0, |line| line.extension)),
            });
            object.insert("owner".into(), owner);
        }
        object.insert("date_time".into(), self.manner.stamp(self.at).into());
        object
    }

    fn transfer(&self, to: &str) -> Map<String, Value> {
        let mut object = self.owned();
        object.insert("transfer_phone_number".into(), to.into());
        object
    }

    fn conference(&self) -> Map<String, Value> {
        let mut object = self.owned();
        object.insert("conference_id".into(), ids::derived("conference", &self.call.id.to_string()).into());
        object.insert("enable_multiple_party_conference".into(), true.into());
        object
    }
}

/// How Zoom words the end of a call.
pub(crate) fn handup(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Connected => "Call connected",
        Outcome::NoAnswer => "No Answer",
        Outcome::Busy => "Busy",
        Outcome::Rejected => "Rejected",
        Outcome::Canceled => "Call Cancel",
        Outcome::Voicemail => "Voicemail",
    }
}
