//! Deliveries as Zoom sends them.

use hmac::{Hmac, KeyInit, Mac};
use rollcall_fake_zoom::FakeZoom;
use rollcall_model::Clock;
use serde_json::json;
use sha2::Sha256;
use uuid::Uuid;

use crate::process::{ACCOUNT, SECRET};

/// A body and the headers around it.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    pub(crate) body: String,
    pub(crate) headers: Vec<(&'static str, String)>,
}

/// Signs as the Zoom account of some organisation does.
#[derive(Clone, Debug)]
pub(crate) struct Signer {
    account: String,
    secret: String,
}

/// Somebody's presence changed.
pub(crate) fn presence(account: &str, person: &str, status: &str) -> String {
    let at = Clock::system().now();
    json!({
        "event": "user.presence_status_updated",
        "event_ts": at.timestamp_millis(),
        "payload": { "account_id": account, "object": {
            "date_time": at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "email": "somebody@example.com", "id": person, "presence_status": status,
        }},
    })
    .to_string()
}

pub(crate) fn hmac(secret: &str, message: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(message.as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

impl Signer {
    /// The account of the flags.
    pub(crate) fn of_flags() -> Self {
        Self { account: ACCOUNT.to_owned(), secret: SECRET.to_owned() }
    }

    /// The account of this Zoom.
    pub(crate) fn of(zoom: &FakeZoom) -> Self {
        let ready = zoom.ready();
        Self { account: ready.account_id.clone(), secret: ready.secret_token.clone() }
    }

    /// Somebody's presence, under a name of its own.
    pub(crate) fn presence(&self, person: &str, status: &str) -> Delivery {
        let delivery = Delivery::signed(presence(&self.account, person, status), &self.secret, 0);
        delivery.with("x-zm-request-id", &Uuid::new_v4().to_string())
    }
}

impl Delivery {
    /// Rightly signed for the organisation of the flags.
    pub(crate) fn of(body: impl Into<String>) -> Self {
        Self::signed(body, SECRET, 0)
    }

    /// Somebody's presence in the organisation of the flags.
    pub(crate) fn presence(person: &str, status: &str) -> Self {
        Self::of(presence(ACCOUNT, person, status))
    }

    /// Signed with this secret so many seconds ago.
    pub(crate) fn signed(body: impl Into<String>, secret: &str, seconds_ago: i64) -> Self {
        let body = body.into();
        let at = Clock::system().now().timestamp() - seconds_ago;
        let signature = format!("v0={}", hmac(secret, &format!("v0:{at}:{body}")));
        let headers = vec![
            ("content-type", "application/json; charset=utf-8".to_owned()),
            ("x-zm-request-timestamp", at.to_string()),
            ("x-zm-signature", signature),
        ];
        Self { body, headers }
    }

    /// Without any signature.
    pub(crate) fn unsigned(body: impl Into<String>) -> Self {
        Self { body: body.into(), headers: Vec::new() }
    }

    /// The same with one more header.
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }
}
