//! The description of the interface (OpenAPI 3.1), put together from the code.

use rollcall_wire::Failure;
use utoipa::{
    Modify, OpenApi,
    openapi::{
        Content, Ref, RefOr, Response,
        path::Operation,
        security::{Http, HttpAuthScheme, SecurityScheme},
    },
};

use super::{doctor, elsewhere, expertise, people, policy, queues};

/// The description as JSON.
pub fn openapi() -> String {
    Described::openapi().to_pretty_json().unwrap_or_default()
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Rollcall relay",
        description = "An organisation's people, how they can be reached now, and its call queues, as a relay knows \
                       them. Every request but those for health and for opening a session shows a session's token as \
                       `Authorization: Bearer`. A refusal is a code with numbers in it.",
        license(name = "proprietary"),
    ),
    paths(
        people::find,
        people::one,
        expertise::tell,
        policy::read,
        policy::set,
        elsewhere::refresh_one,
        elsewhere::refresh_many,
        elsewhere::waits,
        queues::list,
        doctor::report,
        elsewhere::redeem,
        elsewhere::standing,
        elsewhere::leave,
        elsewhere::rotate,
        elsewhere::audit,
        elsewhere::snapshot,
        elsewhere::stream,
        elsewhere::live,
        elsewhere::ready,
    ),
    components(schemas(Failure)),
    security(("session" = [])),
    modifiers(&Everywhere),
)]
struct Described;

/// What holds for every operation.
struct Everywhere;

impl Modify for Everywhere {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let token = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        document.components.get_or_insert_default().add_security_scheme("session", token);
        for path in document.paths.paths.values_mut() {
            let methods = [&mut path.get, &mut path.post, &mut path.put, &mut path.delete];
            methods.into_iter().flatten().for_each(refusals);
        }
    }
}

/// Adds the refusals that every operation may answer with, where it has no word of its own about them.
fn refusals(operation: &mut Operation) {
    let mut add = |status: &str, response: Response| {
        operation.responses.responses.entry(status.to_owned()).or_insert(RefOr::T(response));
    };
    add("401", refusal("No session, or one that has ended."));
    add("403", refusal("Not from a web page."));
    add("408", Response::new("It took too long."));
    add("429", refusal("Too many requests; `retry_secs` says when to come again."));
    add("503", refusal("Not now; `retry_secs`, where it is told, says when to come again."));
}

fn refusal(what: &str) -> Response {
    let mut response = Response::new(what);
    let failure = Content::new(Some(Ref::from_schema_name("Failure")));
    response.content.insert("application/json".to_owned(), failure);
    response
}
