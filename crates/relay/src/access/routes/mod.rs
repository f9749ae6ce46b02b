//! How one comes in, over HTTP: codes, sessions, and signing in with Zoom.
//!
//! | request | who | answer |
//! | --- | --- | --- |
//! | `POST /v1/session` | anybody | a session for a one-time code |
//! | `GET`, `DELETE /v1/session` | a session | whose it is; its end |
//! | `POST /v1/session/rotate` | a session | its next token |
//! | `GET /v1/audit?after=&limit=` | an admin's session | the trail |
//! | `GET /v1/signin/start`, `/v1/signin/callback` | a browser | on to Zoom, back to the desk, or a page |

mod audit;
mod bearer;
mod headers;
mod page;
mod session;
mod sign_in;

use axum::{
    Json, Router,
    body::Body,
    extract::DefaultBodyLimit,
    http::{HeaderValue, Response, StatusCode, header},
    middleware,
    response::IntoResponse,
    routing::{get, post},
};
use rollcall_wire::Failure;

use super::{Limits, Organisations, StoreError};

pub use bearer::bearer;
pub use headers::strict;

/// The largest body: a code and a verifier.
const BODY: usize = 4 * 1_024;
/// After how many seconds one may come again when the store is away.
const COME_AGAIN_SECS: u32 = 2;

/// The routes of this room. Requests must carry a [`ClientAddress`](super::ClientAddress); `tls` says whether
/// browsers reach this relay by `https`, here or at a proxy. Headers are set by [`strict`], which the whole server
/// needs.
pub fn routes(organisations: &Organisations, limits: &Limits, tls: bool) -> Router {
    let strangers = Router::new()
        .route("/v1/session", post(session::open))
        .route("/v1/signin/start", get(sign_in::start))
        .route("/v1/signin/callback", get(sign_in::callback))
        .route_layer(limits.by_address())
        .with_state(Shared { organisations: organisations.clone(), tls });
    let guests = Router::new()
        .route("/v1/session", get(session::read).delete(session::end))
        .route("/v1/session/rotate", post(session::rotate))
        .route("/v1/audit", get(audit::read))
        .route_layer(limits.by_session())
        .route_layer(middleware::from_fn_with_state(organisations.clone(), bearer))
        .with_state(Shared { organisations: organisations.clone(), tls });
    strangers.merge(guests).layer(DefaultBodyLimit::max(BODY))
}

/// What every route knows.
#[derive(Clone, Debug)]
struct Shared {
    organisations: Organisations,
    tls: bool,
}

/// A refusal: the status for programs, the code for people.
fn refuse(status: StatusCode, failure: Failure) -> Response<Body> {
    (status, Json(failure)).into_response()
}

/// Come again later.
pub(super) fn slow_down(retry_secs: u32) -> Response<Body> {
    let answer = refuse(StatusCode::TOO_MANY_REQUESTS, Failure::RelayBusy { retry_secs });
    come_again(answer, retry_secs)
}

/// It cannot be told who this is.
fn unavailable(error: &StoreError) -> Response<Body> {
    tracing::error!(%error, "it cannot be told who may come in");
    come_again(refuse(StatusCode::SERVICE_UNAVAILABLE, error.into()), COME_AGAIN_SECS)
}

fn come_again(mut answer: Response<Body>, seconds: u32) -> Response<Body> {
    answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    answer
}
