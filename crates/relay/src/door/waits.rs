//! `PUT /v1/waits`: a desk tells for whom its person waits. Where the organisation does not show that, and of desks of
//! nobody in particular, it is not kept.

use axum::{
    Extension, Json,
    extract::rejection::JsonRejection,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use rollcall_wire::relay::Waits;
use tokio::time::Instant;

use super::{Visitor, refuse_field};
use crate::waits::Waiting;

/// Takes in for whom a desk's person waits, in place of what it told before.
pub(super) async fn put(
    Extension(visitor): Extension<Visitor>,
    body: Result<Json<Waits>, JsonRejection>,
) -> Response {
    let people = match body {
        Ok(Json(Waits { people })) if people.len() <= Waits::MOST => people,
        _ => return refuse_field("people"),
    };
    let Visitor { core, caller, trail, .. } = visitor;
    let is_shown = core.fold.read(|roster| roster.organisation().policy().watchers_shown);
    if let (true, Some(who), Some(trail)) = (is_shown, caller.person, trail) {
        let waiting = Waiting { desk: trail.guest.session.into(), who, people };
        core.bus.wait(&waiting).await;
        core.waits.take(waiting, Instant::now());
    }
    StatusCode::NO_CONTENT.into_response()
}
