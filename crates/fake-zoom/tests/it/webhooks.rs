use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::Method;
use rollcall_fake_zoom::{Dose, Mischief, RegisterError};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::sync::mpsc;

use crate::harness::{Bench, PATIENCE};

/// A request as it arrived.
struct Arrived {
    headers: HeaderMap,
    body: Bytes,
}

struct Inbox {
    secret: String,
    /// How many deliveries still fail, and with which status.
    failing: AtomicUsize,
    status: StatusCode,
    arrived: mpsc::Sender<Arrived>,
}

struct Receiver {
    url: String,
    secret: String,
    arrived: mpsc::Receiver<Arrived>,
}

fn sign(secret: &str, message: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(message);
    hex::encode(mac.finalize().into_bytes())
}

async fn receive(State(inbox): State<Arc<Inbox>>, headers: HeaderMap, body: Bytes) -> Response {
    let event: Value = serde_json::from_slice(&body).unwrap_or_default();
    let plain = event["payload"]["plainToken"].as_str().map(str::to_owned);
    if inbox.arrived.send(Arrived { headers, body }).await.is_err() {
        return StatusCode::GONE.into_response();
    }
    if let Some(plain) = plain {
        let encrypted = sign(&inbox.secret, plain.as_bytes());
        return Json(json!({ "plainToken": plain, "encryptedToken": encrypted })).into_response();
    }
    let failing =
        inbox.failing.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
    if failing.is_ok() { inbox.status.into_response() } else { StatusCode::NO_CONTENT.into_response() }
}

impl Receiver {
    async fn start(secret: &str, failing: usize, status: StatusCode) -> Self {
        let (sender, arrived) = mpsc::channel(100);
        let inbox = Inbox { secret: secret.to_owned(), failing: failing.into(), status, arrived: sender };
        let router = Router::new().route("/hook", post(receive)).with_state(Arc::new(inbox));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        // Ends with the test's runtime.
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, secret: secret.to_owned(), arrived }
    }

    async fn next(&mut self) -> Arrived {
        tokio::time::timeout(PATIENCE, self.arrived.recv()).await.expect("a delivery in time").unwrap()
    }

    fn is_signed(&self, arrived: &Arrived) -> bool {
        let mut message = format!("v0:{}:", arrived.header("x-zm-request-timestamp")).into_bytes();
        message.extend_from_slice(&arrived.body);
        arrived.header("x-zm-signature") == format!("v0={}", sign(&self.secret, &message))
    }
}

