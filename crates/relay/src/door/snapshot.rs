//! `GET /v1/snapshot`: everything that the desk may see, one JSON object a line, sent while it is made; as a
//! zstd stream to whoever accepts one.

use std::{io, sync::Arc};

use axum::{
    Extension,
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::stream;
use rollcall_wire::Failure;

use super::{Visitor, refuse};
use crate::{
    core::Core,
    hub::View,
    snapshot::{Part, Reading, Snapshots, unpacked},
};

/// After how many seconds a desk may come again while too many read.
const COME_AGAIN_SECS: u32 = 5;

/// Streams a snapshot.
pub(super) async fn read(Extension(visitor): Extension<Visitor>, headers: HeaderMap) -> Response {
    let view = View::of(&visitor.caller);
    let reading = match Snapshots::read(&visitor.core, &visitor.tasks, &view).await {
        Ok(Some(reading)) => reading,
        Ok(None) => return come_again(),
        Err(error) => {
            tracing::error!(%error, "a snapshot cannot be made");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    tracing::debug!(seq = reading.seq().0, "a desk reads a snapshot");
    let packed = accepts_zstd(&headers);
    let reader = Reader { core: visitor.core, reading, packed };
    let mut response = Body::from_stream(stream::unfold(reader, next_part)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if packed {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("zstd"));
    }
    response
}

struct Reader {
    core: Arc<Core>,
    reading: Reading,
    packed: bool,
}

async fn next_part(mut reader: Reader) -> Option<(io::Result<Bytes>, Reader)> {
    let Some(part) = reader.core.stop.run_until_cancelled(reader.reading.next()).await else {
        // What was sent so far must not look whole.
        return Some((Err(io::ErrorKind::Interrupted.into()), reader));
    };
    let ready = |part: Part| if reader.packed { Ok(part) } else { unpacked(&part).map(Bytes::from) };
    let part = part.transpose()?.and_then(ready).map_err(io::Error::other);
    Some((part, reader))
}

fn come_again() -> Response {
    let mut response =
        refuse(StatusCode::SERVICE_UNAVAILABLE, Failure::RelayBusy { retry_secs: COME_AGAIN_SECS });
    response.headers_mut().insert(header::RETRY_AFTER, COME_AGAIN_SECS.into());
    response
}

/// Whether a zstd stream may be answered: the coding is named, and not with a weight of nothing.
fn accepts_zstd(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(header::ACCEPT_ENCODING).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.parse::<f32>().ok());
        name.trim().eq_ignore_ascii_case("zstd") && weight.is_none_or(|weight| weight > 0.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(encoding: &'static str) -> bool {
        accepts_zstd(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(encoding))]))
    }

    #[test]
    fn a_zstd_stream_is_for_those_who_name_it() {
        assert!(accepts("zstd") && accepts("gzip, zstd;q=0.5") && accepts("br,ZSTD"));
        assert!(!accepts("gzip, br") && !accepts("zstd;q=0") && !accepts("") && !accepts("*"));
        assert!(!accepts_zstd(&HeaderMap::new()));
    }
}
