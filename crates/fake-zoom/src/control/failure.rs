//! Failures of the control API.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

use crate::{calls::MoveError, mischief::MischiefError, webhook::RegisterError, world::WorldError};

/// A refused command: a status and a sentence.
#[derive(Debug)]
pub(super) struct Failure {
    status: StatusCode,
    error: String,
}

impl Failure {
    pub(super) fn new(status: StatusCode, error: &impl ToString) -> Self {
        Self { status, error: error.to_string() }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        (self.status, Json(json!({ "error": self.error }))).into_response()
    }
}

impl From<WorldError> for Failure {
    fn from(error: WorldError) -> Self {
        let status = match &error {
            WorldError::NoSuchPerson(_) | WorldError::Move(MoveError::NoSuchCall(_)) => StatusCode::NOT_FOUND,
            WorldError::Taken(_) | WorldError::Move(_) => StatusCode::CONFLICT,
            WorldError::Status(_) | WorldError::NoSuchNumber(_) | WorldError::NoTelephone(_) => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
        };
        Self::new(status, &error)
    }
}

impl From<MischiefError> for Failure {
    fn from(error: MischiefError) -> Self {
        Self::new(StatusCode::NOT_FOUND, &error)
    }
}

impl From<RegisterError> for Failure {
    fn from(error: RegisterError) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, &error)
    }
}
