//! Events about calls, and the records of finished ones.

use rollcall_model::{CallReport, Event, Extension, Outcome, PersonId, Side, Step};
use serde_json::{Value, json};

use super::{at, events, said, with};

fn call(name: &str, object: Value) -> CallReport {
    match events(name, object).remove(0) {
        Event::Call(report) => report,
        other => panic!("{name}: {other:?}"),
    }
}

/// A call from outside to Mia, by way of the queue of extension 880.
fn incoming() -> Value {
    json!({
        "call_id": "7100000000000000001",
        "caller": { "phone_number": "+14155550100", "connection_type": "pstn_off_net", "name": "Bo" },
        "callee": { "user_id": "u-mia", "extension_number": 2041, "phone_number": "+442079460000" },
        "forwarded_by": { "name": "Payments", "extension_type": "callQueue", "extension_number": "880" },
        "ringing_start_time": "2026-03-02T12:00:00Z",
    })
}

#[test]
fn an_incoming_call_is_told_step_by_step() {
    let answered = json!({ "answer_start_time": "2026-03-02T12:00:02Z" });
    let ended =
        json!({ "answer_start_time": "2026-03-02T12:00:02Z", "call_end_time": "2026-03-02T12:00:04Z" });
    let steps = [
        ("phone.callee_ringing", json!({}), Step::Ringing, "2026-03-02T12:00:00Z"),
        ("phone.callee_answered", answered, Step::Answered, "2026-03-02T12:00:02Z"),
        (
            "phone.callee_hold",
            json!({ "date_time": "2026-03-02T12:00:05Z" }),
            Step::Held(true),
            "2026-03-02T12:00:05.250Z",
        ),
        ("phone.callee_unhold", json!({}), Step::Held(false), "2026-03-02T12:00:05.250Z"),
        ("phone.callee_ended", ended, Step::Ended(Outcome::Answered), "2026-03-02T12:00:04Z"),
    ];
    for (name, fields, step, when) in steps {
        let report = call(name, with(incoming(), fields));

        assert_eq!((report.step, report.at, report.side), (step, at(when), Side::Callee), "{name}");
        assert_eq!(report.person, PersonId::new("u-mia"));
        assert_eq!(report.call.as_str(), "7100000000000000001");
        assert_eq!(report.other.number, Some("+14155550100".parse().unwrap()));
        assert_eq!((report.other.person, report.other.name.as_str()), (None, "Bo"));
        assert_eq!(report.queue.unwrap().extension, Some(Extension(880)));
    }
}

#[test]
fn an_outgoing_call_is_the_callers() {
    let object = json!({
        "call_id": 7_100_000_000_000_000_002_u64,
        "caller": { "user_id": "u-mia", "extension_number": 2041, "phone_number": "+442079460000" },
        "callee": { "extension_number": 14_155_550_100_u64, "phone_number": "+14155550100" },
        "ringing_start_time": "2026-03-02T12:00:00Z", "connected_start_time": "2026-03-02T12:00:03Z",
    });

    let ringing = call("phone.caller_ringing", object.clone());
    let connected = call("phone.caller_connected", object);

    assert_eq!((ringing.step, ringing.at), (Step::Ringing, at("2026-03-02T12:00:00Z")));
    assert_eq!((connected.step, connected.at), (Step::Answered, at("2026-03-02T12:00:03Z")));
    assert_eq!((ringing.side, ringing.call.as_str()), (Side::Caller, "7100000000000000002"));
    // The whole number stood in the place of the extension, too: it is no extension.
    assert_eq!((ringing.other.extension, ringing.queue), (None, None));
}

#[test]
fn a_call_within_the_house_names_the_other_person_by_extension() {
    let caller = json!({ "user_id": "u-bo", "phone_number": "1045", "extension_type": "user" });

    let report =
        call("phone.callee_ringing", with(incoming(), json!({ "caller": caller, "forwarded_by": null })));

    assert_eq!(report.other.person, Some(PersonId::new("u-bo")));
    assert_eq!((report.other.number, report.other.extension), (None, Some(Extension(1045))));
    assert_eq!(report.queue, None);
}

