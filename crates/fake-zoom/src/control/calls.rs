//! Commands about calls.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde::Deserialize;

use super::{failure::Failure, views::CallView};
use crate::{
    calls::{CallId, CallMove, MoveError},
    fake::FakeZoom,
    shared::Shared,
    world::WorldError,
};

/// A call to be begun: user ids, e-mails, queue ids, E.164 numbers or extensions.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    from: String,
    to: String,
    /// Whether it waits to be moved by hand.
    #[serde(default)]
    by_hand: bool,
}

/// `GET /_control/calls`: the running ones.
pub(super) async fn list(State(shared): State<Arc<Shared>>) -> Json<Vec<CallView>> {
    Json(FakeZoom::on(shared).calls())
}

/// `POST /_control/calls`.
pub(super) async fn begin(
    State(shared): State<Arc<Shared>>,
    Json(wanted): Json<Wanted>,
) -> Result<(StatusCode, Json<CallView>), Failure> {
    let fake = FakeZoom::on(shared);
    let id = fake.begin_call(&wanted.from, &wanted.to, wanted.by_hand)?;
    Ok((StatusCode::CREATED, Json(fake.call(id).ok_or_else(|| missing(id))?)))
}

/// `GET /_control/calls/{call}`.
pub(super) async fn get(
    State(shared): State<Arc<Shared>>,
    Path(call): Path<String>,
) -> Result<Json<CallView>, Failure> {
    let id = id(&call)?;
    Ok(Json(FakeZoom::on(shared).call(id).ok_or_else(|| missing(id))?))
}

/// `POST /_control/calls/{call}/move` with a [`CallMove`], as in `{"move": "answer"}`.
pub(super) async fn make(
    State(shared): State<Arc<Shared>>,
    Path(call): Path<String>,
    Json(step): Json<CallMove>,
) -> Result<Json<CallView>, Failure> {
    let id = id(&call)?;
    let fake = FakeZoom::on(shared);
    fake.move_call(id, &step)?;
    Ok(Json(fake.call(id).ok_or_else(|| missing(id))?))
}

fn id(text: &str) -> Result<CallId, Failure> {
    text.parse().map_err(|_| Failure::new(StatusCode::NOT_FOUND, &"not a call id"))
}

fn missing(id: CallId) -> Failure {
    WorldError::Move(MoveError::NoSuchCall(id)).into()
}
