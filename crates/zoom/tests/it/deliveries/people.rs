//! Events about people.

use rollcall_model::{Event, PersonFact, Presence};
use rollcall_zoom::delivery::{Meaning, parse};
use serde_json::{Value, json};

use super::{STAMP, at, events, in_short, mia, said, with};

fn presence(object: Value) -> Presence {
    match events("user.presence_status_updated", object).remove(0) {
        Event::Presence(report) => report.presence,
        other => panic!("{other:?}"),
    }
}

fn in_state(presence: &Presence) -> String {
    format!("{:?}", presence.state)
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
