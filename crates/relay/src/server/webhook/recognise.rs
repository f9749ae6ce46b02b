//! Whose a delivery is: of which organisation, and really from Zoom.

use std::borrow::Cow;

use axum::body::Body;
use chrono::{DateTime, Utc};
use hyper::{
    HeaderMap, Response,
    header::{AUTHORIZATION, HeaderValue},
};
use rollcall_zoom::webhook::{self, Refusal, Signed};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use subtle::ConstantTimeEq as _;

use super::{House, Named, json};
use crate::{hub, server::house::Keys};

/// A delivery whose sender is known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recognised<'a> {
    /// The organisation whose app sent it.
    pub(super) house: &'a House,
    /// With what it was signed; nothing for one with the old verification token.
    pub(super) secret: Option<&'a SecretString>,
    /// The account from which it must be.
    pub(super) account: &'a str,
}

/// Why a sender is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Unrecognised {
    /// No app of an organisation that is served here sent this.
    NotOurs,
    /// The signature has not the form of one.
    Malformed,
    /// Rightly signed, too long ago.
    TooOld,
    /// Rightly signed, in the future.
    TooEarly,
}

/// The part of a body that tells whose it is.
#[derive(Debug, Deserialize)]
struct Whose<'a> {
    #[serde(borrow)]
    payload: Account<'a>,
}

#[derive(Debug, Deserialize)]
struct Account<'a> {
    #[serde(borrow, default)]
    account_id: Option<Cow<'a, str>>,
}

/// Finds the organisation whose app sent this.
pub(super) fn recognise<'a>(
    houses: &'a [House],
    named: Named<'_>,
    headers: &HeaderMap,
    body: &[u8],
    now: DateTime<Utc>,
) -> Result<Recognised<'a>, Unrecognised> {
    let account = match (named, houses) {
        // With only one there is nothing to choose, and the account is looked at when the body is read.
        (Named::Slug(_), _) | (_, [_]) => None,
        _ => account_of(body),
    };
    let mut why = Unrecognised::NotOurs;
    for house in houses {
        let may_be = match named {
            Named::Slug(slug) => slug == house.slug().as_str(),
            Named::Nobody => account.as_deref().is_none_or(|account| account == house.account_id),
        };
        let Some(keys) = house.keys.as_ref().filter(|_| may_be) else { continue };
        let judged = match from_zoom(keys, headers, body, now) {
            // Perhaps it is known by how much this machine's clock is wrong.
            Err(Unrecognised::TooOld | Unrecognised::TooEarly) => {
                from_zoom(keys, headers, body, hub::zoom_now(&house.core()))
            }
            judged => judged,
        };
        match judged {
            Ok(secret) => return Ok(Recognised { house, secret, account: &house.account_id }),
            Err(refusal) => why = why.max(refusal),
        }
    }
    Err(why)
}

/// Answers Zoom's test of the address with the secret that signed it.
pub(super) fn answer_validation(secret: Option<&SecretString>, body: &[u8]) -> Option<Response<Body>> {
    let answer = webhook::answer_validation(secret?, body)?;
    serde_json::to_vec(&answer).ok().map(json)
}

/// The account that a body names. The body is not to be trusted: this only chooses whose secret is tried.
fn account_of(body: &[u8]) -> Option<Cow<'_, str>> {
    serde_json::from_slice::<Whose<'_>>(body).ok()?.payload.account_id
}

/// With which secret Zoom signed this.
fn from_zoom<'a>(
    keys: &'a Keys,
    headers: &HeaderMap,
    body: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<&'a SecretString>, Unrecognised> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let (Some(signature), Some(timestamp)) = (text("x-zm-signature"), text("x-zm-request-timestamp")) else {
        return legacy(keys, headers);
    };
    let signed = Signed { signature, timestamp, body };
    for secret in &keys.secrets {
        match webhook::verify(signed, secret, now, keys.max_age) {
            Ok(()) => return Ok(Some(&secret.current)),
            Err(Refusal::WrongSignature) => {}
            Err(refusal) => return Err(unrecognised(refusal)),
        }
    }
    Err(Unrecognised::NotOurs)
}

/// Whether an unsigned delivery shows the old verification token, where that is taken.
fn legacy<'a>(keys: &Keys, headers: &HeaderMap) -> Result<Option<&'a SecretString>, Unrecognised> {
    let token = keys.legacy_token.as_ref().ok_or(Unrecognised::NotOurs)?;
    let shown = headers.get(AUTHORIZATION).ok_or(Unrecognised::NotOurs)?;
    let is_ours = shown.as_bytes().ct_eq(token.expose_secret().as_bytes());
    if is_ours.into() { Ok(None) } else { Err(Unrecognised::NotOurs) }
}

const fn unrecognised(refusal: Refusal) -> Unrecognised {
    match refusal {
        Refusal::MalformedSignature | Refusal::MalformedTimestamp => Unrecognised::Malformed,
        Refusal::WrongSignature => Unrecognised::NotOurs,
        Refusal::TooOld { .. } => Unrecognised::TooOld,
        Refusal::TooEarly { .. } => Unrecognised::TooEarly,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_is_found_wherever_it_stands_and_however_it_is_written() {
        let found = |body: &str| account_of(body.as_bytes()).map(Cow::into_owned);

        assert_eq!(
            found(r#"{"event":"x","payload":{"object":{},"account_id":"a/b"}}"#).as_deref(),
            Some("a/b")
        );
        assert_eq!(found(r#"{"payload":{"account_id":"a\/b"},"event_ts":1}"#).as_deref(), Some("a/b"));
        assert_eq!(found(r#"{"payload":{"plainToken":"x"}}"#), None);
        assert_eq!(found("[]"), None);
    }
}