impl Arrived {
    fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    fn event(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

async fn registered(failing: usize, status: StatusCode) -> (Bench, Receiver) {
    let bench = Bench::start().await;
    let mut receiver = Receiver::start(&bench.fake.ready().secret_token, failing, status).await;
    bench.fake.add_webhook(&receiver.url).await.unwrap();
    let validation = receiver.next().await;
    assert!(receiver.is_signed(&validation));
    assert_eq!(validation.event()["event"], "endpoint.url_validation");
    (bench, receiver)
}

#[tokio::test]
async fn events_are_signed_over_their_bytes_and_escape_what_zoom_escapes() {
    let (bench, mut receiver) = registered(0, StatusCode::OK).await;
    bench.fake.mischief_on(Mischief::EscapedAstral);

    let person = json!({ "first_name": "Żółw", "last_name": "Ñandú", "email": "z@example.com" });
    bench.control(Method::POST, "/people", person).await;
    let created = receiver.next().await;

    assert!(receiver.is_signed(&created));
    assert_eq!(created.event()["event"], "user.created");
    let text = std::str::from_utf8(&created.body).unwrap();
    assert!(text.contains("Żółw") && text.contains(r"\uD83D\uDE92"), "{text}");
    assert_eq!(created.header("user-agent"), "Zoom Marketplace/1.0a");
    assert_eq!(created.header("content-type"), "application/json; charset=utf-8");
    assert_eq!(created.header("clientid"), bench.fake.ready().client_id);
    assert_eq!(created.header("x-zm-request-timestamp").len(), 10);
}

#[tokio::test]
async fn a_failed_delivery_comes_again_with_the_same_id_and_body() {
    let (bench, mut receiver) = registered(2, StatusCode::BAD_GATEWAY).await;

    bench.fake.emit(json!({ "event": "test" }));
    let tries = [receiver.next().await, receiver.next().await, receiver.next().await];

    for again in &tries[1..] {
        assert_eq!(again.body, tries[0].body);
        assert_eq!(again.header("x-zm-request-id"), tries[0].header("x-zm-request-id"));
        assert!(receiver.is_signed(again));
    }
}

#[tokio::test]
async fn a_declined_delivery_does_not_come_again_unless_it_shall() {
    let (bench, mut receiver) = registered(2, StatusCode::FORBIDDEN).await;

    bench.fake.emit(json!({ "event": "declined" }));
    assert_eq!(receiver.next().await.event()["event"], "declined");
    bench.until(async || bench.control(Method::GET, "/webhooks", Value::Null).await.1[0]["tries"] == 1).await;
    bench.fake.mischief_on(Mischief::WebhookRetry4xx);
    bench.fake.emit(json!({ "event": "insisted" }));

    for _ in 0..2 {
        assert_eq!(receiver.next().await.event()["event"], "insisted");
    }
}

#[tokio::test]
async fn each_way_of_getting_a_webhook_wrong_can_be_switched_on() {
    let (bench, mut receiver) = registered(0, StatusCode::OK).await;
    let mut next = async |mischief: Mischief| {
        bench.fake.mischief_on(mischief);
        bench.fake.emit(json!({ "event": "test", "payload": {} }));
        let arrived = receiver.next().await;
        bench.fake.mischief_off(mischief);
        let signed = receiver.is_signed(&arrived);
        (arrived, signed)
    };

    assert!(!next(Mischief::WebhookWrongSignature).await.1);
    assert_eq!(next(Mischief::WebhookTruncatedSignature).await.0.header("x-zm-signature").len(), 30);
    let (pretty, signed) = next(Mischief::WebhookPretty).await;
    assert!(signed && pretty.body.contains(&b'\n'));
    let (stale, signed) = next(Mischief::WebhookStale).await;
    let (fresh, _) = next(Mischief::RawAstral).await;
    let seconds = |arrived: &Arrived| arrived.header("x-zm-request-timestamp").parse::<i64>().unwrap();
    assert!(signed && seconds(&fresh) - seconds(&stale) >= 3600);
}

#[tokio::test]
async fn webhooks_can_come_twice_and_out_of_order() {
    let (bench, mut receiver) = registered(0, StatusCode::OK).await;

    bench.fake.mischief_on(Mischief::WebhookDuplicate);
    bench.fake.emit(json!({ "event": "twice" }));
    let (one, other) = (receiver.next().await, receiver.next().await);
    assert_eq!(one.header("x-zm-request-id"), other.header("x-zm-request-id"));

    bench.fake.mischief_off(Mischief::WebhookDuplicate);
    bench.fake.mischief_on(Mischief::WebhookReorder);
    for event in ["first", "second"] {
        bench.fake.emit(json!({ "event": event }));
    }
    let mut events = [receiver.next().await.event(), receiver.next().await.event()];
    events.sort_by_key(|event| event["event"].to_string());
    assert_eq!(events, [json!({ "event": "first" }), json!({ "event": "second" })]);
}

#[tokio::test]
async fn a_receiver_that_stops_proving_itself_is_disabled() {
    let (bench, mut receiver) = registered(0, StatusCode::OK).await;

    bench.fake.mischief_on(Dose { mischief: Mischief::WebhookRevalidate, amount: 0.01 });
    assert_eq!(receiver.next().await.event()["event"], "endpoint.url_validation");
    drop(receiver);

    bench.until(async || bench.control(Method::GET, "/webhooks", Value::Null).await.1 == json!([])).await;
}

#[tokio::test]
async fn a_receiver_that_cannot_prove_itself_is_not_registered() {
    let bench = Bench::start().await;
    let receiver = Receiver::start("another secret", 0, StatusCode::OK).await;

    let wrong = bench.fake.add_webhook(&receiver.url).await;
    let (status, _) = bench.control(Method::POST, "/webhooks", json!({ "url": "nonsense" })).await;

    assert!(matches!(wrong, Err(RegisterError::Wrong { status: 200 })), "{wrong:?}");
    assert_eq!(status, 422);
}
