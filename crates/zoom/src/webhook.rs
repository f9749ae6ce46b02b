//! Webhooks: is this really from Zoom, and the answer to Zoom's test of the endpoint.

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;
use serde::Serialize;
use subtle::ConstantTimeEq;

use crate::{
    delivery::{self, Meaning},
    mac::hmac_sha256,
};

/// The app's secret tokens: two of them are good while they are being changed.
#[derive(Clone, Debug)]
pub struct Secrets {
    /// The secret token.
    pub current: SecretString,
    /// The one before it, during a change.
    pub previous: Option<SecretString>,
}

/// A delivery as it came: the two headers, and the body byte for byte.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    /// `x-zm-signature`: `v0=` and 64 hexadecimal digits.
    pub signature: &'a str,
    /// `x-zm-request-timestamp`: seconds since 1970.
    pub timestamp: &'a str,
    /// The body. Never one that was parsed and written again: Zoom's escapes would be lost.
    pub body: &'a [u8],
}

/// Why a delivery is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The signature has not the form of one.
    #[error("the signature is malformed")]
    MalformedSignature,
    /// The timestamp is no number of seconds.
    #[error("the timestamp is malformed")]
    MalformedTimestamp,
    /// Neither secret made this signature.
    #[error("the signature is not ours")]
    WrongSignature,
    /// Rightly signed, but too long ago: a replay, or this machine's clock is ahead.
    #[error("signed {age_secs} s ago")]
    TooOld {
        /// How long ago, in seconds.
        age_secs: i64,
    },
    /// Rightly signed, but in the future: this machine's clock is behind.
    #[error("signed {ahead_secs} s in the future")]
    TooEarly {
        /// How far ahead, in seconds.
        ahead_secs: i64,
    },
}

/// The answer to `endpoint.url_validation`, which Zoom wants within three seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ValidationAnswer {
    /// What Zoom sent.
    pub plain_token: String,
    /// The same, signed: 64 hexadecimal digits.
    pub encrypted_token: String,
}

/// Checks that one of the secrets signed this body, at most `max_age` before or after `now`.
///
/// The age is judged after the signature, so that [`Refusal::TooOld`] and [`Refusal::TooEarly`] speak of
/// Zoom's own deliveries only and can tell of a wrong clock.
pub fn verify(
    signed: Signed<'_>,
    secrets: &Secrets,
    now: DateTime<Utc>,
    max_age: TimeDelta,
) -> Result<(), Refusal> {
    let claimed = decoded(signed.signature).ok_or(Refusal::MalformedSignature)?;
    let seconds = seconds(signed.timestamp).ok_or(Refusal::MalformedTimestamp)?;
    let parts = [b"v0:", signed.timestamp.as_bytes(), b":", signed.body];
    let signed_by = |secret| hmac_sha256(secret, &parts).ct_eq(&claimed);
    let mut ours = signed_by(&secrets.current);
    if let Some(previous) = &secrets.previous {
        ours |= signed_by(previous);
    }
    if !bool::from(ours) {
        return Err(Refusal::WrongSignature);
    }
    let age_secs = now.timestamp().saturating_sub(seconds);
    if age_secs > max_age.num_seconds() {
        return Err(Refusal::TooOld { age_secs });
    }
    if age_secs < -max_age.num_seconds() {
        return Err(Refusal::TooEarly { ahead_secs: -age_secs });
    }
    Ok(())
}

/// The answer to a test of the endpoint; nothing when the body is none.
pub fn answer_validation(secret: &SecretString, body: &[u8]) -> Option<ValidationAnswer> {
    let Meaning::Validation { plain_token } = delivery::parse(body).ok()?.meaning else {
        return None;
    };
    let encrypted_token = hex::encode(hmac_sha256(secret, &[plain_token.as_bytes()]));
    Some(ValidationAnswer { plain_token, encrypted_token })
}

fn decoded(signature: &str) -> Option<[u8; 32]> {
    let mut mac = [0; 32];
    hex::decode_to_slice(signature.strip_prefix("v0=")?, &mut mac).ok()?;
    Some(mac)
}

/// Ten digits as a rule; anything else than up to 15 digits is none.
fn seconds(timestamp: &str) -> Option<i64> {
    let digits = (1..=15).contains(&timestamp.len()) && timestamp.bytes().all(|byte| byte.is_ascii_digit());
    if digits { timestamp.parse().ok() } else { None }
}
