//! `/_control/*`: everything [`FakeZoom`](crate::FakeZoom) can do from Rust, over HTTP.

mod calls;
mod failure;
mod people;
mod system;
mod views;

use std::sync::Arc;

use axum::{
    Router,
    routing::{delete, get, post, put},
};

pub use views::{CallView, PersonView};

use crate::shared::Shared;

/// The routes below `/_control`.
pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/_control/people", get(people::list).post(people::add))
        .route("/_control/people/{user}", get(people::get).patch(people::change).delete(people::remove))
        .route("/_control/people/{user}/presence", put(people::set_presence))
        .route("/_control/people/{user}/sign", put(people::sign))
        .route("/_control/queues/{queue}/members/{user}", put(people::opt))
        .route("/_control/calls", get(calls::list).post(calls::begin))
        .route("/_control/calls/{call}", get(calls::get))
        .route("/_control/calls/{call}/move", post(calls::make))
        .route("/_control/events", post(system::emit_raw))
        .route("/_control/webhooks", get(system::webhooks).post(system::add_webhook))
        .route("/_control/webhooks/{id}", delete(system::remove_webhook))
        .route("/_control/mischief", get(system::mischief))
        .route("/_control/mischief/{name}", put(system::mischief_on).delete(system::mischief_off))
        .route("/_control/scopes", put(system::set_scopes))
        .route("/_control/tokens", delete(system::revoke_tokens))
        .route("/_control/socket", delete(system::drop_socket))
        .route("/_control/requests", get(system::requests))
        .route("/_control/feed", get(system::feed))
}
