//! Descriptions of what is served elsewhere: sessions, the stream, the snapshot, wishes, health.
//!
//! Nothing here runs. `scripts/check-openapi` holds the descriptions against a relay that does.
#![expect(dead_code, reason = "only what stands above the functions is used")]

use rollcall_wire::{
    Failure,
    relay::{Refresh, Waits},
    session::{Admitted, Redeem, Standing},
};

use crate::access::Noted;

/// Whether a relay can do its work.
#[derive(utoipa::ToSchema)]
struct Readiness {
    /// Whether it can.
    ready: bool,
    /// What stands in the way, such as `ledger` or `stopping`.
    because: Option<String>,
}

/// Opens a session with a one-time code from an invitation or a sign-in.
///
/// Unknown, used, expired and locked codes are refused alike. A desk that showed a verifier and heard no answer may
/// show both again for a minute: the session that it did not hear of ends, and another opens.
#[utoipa::path(
    post, path = "/v1/session", tag = "session", security(()), request_body = Redeem,
    responses(
        (status = 200, description = "The session; its token is shown from now on.", body = Admitted),
        (status = 401, description = "The code is refused.", body = Failure),
        (status = 422, description = "The body is no such question.", body = Failure),
    ),
)]
fn redeem() {}

/// Tells whose session it is.
#[utoipa::path(get, path = "/v1/session", tag = "session", responses((status = 200, body = Standing)))]
fn standing() {}

/// Ends the session.
#[utoipa::path(
    delete, path = "/v1/session", tag = "session",
    responses((status = 204, description = "The session has ended.")),
)]
fn leave() {}

/// Renews the session's token; the one before it is good for a moment longer.
#[utoipa::path(
    post, path = "/v1/session/rotate", tag = "session",
    responses((status = 200, description = "The next token.", body = Admitted)),
)]
fn rotate() {}

/// Tells who was invited, came in, was refused or left, in order; for admins.
#[utoipa::path(
    get, path = "/v1/audit", tag = "audit",
    params(
        ("after" = Option<i64>, Query, description = "The place after which to begin."),
        (
            "limit" = Option<u32>, Query, minimum = 1, maximum = 1_000,
            description = "How many at most; 100 when it is left out.",
        ),
    ),
    responses(
        (status = 200, body = Vec<Noted>),
        (status = 403, description = "This is for admins.", body = Failure),
        (status = 422, description = "A parameter is not what it must be.", body = Failure),
    ),
)]
fn audit() {}

/// Wants to know how somebody is: Zoom is asked soon, and what it answers comes by the stream.
#[utoipa::path(
    post, path = "/v1/people/{id}/refresh", tag = "people",
    params(("id" = String, Path, description = "Zoom's id of the user.")),
    responses(
        (status = 202, description = "The wish is known."),
        (status = 404, description = "Nobody of that id is known.", body = Failure),
    ),
)]
fn refresh_one() {}

/// Wants to know how some people are, the most wanted first; those whom nobody knows are passed over.
#[utoipa::path(
    post, path = "/v1/people/refresh", tag = "people", request_body = Refresh,
    responses(
        (status = 202, description = "The wish is known."),
        (status = 422, description = "The body is no such wish.", body = Failure),
    ),
)]
fn refresh_many() {}

/// Tells until whom the person of this session waits that they are free, in place of what was told before; told again
/// every minute. It is kept, and shown to those people, only where the organisation's policy says so.
#[utoipa::path(
    put, path = "/v1/waits", tag = "desks", request_body = Waits,
    responses(
        (status = 204, description = "It is known."),
        (status = 422, description = "The body tells nothing of that kind.", body = Failure),
    ),
)]
fn waits() {}

/// Tells everything that is known, one JSON object a line: a `head` with the position, `person` and `call` lines, and
/// an `end` without which it was cut short.
#[utoipa::path(
    get, path = "/v1/snapshot", tag = "desks",
    responses((status = 200, body = String, content_type = "application/x-ndjson")),
)]
fn snapshot() {}

/// Opens a WebSocket over which events come as they are committed, from the position that is given.
///
/// The subprotocols `rollcall.4.zstd` and `rollcall.4` are offered by whoever connects, and one of them is chosen. The
/// first frame is `hello`; it says whether the events after `since` follow, or the snapshot is to be read first.
#[utoipa::path(
    get, path = "/v1/stream", tag = "desks",
    params(
        ("since" = Option<u64>, Query, description = "The last event that is known."),
        ("log" = Option<String>, Query, description = "The name of the log to which that position belongs."),
    ),
    responses(
        (status = 101, description = "Frames follow."),
        (status = 400, description = "The request is no opening of a WebSocket."),
        (status = 426, description = "No protocol in common, or no WebSocket is wanted."),
    ),
)]
fn stream() {}

/// Tells that the relay runs.
#[utoipa::path(
    get, path = "/v1/health/live", tag = "health", security(()),
    responses((status = 204, description = "It runs.")),
)]
fn live() {}

/// Tells whether the relay can take deliveries and serve desks.
#[utoipa::path(
    get, path = "/v1/health/ready", tag = "health", security(()),
    responses(
        (status = 200, description = "It can.", body = Readiness),
        (status = 503, description = "It cannot now.", body = Readiness),
    ),
)]
fn ready() {}
