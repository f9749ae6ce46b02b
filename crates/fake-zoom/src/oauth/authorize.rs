//! `GET /oauth/authorize`: the agent is signed in and agrees at once.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use url::Url;

use super::{form::Form, pkce::Challenge};
use crate::shared::{Shared, lock};

/// Answers 302 to the redirect address with `code` and `state`, or 400 with what is wrong with the request.
pub(super) async fn authorize(State(shared): State<Arc<Shared>>, RawQuery(query): RawQuery) -> Response {
    let result = redirect(&shared, &Form::read(query.as_deref(), &[]));
    let status = if result.is_ok() { StatusCode::FOUND } else { StatusCode::BAD_REQUEST };
    lock(&shared.requests).record("GET /oauth/authorize", None, status.as_u16(), shared.now());
    match result {
        Ok(to) => (status, [(header::LOCATION, to.to_string())]).into_response(),
        Err(reason) => (status, reason).into_response(),
    }
}

fn redirect(shared: &Shared, form: &Form) -> Result<Url, &'static str> {
    if form.get("client_id") != Some(&shared.credentials.client_id) {
        return Err("Invalid client_id: (4,702)");
    }
    let redirect_uri = form.get("redirect_uri").ok_or("Invalid redirect: (4,700)")?;
    let mut to = Url::parse(redirect_uri).map_err(|_| "Invalid redirect: (4,700)")?;
    if form.get("response_type") != Some("code") {
        return Err("Invalid response type: (4,706)");
    }
    let challenge = match form.get("code_challenge") {
        Some(challenge) => Some(
            Challenge::read(challenge, form.get("code_challenge_method"))
                .ok_or("Invalid code challenge: (4,740)")?,
        ),
        None => None,
    };
    let code = lock(&shared.tokens).give_code(redirect_uri.to_owned(), challenge, shared.now());
    to.query_pairs_mut().append_pair("code", &code);
    if let Some(state) = form.get("state") {
        to.query_pairs_mut().append_pair("state", state);
    }
    Ok(to)
}