#[test]
fn how_a_call_ended_is_told_by_zooms_word_else_by_the_event() {
    let cases = [
        ("phone.callee_missed", None, Outcome::NoAnswer),
        ("phone.callee_missed", Some("Busy"), Outcome::Busy),
        ("phone.callee_missed", Some("Call Cancel"), Outcome::Cancelled),
        ("phone.callee_rejected", None, Outcome::Rejected),
        ("phone.callee_ended", None, Outcome::Unknown),
        ("phone.caller_ended", Some("Call connected"), Outcome::Answered),
        ("phone.caller_ended", Some("Voicemail"), Outcome::Voicemail),
        ("phone.caller_ended", Some("words of a later version"), Outcome::Unknown),
    ];
    for (name, word, expected) in cases {
        let caller = json!({ "user_id": "u-bo", "phone_number": "1045" });
        let fields =
            json!({ "handup_result": word, "caller": caller, "call_end_time": "2026-03-02T12:00:04Z" });
        assert_eq!(call(name, with(incoming(), fields)).step, Step::Ended(expected), "{name} {word:?}");
    }
}

#[test]
fn a_queue_that_has_not_the_type_of_one_is_none() {
    let forwarded_by =
        json!({ "name": "Front door", "extension_type": "autoReceptionist", "extension_number": 9 });

    assert_eq!(
        call("phone.callee_ringing", with(incoming(), json!({ "forwarded_by": forwarded_by }))).queue,
        None
    );
}

#[test]
fn a_side_that_is_no_person_of_ours_gives_nothing() {
    assert_eq!(said("phone.caller_ringing", incoming()), [""; 0]);
    assert_eq!(said("user.deleted", json!({ "email": "gone@example.test" })), [""; 0]);
    assert_eq!(said("phone.callee_ringing", json!({})), [""; 0]);
}

#[test]
fn events_that_carry_no_step_are_known_and_say_nothing() {
    for event in [
        "callee_parked",
        "callee_mute",
        "callee_unmute",
        "caller_mute",
        "caller_unmute",
        "callee_meeting_inviting",
        "caller_meeting_inviting",
        "blind_transfer_initiated",
        "warm_transfer_initiated",
        "warm_transfer_completed",
        "warm_transfer_cancelled",
        "transfer_recipient_updated",
        "transfer_call_to_voicemail_initiated",
        "conference_started",
        "call_element_deleted",
        "call_history_deleted",
    ] {
        assert_eq!(said(&format!("phone.{event}"), incoming()), [""; 0], "{event}");
    }
}

fn element(fields: Value) -> Value {
    let element = json!({
        "call_id": "7100000000000000003", "direction": "inbound", "caller_did_number": "+14155550100",
        "caller_ext_number": "31", "callee_name": "Mia", "start_time": "2026-03-02T11:00:00Z",
        "answer_time": "2026-03-02T11:00:05Z", "end_time": "2026-03-02T11:01:00Z", "result": "answered",
    });
    json!({ "user_id": "u-mia", "call_elements": [with(element, fields), "no record"] })
}

#[test]
fn a_record_proves_the_steps_whose_times_it_holds() {
    let name = "phone.callee_call_element_completed";
    let answered = ["Callee Ringing", "Callee Answered", "Callee Ended(Answered)"];
    let missed = json!({ "answer_time": "", "result": "ring_timeout" });
    let elsewhere = json!({ "result_reason": "pickup_by_other" });

    assert_eq!(said(name, element(json!({}))), answered);
    assert_eq!(said(name, element(json!({ "result": "hang_up" }))), answered);
    assert_eq!(said(name, element(missed)), ["Callee Ringing", "Callee Ended(NoAnswer)"]);
    assert_eq!(said(name, element(elsewhere)), ["Callee Ringing", "Callee Ended(AnsweredElsewhere)"]);
    assert_eq!(said(name, element(json!({ "end_time": null }))), answered[..2]);
    let report = call(name, element(json!({})));
    assert_eq!((report.at, report.other.extension), (at("2026-03-02T11:00:00Z"), Some(Extension(31))));
}

#[test]
fn the_older_forms_of_a_record_are_read_as_well() {
    let log = json!({ "user_id": "u-mia", "call_logs": [{
        "call_id": "7100000000000000004", "caller_number": "+14155550100", "callee_number": "2041", "callee_name": "Mia",
        "date_time": "2026-03-02T11:00:00Z", "call_end_time": "2026-03-02T11:00:12Z", "result": "Voicemail",
        "forwarded_by": { "extension_type": "callQueue", "extension_number": "880", "name": "Payments" },
    }] });

    let report = call("phone.callee_call_log_completed", log.clone());

    assert_eq!(said("phone.callee_call_log_completed", log), ["Callee Ringing", "Callee Ended(Voicemail)"]);
    assert_eq!(report.other.number, Some("+14155550100".parse().unwrap()));
    assert_eq!(report.queue.unwrap().name, "Payments");
}
