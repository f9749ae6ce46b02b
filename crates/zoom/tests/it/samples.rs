//! Zoom's own examples, where they lie beside the repository: each is read and means what it should.

use std::{collections::BTreeMap, path::PathBuf};

use rollcall_zoom::delivery::{Meaning, parse};

use crate::deliveries::in_short;

/// A folder beside the repository, or nothing (and a word about it) when it is not there.
pub(crate) fn shared(folder: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(folder);
    if path.is_dir() {
        return Some(path);
    }
    println!("skipped: ../shared is not here");
    None
}

/// What each example says; those that are not named say nothing.
fn meanings() -> BTreeMap<&'static str, Vec<&'static str>> {
    let call = |side: &'static str, step: &'static str| {
        vec![Box::leak(format!("{side} {step}").into_boxed_str()) as &str]
    };
    BTreeMap::from([
        ("user.created", vec!["profile", "standing Pending", "touched"]),
        ("user.updated", vec!["touched"]),
        ("user.activated", vec!["standing Active", "touched"]),
        ("user.invitation_accepted", vec!["standing Active", "touched"]),
        ("user.deactivated", vec!["standing Inactive", "touched"]),
        ("user.deleted", vec!["standing Gone", "touched"]),
        ("user.disassociated", vec!["standing Gone", "touched"]),
        ("user.presence_status_updated", vec!["presence Away"]),
        ("user.signed_out", vec!["presence Offline"]),
        ("phone.caller_ringing", call("Caller", "Ringing")),
        ("phone.caller_connected", call("Caller", "Answered")),
        ("phone.caller_ended", call("Caller", "Ended(Unknown)")),
        ("phone.caller_hold", call("Caller", "Held(true)")),
        ("phone.caller_unhold", call("Caller", "Held(false)")),
        ("phone.callee_ringing", call("Callee", "Ringing")),
        ("phone.callee_answered", call("Callee", "Answered")),
        ("phone.callee_missed", call("Callee", "Ended(NoAnswer)")),
        ("phone.callee_rejected", call("Callee", "Ended(Rejected)")),
        ("phone.callee_ended", call("Callee", "Ended(Answered)")),
        ("phone.callee_hold", call("Callee", "Held(true)")),
        ("phone.callee_unhold", call("Callee", "Held(false)")),
        (
            "phone.caller_call_element_completed",
            vec!["Caller Ringing", "Caller Answered", "Caller Ended(Answered)"],
        ),
        (
            "phone.caller_call_history_completed",
            vec!["Caller Ringing", "Caller Answered", "Caller Ended(Answered)"],
        ),
        ("phone.caller_call_log_completed", vec!["Caller Ringing", "Caller Ended(Unknown)"]),
        ("phone.callee_call_element_completed", vec!["Callee Ringing", "Callee Ended(AnsweredElsewhere)"]),
        ("phone.callee_call_history_completed", vec!["Callee Ringing", "Callee Ended(AnsweredElsewhere)"]),
        ("phone.callee_call_log_completed", vec!["Callee Ringing", "Callee Ended(Rejected)"]),
    ])
}

#[test]
fn every_example_of_an_event_means_what_it_should() {
    let Some(folder) = shared("zoom/samples/events") else { return };
    let mut read = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let delivery = parse(&std::fs::read(&path).unwrap()).unwrap();
        assert_eq!(delivery.name, name);
        assert!(delivery.account_id.is_some(), "{name}");
        match delivery.meaning {
            Meaning::Events(events) => {
                let said: Vec<String> = events.iter().map(in_short).collect();
                assert_eq!(said, meanings().get(name.as_str()).cloned().unwrap_or_default(), "{name}");
                read += 1;
            }
            Meaning::Deauthorized { user, .. } => assert!(user.is_some()),
            Meaning::Validation { .. } => panic!("{name}"),
            Meaning::Unknown => assert!(!name.starts_with("user.") && !name.starts_with("phone."), "{name}"),
        }
    }
    assert!(read >= meanings().len(), "{read} examples were read");
}

#[test]
fn every_event_of_the_specification_is_known() {
    let Some(folder) = shared("zoom/spec/events") else { return };
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let body = serde_json::json!({ "event": name, "event_ts": 1_772_452_800_123_i64, "payload": { "object": {} } });

        let delivery = parse(body.to_string().as_bytes()).unwrap();

        assert_ne!(delivery.meaning, Meaning::Unknown, "{name}");
    }
}
