//! The way of desks: who they are, which organisation they may ask, and whether there is room.

use std::sync::Arc;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::{self, Next},
    response::Response,
};
use rollcall_model::Clock;
use rollcall_wire::Failure;

use super::{Limits, house::House};
use crate::{
    access::{self, ClientAddress, Organisations, StoreError},
    door::{self, BODY, refuse},
};

/// Where desks come to follow the log.
const STREAM: &str = "/v1/stream";
/// After how many seconds a desk may come again for which there is no room.
const FULL_SECS: u32 = 30;
/// After how many seconds a desk may come again when the store of sessions is away.
const AWAY_SECS: u32 = 2;

/// Brings desks to their organisation.
#[derive(Clone, Debug)]
pub(super) struct Porter {
    houses: Arc<[House]>,
    organisations: Organisations,
    /// How many desks may follow the log.
    most: usize,
}

impl Porter {
    pub(super) fn new(houses: Arc<[House]>, limits: Limits, clock: &Clock) -> Self {
        let all = houses.iter().map(|house| house.access.clone());
        let organisations = Organisations::new(all, clock.clone());
        Self { houses, organisations, most: limits.desks }
    }

    /// What desks ask. `encrypted` says whether they come by `https`, here or at a proxy.
    pub(super) fn routes(self, encrypted: bool) -> Router {
        let limits = access::Limits::default();
        let coming_in = access::routes(&self.organisations, &limits, encrypted);
        door::for_desks()
            .layer(middleware::from_fn_with_state(self.clone(), admit))
            .layer(DefaultBodyLimit::max(BODY))
            .merge(coming_in)
            .layer(middleware::from_fn(door::in_time))
            .fallback(|| async { StatusCode::NOT_FOUND })
    }

    /// Puts into the request who it is, if they hold a session, and for a stream what tells of that session's end.
    async fn bring(&self, request: &mut Request, is_stream: bool) -> Result<bool, StoreError> {
        let Some(token) = bearer(request.headers()) else { return Ok(false) };
        let address = request.extensions().get::<ClientAddress>().map(|address| address.0);
        let Some(guest) = self.organisations.admit(token, address).await? else { return Ok(false) };
        let Some(house) = self.houses.iter().find(|house| *house.slug() == guest.organisation) else {
            return Ok(false);
        };
        if is_stream {
            let Some(watch) = house.access.watch(&guest).await? else { return Ok(false) };
            request.extensions_mut().insert(Arc::new(watch));
        }
        request.extensions_mut().insert(house.visitor(&guest, address));
        Ok(true)
    }

    /// How many desks follow the log.
    fn desks(&self) -> usize {
        self.houses.iter().map(|house| house.core().hub.desks()).sum()
    }
}

/// Lets in who may come in, and brings them to their organisation.
async fn admit(State(porter): State<Porter>, mut request: Request, next: Next) -> Response {
    let is_stream = request.uri().path() == STREAM;
    if is_stream && porter.desks() >= porter.most {
        return come_again(Failure::RelayBusy { retry_secs: FULL_SECS }, FULL_SECS);
    }
    match porter.bring(&mut request, is_stream).await {
        Ok(true) => next.run(request).await,
        Ok(false) => {
            let refusal = porter.organisations.refusal(bearer(request.headers()));
            refuse(StatusCode::UNAUTHORIZED, refusal)
        }
        Err(error) => {
            tracing::error!(%error, "it cannot be told who may come in");
            come_again(Failure::from(&error), AWAY_SECS)
        }
    }
}

/// Come again after so many seconds.
fn come_again(failure: Failure, seconds: u32) -> Response {
    let mut answer = refuse(StatusCode::SERVICE_UNAVAILABLE, failure);
    answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    answer
}

/// The token that a request shows.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}
