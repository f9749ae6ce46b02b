//! `GET /v1/queues`: the organisation's call queues.

use axum::{
    Extension, Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use rollcall_wire::{Failure, session::Role};

use super::hidden_from;
use crate::{
    directory::{QueueList, known_queues},
    door::{Visitor, refuse},
};

/// Tells the call queues and who serves them, as Zoom last listed them; for supervisors and admins.
///
/// In the order of names, then ids.
#[utoipa::path(
    get, path = "/v1/queues", tag = "queues",
    responses(
        (status = 200, body = QueueList),
        (status = 403, description = "This is for supervisors and admins.", body = Failure),
    ),
)]
pub(super) async fn list(Extension(visitor): Extension<Visitor>) -> Response {
    if let Some(refusal) = hidden_from(&visitor, Role::Supervisor) {
        return refusal;
    }
    match known_queues(&visitor.core).await {
        Ok(queues) => Json(queues).into_response(),
        Err(error) => {
            tracing::error!(%error, "the call queues cannot be read");
            refuse(StatusCode::SERVICE_UNAVAILABLE, Failure::from(&error))
        }
    }
}
