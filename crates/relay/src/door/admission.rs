//! Who may come in: desks that hold the token. A web page in a browser of this machine may not, even if
//! it finds the port or points a name of its own at it.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode, Uri, header, uri::Authority},
    middleware::Next,
    response::Response,
};
use rollcall_wire::Failure;
use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;

use super::{Door, refuse};

/// Lets in who holds the token.
pub(super) async fn bearer(State(door): State<Door>, mut request: Request, next: Next) -> Response {
    if holds_token(request.headers(), &door) {
        request.extensions_mut().insert(door.visitor());
        next.run(request).await
    } else {
        refuse(StatusCode::UNAUTHORIZED, Failure::NotAdmitted)
    }
}

/// Turns away what a browser sends for a page: an `Origin`, or a `Host` that is not this machine.
pub(super) async fn no_web_page(request: Request, next: Next) -> Response {
    if request.headers().contains_key(header::ORIGIN)
        || !is_for_this_machine(request.uri(), request.headers())
    {
        refuse(StatusCode::FORBIDDEN, Failure::NotAdmitted)
    } else {
        next.run(request).await
    }
}

fn holds_token(headers: &HeaderMap, door: &Door) -> bool {
    let shown =
        headers.get(header::AUTHORIZATION).and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
    shown.is_some_and(|shown| shown.ct_eq(door.token.expose_secret().as_bytes()).into())
}

fn is_for_this_machine(uri: &Uri, headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()?.parse::<Authority>().ok());
    let host = host.or_else(|| uri.authority().cloned());
    host.is_some_and(|host| matches!(host.host(), "127.0.0.1" | "[::1]" | "localhost"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_host(host: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        is_for_this_machine(&Uri::from_static("/v1/snapshot"), &headers)
    }

    #[test]
    fn only_names_of_this_machine_are_taken() {
        assert!(with_host("127.0.0.1:4711"));
        assert!(with_host("localhost:4711"));
        assert!(with_host("[::1]:4711"));
        assert!(!with_host("rebound.example:4711"));
        assert!(!with_host("127.0.0.1.example"));
        assert!(!is_for_this_machine(&Uri::from_static("/"), &HeaderMap::new()));
    }
}
