//! The door of the relay: HTTP and WebSocket, for desks only.

mod admission;
mod refresh;
mod snapshot;
mod stream;

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Request, State},
    http::StatusCode,
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use rollcall_wire::Failure;
use secrecy::SecretString;
use tokio::{net::TcpListener, time::timeout};
use tokio_util::task::TaskTracker;

use crate::core::Core;

/// The largest body that a desk may send: a refresh of a hundred people is far below it.
const BODY: usize = 16 * 1_024;
/// How long a request may take until its answer begins.
const PATIENCE: Duration = Duration::from_secs(10);

/// What every route knows.
#[derive(Clone)]
pub(crate) struct Door {
    core: Arc<Core>,
    token: Arc<SecretString>,
    /// Where the tasks of open sockets are counted.
    tasks: TaskTracker,
}

impl Door {
    pub(crate) fn new(core: Arc<Core>, token: SecretString, tasks: TaskTracker) -> Self {
        Self { core, token: Arc::new(token), tasks }
    }

    fn routes(self) -> Router {
        Router::new()
            .route("/v1/snapshot", get(snapshot::read))
            .route("/v1/stream", get(stream::open))
            .route("/v1/people/refresh", post(refresh::many))
            .route("/v1/people/{id}/refresh", post(refresh::one))
            .layer(middleware::from_fn_with_state(self.clone(), admission::bearer))
            .route("/v1/health/live", get(|| async { StatusCode::NO_CONTENT }))
            .fallback(|| async { StatusCode::NOT_FOUND })
            .layer(middleware::from_fn_with_state(self.clone(), admission::no_web_page))
            .layer(DefaultBodyLimit::max(BODY))
            .layer(middleware::from_fn(in_time))
            .with_state(self)
    }
}

/// Serves desks until the relay stops.
pub(crate) async fn serve(listener: TcpListener, door: Door) {
    let stop = door.core.stop.clone();
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

async fn in_time(request: Request, next: Next) -> Response {
    match timeout(PATIENCE, next.run(request)).await {
        Ok(response) => response,
        Err(_) => StatusCode::REQUEST_TIMEOUT.into_response(),
    }
}

/// A refusal: the status for programs, the code for people.
fn refuse(status: StatusCode, failure: Failure) -> Response {
    (status, Json(failure)).into_response()
}

type Shared = State<Door>;
