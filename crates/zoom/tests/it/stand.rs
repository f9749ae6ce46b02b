//! A stand-in for Zoom on loopback: makes tokens, and answers calls as a test says.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderMap, Response, StatusCode},
};
use rollcall_model::Clock;
use rollcall_zoom::{Addresses, Client, Credentials, Plan};
use serde_json::{Value, json};
use url::Url;

/// A request as the stand-in saw it.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: HashMap<String, String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// What a test answers.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
}

type Answers = Arc<dyn Fn(&Call) -> Reply + Send + Sync>;

/// The stand-in. It lives as long as the test's runtime.
pub(crate) struct Stand {
    pub(crate) base: Url,
    seen: Arc<Mutex<Vec<Call>>>,
}

#[derive(Clone)]
struct Inside {
    answers: Answers,
    seen: Arc<Mutex<Vec<Call>>>,
}

impl Stand {
    /// A stand-in that answers every call, tokens included, by `answers`.
    pub(crate) async fn answering(answers: impl Fn(&Call) -> Reply + Send + Sync + 'static) -> Self {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let inside = Inside { answers: Arc::new(answers), seen: Arc::clone(&seen) };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let router = Router::new().fallback(answer).with_state(inside);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { base, seen }
    }

    /// A stand-in that makes tokens (`token-1`, `token-2` …) and answers other calls by `answers`.
    pub(crate) async fn with_tokens(answers: impl Fn(&Call) -> Reply + Send + Sync + 'static) -> Self {
        let made = Mutex::new(0);
        Self::answering(move |call| {
            if call.path != "/oauth/token" {
                return answers(call);
            }
            let mut made = made.lock().unwrap();
            *made += 1;
            Reply::token(&format!("token-{made}"), 3_600)
        })
        .await
    }

    /// The calls to paths that begin so.
    pub(crate) fn calls(&self, path: &str) -> Vec<Call> {
        let seen = self.seen.lock().unwrap();
        seen.iter().filter(|call| call.path.starts_with(path)).cloned().collect()
    }

    pub(crate) fn addresses(&self) -> Addresses {
        let mut websocket = self.base.clone();
        websocket.set_scheme("ws").unwrap();
        Addresses::at(self.base.clone(), websocket.join("/ws").unwrap())
    }

    pub(crate) fn client(&self) -> Client {
        self.client_of(server_to_server(), Clock::system())
    }

    pub(crate) fn client_of(&self, credentials: Credentials, clock: Clock) -> Client {
        Client::new(self.addresses(), credentials, Plan::Business, clock, 1).unwrap()
    }
}

pub(crate) fn server_to_server() -> Credentials {
    Credentials::ServerToServer {
        account_id: "account".into(),
        client_id: "client".into(),
        client_secret: "secret".into(),
    }
}

impl Call {
    pub(crate) fn bearer(&self) -> &str {
        self.header("authorization").strip_prefix("Bearer ").unwrap_or_default()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The fields of a form body.
    pub(crate) fn form(&self) -> HashMap<String, String> {
        url::form_urlencoded::parse(&self.body).into_owned().collect()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

impl Reply {
    pub(crate) fn new(status: u16, body: impl Into<String>) -> Self {
        Self { status, headers: Vec::new(), body: body.into() }
    }

    pub(crate) fn ok(body: &Value) -> Self {
        Self::new(200, body.to_string())
    }

    pub(crate) fn error(status: u16, code: i64) -> Self {
        Self::new(status, json!({ "code": code, "message": "in other words" }).to_string())
    }

    pub(crate) fn token(access: &str, lasts: u32) -> Self {
        let body = json!({
            "access_token": access, "token_type": "bearer", "expires_in": lasts,
            "scope": "user:read:user:admin phone:read:call:admin",
        });
        Self::ok(&body)
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

async fn answer(State(inside): State<Inside>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let query = url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
    let call = Call {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: query.into_owned().collect(),
        headers: parts.headers,
        body,
    };
    inside.seen.lock().unwrap().push(call.clone());
    let reply = (inside.answers)(&call);
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap();
    for (name, value) in reply.headers {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}

/// Waits until `done`, at most ten seconds.
pub(crate) async fn until(what: &str, done: impl Fn() -> bool) {
    let wait = async {
        while !done() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), wait).await.expect(what);
}
