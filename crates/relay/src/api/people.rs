//! `GET /v1/people` and `GET /v1/people/{id}`: finding people, and reading about one.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::{
        Path, Query,
        rejection::{PathRejection, QueryRejection},
    },
    http::StatusCode,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use rollcall_model::{PersonId, search::Mark};
use rollcall_wire::Failure;
use serde::Serialize;
use tokio::task;
use utoipa::ToSchema;

use super::{
    asked::{self, Among, Asked, DEEPEST, Question},
    finder,
    person::Person,
};
use crate::{
    core::Core,
    door::{Visitor, refuse},
    hub::zoom_now,
};

/// The answer to a question for people.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct FoundPeople {
    /// When this was known.
    as_of: DateTime<Utc>,
    /// How many people fit in all.
    total: usize,
    /// How many people there are to look among.
    among: usize,
    /// These of them.
    people: Vec<Person>,
    /// The cursor of the next page; nothing after the last, and after the first thousand who fit a question.
    next: Option<String>,
}

/// Finds people, or lists everybody.
///
/// With `q`, the same search as at a desk, best first; those who fit equally well come in the order of their names.
/// Presence does not order them, so that pages stay true while it moves; only where `free` or `awake` is asked it counts,
/// as of a second ago. Without `q`, everybody in the order of ids:
/// whoever follows `next` to the end has told nobody twice and left nobody out who was there all the time.
#[utoipa::path(
    get, path = "/v1/people", tag = "people", params(Asked),
    responses(
        (status = 200, body = FoundPeople),
        (status = 422, description = "A parameter is not what it must be.", body = Failure),
    ),
)]
pub(super) async fn find(
    Extension(visitor): Extension<Visitor>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    let question = match Question::read(asked) {
        Ok(question) => question,
        Err(failure) => return refuse(StatusCode::UNPROCESSABLE_ENTITY, failure),
    };
    finder::catch_up(&visitor.core).await;
    // Of a large organisation it takes longer to look at everybody than a desk's frames may wait.
    match task::spawn_blocking(move || answer(&visitor.core, question)).await {
        Ok(found) => Json(found).into_response(),
        Err(error) => {
            tracing::error!(%error, "a question for people was not answered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Tells what is known of one person.
#[utoipa::path(
    get, path = "/v1/people/{id}", tag = "people",
    params(("id" = String, Path, description = "Zoom's id of the user.")),
    responses(
        (status = 200, body = Person),
        (status = 404, description = "Nobody of that id is known, or not any more.", body = Failure),
    ),
)]
pub(super) async fn one(
    Extension(visitor): Extension<Visitor>,
    id: Result<Path<String>, PathRejection>,
) -> Response {
    let core: &Arc<Core> = &visitor.core;
    let now = core.clock.now();
    let known = id.ok().and_then(|Path(id)| {
        core.fold.read(|roster| {
            let entry = roster.get(&PersonId::new(&id))?;
            let told = entry.person.profile.is_some() && !entry.person.is_gone();
            told.then(|| Person::told(roster, entry, now, &[]))
        })
    });
    match known {
        Some(person) => Json(person).into_response(),
        None => refuse(StatusCode::NOT_FOUND, Failure::UnknownPerson),
    }
}

fn answer(core: &Core, question: Question) -> FoundPeople {
    let limit = question.limit;
    match question.among {
        Among::Everybody(after) => {
            let (ids, total) = core.finder.list(after.as_ref(), limit);
            let next = (ids.len() == limit).then(|| ids.last().map(asked::after)).flatten();
            let found: Vec<_> = ids.into_iter().map(|id| (id, Vec::new())).collect();
            told(core, &found, (total, total), next)
        }
        Among::Fitting { text, from } => {
            let to = DEEPEST.min(from + limit);
            let found = core.finder.find(text, to, &core.fold, zoom_now(core));
            let next = (found.hits.len() == to && to < DEEPEST.min(found.total)).then(|| asked::at(to));
            let hits: Vec<_> = found.hits.into_iter().skip(from).map(|hit| (hit.person, hit.marks)).collect();
            told(core, &hits, (found.total, found.among), next)
        }
    }
}

fn told(
    core: &Core,
    found: &[(PersonId, Vec<Mark>)],
    (total, among): (usize, usize),
    next: Option<String>,
) -> FoundPeople {
    let as_of = core.clock.now();
    let people = core.fold.read(|roster| {
        let known = found.iter().filter_map(|(id, marks)| Some((roster.get(id)?, marks)));
        known.map(|(entry, marks)| Person::told(roster, entry, as_of, marks)).collect()
    });
    FoundPeople { as_of, total, among, people, next }
}
