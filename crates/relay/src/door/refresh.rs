//! `POST /v1/people/{id}/refresh` and `POST /v1/people/refresh`: desks want to know how somebody is.
//! Whose record is missing is asked for it, too.
//!
//! The answer says only that the wish is known; what Zoom answers comes by the stream.

use axum::{
    Extension, Json,
    extract::{Path, rejection::JsonRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use rollcall_model::PersonId;
use rollcall_wire::{Failure, relay::Refresh};

use super::{Visitor, refuse, refuse_field};
use crate::{core::Core, directory, presence, wanted::Wish};

/// After how many seconds a desk may come again when too many people are wanted.
const COME_AGAIN_SECS: u32 = 5;

/// Wants one person.
pub(super) async fn one(Extension(visitor): Extension<Visitor>, Path(id): Path<String>) -> Response {
    let id = PersonId::new(&id);
    if visitor.core.fold.read(|roster| roster.get(&id).is_none()) {
        return refuse(StatusCode::NOT_FOUND, Failure::UnknownPerson);
    }
    answer(&visitor.core, &[id])
}

/// Wants up to [`Refresh::MOST`] people; those whom nobody knows are passed over.
pub(super) async fn many(
    Extension(visitor): Extension<Visitor>,
    body: Result<Json<Refresh>, JsonRejection>,
) -> Response {
    match body {
        Ok(Json(Refresh { people })) if people.len() <= Refresh::MOST => answer(&visitor.core, &people),
        _ => refuse_field("people"),
    }
}

fn answer(core: &Core, people: &[PersonId]) -> Response {
    directory::want_details(core, people);
    if presence::want(core, people).contains(&Wish::Full) {
        let failure = Failure::RelayBusy { retry_secs: COME_AGAIN_SECS };
        return refuse(StatusCode::SERVICE_UNAVAILABLE, failure);
    }
    StatusCode::ACCEPTED.into_response()
}
