//! One connection: HTTP/1.1 or HTTP/2, with time limits, and an orderly end.

use std::{net::IpAddr, sync::Arc, time::Duration};

use axum::body::Body;
use hyper::{Method, Request, Response, body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use tokio::io::{AsyncRead, AsyncWrite};
use tower::ServiceExt as _;

use super::{Entrance, address};
use crate::{access::ClientAddress, server::webhook};

/// How long a connection may be silent before its next request, and how long the head of one may take.
const HEAD: Duration = Duration::from_secs(20);
/// How often it is looked whether the other end of an HTTP/2 connection is still there.
const PING: Duration = Duration::from_secs(20);
/// How long it may take to say so.
const PONG: Duration = Duration::from_secs(10);
/// How many requests an HTTP/2 connection may have open.
const STREAMS: u32 = 128;
/// The largest head of a request.
const LARGEST_HEAD: usize = 16 * 1_024;
/// The most fields in a head.
const FIELDS: usize = 64;

/// Serves a connection until it ends, or until the server closes and the answer that is being written is out.
pub(super) async fn serve<S>(entrance: &Arc<Entrance>, stream: S, peer: IpAddr)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let builder = builder();
    let service = service_fn(|request| {
        let entrance = entrance.clone();
        async move { Ok::<_, std::convert::Infallible>(answer(&entrance, request, peer).await) }
    });
    let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    let served = tokio::select! {
        served = connection.as_mut() => served,
        () = entrance.closing.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = served {
        // Garbage, a client that went away, one that was too slow: each its own affair.
        tracing::trace!(error, "a connection ended badly");
    }
}

fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(LARGEST_HEAD)
        .max_headers(FIELDS);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING)
        .keep_alive_timeout(PONG)
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(16 * 1_024);
    builder
}

async fn answer(entrance: &Entrance, mut request: Request<Incoming>, peer: IpAddr) -> Response<Body> {
    // What there is most of goes by no other stations.
    if request.method() == Method::POST && webhook::named(request.uri().path()).is_some() {
        return entrance.webhooks.answer(request).await;
    }
    let address = address::of_client(peer, request.headers(), &entrance.trusted_proxies);
    request.extensions_mut().insert(ClientAddress(address));
    match entrance.router.clone().oneshot(request.map(Body::new)).await {
        Ok(answer) => answer,
        Err(never) => match never {},
    }
}
