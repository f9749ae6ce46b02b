//! Receivers and the tasks that serve them.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::{Client, Url, redirect::Policy};
use serde::{Deserialize, Serialize};
use serde_json::json;
use thiserror::Error;
use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{delivery::Delivery, sign};
use crate::{
    feed::{Listener, Parcel},
    mischief::Mischief,
    serial::{self, Style},
    shared::{Shared, lock},
};

/// How many deliveries to one receiver are under way at once.
const AT_ONCE: usize = 16;

/// How long a receiver may take to prove itself.
const PATIENCE: Duration = Duration::from_secs(3);

/// Hours between two proofs of a receiver.
const HOURS_BETWEEN_PROOFS: f64 = 72.0;

/// How often it is looked whether a proof is due.
const LOOK: Duration = Duration::from_millis(25);

/// After so many failed proofs in a row a receiver is disabled.
const MOST_FAILED_PROOFS: u64 = 6;

/// Who gets webhooks.
#[derive(Debug, Default)]
pub(crate) struct Receivers(Mutex<BTreeMap<u64, Arc<Receiver>>>);

/// One address that gets every event.
#[derive(Debug)]
pub(crate) struct Receiver {
    pub(super) url: Url,
    pub(super) client: Client,
    pub(crate) stop: CancellationToken,
    tries: AtomicU64,
    delivered: AtomicU64,
    given_up: AtomicU64,
    failed_proofs: AtomicU64,
}

/// How a receiver fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ReceiverCounts {
    /// Requests sent, retries and duplicates included.
    pub tries: u64,
    /// Requests answered with 2xx.
    pub delivered: u64,
    /// Events given up after the last try.
    pub given_up: u64,
}

/// Why a receiver was not registered.
#[derive(Debug, Error)]
pub enum RegisterError {
    /// Not an address.
    #[error("not an address: {0}")]
    Url(String),
    /// No HTTP client could be made.
    #[error("no HTTP client")]
    Client(#[source] reqwest::Error),
    /// The receiver could not be reached within three seconds.
    #[error("the receiver did not answer the validation")]
    Unreachable(#[source] reqwest::Error),
    /// The receiver answered, but not with the token rightly encrypted.
    #[error("the receiver answered the validation wrongly, with HTTP status {status}")]
    Wrong {
        /// The HTTP status of its answer.
        status: u16,
    },
}

/// What a receiver must answer.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Proof {
    plain_token: String,
    encrypted_token: String,
}

impl Receiver {
    /// Counts a try.
    pub(super) fn tried(&self, delivered: bool) {
        self.tries.fetch_add(1, Ordering::Relaxed);
        self.delivered.fetch_add(u64::from(delivered), Ordering::Relaxed);
    }

    /// Counts an event that was given up.
    pub(super) fn gave_up(&self) {
        self.given_up.fetch_add(1, Ordering::Relaxed);
    }

    /// What was counted.
    pub(crate) fn counts(&self) -> ReceiverCounts {
        ReceiverCounts {
            tries: self.tries.load(Ordering::Relaxed),
            delivered: self.delivered.load(Ordering::Relaxed),
            given_up: self.given_up.load(Ordering::Relaxed),
        }
    }
}

impl Receivers {
    /// Everybody, by number.
    pub(crate) fn all(&self) -> Vec<(u64, Arc<Receiver>)> {
        lock(&self.0).iter().map(|(id, receiver)| (*id, Arc::clone(receiver))).collect()
    }

