//! A finished call as one row of call history, and as one element for each of its legs.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use crate::{
    calls::{Call, End, LegState, Outcome},
    ids,
    org::{E164, Organisation, PersonIx, numbers},
    time,
};

/// A finished call, the organisation it happened in, and through whose eyes it is told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Report<'a> {
    pub(crate) org: &'a Organisation,
    pub(crate) call: &'a Call,
    /// A person who sees it as their own call; else it is told from the account's side.
    pub(crate) eyes: Option<PersonIx>,
}

/// One leg: whose it is, what it was and how it came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) nth: u8,
    pub(crate) person: Option<PersonIx>,
    event: &'static str,
    pub(crate) result: &'static str,
    reason: Option<&'static str>,
    answered: bool,
}

impl<'a> Report<'a> {
    /// The call as the account sees it.
    pub(crate) fn of(org: &'a Organisation, call: &'a Call) -> Self {
        Self { org, call, eyes: None }
    }

    /// The UUID of the whole call.
    pub(crate) fn history_uuid(&self) -> String {
        ids::dated_record(self.call.rang_at, self.call.id.0, "history", 0)
    }

    /// `inbound` or `outbound`.
    pub(crate) fn direction(&self) -> &'static str {
        let own = match self.eyes {
            Some(eyes) => self.call.caller() == Some(eyes),
            None => self.call.caller().is_some(),
        };
        if own { "outbound" } else { "inbound" }
    }

    /// `internal` or `external`.
    pub(crate) fn connect_type(&self) -> &'static str {
        if self.call.is_internal() { "internal" } else { "external" }
    }

    /// How the whole call came out.
    pub(crate) fn result(&self) -> &'static str {
        match self.call.outcome.unwrap_or(Outcome::Connected) {
            Outcome::Connected if self.direction() == "outbound" => "connected",
            Outcome::Connected => "answered",
            Outcome::NoAnswer => "no_answer",
            Outcome::Busy => "busy",
            Outcome::Rejected => "rejected",
            Outcome::Canceled => "canceled",
            Outcome::Voicemail => "voicemail",
        }
    }

    /// The kinds of number at both ends.
    pub(crate) fn number_types(&self) -> [&'static str; 2] {
        [self.call.from, self.call.to].map(|end| match end {
            End::Outside(_) => "external_pstn",
            End::Person(_) | End::Queue(_) => "zoom_pstn",
        })
    }

    /// The kinds of extension at both ends; empty for an end outside.
    pub(crate) fn extension_types(&self) -> [&'static str; 2] {
        [self.call.from, self.call.to].map(|end| match end {
            End::Person(_) => "user",
            End::Queue(_) => "call_queue",
            End::Outside(_) => "",
        })
    }

    /// Every full number that had a part in the call.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = E164> {
        let ends = [self.call.from, self.call.to].into_iter().filter_map(|end| match end {
            End::Outside(number) => Some(number),
            End::Queue(ix) => Some(self.org.queues[ix].number),
            End::Person(_) => None,
        });
        ends.chain(self.call.people().filter_map(|ix| self.org[ix].did()))
    }

    /// Every extension that had a part in the call.
    pub(crate) fn extensions(&self) -> impl Iterator<Item = u64> {
        let queue = self.call.queue().map(|ix| self.org.queues[ix].extension);
        let people = self.call.people().filter_map(|ix| self.org[ix].line);
        queue.into_iter().chain(people.map(|line| line.extension))
    }

    /// Whether a name, number or extension of the call contains this, in lower case.
    pub(crate) fn mentions(&self, keyword: &str) -> bool {
        let digits = keyword.trim_start_matches('+');
        self.call.people().any(|ix| self.org[ix].display_name().to_lowercase().contains(keyword))
            || self.numbers().any(|number| number.to_string().contains(digits))
            || self.extensions().any(|extension| extension.to_string() == keyword)
    }

    /// A row of `GET /phone/call_history`. Its id stands under `key`.
    pub(crate) fn row(&self, key: &str) -> Value {
        let mut row = self.common();
        row.insert(key.into(), self.history_uuid().into());
        row.insert("international".into(), self.is_international().into());
        row.insert("duration".into(), self.call.talk_seconds().into());
        row.insert("call_result".into(), self.result().into());
        row.insert("recording_status".into(), "non_recorded".into());
        self.place(&mut row);
        Value::Object(row)
    }

    /// The whole call with its elements, as `GET /phone/call_history/{uuid}` answers it.
    pub(crate) fn detail(&self) -> Value {
        let mut whole = self.common();
        let elements: Vec<_> = self.elements().iter().map(|element| self.element(element)).collect();
        whole.insert("call_history_uuid".into(), self.history_uuid().into());
        whole.insert("international".into(), self.is_international().into());
        whole.insert("call_elements".into(), elements.into());
        self.place(&mut whole);
        Value::Object(whole)
    }

    /// The legs: the caller's own, then one for each telephone that rang.
    pub(crate) fn elements(&self) -> Vec<Element> {
        let own = self.call.caller().map(|person| (Some(person), "outgoing", self.result(), None));
        let answered = self.call.answerer().is_some();
        let incoming = if self.call.queue().is_some() { "ring_to_member" } else { "incoming" };
        let legs = self.call.legs.iter().map(|leg| match leg.state {
            LegState::Answered => (Some(leg.person), incoming, "answered", None),
            LegState::Rejected => (Some(leg.person), incoming, "rejected", None),
            LegState::Missed if answered => {
                (Some(leg.person), incoming, "no_answer", Some("answered_by_other"))
            }
            LegState::Missed | LegState::Ringing => (Some(leg.person), incoming, self.result(), None),
        });
        let unheard =
            (own.is_none() && self.call.legs.is_empty()).then(|| (None, "incoming", self.result(), None));
        let all = own.into_iter().chain(legs).chain(unheard);
        (0..=u8::MAX)
            .zip(all)
            .map(|(nth, (person, event, result, reason))| Element {
                nth,
                person,
                event,
                result,
                reason,
                answered: matches!(result, "answered" | "connected"),
            })
            .collect()
    }

    /// One element in Zoom's shape, with its id.
    pub(crate) fn element(&self, element: &Element) -> Value {
        let mut told = Self { eyes: element.person, ..*self }.common();
        let id = ids::dated_record(self.call.rang_at, self.call.id.0, "element", element.nth);
        told.insert("call_element_id".into(), id.into());
        told.insert("call_history_uuid".into(), self.history_uuid().into());
        told.insert("event".into(), element.event.into());
        told.insert("result".into(), element.result.into());
        if let Some(reason) = element.reason {
            told.insert("result_reason".into(), reason.into());
        }
        if !element.answered {
            told.remove("answer_time");
        }
        let talk = if element.answered { self.call.talk_seconds() } else { 0 };
        let held = if element.answered { self.call.held_seconds } else { 0 };
        told.insert("talk_time".into(), (talk - held).max(0).into());
        told.insert("hold_time".into(), held.into());
        told.insert("wait_time".into(), self.call.wait_seconds().into());
        Value::Object(told)
    }

    fn common(&self) -> Map<String, Value> {
        let mut common = Map::new();
        common.insert("call_id".into(), json!(self.call.id));
        common.insert("connect_type".into(), self.connect_type().into());
        common.insert("call_type".into(), "general".into());
        common.insert("direction".into(), self.direction().into());
        common.insert("hide_caller_id".into(), false.into());
        common.insert("end_to_end".into(), false.into());
        common.insert("start_time".into(), time::stamp(self.call.rang_at).into());
        common.extend(moment("answer_time", self.call.answered_at));
        common.extend(moment("end_time", self.call.ended_at));
        self.side("caller", self.call.from, &mut common);
        let picked_up = self.call.answerer().map(End::Person).filter(|_| self.call.queue().is_some());
        self.side("callee", picked_up.unwrap_or(self.call.to), &mut common);
        common
    }

    fn side(&self, side: &str, end: End, into: &mut Map<String, Value>) {
        let mut put = |key: &str, value: String| into.insert(format!("{side}_{key}"), value.into());
        let number = match end {
            End::Person(ix) => {
                let person = &self.org[ix];
                put("ext_id", person.extension_id());
                put("name", person.display_name().into_owned());
                put("email", person.email.to_string());
                put("ext_number", person.line.map_or(0, |line| line.extension).to_string());
                put("ext_type", "user".into());
                put("number_type", "zoom_pstn".into());
                put("device_type", person.device_type().into());
                put("site_id", person.site().id());
                put("department", person.department.to_string());
                put("cost_center", person.cost_center.into());
                person.did()
            }
            End::Queue(ix) => {
                let queue = &self.org.queues[ix];
                put("ext_id", queue.extension_id());
                put("name", queue.name.into());
                put("ext_number", queue.extension.to_string());
                put("ext_type", "call_queue".into());
                put("number_type", "zoom_pstn".into());
                Some(queue.number)
            }
            End::Outside(number) => {
                put("number_type", "external_pstn".into());
                Some(number)
            }
        };
        if let Some(number) = number {
            put("did_number", numbers::plus(number));
            if let Some(country) = numbers::country_of(number) {
                put("country_iso_code", country.country.into());
                put("country_code", country.code.into());
            }
        }
    }

    fn place(&self, into: &mut Map<String, Value>) {
        let Some(person) = self.eyes.or_else(|| self.call.people().next()).map(|ix| &self.org[ix]) else {
            return;
        };
        into.insert("department".into(), person.department.as_ref().into());
        into.insert("cost_center".into(), person.cost_center.into());
        into.insert("site_id".into(), person.site().id().into());
        into.insert("site_name".into(), person.site().name().into());
    }

    fn is_international(&self) -> bool {
        let country = |end| match end {
            End::Person(ix) => Some(self.org[ix].site().country),
            End::Outside(number) => numbers::country_of(number).map(|site| site.country),
            End::Queue(_) => None,
        };
        match (country(self.call.from), country(self.call.to)) {
            (Some(one), Some(other)) => one != other,
            _ => false,
        }
    }
}

fn moment(key: &str, at: Option<DateTime<Utc>>) -> Option<(String, Value)> {
    at.map(|at| (key.to_owned(), time::stamp(at).into()))
}
