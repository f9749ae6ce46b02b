//! Commands about events, webhooks, mischief, tokens, and the report of requests.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::failure::Failure;
use crate::{
    fake::FakeZoom,
    mischief::{Dose, Mischief},
    requests::Requests,
    shared::Shared,
    webhook::ReceiverCounts,
};

/// A receiver to be registered.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Address {
    url: String,
}

/// A registered receiver.
#[derive(Debug, Serialize)]
pub(super) struct Registered {
    id: u64,
    #[serde(flatten)]
    counts: ReceiverCounts,
}

/// A mischief's amount.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Amount {
    amount: Option<f64>,
}

/// The scopes the app has.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scopes {
    scopes: Vec<String>,
}

/// `POST /_control/events`: the body is sent exactly as it came.
pub(super) async fn emit_raw(State(shared): State<Arc<Shared>>, body: Bytes) -> StatusCode {
    FakeZoom::on(shared).emit_raw(body);
    StatusCode::ACCEPTED
}

/// `GET /_control/webhooks`.
pub(super) async fn webhooks(State(shared): State<Arc<Shared>>) -> Json<Vec<Registered>> {
    let all = shared.receivers.all().into_iter();
    Json(all.map(|(id, receiver)| Registered { id, counts: receiver.counts() }).collect())
}

/// `POST /_control/webhooks` with `{"url"}`: validates the receiver, then sends every event there.
pub(super) async fn add_webhook(
    State(shared): State<Arc<Shared>>,
    Json(address): Json<Address>,
) -> Result<(StatusCode, Json<Value>), Failure> {
    let id = FakeZoom::on(shared).add_webhook(&address.url).await?;
    Ok((StatusCode::CREATED, Json(json!({ "id": id }))))
}

/// `DELETE /_control/webhooks/{id}`.
pub(super) async fn remove_webhook(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<u64>,
) -> Result<StatusCode, Failure> {
    if shared.receivers.remove(id) {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Failure::new(StatusCode::NOT_FOUND, &"no such receiver"))
    }
}

/// `GET /_control/mischief`: what is on, and every name there is.
pub(super) async fn mischief(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let on: Vec<_> = FakeZoom::on(shared)
        .mischief()
        .into_iter()
        .map(|dose| json!({ "name": dose.mischief.name(), "amount": dose.amount }))
        .collect();
    let known: Vec<_> = Mischief::ALL.iter().map(|mischief| mischief.name()).collect();
    Json(json!({ "on": on, "known": known }))
}

/// `PUT /_control/mischief/{name}`, with `{"amount"}` or without a body.
pub(super) async fn mischief_on(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Failure> {
    let mischief: Mischief = name.parse()?;
    let given: Amount = if body.is_empty() {
        Amount::default()
    } else {
        serde_json::from_slice(&body)
            .map_err(|error| Failure::new(StatusCode::UNPROCESSABLE_ENTITY, &error))?
    };
    let amount = given.amount.unwrap_or_else(|| mischief.default_amount());
    FakeZoom::on(shared).mischief_on(Dose { mischief, amount });
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /_control/mischief/{name}`.
pub(super) async fn mischief_off(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
) -> Result<StatusCode, Failure> {
    FakeZoom::on(shared).mischief_off(name.parse()?);
    Ok(StatusCode::NO_CONTENT)
}

/// `PUT /_control/scopes`: for tokens given out from now on.
pub(super) async fn set_scopes(State(shared): State<Arc<Shared>>, Json(wanted): Json<Scopes>) -> StatusCode {
    FakeZoom::on(shared).set_scopes(wanted.scopes);
    StatusCode::NO_CONTENT
}

/// `DELETE /_control/tokens`: ends every access token.
pub(super) async fn revoke_tokens(State(shared): State<Arc<Shared>>) -> StatusCode {
    FakeZoom::on(shared).revoke_tokens();
    StatusCode::NO_CONTENT
}

/// `DELETE /_control/socket`: ends the WebSocket connection there is.
pub(super) async fn drop_socket(State(shared): State<Arc<Shared>>) -> StatusCode {
    FakeZoom::on(shared).drop_socket();
    StatusCode::NO_CONTENT
}

/// `GET /_control/requests`.
pub(super) async fn requests(State(shared): State<Arc<Shared>>) -> Json<Requests> {
    Json(FakeZoom::on(shared).requests())
}

/// `GET /_control/feed`: how many events went out, whether somebody listens by WebSocket, and how many frames a
/// stalled connection has withheld.
pub(super) async fn feed(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let (sent, overflowed) = shared.feed.counts();
    let (socket, withheld) = (shared.seat.is_taken(), shared.seat.withheld());
    Json(json!({ "sent": sent, "overflowed": overflowed, "socket": socket, "withheld": withheld }))
}
