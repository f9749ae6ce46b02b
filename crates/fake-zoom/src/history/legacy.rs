//! The older shapes: call logs of version 1 and quality metrics.

use serde_json::{Map, Value, json};

use super::report::Report;
use crate::{
    calls::{End, Outcome},
    events::call::handup,
    ids,
    org::numbers,
    time,
};

/// One call log, as `GET /phone/call_logs` and `*_call_log_completed` have it.
pub(crate) fn log(report: &Report<'_>) -> Value {
    let call = report.call;
    let mut log = Map::new();
    log.insert("id".into(), ids::record(call.id.0, "log", 0).into());
    log.insert("call_id".into(), json!(call.id));
    log.insert("call_type".into(), if call.is_internal() { "voip" } else { "pstn" }.into());
    log.insert("direction".into(), report.direction().into());
    log.insert("date_time".into(), time::stamp(call.rang_at).into());
    log.insert("duration".into(), call.talk_seconds().into());
    log.insert("hold_time".into(), call.held_seconds.into());
    log.insert("waiting_time".into(), call.wait_seconds().into());
    log.insert("result".into(), handup(call.outcome.unwrap_or(Outcome::Connected)).into());
    log.insert("path".into(), path(report).into());
    log.insert("has_recording".into(), false.into());
    log.insert("has_voicemail".into(), (call.outcome == Some(Outcome::Voicemail)).into());
    if let Some(answered) = call.answered_at {
        log.insert("answer_start_time".into(), time::stamp(answered).into());
    }
    if let Some(ended) = call.ended_at {
        log.insert("call_end_time".into(), time::stamp(ended).into());
    }
    side(report, "caller", call.from, &mut log);
    side(report, "callee", call.answerer().map_or(call.to, End::Person), &mut log);
    owner(report, &mut log);
    Value::Object(log)
}

/// One call log, as `*_call_log_completed` has it: without what only the REST reply says.
pub(crate) fn told_log(report: &Report<'_>, by_caller: bool) -> Value {
    const REST_ONLY: &[&str] = &["owner", "user_id"];
    const CALLEE_ONLY: &[&str] = &["caller_user_id", "callee_user_id", "answer_start_time", "waiting_time"];
    let mut log = log(report);
    if let Some(fields) = log.as_object_mut() {
        let unsaid = if by_caller { CALLEE_ONLY } else { &[] };
        for key in REST_ONLY.iter().chain(unsaid) {
            fields.remove(*key);
        }
    }
    log
}

/// One call log in full, as `GET /phone/call_logs/{id}` has it.
pub(crate) fn log_detail(report: &Report<'_>) -> Value {
    let mut log = log(report);
    log["log_details"] = json!([{
        "id": log["id"],
        "date_time": log["date_time"],
        "duration": log["duration"],
        "hold_time": log["hold_time"],
        "path": log["path"],
        "result": log["result"],
        "site": log["site"],
    }]);
    log
}

/// One call with its quality, as the metrics endpoints have it.
pub(crate) fn metric(report: &Report<'_>) -> Value {
    let call = report.call;
    let direction = if call.is_internal() { "internal" } else { report.direction() };
    json!({
        "call_id": call.id,
        "date_time": time::stamp(call.rang_at),
        "direction": direction,
        "duration": call.talk_seconds(),
        "mos": quality(call.id.0),
        "caller": device(report, call.from),
        "callee": device(report, call.answerer().map_or(call.to, End::Person)),
    })
}

/// Whether the call sounded well enough: a mean opinion score above 3.5.
pub(crate) fn is_good(call: u64) -> bool {
    opinion(call) >= 35
}

fn quality(call: u64) -> String {
    format!("{}.{}", opinion(call) / 10, opinion(call) % 10)
}

fn opinion(call: u64) -> u64 {
    32 + call % 13
}

/// Where the call went first, in the old words.
pub(crate) fn path(report: &Report<'_>) -> &'static str {
    match report.call.to {
        End::Queue(_) => "callQueue",
        End::Outside(_) => "pstn",
        End::Person(_) => "extension",
    }
}

fn side(report: &Report<'_>, side: &str, end: End, log: &mut Map<String, Value>) {
    let (name, number, kind, source, did) = match end {
        End::Person(ix) => {
            let person = &report.org[ix];
            let extension = person.line.map_or(0, |line| line.extension);
            (person.display_name().into_owned(), extension.to_string(), 1, "internal", person.did())
        }
        End::Queue(ix) => {
            let queue = &report.org.queues[ix];
            (queue.name.to_owned(), queue.extension.to_string(), 1, "internal", Some(queue.number))
        }
        End::Outside(number) => (String::new(), numbers::plus(number), 2, "external", Some(number)),
    };
    log.insert(format!("{side}_name"), name.into());
    log.insert(format!("{side}_number"), number.into());
    log.insert(format!("{side}_number_type"), kind.into());
    log.insert(format!("{side}_number_source"), source.into());
    if let End::Person(ix) = end {
        log.insert(format!("{side}_user_id"), json!(report.org[ix].id));
    }
    if let Some(did) = did {
        log.insert(format!("{side}_did_number"), numbers::plus(did).into());
        if let Some(country) = numbers::country_of(did) {
            log.insert(format!("{side}_country_code"), country.code.into());
            log.insert(format!("{side}_country_iso_code"), country.country.into());
        }
    }
}

fn owner(report: &Report<'_>, log: &mut Map<String, Value>) {
    let Some(person) = report.eyes.or_else(|| report.call.people().next()).map(|ix| &report.org[ix]) else {
        return;
    };
    let owner = json!({
        "id": person.id,
        "name": person.display_name(),
        "type": "user",
        "extension_number": person.line.map_or(0, |line| line.extension),
    });
    log.insert("owner".into(), owner);
    log.insert("user_id".into(), json!(person.id));
    log.insert("site".into(), json!({ "id": person.site().id(), "name": person.site().name() }));
    log.insert("department".into(), person.department.as_ref().into());
    log.insert("cost_center".into(), person.cost_center.into());
}

fn device(report: &Report<'_>, end: End) -> Value {
    match end {
        End::Person(ix) => {
            let person = &report.org[ix];
            let mut device = json!({
                "codec": "opus",
                "device_type": person.device_type(),
                "extension_number": person.line.map_or(0, |line| line.extension).to_string(),
                "site_id": person.site().id(),
            });
            if let Some(number) = person.did() {
                device["phone_number"] = numbers::plus(number).into();
            }
            device
        }
        End::Queue(ix) => {
            let queue = &report.org.queues[ix];
            json!({ "extension_number": queue.extension.to_string(), "phone_number": numbers::plus(queue.number) })
        }
        End::Outside(number) => json!({ "codec": "PCMU", "phone_number": numbers::plus(number) }),
    }
}
