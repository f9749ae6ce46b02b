//! `POST /oauth/token` and `POST /oauth/revoke`.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{
    Grant, Holder,
    form::{Client, Form},
};
use crate::{
    mischief::Mischief,
    shared::{Shared, lock},
};

/// Seconds an access token lives.
const ACCESS_LIFE: f64 = 3600.0;

/// The one scope that stays under [`Mischief::NarrowScopes`].
const NARROW: &str = "user:read:presence_status:admin";

/// A failure in OAuth's own shape.
#[derive(Clone, Copy, Debug)]
struct Failure {
    status: StatusCode,
    error: &'static str,
    reason: &'static str,
}

const INVALID_CLIENT: Failure = bad("invalid_client", "Invalid client_id or client_secret");
const WRONG_ACCOUNT: Failure = bad("invalid_request", "Bad Request");
const NOT_ACTIVATED: Failure = bad("invalid_request", "Account does not enabled the OAuth app type");
const UNSUPPORTED: Failure = bad("unsupported_grant_type", "unsupported grant type");
const BAD_CODE: Failure = bad("invalid_grant", "Invalid authorization code");
const BAD_VERIFIER: Failure = bad("invalid_grant", "Invalid code verifier");
const BAD_REDIRECT: Failure = bad("invalid_grant", "Redirect URI mismatch");
const BAD_REFRESH: Failure =
    Failure { status: StatusCode::UNAUTHORIZED, error: "invalid_grant", reason: "Invalid Token!" };
const UNAVAILABLE: Failure =
    Failure { status: StatusCode::SERVICE_UNAVAILABLE, error: "server_error", reason: "Service Unavailable" };

const fn bad(error: &'static str, reason: &'static str) -> Failure {
    Failure { status: StatusCode::BAD_REQUEST, error, reason }
}

/// Gives out a token.
pub(super) async fn token(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let form = Form::read(query.as_deref(), &body);
    let client = Client::of(&headers, &form, &shared.credentials);
    let result = grant(&shared, &form, client);
    answer(&shared, "POST /oauth/token", result)
}

/// Ends a token.
pub(super) async fn revoke(
    State(shared): State<Arc<Shared>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let form = Form::read(query.as_deref(), &body);
    let result = match Client::of(&headers, &form, &shared.credentials) {
        Client::Stranger => Err(INVALID_CLIENT),
        Client::Confidential | Client::Public => {
            lock(&shared.tokens).revoke(form.get("token").unwrap_or_default());
            Ok(json!({ "status": "success" }))
        }
    };
    answer(&shared, "POST /oauth/revoke", result)
}

fn answer(shared: &Shared, endpoint: &str, result: Result<Value, Failure>) -> Response {
    let (status, body) = match result {
        Ok(body) => (StatusCode::OK, body),
        Err(failure) => (failure.status, json!({ "reason": failure.reason, "error": failure.error })),
    };
    lock(&shared.requests).record(endpoint, None, status.as_u16(), shared.now());
    (status, Json(body)).into_response()
}

fn grant(shared: &Shared, form: &Form, client: Client) -> Result<Value, Failure> {
    if shared.switches.is_on(Mischief::OAuthErrors) {
        return Err(UNAVAILABLE);
    }
    let wanted = form.get("grant_type");
    let with_code = matches!(wanted, Some("authorization_code" | "refresh_token"));
    match client {
        Client::Confidential => {}
        Client::Public if with_code => {}
        Client::Public | Client::Stranger => return Err(INVALID_CLIENT),
    }
    if shared.switches.is_on(Mischief::NotActivated) {
        return Err(NOT_ACTIVATED);
    }
    match wanted {
        Some("account_credentials") => account(shared, form),
        Some("client_credentials") => Ok(give(shared, Holder::App, false)),
        Some("authorization_code") => code(shared, form, client),
        Some("refresh_token") => refresh(shared, form),
        _ => Err(UNSUPPORTED),
    }
}

fn account(shared: &Shared, form: &Form) -> Result<Value, Failure> {
    if form.get("account_id") != Some(&shared.credentials.account_id) {
        return Err(WRONG_ACCOUNT);
    }
    if shared.switches.is_on(Mischief::NewTokenKillsOld) {
        lock(&shared.tokens).end_newest_of_account();
    }
    Ok(give(shared, Holder::Account, false))
}

fn code(shared: &Shared, form: &Form, client: Client) -> Result<Value, Failure> {
    let code = lock(&shared.tokens).take_code(form.get("code").unwrap_or_default(), shared.now());
    let code = code.ok_or(BAD_CODE)?;
    if form.get("redirect_uri") != Some(&code.redirect_uri) {
        return Err(BAD_REDIRECT);
    }
    match (&code.challenge, form.get("code_verifier")) {
        (Some(challenge), Some(verifier)) if challenge.is_met_by(verifier) => {}
        (None, _) if client == Client::Confidential => {}
        _ => return Err(BAD_VERIFIER),
    }
    Ok(give(shared, Holder::User, true))
}

fn refresh(shared: &Shared, form: &Form) -> Result<Value, Failure> {
    let known =
        lock(&shared.tokens).take_refresh(form.get("refresh_token").unwrap_or_default(), shared.now());
    if known { Ok(give(shared, Holder::User, true)) } else { Err(BAD_REFRESH) }
}

fn give(shared: &Shared, holder: Holder, with_refresh: bool) -> Value {
    let now = shared.now();
    let life = shared.switches.amount(Mischief::ShortTokens).unwrap_or(ACCESS_LIFE);
    #[expect(clippy::cast_possible_truncation, reason = "a number of seconds")]
    let life = life as i64;
    let mut tokens = lock(&shared.tokens);
    let narrow = shared.switches.is_on(Mischief::NarrowScopes);
    let scopes = if narrow { [NARROW.to_owned()].into() } else { tokens.scopes() };
    let scope = scopes.join(" ");
    let expires_at = now + TimeDelta::seconds(life);
    let access = tokens.give(Grant { holder, scopes, expires_at });
    let mut body = json!({
        "access_token": access,
        "token_type": "bearer",
        "expires_in": life,
        "scope": scope,
        "api_url": shared.ready.base,
    });
    if with_refresh {
        body["refresh_token"] = tokens.give_refresh(now).into();
    }
    body
}
