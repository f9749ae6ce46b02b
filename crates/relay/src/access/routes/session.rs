//! `/v1/session`: opening, reading, renewing and ending one.

use std::{net::IpAddr, sync::Arc};

use axum::{
    Extension, Json,
    body::Body,
    extract::{State, rejection::JsonRejection},
    http::{HeaderMap, Response, StatusCode},
    response::IntoResponse,
};
use rollcall_wire::{Failure, session::Redeem};

use super::{
    super::{Access, Caller, ClientAddress, organisations::Refusal},
    Shared, bearer, refuse, slow_down, unavailable,
};

type From = Option<Extension<ClientAddress>>;

/// A session for a one-time code.
pub(super) async fn open(
    State(shared): State<Shared>,
    from: From,
    body: Result<Json<Redeem>, JsonRejection>,
) -> Response<Body> {
    let Ok(Json(shown)) = body else {
        return refuse(StatusCode::UNPROCESSABLE_ENTITY, Failure::BadField { field: "code".to_owned() });
    };
    match shared.organisations.redeem(&shown, address(from)).await {
        Ok(admitted) => Json(admitted).into_response(),
        Err(Refusal::Code) => refuse(StatusCode::UNAUTHORIZED, Failure::CodeRefused),
        Err(Refusal::SlowDown { retry_secs }) => slow_down(retry_secs),
        Err(Refusal::Store(error)) => unavailable(&error),
    }
}

/// Whose session it is.
pub(super) async fn read(
    State(shared): State<Shared>,
    Extension(caller): Extension<Caller>,
) -> Response<Body> {
    match access(&shared, &caller) {
        Some(access) => Json(access.standing(&caller)).into_response(),
        None => refuse(StatusCode::UNAUTHORIZED, Failure::NotAdmitted),
    }
}

/// Its next token.
pub(super) async fn rotate(
    State(shared): State<Shared>,
    Extension(caller): Extension<Caller>,
    from: From,
    headers: HeaderMap,
) -> Response<Body> {
    let (Some(access), Some(token)) = (access(&shared, &caller), bearer::token(&headers)) else {
        return refuse(StatusCode::UNAUTHORIZED, Failure::NotAdmitted);
    };
    match access.rotate(token, address(from)).await {
        Ok(Some(admitted)) => Json(admitted).into_response(),
        Ok(None) => refuse(StatusCode::UNAUTHORIZED, Failure::NotAdmitted),
        Err(error) => unavailable(&error),
    }
}

/// Its end.
pub(super) async fn end(
    State(shared): State<Shared>,
    Extension(caller): Extension<Caller>,
    from: From,
) -> Response<Body> {
    let Some(access) = access(&shared, &caller) else {
        return refuse(StatusCode::UNAUTHORIZED, Failure::NotAdmitted);
    };
    match access.sign_out(&caller, address(from)).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => unavailable(&error),
    }
}

/// The organisation of somebody who was let in.
pub(super) fn access<'a>(shared: &'a Shared, caller: &Caller) -> Option<&'a Arc<Access>> {
    shared.organisations.get(&caller.organisation)
}

/// Where a request comes from.
pub(super) fn address(from: From) -> Option<IpAddr> {
    from.map(|Extension(address)| address.0)
}
