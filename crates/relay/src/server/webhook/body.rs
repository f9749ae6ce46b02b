//! The body of a delivery, byte for byte, up to a bound and within a time.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use rollcall_zoom::delivery::LONGEST;
use tokio::time::timeout;

/// How long a body may take to come.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why there is no body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TooMuch {
    /// More than any delivery of Zoom has.
    TooLarge,
    /// The sender went away or took too long.
    Cut,
}

/// Reads all of a body. One that came in one piece, as nearly all do, is not copied.
pub(super) async fn read(mut incoming: Incoming) -> Result<Bytes, TooMuch> {
    if incoming.size_hint().lower() > LONGEST as u64 {
        return Err(TooMuch::TooLarge);
    }
    let reading = async {
        let first = next(&mut incoming).await?.unwrap_or_default();
        if incoming.is_end_stream() {
            return fits(first.len()).map(|()| first);
        }
        let mut whole = BytesMut::from(first);
        while let Some(more) = next(&mut incoming).await? {
            fits(whole.len() + more.len())?;
            whole.extend_from_slice(&more);
        }
        Ok(whole.freeze())
    };
    timeout(PATIENCE, reading).await.map_err(|_| TooMuch::Cut)?
}

/// The next piece of data; nothing at the end.
async fn next(incoming: &mut Incoming) -> Result<Option<Bytes>, TooMuch> {
    while let Some(frame) = incoming.frame().await {
        if let Ok(data) = frame.map_err(|_| TooMuch::Cut)?.into_data() {
            return Ok(Some(data));
        }
    }
    Ok(None)
}

const fn fits(bytes: usize) -> Result<(), TooMuch> {
    if bytes > LONGEST { Err(TooMuch::TooLarge) } else { Ok(()) }
}
