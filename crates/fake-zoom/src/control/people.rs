//! Commands about people.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, Query, State},
    http::StatusCode,
};
use serde::Deserialize;

use super::{failure::Failure, views::PersonView};
use crate::{
    fake::FakeZoom,
    shared::Shared,
    world::{NewPerson, PersonChange},
};

/// Which people to list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Slice {
    #[serde(default)]
    offset: usize,
    #[serde(default = "a_hundred")]
    limit: usize,
}

/// A presence to be set.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Presence {
    status: String,
}

/// In or out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Into {
    #[serde(rename = "in")]
    into: bool,
}

fn a_hundred() -> usize {
    100
}

/// `GET /_control/people?offset=&limit=`.
pub(super) async fn list(
    State(shared): State<Arc<Shared>>,
    Query(slice): Query<Slice>,
) -> Json<Vec<PersonView>> {
    Json(shared.with_world(|world, _| {
        let wanted = world.org.people().skip(slice.offset).take(slice.limit);
        wanted.map(|(ix, _)| PersonView::of(world, ix)).collect()
    }))
}

/// `GET /_control/people/{user}`.
pub(super) async fn get(
    State(shared): State<Arc<Shared>>,
    Path(user): Path<String>,
) -> Result<Json<PersonView>, Failure> {
    Ok(Json(FakeZoom::on(shared).person(&user)?))
}

/// `POST /_control/people`.
pub(super) async fn add(
    State(shared): State<Arc<Shared>>,
    Json(person): Json<NewPerson>,
) -> Result<(StatusCode, Json<PersonView>), Failure> {
    Ok((StatusCode::CREATED, Json(FakeZoom::on(shared).add_person(person)?)))
}

/// `PATCH /_control/people/{user}`.
pub(super) async fn change(
    State(shared): State<Arc<Shared>>,
    Path(user): Path<String>,
    Json(change): Json<PersonChange>,
) -> Result<Json<PersonView>, Failure> {
    Ok(Json(FakeZoom::on(shared).change_person(&user, change)?))
}

/// `DELETE /_control/people/{user}`.
pub(super) async fn remove(
    State(shared): State<Arc<Shared>>,
    Path(user): Path<String>,
) -> Result<StatusCode, Failure> {
    FakeZoom::on(shared).remove_person(&user)?;
    Ok(StatusCode::NO_CONTENT)
}

/// `PUT /_control/people/{user}/presence`.
pub(super) async fn set_presence(
    State(shared): State<Arc<Shared>>,
    Path(user): Path<String>,
    Json(presence): Json<Presence>,
) -> Result<StatusCode, Failure> {
    FakeZoom::on(shared).set_presence(&user, &presence.status)?;
    Ok(StatusCode::NO_CONTENT)
}

/// `PUT /_control/people/{user}/sign` with `{"in": true}` or `{"in": false}`.
pub(super) async fn sign(
    State(shared): State<Arc<Shared>>,
    Path(user): Path<String>,
    Json(wanted): Json<Into>,
) -> Result<StatusCode, Failure> {
    FakeZoom::on(shared).sign(&user, wanted.into)?;
    Ok(StatusCode::NO_CONTENT)
}

/// `PUT /_control/queues/{queue}/members/{user}` with `{"in": true}` or `{"in": false}`.
pub(super) async fn opt(
    State(shared): State<Arc<Shared>>,
    Path((queue, user)): Path<(String, String)>,
    Json(wanted): Json<Into>,
) -> Result<StatusCode, Failure> {
    FakeZoom::on(shared).opt(&queue, &user, wanted.into)?;
    Ok(StatusCode::NO_CONTENT)
}
