//! A fake Zoom, a client with a token, and a WebSocket that is listened to.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, redirect::Policy};
use rollcall_fake_zoom::{FakeZoom, Options};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, tungstenite::Message};

/// How long anything may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// A running fake Zoom with a client for it.
pub(crate) struct Bench {
    pub(crate) fake: FakeZoom,
    pub(crate) client: Client,
    pub(crate) token: String,
}

/// A connected WebSocket.
pub(crate) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Bench {
    /// A small, still organisation.
    pub(crate) async fn start() -> Self {
        Self::with(Options { people: 400, ..Options::default() }).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        // Another test of this process may have installed it first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let fake = FakeZoom::start(options).await.unwrap();
        let client = Client::builder().timeout(PATIENCE).redirect(Policy::none()).no_proxy().build().unwrap();
        let mut bench = Self { fake, client, token: String::new() };
        bench.sign_in().await;
        bench
    }

    /// Takes a new account token.
    pub(crate) async fn sign_in(&mut self) {
        let reply = self.account_token().await;
        assert_eq!(reply.status(), 200);
        let body: Value = reply.json().await.unwrap();
        body["access_token"].as_str().unwrap().clone_into(&mut self.token);
    }

    pub(crate) async fn account_token(&self) -> Response {
        let account = self.fake.ready().account_id.clone();
        self.grant(&[("grant_type", "account_credentials"), ("account_id", &account)]).await
    }

    /// Asks for a token with the app's own credentials.
    pub(crate) async fn grant(&self, form: &[(&str, &str)]) -> Response {
        let ready = self.fake.ready();
        let request = self.client.post(format!("{}/oauth/token", ready.base));
        request.basic_auth(&ready.client_id, Some(&ready.client_secret)).form(form).send().await.unwrap()
    }

    /// A request below `/v2`, with the token.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}/v2{path}", self.fake.ready().base)).bearer_auth(&self.token)
    }

    pub(crate) async fn try_get(&self, path: &str) -> (StatusCode, Value) {
        let reply = self.request(Method::GET, path).send().await.unwrap();
        let status = reply.status();
        (status, reply.json().await.unwrap())
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let (status, body) = self.try_get(path).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// A request below `/_control`.
    pub(crate) async fn control(&self, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
        let url = format!("{}/_control{path}", self.fake.ready().base);
        let reply = self.client.request(method, url).json(&body).send().await.unwrap();
        let status = reply.status();
        (status, reply.json().await.unwrap_or(Value::Null))
    }

    /// Connects the WebSocket and reads its first frame.
    pub(crate) async fn socket(&self) -> Socket {
        let (socket, first) = self.socket_with(&self.token).await;
        assert_eq!(first["success"], true, "{first}");
        socket
    }

    pub(crate) async fn socket_with(&self, token: &str) -> (Socket, Value) {
        let ready = self.fake.ready();
        let url = format!("{}?subscriptionId={}&access_token={token}", ready.ws, ready.subscription_id);
        let (stream, _) = tokio_tungstenite::connect_async(url).await.unwrap();
        let mut socket = Socket(stream);
        let first = socket.frame().await.unwrap();
        assert_eq!(first["module"], "build_connection");
        (socket, first)
    }

    /// Waits until something is so.
    pub(crate) async fn until(&self, is_so: impl AsyncFn() -> bool) {
        let waiting = async {
            while !is_so().await {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.expect("it to be so in time");
    }

    /// Two people with direct numbers who are free, the agent excepted.
    pub(crate) fn two_free(&self) -> (String, String, String) {
        let mut people = self.fake.people().into_iter().skip(1);
        let mut next = || people.find(|person| person.number.is_some() && person.status == "active").unwrap();
        let (one, other) = (next(), next());
        for person in [&one, &other] {
            self.fake.set_presence(&person.id, "Available").unwrap();
        }
        (one.id, other.id, other.number.unwrap())
    }
}

impl Socket {
    /// The next text frame; nothing when the other side has closed.
    pub(crate) async fn frame(&mut self) -> Option<Value> {
        loop {
            let heard = tokio::time::timeout(PATIENCE, self.0.next()).await.expect("a frame in time");
            match heard {
                Some(Ok(Message::Text(text))) => return Some(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }

    /// The next event's text.
    pub(crate) async fn content(&mut self) -> String {
        loop {
            let frame = self.frame().await.expect("an open socket");
            if frame["module"] == "message" {
                return frame["content"].as_str().unwrap().to_owned();
            }
        }
    }

    /// The next event.
    pub(crate) async fn event(&mut self) -> Value {
        serde_json::from_str(&self.content().await).unwrap()
    }

    /// The next event of this name; others are passed over.
    pub(crate) async fn event_named(&mut self, name: &str) -> Value {
        loop {
            let event = self.event().await;
            if event["event"] == name {
                return event;
            }
        }
    }

    /// The names of events up to and with the last one named.
    pub(crate) async fn names_until(&mut self, last: &str) -> Vec<String> {
        let mut names = Vec::new();
        while names.last().is_none_or(|name| name != last) {
            names.push(self.event().await["event"].as_str().unwrap().to_owned());
        }
        names
    }

    pub(crate) async fn heartbeat(&mut self) {
        self.0.send(Message::text(json!({ "module": "heartbeat" }).to_string())).await.unwrap();
    }
}
