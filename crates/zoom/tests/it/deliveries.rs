//! What each event means, on deliveries of our own making.

mod calls;
mod people;

use chrono::{DateTime, Utc};
use rollcall_model::{Event, PersonFact, PersonId};
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
            PersonFact::Expertise(_) | PersonFact::Consulted(_) => "what Zoom tells nothing of".to_owned(),
        },
        Event::Presence(report) => format!("presence {:?}", report.presence.state),
        Event::Call(report) => format!("{:?} {:?}", report.side, report.step),
        Event::Organisation(_) => "organisation, of which Zoom tells nothing".to_owned(),
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

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn mia() -> Value {
    json!({ "id": "u-mia", "first_name": "Mia", "last_name": "Sol", "email": "Mia@Example.test", "type": 3 })
}

fn with(mut object: Value, fields: Value) -> Value {
    for (name, value) in fields.as_object().unwrap() {
        object[name] = value.clone();
    }
    object
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
