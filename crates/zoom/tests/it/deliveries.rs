//! What each event means, on deliveries of our own making.

use chrono::{DateTime, Utc};
use rollcall_model::{CallReport, Event, Extension, Outcome, PersonFact, PersonId, Presence, Side, Step};
use rollcall_zoom::delivery::{Delivery, LONGEST, Malformed, Meaning, parse};
use serde_json::{Value, json};

/// 2026-03-02T12:00:05.250Z.
const STAMP: i64 = 1_772_452_805_250;

/// An event in a few words: what it is about and what it says.
pub(crate) fn in_short(event: &Event) -> String {
    match event {
        Event::Person(report) => match &report.fact {
            PersonFact::Profile(_) => "profile".to_owned(),
            PersonFact::Detail(_) => "detail".to_owned(),
            PersonFact::Phone(_) => "phone".to_owned(),
            PersonFact::Standing(standing) => format!("standing {standing:?}"),
            PersonFact::Touched => "touched".to_owned(),
        },
        Event::Presence(report) => format!("presence {:?}", report.presence.state),
        Event::Call(report) => format!("{:?} {:?}", report.side, report.step),
    }
}

fn body(name: &str, object: Value) -> Vec<u8> {
    let payload = json!({ "account_id": "acc-1", "object": object });
    json!({ "event": name, "event_ts": STAMP, "payload": payload }).to_string().into_bytes()
}

fn events(name: &str, object: Value) -> Vec<Event> {
    match parse(&body(name, object)).unwrap().meaning {
        Meaning::Events(events) => events,
        other => panic!("{name}: {other:?}"),
    }
}

fn said(name: &str, object: Value) -> Vec<String> {
    events(name, object).iter().map(in_short).collect()
}

fn call(name: &str, object: Value) -> CallReport {
    match events(name, object).remove(0) {
        Event::Call(report) => report,
        other => panic!("{name}: {other:?}"),
    }
}

