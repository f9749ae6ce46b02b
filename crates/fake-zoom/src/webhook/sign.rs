//! Zoom's signature and the headers around it.

use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use rand::{Rng, RngExt};
use sha2::Sha256;

use crate::ready::Credentials;

/// `v0=` and the HMAC over `v0:timestamp:body`, as hex.
pub(crate) fn signature(secret: &str, timestamp: i64, body: &[u8]) -> String {
    let mut message = format!("v0:{timestamp}:").into_bytes();
    message.extend_from_slice(body);
    format!("v0={}", hmac(secret, &message))
}

/// HMAC-SHA256 as lower-case hex.
pub(crate) fn hmac(secret: &str, message: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(message);
    hex::encode(mac.finalize().into_bytes())
}

/// A delivery's own id: a UUID's digits with underscores. It stays the same over all tries.
pub(crate) fn request_id(rng: &mut impl Rng) -> String {
    let (high, low): (u64, u64) = (rng.random(), rng.random());
    let digits = format!("{high:016x}{low:016x}");
    format!("{}_{}_{}_{}_{}", &digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..])
}

/// Everything Zoom sends beside the body, for one try.
pub(crate) fn headers(
    credentials: &Credentials,
    request_id: &str,
    (timestamp, signature): (DateTime<Utc>, String),
    rng: &mut impl Rng,
) -> Vec<(&'static str, String)> {
    let (one, two, three): (u64, u64, u64) = (rng.random(), rng.random(), rng.random());
    vec![
        ("user-agent", "Zoom Marketplace/1.0a".into()),
        ("content-type", "application/json; charset=utf-8".into()),
        ("clientid", credentials.client_id.clone()),
        ("traceparent", format!("00-{one:016x}{two:016x}-{three:016x}-02")),
        ("zm-trace-upstream", "webhook".into()),
        ("x-zm-request-id", request_id.to_owned()),
        ("x-zm-trackingid", format!("v=2.0;clid=us04;rid=WEB_{two:016x}{three:016x}")),
        ("x-zm-request-timestamp", timestamp.timestamp().to_string()),
        ("x-zm-signature", signature),
    ]
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    #[test]
    fn the_signature_covers_timestamp_and_body() {
        let one = signature("secret", 1_600_000_000, b"{}");

        assert!(one.starts_with("v0=") && one.len() == 67);
        assert_ne!(one, signature("secret", 1_600_000_001, b"{}"));
        assert_ne!(one, signature("secret", 1_600_000_000, b"{ }"));
        assert_ne!(one, signature("other", 1_600_000_000, b"{}"));
    }

    #[test]
    fn a_request_id_has_zooms_shape() {
        let id = request_id(&mut ChaCha8Rng::seed_from_u64(1));
        let lengths: Vec<_> = id.split('_').map(str::len).collect();

        assert_eq!(lengths, [8, 4, 4, 4, 12]);
    }
}
