//! What desks ask over HTTP and WebSocket, and the door of a relay inside an app.

mod admission;
mod refresh;
mod snapshot;
mod stream;
mod waits;

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Request},
    http::StatusCode,
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post, put},
};
use rollcall_model::Clock;
use rollcall_wire::{Failure, session::Role};
use secrecy::SecretString;
use tokio::{net::TcpListener, time::timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    access::{self, Access, Entry, Kind, StoreError},
    api,
    caller::Caller,
    core::Core,
    current::Current,
};

/// The largest body that a desk may send: a refresh of a hundred people is far below it.
pub(crate) const BODY: usize = 16 * 1_024;
/// How long a request may take until its answer begins.
const PATIENCE: Duration = Duration::from_secs(10);

/// Somebody who was let in, at the organisation that they may ask. Whoever lets them in puts this into the
/// request's extensions.
#[derive(Clone, Debug)]
pub(crate) struct Visitor {
    pub(crate) core: Arc<Core>,
    pub(crate) caller: Caller,
    /// Where it is written down what they change; nowhere in an app, which has one person.
    pub(crate) trail: Option<Trail>,
    /// Where the tasks of open sockets are counted.
    pub(crate) tasks: TaskTracker,
}

/// Writes down what somebody changes.
#[derive(Clone, Debug)]
pub(crate) struct Trail {
    pub(crate) access: Arc<Access>,
    pub(crate) guest: access::Caller,
    pub(crate) address: Option<IpAddr>,
    pub(crate) clock: Clock,
}

impl Trail {
    /// Somebody changes what holds for everybody.
    pub(crate) async fn note_of_all(&self, what: &str) -> Result<(), StoreError> {
        self.access.note(&self.changed(what)).await
    }

    /// Somebody changes what is told of `email`.
    pub(crate) async fn note(&self, email: &str, what: &str) -> Result<(), StoreError> {
        self.access.note(&self.changed(what).about(email)).await
    }

    fn changed(&self, what: &str) -> Entry {
        let entry = Entry::of(Kind::SettingChanged, self.clock.now()).by(&self.guest.email);
        entry.in_session(self.guest.session).from(self.address).with(what)
    }
}

/// The door of a relay inside an app: one organisation, and one token for everything.
#[derive(Clone)]
pub(crate) struct Door {
    current: Arc<Current>,
    token: Arc<SecretString>,
}

impl Door {
    pub(crate) fn new(current: Arc<Current>, token: SecretString) -> Self {
        Self { current, token: Arc::new(token) }
    }

    /// Whoever holds the token.
    fn visitor(&self) -> Visitor {
        let organisation = self.current.now();
        let caller = Caller { organisation: organisation.slug.clone(), role: Role::Admin, person: None };
        Visitor { core: organisation.core.clone(), caller, trail: None, tasks: organisation.tasks.clone() }
    }

    fn routes(self) -> Router {
        for_desks()
            .layer(middleware::from_fn_with_state(self.clone(), admission::bearer))
            .route("/v1/health/live", get(|| async { StatusCode::NO_CONTENT }))
            .fallback(|| async { StatusCode::NOT_FOUND })
            .layer(middleware::from_fn(admission::no_web_page))
            .layer(DefaultBodyLimit::max(BODY))
            .layer(middleware::from_fn(in_time))
    }
}

/// What desks and other programs ask; every request must carry a [`Visitor`].
pub(crate) fn for_desks() -> Router {
    Router::new()
        .route("/v1/snapshot", get(snapshot::read))
        .route("/v1/stream", get(stream::open))
        .route("/v1/people/refresh", post(refresh::many))
        .route("/v1/people/{id}/refresh", post(refresh::one))
        .route("/v1/waits", put(waits::put))
        .merge(api::for_others())
}

/// Serves desks until the relay stops.
pub(crate) async fn serve(listener: TcpListener, door: Door, stop: CancellationToken) {
    let served = axum::serve(listener, door.routes()).with_graceful_shutdown(stop.cancelled_owned()).await;
    if let Err(error) = served {
        tracing::error!(%error, "the door closed");
    }
}

/// Opens the port. Only this machine can reach it.
pub(crate) async fn listen(at: SocketAddr) -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(at).await?;
    let at = listener.local_addr()?;
    Ok((listener, at))
}

/// The refusal of a body, or of one of its parts.
pub(crate) fn refuse_field(field: &str) -> Response {
    refuse(StatusCode::UNPROCESSABLE_ENTITY, Failure::BadField { field: field.to_owned() })
}

pub(crate) async fn in_time(request: Request, next: Next) -> Response {
    match timeout(PATIENCE, next.run(request)).await {
        Ok(response) => response,
        Err(_) => StatusCode::REQUEST_TIMEOUT.into_response(),
    }
}

/// A refusal: the status for programs, the code for people.
pub(crate) fn refuse(status: StatusCode, failure: Failure) -> Response {
    (status, Json(failure)).into_response()
}
