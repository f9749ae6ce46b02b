//! Turns the token of a request into somebody.

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, Response, StatusCode, header},
    middleware::Next,
};
use rollcall_wire::Failure;

use super::{
    super::{ClientAddress, Organisations},
    refuse, unavailable,
};

/// Lets in who has a session, and puts the [`Caller`](super::super::Caller) into the request's extensions.
/// Everybody else is told 401 `not_admitted`.
pub async fn bearer(
    State(organisations): State<Organisations>,
    mut request: Request,
    next: Next,
) -> Response<Body> {
    let address = request.extensions().get::<ClientAddress>().map(|address| address.0);
    let admitted = match token(request.headers()) {
        Some(token) => organisations.admit(token, address).await,
        None => Ok(None),
    };
    match admitted {
        Ok(Some(caller)) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Ok(None) => refuse(StatusCode::UNAUTHORIZED, Failure::NotAdmitted),
        Err(error) => unavailable(&error),
    }
}

/// The token that a request shows.
pub(super) fn token(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}
