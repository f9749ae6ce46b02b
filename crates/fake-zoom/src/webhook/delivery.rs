//! One event on its way to one receiver: tried, signed anew, tried again.

use std::time::Duration;

use bytes::Bytes;
use chrono::TimeDelta;
use rand::seq::IndexedRandom;

use super::{sender::Receiver, sign};
use crate::{
    feed::Parcel,
    mischief::Mischief,
    serial::{self, Style},
    shared::Shared,
};

/// Zoom's pauses before the second, third and fourth try, in minutes.
const PAUSES: [u32; 3] = [5, 20, 60];

/// How long one of Zoom's minutes lasts here.
const MINUTE: Duration = Duration::from_millis(10);

/// How long a receiver may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// How a try came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Try {
    Delivered,
    /// Answered with 4xx, which Zoom takes for a no.
    Declined,
    Failed,
}

/// An event as one receiver gets it.
#[derive(Clone, Debug)]
pub(super) struct Delivery {
    body: Bytes,
    request_id: String,
}

impl Delivery {
    /// Writes a parcel the way it is to be sent at present.
    pub(super) fn new(shared: &Shared, parcel: &Parcel) -> Self {
        let style = Style {
            pretty: shared.switches.is_on(Mischief::WebhookPretty),
            raw_astral: shared.switches.is_on(Mischief::RawAstral),
        };
        let body = match parcel {
            Parcel::Event(body) => Bytes::from(serial::write(body, style)),
            Parcel::Raw(bytes) => bytes.clone(),
        };
        Self { body, request_id: shared.with_dice(sign::request_id) }
    }

    /// Delivers: up to four tries, and once more when duplicates are wanted.
    pub(super) async fn deliver(&self, shared: &Shared, receiver: &Receiver) {
        if let Some(minute) = shared.switches.amount(Mischief::WebhookDelay) {
            let pause = shared.with_dice(|dice| PAUSES.choose(dice).copied()).unwrap_or(PAUSES[0]);
            tokio::time::sleep(Duration::from_secs_f64(minute / 1000.0) * pause).await;
        }
        for pause in PAUSES.map(Some).into_iter().chain([None]) {
            match self.attempt(shared, receiver).await {
                Try::Delivered => break,
                Try::Declined if !shared.switches.is_on(Mischief::WebhookRetry4xx) => break,
                Try::Declined | Try::Failed => {}
            }
            let Some(pause) = pause else {
                receiver.gave_up();
                return;
            };
            tokio::time::sleep(MINUTE * pause).await;
        }
        if shared.switches.is_on(Mischief::WebhookDuplicate) {
            self.attempt(shared, receiver).await;
        }
    }

    async fn attempt(&self, shared: &Shared, receiver: &Receiver) -> Try {
        let mut request =
            receiver.client.post(receiver.url.clone()).timeout(PATIENCE).body(self.body.clone());
        for (name, value) in self.headers(shared) {
            request = request.header(name, value);
        }
        let outcome = match request.send().await.map(|response| response.status()) {
            Ok(status) if status.is_success() => Try::Delivered,
            Ok(status) if status.is_client_error() => Try::Declined,
            _ => Try::Failed,
        };
        receiver.tried(outcome == Try::Delivered);
        outcome
    }

    fn headers(&self, shared: &Shared) -> Vec<(&'static str, String)> {
        #[expect(clippy::cast_possible_truncation, reason = "a number of seconds")]
        let stale = shared.switches.amount(Mischief::WebhookStale).map_or(0, |seconds| seconds as i64);
        let at = shared.shown_now() - TimeDelta::seconds(stale);
        let wrong = shared.switches.is_on(Mischief::WebhookWrongSignature);
        let secret = if wrong { "not the secret" } else { &shared.credentials.secret_token };
        let mut signature = sign::signature(secret, at.timestamp(), &self.body);
        if shared.switches.is_on(Mischief::WebhookTruncatedSignature) {
            signature.truncate(30);
        }
        shared.with_dice(|dice| sign::headers(&shared.credentials, &self.request_id, (at, signature), dice))
    }
}
