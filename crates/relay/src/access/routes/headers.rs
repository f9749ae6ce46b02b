//! Headers that every answer of the relay carries.

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Response, header},
    middleware::{self, Next},
};

/// For answers that are no page: nothing may be loaded, framed or sent from them.
const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
/// Two years, as browsers' preload lists want.
const HTTPS_ONLY: &str = "max-age=63072000";

const ALWAYS: [(HeaderName, &str); 5] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Sets strict headers on every answer of these routes. There is no CORS: no page of another origin reads
/// anything. `tls` says whether browsers reach this relay by `https`; then they are told to keep to it.
pub fn strict(routes: Router, tls: bool) -> Router {
    routes.layer(middleware::from_fn_with_state(tls, with_headers))
}

async fn with_headers(State(tls): State<bool>, request: Request, next: Next) -> Response<Body> {
    let mut answer = next.run(request).await;
    set(answer.headers_mut(), tls);
    answer
}

fn set(headers: &mut HeaderMap, tls: bool) {
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // A page says for itself what it may load.
    let policy = headers.entry(header::CONTENT_SECURITY_POLICY);
    policy.or_insert(HeaderValue::from_static(NOTHING));
    if tls {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(HTTPS_ONLY));
    }
}
