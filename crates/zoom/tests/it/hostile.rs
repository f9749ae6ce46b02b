//! Bytes that mean harm or nothing: every one of them gets an answer.

use proptest::{prelude::*, sample::select};
use rollcall_zoom::{
    Contact, ListedUser, PhoneUser, UserRecord,
    delivery::{Meaning, parse},
};
use serde_json::{Value, json};

const NAMES: [&str; 16] = [
    "user.presence_status_updated",
    "user.signed_out",
    "user.created",
    "user.updated",
    "user.deleted",
    "phone.caller_ringing",
    "phone.caller_connected",
    "phone.caller_ended",
    "phone.callee_missed",
    "phone.callee_hold",
    "phone.caller_call_element_completed",
    "phone.callee_call_history_completed",
    "phone.callee_call_log_completed",
    "phone.conference_started",
    "app_deauthorized",
    "endpoint.url_validation",
];

const FIELDS: [&str; 26] = [
    "id",
    "user_id",
    "call_id",
    "caller",
    "callee",
    "forwarded_by",
    "call_elements",
    "call_logs",
    "presence_status",
    "date_time",
    "date-time",
    "ringing_start_time",
    "answer_start_time",
    "call_end_time",
    "handup_result",
    "name",
    "phone_number",
    "extension_number",
    "extension_type",
    "email",
    "start_time",
    "end_time",
    "result",
    "direction",
    "plainToken",
    "creation_type",
];

/// The fields of the records that REST answers with.
const RECORD_FIELDS: [&str; 24] = [
    "id",
    "email",
    "display_name",
    "dept",
    "timezone",
    "status",
    "custom_attributes",
    "name",
    "value",
    "job_title",
    "location",
    "pic_url",
    "phone_number",
    "phone_numbers",
    "code",
    "country",
    "label",
    "number",
    "extension_number",
    "site",
    "direct_numbers",
    "presence_status",
    "members",
    "receive_call",
];

/// Any JSON whose objects have the fields that the parsers look for.
fn any_json(fields: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,24}".prop_map(Value::from),
        select(vec!["2026-03-02T12:00:00Z", "+14155550100", "1045", "", "callQueue", "outbound"])
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 48, 8, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(select(fields.to_vec()), inner, 0..8).prop_map(|fields| {
                Value::Object(fields.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())
            }),
        ]
    })
}

proptest! {
    #[test]
    fn any_bytes_give_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        let _ = parse(&bytes);
    }

    #[test]
    fn any_payload_of_any_event_gives_an_answer(
        name in select(NAMES.to_vec()),
        stamp in any_json(&FIELDS),
        object in any_json(&FIELDS),
        payload in any_json(&FIELDS),
    ) {
        let inside = json!({ "event": name, "event_ts": stamp, "payload": { "object": object } });
        let outside = json!({ "event": name, "event_ts": stamp, "payload": payload });

        for body in [inside, outside] {
            if let Ok(delivery) = parse(body.to_string().as_bytes()) {
                prop_assert_ne!(delivery.meaning, Meaning::Unknown);
            }
        }
    }

    #[test]
    fn any_record_gives_reports_or_is_unreadable(record in any_json(&RECORD_FIELDS)) {
        let at = chrono::DateTime::UNIX_EPOCH;
        let listed = serde_json::from_value::<ListedUser>(record.clone()).map(|user| user.reports(at));
        let single = serde_json::from_value::<UserRecord>(record.clone()).map(|user| user.reports(at));
        let phone = serde_json::from_value::<PhoneUser>(record.clone()).map(|user| user.reports(at));
        let contact = serde_json::from_value::<Contact>(record).map(|contact| contact.lines());

        for reports in [listed, single, phone].into_iter().flatten() {
            prop_assert!(reports.iter().all(|report| !report.id.as_str().is_empty()));
        }
        drop(contact);
    }

    #[test]
    fn a_delivery_cut_anywhere_is_malformed(name in select(NAMES.to_vec()), object in any_json(&FIELDS), at in 0.0..1.0_f64) {
        let body = json!({ "event": name, "event_ts": 1, "payload": { "object": object } }).to_string();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in a short text")]
        let cut = (body.len() as f64 * at) as usize;

        prop_assert!(parse(&body.as_bytes()[..cut]).is_err());
    }

    #[test]
    fn a_refusal_repeats_nothing_of_the_content(secret in "[a-z]{12}") {
        let bodies = [format!("{{\"event\":\"{secret}"), format!("{{\"event\":{{\"{secret}\":1}}}}")];

        for body in bodies {
            let refusal = parse(body.as_bytes()).unwrap_err();
            let told = format!("{refusal} {refusal:?}");
            prop_assert!(!told.contains(&secret));
        }
    }
}
