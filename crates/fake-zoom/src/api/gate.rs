//! What every REST request passes: mischief, token, scopes, limits; and the headers on its way back.

use std::{sync::Arc, time::Duration};

use axum::{
    Json,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{Answer, Ask, Refused, Reply, endpoints::Endpoint};
use crate::{
    limits::{Allowance, Exceeded, Label, midnight_after},
    mischief::Mischief,
    oauth::Grant,
    shared::{Shared, lock},
    time,
};

/// The largest body a request may have.
const LARGEST_BODY: usize = 1 << 16;

/// What goes back beside the answer.
#[derive(Debug)]
struct Outcome {
    answer: Answer,
    headers: Vec<(HeaderName, String)>,
}

/// Serves one request below `/v2`.
pub(crate) async fn serve(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    if let Some(millis) = shared.switches.amount(Mischief::SlowReplies) {
        tokio::time::sleep(Duration::from_secs_f64(millis / 1000.0)).await;
    }
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().strip_prefix("/v2").unwrap_or_default().to_owned();
    let Some((endpoint, ids)) = Endpoint::find(&parts.method, &path) else {
        let refused = Refused::unknown_endpoint();
        lock(&shared.requests).record("unknown", None, refused.status, shared.now());
        return respond(&shared, Outcome { answer: Err(refused), headers: Vec::new() });
    };
    if let Some(elsewhere) = redirect(&shared, &parts.headers, &parts.uri.to_string()) {
        record(&shared, endpoint, StatusCode::TEMPORARY_REDIRECT.as_u16());
        return (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, elsewhere)]).into_response();
    }
    let body = to_bytes(body, LARGEST_BODY).await.unwrap_or_default();
    let query = parts.uri.query().unwrap_or_default();
    let query = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let outcome = pass(&shared, endpoint, &parts.headers, (ids, query, &body));
    let response = respond(&shared, outcome);
    record(&shared, endpoint, response.status().as_u16());
    response
}

fn record(shared: &Shared, endpoint: &Endpoint, status: u16) {
    let pool = endpoint.pool();
    lock(&shared.requests).record(&endpoint.name(), Some((pool.label, pool.phone)), status, shared.now());
}

fn pass(
    shared: &Shared,
    endpoint: &Endpoint,
    headers: &HeaderMap,
    (ids, query, body): (Vec<String>, Vec<(String, String)>, &[u8]),
) -> Outcome {
    let grant = match admit(shared, endpoint, headers) {
        Ok(grant) => grant,
        Err(refused) => return Outcome { answer: Err(refused), headers: Vec::new() },
    };
    let now = shared.now();
    match take(shared, endpoint, now) {
        Err(exceeded) => too_many(shared, endpoint.label, exceeded, now),
        Ok(allowance) => {
            let ask = Ask { shared, grant: &grant, ids, query, body, path: endpoint.path, now };
            let answer = (endpoint.answer)(&ask);
            Outcome { answer, headers: rate_headers(shared, endpoint.label, "QPS", allowance) }
        }
    }
}