    /// Sends one no more. Says whether there was one.
    pub(crate) fn remove(&self, id: u64) -> bool {
        let removed = lock(&self.0).remove(&id);
        removed.inspect(|receiver| receiver.stop.cancel()).is_some()
    }
}

/// Validates an address as Zoom does and sends every event there from now on. Answers the receiver's number.
pub(crate) async fn register(shared: &Arc<Shared>, url: &str) -> Result<u64, RegisterError> {
    let url = Url::parse(url).map_err(|_| RegisterError::Url(url.to_owned()))?;
    let client = Client::builder().timeout(PATIENCE).redirect(Policy::none()).no_proxy().build();
    let receiver = Arc::new(Receiver {
        url,
        client: client.map_err(RegisterError::Client)?,
        stop: shared.stop.child_token(),
        tries: AtomicU64::new(0),
        delivered: AtomicU64::new(0),
        given_up: AtomicU64::new(0),
        failed_proofs: AtomicU64::new(0),
    });
    validate(shared, &receiver).await?;
    let listener = shared.feed.join();
    let id = listener.id;
    lock(&shared.receivers.0).insert(id, Arc::clone(&receiver));
    shared.tasks.spawn(run(Arc::clone(shared), receiver, listener));
    Ok(id)
}

async fn validate(shared: &Shared, receiver: &Receiver) -> Result<(), RegisterError> {
    let plain = shared.with_dice(crate::ids::fresh);
    let at = shared.shown_now();
    let body = json!({
        "event": "endpoint.url_validation",
        "payload": { "plainToken": plain },
        "event_ts": at.timestamp_millis(),
    });
    let body = serial::write(&body, Style::default());
    let secret = &shared.credentials.secret_token;
    let signature = sign::signature(secret, at.timestamp(), body.as_bytes());
    let headers = shared.with_dice(|dice| {
        let id = sign::request_id(dice);
        sign::headers(&shared.credentials, &id, (at, signature), dice)
    });
    let mut request = receiver.client.post(receiver.url.clone()).body(body);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let response = request.send().await.map_err(RegisterError::Unreachable)?;
    let status = response.status().as_u16();
    let proof = response.json::<Proof>().await.ok();
    let expected = sign::hmac(secret, plain.as_bytes());
    let right = |proof: Proof| proof.plain_token == plain && proof.encrypted_token == expected;
    if status == 200 && proof.is_some_and(right) { Ok(()) } else { Err(RegisterError::Wrong { status }) }
}

/// Whether a receiver that proved itself at `proved_at` has to do so again.
fn must_prove(shared: &Shared, proved_at: DateTime<Utc>) -> bool {
    #[expect(clippy::cast_possible_truncation, reason = "a few seconds, in microseconds")]
    let micros = |hour: f64| (hour * 1000.0 * HOURS_BETWEEN_PROOFS) as i64;
    let hour = shared.switches.amount(Mischief::WebhookRevalidate);
    hour.is_some_and(|hour| shared.now() - proved_at >= TimeDelta::microseconds(micros(hour)))
}

async fn revalidate(shared: &Shared, receiver: &Receiver, id: u64) {
    if validate(shared, receiver).await.is_ok() {
        receiver.failed_proofs.store(0, Ordering::Relaxed);
    } else if receiver.failed_proofs.fetch_add(1, Ordering::Relaxed) + 1 >= MOST_FAILED_PROOFS {
        shared.receivers.remove(id);
    }
}

async fn run(shared: Arc<Shared>, receiver: Arc<Receiver>, mut listener: Listener) {
    let id = listener.id;
    let mut proved_at = shared.now();
    let mut look = tokio::time::interval(LOOK);
    let room = Arc::new(Semaphore::new(AT_ONCE));
    let deliveries = TaskTracker::new();
    let mut held: Option<Parcel> = None;
    loop {
        let parcel = tokio::select! {
            () = receiver.stop.cancelled() => break,
            _ = look.tick() => {
                if must_prove(&shared, proved_at) {
                    revalidate(&shared, &receiver, id).await;
                    proved_at = shared.now();
                }
                continue;
            }
            parcel = listener.parcels.recv() => match parcel {
                Some(parcel) => parcel,
                None => break,
            },
        };
        if shared.switches.is_on(Mischief::WebhookReorder) && held.is_none() {
            held = Some(parcel);
            continue;
        }
        for parcel in [Some(parcel), held.take()].into_iter().flatten() {
            start(&shared, &receiver, &room, &deliveries, &parcel).await;
        }
    }
    shared.feed.leave(id);
    deliveries.close();
    deliveries.wait().await;
}

async fn start(
    shared: &Arc<Shared>,
    receiver: &Arc<Receiver>,
    room: &Arc<Semaphore>,
    deliveries: &TaskTracker,
    parcel: &Parcel,
) {
    if shared.strikes(Mischief::WebhookDrop) {
        return;
    }
    let Ok(permit) = Arc::clone(room).acquire_owned().await else { return };
    let delivery = Delivery::new(shared, parcel);
    let (shared, receiver) = (Arc::clone(shared), Arc::clone(receiver));
    deliveries.spawn(async move {
        tokio::select! {
            () = receiver.stop.cancelled() => {}
            () = delivery.deliver(&shared, &receiver) => {}
        }
        drop(permit);
    });
}