fn presence(object: Value) -> Presence {
    match events("user.presence_status_updated", object).remove(0) {
        Event::Presence(report) => report.presence,
        other => panic!("{other:?}"),
    }
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn mia() -> Value {
    json!({ "id": "u-mia", "first_name": "Mia", "last_name": "Sol", "email": "Mia@Example.test", "type": 3 })
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

fn with(mut object: Value, fields: Value) -> Value {
    for (name, value) in fields.as_object().unwrap() {
        object[name] = value.clone();
    }
    object
}

#[test]
fn events_about_people_say_what_happened_to_their_account() {
    let cases = [
        ("user.activated", vec!["standing Active", "touched"]),
        ("user.invitation_accepted", vec!["standing Active", "touched"]),
        ("user.deactivated", vec!["standing Inactive", "touched"]),
        ("user.deleted", vec!["standing Gone", "touched"]),
        ("user.disassociated", vec!["standing Gone", "touched"]),
        ("user.updated", vec!["touched"]),
        ("user.created", vec!["profile", "standing Active", "touched"]),
        ("user.signed_in", vec![]),
        ("user.personal_notes_updated", vec![]),
        ("user.settings_updated", vec![]),
    ];
    for (name, expected) in cases {
        assert_eq!(said(name, mia()), expected, "{name}");
    }
}

#[test]
fn a_created_person_is_pending_only_when_they_were_invited() {
    let created = |kind: &str| {
        let body = json!({ "event": "user.created", "event_ts": STAMP,
            "payload": { "creation_type": kind, "object": mia() } });
        let Meaning::Events(events) = parse(body.to_string().as_bytes()).unwrap().meaning else { panic!() };
        events
    };

    assert_eq!(in_short(&created("create")[1]), "standing Pending");
    assert_eq!(in_short(&created("ssoCreate")[1]), "standing Active");
    let Event::Person(report) = &created("create")[0] else { panic!() };
    let PersonFact::Profile(profile) = &report.fact else { panic!() };
    assert_eq!((profile.email.as_str(), profile.first_name.as_str()), ("mia@example.test", "Mia"));
    assert_eq!(report.as_of, at("2026-03-02T12:00:05.250Z"));
}

#[test]
fn an_update_tells_a_standing_when_it_holds_one() {
    assert_eq!(
        said("user.updated", with(mia(), json!({ "status": "inactive" }))),
        ["standing Inactive", "touched"]
    );
}

#[test]
fn presence_is_that_of_the_person_and_not_of_one_device() {
    let object = json!({ "id": "u-mia", "presence_status": "In_Meeting", "date_time": "2026-03-02T12:00:05Z",
        "app": { "type": "mobile", "presence_status": "Offline" } });

    let presence = presence(object);

    assert_eq!((presence.raw.as_str(), in_state(&presence)), ("In_Meeting", "InMeeting".to_owned()));
}

fn in_state(presence: &Presence) -> String {
    format!("{:?}", presence.state)
}

#[test]
fn the_finer_time_is_taken_while_both_agree() {
    let dated =
        |fields: Value| presence(with(json!({ "id": "u-mia", "presence_status": "Away" }), fields)).as_of;
    let stamp = at("2026-03-02T12:00:05.250Z");

    assert_eq!(dated(json!({ "date_time": "2026-03-02T12:00:05Z" })), stamp);
    assert_eq!(dated(json!({ "date-time": "2026-03-02T11:59:06Z" })), stamp);
    assert_eq!(dated(json!({})), stamp);
    assert_eq!(dated(json!({ "date_time": "" })), stamp);
    // Stamped long after it was true: sent late.
    assert_eq!(dated(json!({ "date-time": "2026-03-02T10:31:00Z" })), at("2026-03-02T10:31:00Z"));
    assert_eq!(dated(json!({ "date_time": "2026-03-02T12:00:06Z" })), at("2026-03-02T12:00:06Z"));
}

#[test]
fn signing_out_is_being_offline() {
    let events = events("user.signed_out", with(mia(), json!({ "date_time": "2026-03-02T12:00:01Z" })));

    let Event::Presence(report) = &events[0] else { panic!() };
    assert_eq!(
        (in_state(&report.presence).as_str(), report.presence.raw.as_str()),
        ("Offline", "signed_out")
    );
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

#[test]
fn what_is_no_fact_is_told_by_its_meaning() {
    let meaning = |value: Value| parse(value.to_string().as_bytes()).unwrap().meaning;
    let validation = json!({ "event": "endpoint.url_validation", "payload": { "plainToken": "plain" } });
    let gone = json!({ "event": "app_deauthorized", "payload": { "user_id": "u-mia", "client_id": "app",
        "deauthorization_time": "2026-03-02T12:00:00.500Z", "event_ts": "2026-03-02 12:00:01" } });

    assert_eq!(meaning(validation), Meaning::Validation { plain_token: "plain".into() });
    let at = Some(at("2026-03-02T12:00:00.500Z"));
    let user = Some(PersonId::new("u-mia"));
    assert_eq!(meaning(gone), Meaning::Deauthorized { user, client_id: Some("app".into()), at });
    for name in ["user.dreamed", "phone.caller_sang", "phone.sang", "meeting.started", "nonsense"] {
        assert_eq!(
            meaning(json!({ "event": name, "payload": { "object": mia() } })),
            Meaning::Unknown,
            "{name}"
        );
    }
}

#[test]
fn the_envelope_is_kept() {
    let Delivery { name, account_id, event_ts, .. } = parse(&body("user.updated", mia())).unwrap();

    assert_eq!((name.as_str(), account_id.as_deref()), ("user.updated", Some("acc-1")));
    assert_eq!(event_ts, Some(at("2026-03-02T12:00:05.250Z")));
}

#[test]
fn what_is_no_delivery_is_told_by_a_code() {
    let cut = body("user.updated", mia());
    let missing = |name| Err(Malformed::MissingField { name });

    assert_eq!(parse(&vec![b' '; LONGEST + 1]), Err(Malformed::TooLarge { bytes: LONGEST + 1 }));
    assert_eq!(parse(&cut[..cut.len() - 1]), Err(Malformed::NotJson));
    for bytes in [&b""[..], b"[]", b"7", b"\xff\xfe", &b"[".repeat(5_000)] {
        assert_eq!(parse(bytes), Err(Malformed::NotJson));
    }
    assert_eq!(parse(b"{}"), Err(Malformed::NoEventName));
    assert_eq!(parse(br#"{"event":7}"#), Err(Malformed::NoEventName));
    assert_eq!(
        parse(json!({ "event": "n".repeat(129) }).to_string().as_bytes()),
        Err(Malformed::NoEventName)
    );
    assert_eq!(parse(br#"{"event":"user.deleted","payload":{"object":{"id":"u"}}}"#), missing("event_ts"));
    assert_eq!(parse(&body("user.presence_status_updated", mia())), missing("presence_status"));
    let no_call = json!({ "callee": { "user_id": "u-mia" } });
    assert_eq!(parse(&body("phone.callee_ringing", no_call)), missing("call_id"));
}
