//! `GET /v1/snapshot`: everything that is known, one JSON object a line, written while it is read.

use std::{io, sync::Arc};

use axum::{
    Extension,
    body::{Body, Bytes},
    http::header,
    response::{IntoResponse, Response},
};
use futures_util::stream;

use super::Visitor;
use crate::{core::Core, snapshot::Lines};

/// Streams a snapshot of this moment.
pub(super) async fn read(Extension(visitor): Extension<Visitor>) -> Response {
    let lines = Lines::of(&visitor.core.fold, visitor.core.ledger.name());
    let body = Body::from_stream(stream::unfold((visitor.core, lines), next_part));
    ([(header::CONTENT_TYPE, "application/x-ndjson")], body).into_response()
}

type Reading = (Arc<Core>, Lines);

async fn next_part((core, mut lines): Reading) -> Option<(io::Result<Bytes>, Reading)> {
    if core.stop.is_cancelled() {
        return None;
    }
    let part = lines.next_part(&core.fold).transpose()?;
    Some((part.map(Bytes::from).map_err(io::Error::other), (core, lines)))
}
