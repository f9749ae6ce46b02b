use chrono::DateTime;
use reqwest::{Method, StatusCode};
use rollcall_fake_zoom::{FakeZoom, Options};
use rollcall_model::Clock;
use serde_json::{Value, json};

use crate::harness::Bench;

#[tokio::test]
async fn people_come_change_and_go() {
    let bench = Bench::start().await;
    let mut socket = bench.socket().await;
    let new = json!({ "first_name": "Ida", "last_name": "Nový", "email": "ida@example.com", "number": "+4930111222333" });

    let (status, person) = bench.control(Method::POST, "/people", new.clone()).await;
    assert_eq!((status, &person["number"]), (StatusCode::CREATED, &json!("+4930111222333")));
    assert_eq!(bench.control(Method::POST, "/people", new).await.0, StatusCode::CONFLICT);
    let change = json!({ "last_name": "Nováková", "active": false });
    bench.control(Method::PATCH, "/people/ida@example.com", change).await;
    bench.control(Method::DELETE, "/people/ida@example.com", Value::Null).await;

    let names = socket.names_until("user.deleted").await;
    assert_eq!(names, ["user.created", "user.updated", "user.deactivated", "user.deleted"]);
    assert_eq!(bench.try_get("/users/ida@example.com").await.0, 404);
}

#[tokio::test]
async fn calls_are_begun_and_moved_over_http() {
    let bench = Bench::start().await;
    let (one, _, number) = bench.two_free();

    let wanted = json!({ "from": one, "to": number, "by_hand": true });
    let (status, call) = bench.control(Method::POST, "/calls", wanted).await;
    assert_eq!((status, &call["state"]), (StatusCode::CREATED, &json!("ringing")));
    let path = format!("/calls/{}/move", call["id"].as_str().unwrap());
    let (_, talking) = bench.control(Method::POST, &path, json!({ "move": "answer" })).await;
    let (refused, _) = bench.control(Method::POST, &path, json!({ "move": "reject" })).await;

    assert_eq!(talking["state"], "talking");
    assert_eq!(refused, StatusCode::CONFLICT);
    assert_eq!(bench.control(Method::GET, "/calls", Value::Null).await.1.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn presence_and_mischief_are_set_over_http() {
    let bench = Bench::start().await;
    let agent = &bench.fake.ready().agent_user_id;

    let path = format!("/people/{agent}/presence");
    let (status, _) = bench.control(Method::PUT, &path, json!({ "status": "Busy" })).await;
    assert_eq!((status, bench.fake.person(agent).unwrap().presence), (StatusCode::NO_CONTENT, "Busy"));
    let (status, _) = bench.control(Method::PUT, &path, json!({ "status": "Dancing" })).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);

    bench.control(Method::PUT, "/mischief/server-errors", json!({ "amount": 1 })).await;
    assert_eq!(bench.try_get("/users").await.0, 503);
    let (_, list) = bench.control(Method::GET, "/mischief", Value::Null).await;
    assert_eq!(list["on"], json!([{ "name": "server-errors", "amount": 1.0 }]));
    bench.control(Method::DELETE, "/mischief/server-errors", Value::Null).await;
    bench.get("/users").await;
    assert_eq!(bench.control(Method::PUT, "/mischief/kindness", Value::Null).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_living_organisation_sends_events_and_has_a_past() {
    let options = Options { people: 300, events_per_second: 200.0, ..Options::default() };
    let bench = Bench::with(options).await;
    let mut socket = bench.socket().await;

    for _ in 0..100 {
        let event = socket.event().await;
        assert!(event["event_ts"].is_i64() && event["payload"]["account_id"].is_string());
    }

    assert!(bench.get("/phone/call_history").await["total_records"].as_u64().unwrap() > 200);
}

#[tokio::test]
async fn the_same_seed_makes_the_same_zoom_and_stopping_frees_the_port() {
    let (clock, _hand) = Clock::still(DateTime::from_timestamp(1_790_000_000, 0).unwrap());
    let options = Options { people: 300, events_per_second: 5.0, clock, ..Options::default() };
    let one = FakeZoom::start(options.clone()).await.unwrap();
    let other = FakeZoom::start(options).await.unwrap();
    assert_eq!(one.ready().client_secret, other.ready().client_secret);
    assert_eq!(one.people(), other.people());
    assert_eq!(one.calls(), other.calls());

    let address = one.ready().base.trim_start_matches("http://").parse().unwrap();
    one.stop().await;
    let again = FakeZoom::start(Options { people: 5, listen: address, ..Options::default() }).await.unwrap();

    again.stop().await;
    other.stop().await;
}
