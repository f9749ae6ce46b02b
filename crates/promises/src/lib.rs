//! What must hold of any bytes that come from outside: each function panics when it does not.
//!
//! The fuzz targets in `fuzz/` feed these functions; their corpus and random bytes also do in ordinary tests. There
//! is no input of which anything else than these promises is expected.

#![expect(
    clippy::missing_panics_doc,
    reason = "a promise that is broken is a panic: that is what all of this is for"
)]

use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use rollcall_wire::{
    packed::{LARGEST, Unpacker},
    relay::Frame,
};
use rollcall_zoom::{delivery, webhook};
use secrecy::SecretString;
use sha2::Sha256;

/// The secret that signs in [`signature`].
pub const SECRET: &str = "a secret that nobody guesses";
/// When [`signature`] happens, in seconds since 1970.
pub const NOW: i64 = 1_795_000_000;
/// How old a delivery may be in [`signature`].
const MAX_AGE: TimeDelta = TimeDelta::seconds(600);

/// A body of a webhook is read the same way each time, and nothing but a JSON object of fitting size is a delivery.
pub fn delivery(body: &[u8]) {
    let read = delivery::parse(body);
    assert_eq!(read, delivery::parse(body));
    let object = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(body);
    assert!(read.is_err() || (object.is_ok() && body.len() <= delivery::LONGEST));
}

/// A delivery is taken only when the secret signed exactly its time and body, and that was not long ago. `input` is
/// the signature, the timestamp and the body, with a line end after each of the first two.
pub fn signature(input: &[u8]) {
    let mut parts = input.splitn(3, |byte| *byte == b'\n');
    let mut text = || parts.next().and_then(|part| std::str::from_utf8(part).ok()).unwrap_or_default();
    let (signature, timestamp) = (text(), text());
    let body = parts.next().unwrap_or_default();
    let secrets = webhook::Secrets { current: SecretString::from(SECRET), previous: None };
    let signed = webhook::Signed { signature, timestamp, body };
    let now = DateTime::<Utc>::from_timestamp(NOW, 0).unwrap_or_default();

    if webhook::verify(signed, &secrets, now, MAX_AGE).is_ok() {
        assert!(signature.eq_ignore_ascii_case(&signed_by_secret(timestamp, body)));
        let at: i64 = timestamp.parse().unwrap_or_default();
        assert!((NOW - at).abs() <= MAX_AGE.num_seconds());
    }
}

/// What the secret signs, as Zoom writes it.
pub fn signed_by_secret(timestamp: &str, body: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()) else { return String::new() };
    for part in [b"v0:", timestamp.as_bytes(), b":", body] {
        mac.update(part);
    }
    format!("v0={}", hex::encode(mac.finalize().into_bytes()))
}

/// A packed frame unpacks to a text of bounded size or is refused, and a frame that can be read is written and read
/// again as it was.
pub fn frame(packed: &[u8]) {
    let mut texts: Vec<String> = std::str::from_utf8(packed).map(str::to_owned).into_iter().collect();
    if let Ok(mut unpacker) = Unpacker::new()
        && let Ok(text) = unpacker.unpack(packed)
    {
        assert!(text.len() <= LARGEST);
        texts.push(text);
    }
    for frame in texts.iter().filter_map(|text| serde_json::from_str::<Frame>(text).ok()) {
        let again = serde_json::to_string(&frame).ok().and_then(|text| serde_json::from_str(&text).ok());
        assert_eq!(Some(frame), again);
    }
}
