//! `/oauth/*`: tokens by every grant Zoom knows here, authorisation and revocation.

mod authorize;
mod form;
mod pkce;
mod token;
mod tokens;

use std::sync::Arc;

use axum::{
    Router,
    routing::{get, post},
};

pub(crate) use tokens::{Grant, Holder, Tokens};

use crate::shared::Shared;

/// The routes below `/oauth`.
pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/oauth/token", post(token::token))
        .route("/oauth/revoke", post(token::revoke))
        .route("/oauth/authorize", get(authorize::authorize))
}
