//! `/v1/signin/start` and `/v1/signin/callback`: a browser on its way to Zoom and back.

use std::sync::Arc;

use axum::{
    Extension,
    body::Body,
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, HeaderValue, Response, StatusCode, header},
    response::IntoResponse,
};
use secrecy::ExposeSecret;
use serde::Deserialize;
use url::Url;

use super::{
    super::{
        Access, ClientAddress,
        sign_in::{Begun, NotSignedIn, PATIENCE, Return, Wanted},
    },
    Shared, page,
    session::address,
};

/// What the browser keeps until it comes back.
const COOKIE: &str = "rollcall_signin";

/// What a desk wrote into the address.
#[derive(Deserialize)]
pub(super) struct Start {
    organisation: String,
    challenge: String,
    state: String,
    redirect: String,
}

/// What Zoom wrote into the address.
#[derive(Deserialize)]
pub(super) struct Callback {
    #[serde(default)]
    state: String,
    code: Option<String>,
}

/// Sends the browser to Zoom.
pub(super) async fn start(
    State(shared): State<Shared>,
    headers: HeaderMap,
    query: Result<Query<Start>, QueryRejection>,
) -> Response<Body> {
    match begin(&shared, query).await {
        Ok(Begun { address, browser }) => {
            let cookie = cookie(browser.expose_secret(), PATIENCE.num_seconds(), shared.tls);
            on_to(&address, cookie)
        }
        Err(why) => page::not_signed_in(&why, &headers),
    }
}

async fn begin(shared: &Shared, query: Result<Query<Start>, QueryRejection>) -> Result<Begun, NotSignedIn> {
    let Query(Start { organisation, challenge, state, redirect }) =
        query.map_err(|_| NotSignedIn::BadAddress)?;
    let wanted = Wanted::read(challenge, state, &redirect).ok_or(NotSignedIn::BadAddress)?;
    let slug = organisation.parse().map_err(|_| NotSignedIn::NotOffered)?;
    shared.organisations.get(&slug).ok_or(NotSignedIn::NotOffered)?.begin_sign_in(wanted).await
}

/// Sends the browser back to the desk, or shows why not.
pub(super) async fn callback(
    State(shared): State<Shared>,
    from: Option<Extension<ClientAddress>>,
    headers: HeaderMap,
    query: Result<Query<Callback>, QueryRejection>,
) -> Response<Body> {
    let address = address(from);
    let finished = match query {
        Ok(Query(Callback { state, code })) => {
            let back = Return { browser: kept_by(&headers), state, code, address };
            finish(shared.organisations.named_by(&back.state).cloned(), back).await
        }
        Err(_) => Err(NotSignedIn::BadAddress),
    };
    match finished {
        Ok(desk) => on_to(&desk, cookie("", 0, shared.tls)),
        Err(why) => page::not_signed_in(&why, &headers),
    }
}

async fn finish(access: Option<Arc<Access>>, back: Return) -> Result<Url, NotSignedIn> {
    access.ok_or(NotSignedIn::BadAddress)?.finish_sign_in(back).await
}

fn on_to(address: &Url, cookie: String) -> Response<Body> {
    let values = (HeaderValue::try_from(address.as_str()), HeaderValue::try_from(cookie));
    let (Ok(address), Ok(cookie)) = values else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    (StatusCode::SEE_OTHER, [(header::LOCATION, address), (header::SET_COOKIE, cookie)]).into_response()
}

/// Comes back from Zoom (a top-level visit), and goes nowhere else.
fn cookie(value: &str, seconds: i64, tls: bool) -> String {
    let secure = if tls { "; Secure" } else { "" };
    format!("{COOKIE}={value}; Path=/v1/signin; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}

fn kept_by(headers: &HeaderMap) -> Option<String> {
    let all = headers.get_all(header::COOKIE);
    let mut pairs = all.iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';'));
    pairs.find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('=').map(str::to_owned))
}
