//! Signatures: what is taken, what is not, and Zoom's test of the endpoint.

use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use proptest::prelude::*;
use rollcall_zoom::webhook::{Refusal, Secrets, Signed, answer_validation, verify};
use serde_json::Value;
use sha2::Sha256;

use crate::samples::shared;

const SECRET: &str = "made-up secret token";
const TIMESTAMP: &str = "1772452800";
const FIVE_MINUTES: TimeDelta = TimeDelta::minutes(5);

fn sign(secret: &str, timestamp: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("v0:{timestamp}:").as_bytes());
    mac.update(body);
    format!("v0={}", hex::encode(mac.finalize().into_bytes()))
}

fn secrets() -> Secrets {
    Secrets { current: SECRET.into(), previous: Some("the one before".into()) }
}

fn at(offset: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(TIMESTAMP.parse::<i64>().unwrap() + offset, 0).unwrap()
}

fn verified(signature: &str, timestamp: &str, body: &[u8], now: DateTime<Utc>) -> Result<(), Refusal> {
    verify(Signed { signature, timestamp, body }, &secrets(), now, FIVE_MINUTES)
}

#[test]
fn a_body_signed_by_either_secret_is_taken_and_by_no_other() {
    let body = "{\"event\":\"user.updated\",\"note\":\"é \\uD83D\\uDE92\"}".as_bytes();

    for secret in [SECRET, "the one before"] {
        assert_eq!(verified(&sign(secret, TIMESTAMP, body), TIMESTAMP, body, at(0)), Ok(()));
    }
    let foreign = sign("another", TIMESTAMP, body);
    assert_eq!(verified(&foreign, TIMESTAMP, body, at(0)), Err(Refusal::WrongSignature));
    let current_only = Secrets { previous: None, ..secrets() };
    let old = sign("the one before", TIMESTAMP, body);
    let signed = Signed { signature: &old, timestamp: TIMESTAMP, body };
    assert_eq!(verify(signed, &current_only, at(0), FIVE_MINUTES), Err(Refusal::WrongSignature));
}

#[test]
fn age_is_bounded_in_both_directions() {
    let body = b"{}";
    let signature = sign(SECRET, TIMESTAMP, body);
    let verified_at = |offset| verified(&signature, TIMESTAMP, body, at(offset));

    assert_eq!(verified_at(300), Ok(()));
    assert_eq!(verified_at(301), Err(Refusal::TooOld { age_secs: 301 }));
    assert_eq!(verified_at(-300), Ok(()));
    assert_eq!(verified_at(-301), Err(Refusal::TooEarly { ahead_secs: 301 }));
}

#[test]
fn what_has_not_the_form_is_refused_before_anything_is_computed() {
    let good = sign(SECRET, TIMESTAMP, b"{}");
    for signature in
        ["", "v0=", "v0=zz", &good[..66], &format!("{good}00"), &good[3..], &good.replace("v0", "v1")]
    {
        assert_eq!(
            verified(signature, TIMESTAMP, b"{}", at(0)),
            Err(Refusal::MalformedSignature),
            "{signature}"
        );
    }
    for timestamp in ["", "now", "-1", "+1772452800", "1772452800.0", " 1772452800", &"9".repeat(40)] {
        assert_eq!(verified(&good, timestamp, b"{}", at(0)), Err(Refusal::MalformedTimestamp), "{timestamp}");
    }
}

#[test]
fn a_test_of_the_endpoint_is_answered_with_the_signed_token() {
    let body =
        br#"{"payload":{"plainToken":"plain"},"event_ts":1772452800123,"event":"endpoint.url_validation"}"#;

    let answer = answer_validation(&SECRET.into(), body).unwrap();

    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(b"plain");
    let expected = hex::encode(mac.finalize().into_bytes());
    let written = serde_json::to_value(&answer).unwrap();
    assert_eq!(written, serde_json::json!({ "plainToken": "plain", "encryptedToken": expected }));
    assert_eq!(answer_validation(&SECRET.into(), br#"{"event":"user.updated"}"#), None);
    assert_eq!(answer_validation(&SECRET.into(), b"plain"), None);
}

#[test]
fn the_published_vectors_are_judged_as_they_say() {
    let Some(folder) = shared("zoom/samples/vectors") else { return };
    let text = std::fs::read(folder.join("webhook-signature-vectors.synthetic.json")).unwrap();
    let vectors: Vec<Value> = serde_json::from_slice(&text).unwrap();
    assert!(!vectors.is_empty());
    for vector in vectors {
        let field = |name: &str| vector[name].as_str().unwrap();
        let secrets = Secrets { current: field("secret_token").into(), previous: None };
        let timestamp = field("x_zm_request_timestamp");
        let now = DateTime::from_timestamp(timestamp.parse().unwrap(), 0).unwrap();
        let body = field("raw_body").as_bytes();
        let signed = Signed { signature: field("x_zm_signature"), timestamp, body };

        let taken = verify(signed, &secrets, now, FIVE_MINUTES).is_ok();

        assert_eq!(taken, field("expected").starts_with("accept"), "{}", field("name"));
    }
}

proptest! {
    #[test]
    fn only_what_was_signed_is_taken(
        body in proptest::collection::vec(any::<u8>(), 0..200),
        other in proptest::collection::vec(any::<u8>(), 0..200),
        seconds in 0..=9_999_999_999_u64,
        later in 1..100_u64,
    ) {
        let timestamp = seconds.to_string();
        let now = DateTime::from_timestamp(seconds.cast_signed(), 0).unwrap();
        let signature = sign(SECRET, &timestamp, &body);

        prop_assert_eq!(verified(&signature, &timestamp, &body, now), Ok(()));
        if other != body {
            prop_assert_eq!(verified(&signature, &timestamp, &other, now), Err(Refusal::WrongSignature));
        }
        let moved = (seconds + later).to_string();
        prop_assert_eq!(verified(&signature, &moved, &body, now), Err(Refusal::WrongSignature));
    }

    #[test]
    fn any_header_gives_an_answer(signature in "\\PC{0,80}", timestamp in "\\PC{0,20}", now in -1_000_000..i64::from(u32::MAX)) {
        let now = DateTime::from_timestamp(now, 0).unwrap();
        let taken = verified(&signature, &timestamp, b"a body", now).is_ok();
        prop_assert!(!taken);
    }
}
