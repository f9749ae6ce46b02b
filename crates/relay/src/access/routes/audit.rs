//! `GET /v1/audit`: the trail, for admins.

use axum::{
    Extension, Json,
    body::Body,
    extract::{Query, State, rejection::QueryRejection},
    http::{Response, StatusCode},
    response::IntoResponse,
};
use rollcall_wire::{Failure, session::Role};
use serde::Deserialize;

use super::{super::Caller, Shared, refuse, session::access, unavailable};

/// How many entries are told at most.
const MOST: u32 = 1_000;

/// Which part of the trail.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default)]
pub(super) struct Part {
    after: i64,
    limit: u32,
}

impl Default for Part {
    fn default() -> Self {
        Self { after: 0, limit: 100 }
    }
}

/// Entries after a place, in order.
pub(super) async fn read(
    State(shared): State<Shared>,
    Extension(caller): Extension<Caller>,
    part: Result<Query<Part>, QueryRejection>,
) -> Response<Body> {
    let access = access(&shared, &caller).filter(|_| caller.role == Role::Admin);
    let Some(access) = access else {
        return refuse(StatusCode::FORBIDDEN, Failure::NotAdmitted);
    };
    let part = match part {
        Ok(Query(part)) if (1..=MOST).contains(&part.limit) => part,
        Ok(_) => return unreadable("limit"),
        Err(_) => return unreadable("after"),
    };
    match access.audit(part.after, part.limit).await {
        Ok(entries) => Json(entries).into_response(),
        Err(error) => unavailable(&error),
    }
}

fn unreadable(field: &str) -> Response<Body> {
    refuse(StatusCode::UNPROCESSABLE_ENTITY, Failure::BadField { field: field.to_owned() })
}
