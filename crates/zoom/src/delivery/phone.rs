//! Events about calls: `phone.*`, each about one end of a call.

use chrono::{DateTime, Utc};
use rollcall_model::{CallId, CallReport, Event, Extension, Outcome, Party, QueueRef, Side, Step};

use super::{Events, Malformed, Told, fields::Fields, moment, record};
use crate::{
    outcome::outcome,
    rest::{e164, is_queue},
};

/// The facts of `phone.<event>`; nothing for an event that is not known.
pub(super) fn parse(event: &str, told: Told<'_>) -> Option<Events> {
    let (side, happened) = match event.split_once('_') {
        Some(("caller", happened)) => (Side::Caller, happened),
        Some(("callee", happened)) => (Side::Callee, happened),
        _ => return says_nothing(event).then(|| Ok(Vec::new())),
    };
    let (at, step) = match happened {
        "ringing" => (moment::of_step(told, &["ringing_start_time"]), Step::Ringing),
        "connected" | "answered" => {
            let names = ["connected_start_time", "answer_start_time"];
            (moment::of_step(told, &names), Step::Answered)
        }
        "ended" | "missed" | "rejected" => {
            (moment::of_step(told, &["call_end_time"]), Step::Ended(ended(happened, told)))
        }
        // A hold and its end may lie within one second: only the finer time keeps their order.
        "hold" => (moment::finest(told), Step::Held(true)),
        "unhold" => (moment::finest(told), Step::Held(false)),
        "mute" | "unmute" | "parked" | "meeting_inviting" => return Some(Ok(Vec::new())),
        "call_element_completed" => return Some(Ok(record::completed(told, side, "call_elements"))),
        "call_history_completed" | "call_log_completed" => {
            return Some(Ok(record::completed(told, side, "call_logs")));
        }
        _ => return None,
    };
    Some(at.and_then(|at| leg(told, side, at, step)))
}

/// Events that are known and carry no step of a leg.
fn says_nothing(event: &str) -> bool {
    matches!(
        event,
        "blind_transfer_initiated"
            | "warm_transfer_initiated"
            | "warm_transfer_completed"
            | "warm_transfer_cancelled"
            | "transfer_recipient_updated"
            | "transfer_call_to_voicemail_initiated"
            | "conference_started"
            | "call_element_deleted"
            | "call_history_deleted"
            | "call_log_deleted"
    )
}

/// One report about the leg of the event's own side; none when that side is no person of ours.
fn leg(told: Told<'_>, side: Side, at: DateTime<Utc>, step: Step) -> Events {
    let (own, other) = match side {
        Side::Caller => ("caller", "callee"),
        Side::Callee => ("callee", "caller"),
    };
    let Some(person) = told.object.object(own).person("user_id") else {
        return Ok(Vec::new());
    };
    let call = told.object.text("call_id").ok_or(Malformed::MissingField { name: "call_id" })?;
    Ok(vec![Event::Call(CallReport {
        call: CallId::new(&call),
        person,
        side,
        at,
        step,
        other: party(told.object.object(other)),
        queue: queue(told.object.object("forwarded_by")),
    })])
}

/// How a leg ended: as Zoom says, else as the event's name and times do.
fn ended(happened: &str, told: Told<'_>) -> Outcome {
    let said = told.object.text("handup_result").as_deref().and_then(outcome);
    said.unwrap_or_else(|| match happened {
        "missed" => Outcome::NoAnswer,
        "rejected" => Outcome::Rejected,
        _ if told.object.moment(&["answer_start_time", "connected_start_time"]).is_some() => {
            Outcome::Answered
        }
        _ => Outcome::Unknown,
    })
}

/// The other end. `phone_number` may hold an extension, and `extension_number` a whole phone number.
fn party(end: Fields<'_>) -> Party {
    let written = end.text("phone_number").unwrap_or_default();
    let number = e164(&written);
    let internal = || written.parse().ok().map(Extension);
    let extension = end.extension("extension_number").or_else(internal);
    Party {
        person: end.person("user_id"),
        number,
        extension: extension.filter(|extension| number.is_none_or(|number| number.digits() != extension.0)),
        name: end.text("name").unwrap_or_default(),
    }
}

fn queue(forwarded_by: Fields<'_>) -> Option<QueueRef> {
    let kind = forwarded_by.text("extension_type")?;
    is_queue(&kind).then(|| QueueRef {
        extension: forwarded_by.extension("extension_number"),
        name: forwarded_by.text("name").unwrap_or_default(),
    })
}
