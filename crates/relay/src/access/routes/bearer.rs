//! Turns the token of a request into somebody.

use super::{
    super::{ClientAddress, Organisations},
    refuse, unavailable,
};
use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, Response, StatusCode, header},
    middleware::Next,
};

/// Lets in who has a session, and puts the [`Caller`](super::super::Caller) into the request's extensions.
/// Everybody else is told 401 `not_admitted`, or `app_removed` while that is so.
pub async fn bearer(
    State(organisations): State<Organisations>,
    mut request: Request,
    next: Next,
) -> Response<Body> {
    let address = request.extensions().get::<ClientAddress>().map(|address| address.0);
    let token = token(request.headers());
    let admitted = match token {
        Some(token) => organisations.admit(token, address).await,
        None => Ok(None),
    };
    match admitted {
        Ok(Some(caller)) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Ok(None) => refuse(StatusCode::UNAUTHORIZED, organisations.refusal(token)),
        Err(error) => unavailable(&error),
    }
}

/// The token that a request shows.
pub(super) fn token(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}
