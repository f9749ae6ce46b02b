//! Zoom's own examples, where they lie beside the repository: each is read and means what it should.

use std::path::PathBuf;

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
const MEANINGS: [(&str, &[&str]); 27] = [
    ("user.created", &["profile", "standing Pending", "touched"]),
    ("user.updated", &["touched"]),
    ("user.activated", &["standing Active", "touched"]),
    ("user.invitation_accepted", &["standing Active", "touched"]),
    ("user.deactivated", &["standing Inactive", "touched"]),
    ("user.deleted", &["standing Gone", "touched"]),
    ("user.disassociated", &["standing Gone", "touched"]),
    ("user.presence_status_updated", &["presence Away"]),
    ("user.signed_out", &["presence Offline"]),
    ("phone.caller_ringing", &["Caller Ringing"]),
    ("phone.caller_connected", &["Caller Answered"]),
    ("phone.caller_ended", &["Caller Ended(Unknown)"]),
    ("phone.caller_hold", &["Caller Held(true)"]),
    ("phone.caller_unhold", &["Caller Held(false)"]),
    ("phone.callee_ringing", &["Callee Ringing"]),
    ("phone.callee_answered", &["Callee Answered"]),
    ("phone.callee_missed", &["Callee Ended(NoAnswer)"]),
    ("phone.callee_rejected", &["Callee Ended(Rejected)"]),
    ("phone.callee_ended", &["Callee Ended(Answered)"]),
    ("phone.callee_hold", &["Callee Held(true)"]),
    ("phone.callee_unhold", &["Callee Held(false)"]),
    ("phone.caller_call_element_completed", &["Caller Ringing", "Caller Answered", "Caller Ended(Answered)"]),
    ("phone.caller_call_history_completed", &["Caller Ringing", "Caller Answered", "Caller Ended(Answered)"]),
    ("phone.caller_call_log_completed", &["Caller Ringing", "Caller Ended(Unknown)"]),
    ("phone.callee_call_element_completed", &["Callee Ringing", "Callee Ended(AnsweredElsewhere)"]),
    ("phone.callee_call_history_completed", &["Callee Ringing", "Callee Ended(AnsweredElsewhere)"]),
    ("phone.callee_call_log_completed", &["Callee Ringing", "Callee Ended(Rejected)"]),
];

fn meaning_of(name: &str) -> &'static [&'static str] {
    MEANINGS.iter().find(|(event, _)| *event == name).map_or(&[], |(_, said)| said)
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
                assert_eq!(said, meaning_of(&name), "{name}");
                read += 1;
            }
            Meaning::Deauthorized { user, .. } => assert!(user.is_some()),
            Meaning::Validation { .. } => panic!("{name}"),
            Meaning::Unknown => assert!(!name.starts_with("user.") && !name.starts_with("phone."), "{name}"),
        }
    }
    assert!(read >= MEANINGS.len(), "{read} examples were read");
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
