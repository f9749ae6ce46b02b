//! The JSON interface for programs that are no desk: people, queues, the doctor, and its own description.
//!
//! Every request carries a [`Visitor`], put there by whoever let it in. Nothing is asked of Zoom: it tells what the
//! fold, the ledger and the sweeps know already, and takes in what the organisation itself tells of somebody, and its
//! policy. Whoever wants everything, and news as it comes, reads the snapshot and the stream.

mod asked;
mod doctor;
mod document;
mod elsewhere;
mod expertise;
mod finder;
mod names;
mod people;
mod person;
mod policy;
mod queues;

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, rejection::JsonRejection},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, put},
};
use rollcall_wire::{Failure, session::Role};

pub use document::openapi;
pub(crate) use finder::Finder;

use crate::door::{Visitor, refuse, refuse_field};

/// The largest body in which something is told of somebody: all its texts at their longest.
const EXPERTISE: usize = 64 * 1_024;

/// What other programs ask; every request must carry a [`Visitor`].
pub(crate) fn for_others() -> Router {
    Router::new()
        .route("/v1/people", get(people::find))
        .route("/v1/people/{id}", get(people::one))
        .route("/v1/people/{id}/expertise", put(expertise::tell).layer(DefaultBodyLimit::max(EXPERTISE)))
        .route("/v1/policy", get(policy::read).put(policy::set))
        .route("/v1/queues", get(queues::list))
        .route("/v1/doctor", get(doctor::report))
        .route("/v1/openapi.json", get(describe))
}

/// Tells what can be asked.
async fn describe() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], openapi()).into_response()
}

/// What a request brings as JSON, or the refusal of a body that is none or is too large.
fn body<T>(brought: Result<Json<T>, JsonRejection>) -> Result<T, Box<Response>> {
    match brought {
        Ok(Json(brought)) => Ok(brought),
        Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            Err(Box::new(rejection.status().into_response()))
        }
        Err(JsonRejection::MissingJsonContentType(missing)) => Err(Box::new(missing.into_response())),
        Err(_) => Err(Box::new(refuse_field("body"))),
    }
}

/// The refusal for whoever may see less than `needs`.
fn hidden_from(visitor: &Visitor, needs: Role) -> Option<Response> {
    (visitor.caller.role < needs).then(|| refuse(StatusCode::FORBIDDEN, Failure::NotForThisRole))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::{Extension, body::Body, http::Request};
    use tokio_util::task::TaskTracker;
    use tower::ServiceExt as _;

    use super::*;
    use crate::{
        caller::{Caller, Slug},
        core,
    };

    #[tokio::test]
    async fn everybody_is_told_what_their_role_may_see_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let core = Arc::new(core::tests::idle(folder.path()).await);
        let status = async |role, path: &str| {
            let caller = Caller { organisation: Slug::only(), role, person: None };
            let visitor = Visitor { core: core.clone(), caller, trail: None, tasks: TaskTracker::new() };
            let request = Request::get(path).body(Body::empty()).unwrap();
            for_others().layer(Extension(visitor)).oneshot(request).await.unwrap().status().as_u16()
        };

        for (path, told) in [
            ("/v1/people", [200, 200, 200]),
            ("/v1/openapi.json", [200, 200, 200]),
            ("/v1/queues", [403, 200, 200]),
            ("/v1/doctor", [403, 403, 200]),
        ] {
            let roles = [Role::Agent, Role::Supervisor, Role::Admin];
            for (role, told) in roles.into_iter().zip(told) {
                assert_eq!(status(role, path).await, told, "{path} {role:?}");
            }
        }
    }
}