fn admit(shared: &Shared, endpoint: &Endpoint, headers: &HeaderMap) -> Result<Grant, Refused> {
    if shared.strikes(Mischief::ServerErrors) {
        return Err(Refused::new(503, 503, "Service Unavailable"));
    }
    let grant = bearer(headers).and_then(|token| lock(&shared.tokens).look_up(token));
    let grant = grant.ok_or_else(Refused::invalid_token)?;
    if grant.expires_at <= shared.now() {
        return Err(Refused::expired_token());
    }
    if !grant.scopes.iter().any(|scope| endpoint.scopes.contains(&scope.as_str())) {
        return Err(Refused::missing_scope(endpoint.scopes));
    }
    if endpoint.is_phone() && shared.switches.is_on(Mischief::NoZoomPhone) {
        return Err(Refused::no_phone());
    }
    Ok(grant)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

fn take(shared: &Shared, endpoint: &Endpoint, now: DateTime<Utc>) -> Result<Allowance, Exceeded> {
    let pool = endpoint.pool();
    let mut limits = lock(&shared.limits);
    let limit = limits.limit(pool);
    if shared.switches.is_on(Mischief::NoLimits) {
        return Ok(Allowance { limit, remaining: limit });
    }
    if shared.switches.is_on(Mischief::DailyLimit) {
        return Err(Exceeded::PerDay { limit, until: midnight_after(now) });
    }
    if shared.strikes(Mischief::TooFast) {
        return Err(Exceeded::PerSecond { limit });
    }
    limits.take(pool, now)
}

fn too_many(shared: &Shared, label: Label, exceeded: Exceeded, now: DateTime<Utc>) -> Outcome {
    let (kind, limit, message) = match exceeded {
        Exceeded::PerSecond { limit } => (
            "QPS",
            limit,
            "You have reached the maximum per-second rate limit for this API. Try again later.",
        ),
        Exceeded::PerDay { limit, .. } => (
            "Daily-limit",
            limit,
            "You have reached the maximum daily rate limit for this API. \
             Refer to the response header for details on when you can make another request.",
        ),
    };
    let mut headers = rate_headers(shared, label, kind, Allowance { limit, remaining: 0 });
    if let Exceeded::PerDay { until, .. } = exceeded {
        headers.extend(retry_after(shared, until, now));
    }
    Outcome { answer: Err(Refused::new(429, 429, message)), headers }
}

fn retry_after(shared: &Shared, until: DateTime<Utc>, now: DateTime<Utc>) -> Option<(HeaderName, String)> {
    let value = if shared.switches.is_on(Mischief::NoRetryAfter) {
        return None;
    } else if shared.switches.is_on(Mischief::RetryAfterSeconds) {
        (until - now).num_seconds().to_string()
    } else if shared.switches.is_on(Mischief::RetryAfterHttpDate) {
        http_date(until)
    } else {
        time::stamp(until)
    };
    Some((header::RETRY_AFTER, value))
}

fn rate_headers(
    shared: &Shared,
    label: Label,
    kind: &str,
    allowance: Allowance,
) -> Vec<(HeaderName, String)> {
    if shared.switches.is_on(Mischief::NoRateHeaders) {
        return Vec::new();
    }
    [
        ("x-ratelimit-category", format!("{label:?}")),
        ("x-ratelimit-type", kind.to_owned()),
        ("x-ratelimit-limit", allowance.limit.to_string()),
        ("x-ratelimit-remaining", allowance.remaining.to_string()),
    ]
    .into_iter()
    .map(|(name, value)| (HeaderName::from_static(name), value))
    .collect()
}

fn respond(shared: &Shared, outcome: Outcome) -> Response {
    let mut response = match outcome.answer {
        Ok(Reply::Nothing) => StatusCode::NO_CONTENT.into_response(),
        Ok(Reply::Json(_)) if shared.strikes(Mischief::ErrorInOk) => json_response(200, error_in_ok()),
        Ok(Reply::Json(body)) => json_response(200, body),
        Err(refused) => json_response(refused.status, refused.body()),
    };
    for (name, value) in outcome.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn json_response(status: u16, body: Value) -> Response<Body> {
    (StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), Json(body)).into_response()
}

fn error_in_ok() -> Value {
    json!({ "code": 200, "message": "No permission." })
}

/// A date as HTTP writes it.
pub(crate) fn http_date(at: DateTime<Utc>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// The same place under another host name: a client that follows blindly loses its token on the way.
fn redirect(shared: &Shared, headers: &HeaderMap, uri: &str) -> Option<String> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let port = host.strip_prefix("127.0.0.1")?;
    let path = uri.find("/v2").map(|at| &uri[at..])?;
    shared.switches.is_on(Mischief::Redirect).then(|| format!("http://localhost{port}{path}"))
}
