use reqwest::Method;
use rollcall_fake_zoom::{Dose, Mischief};
use serde_json::{Value, json};

use crate::harness::Bench;

#[tokio::test]
async fn a_presence_event_arrives_as_text_in_a_frame() {
    let bench = Bench::start().await;
    let agent = bench.fake.ready().agent_user_id.clone();
    bench.fake.set_presence(&agent, "Available").unwrap();
    let mut socket = bench.socket().await;

    bench.fake.set_presence(&agent, "Presenting").unwrap();
    let event = socket.event().await;

    assert_eq!(event["event"], "user.presence_status_updated");
    let object = &event["payload"]["object"];
    assert_eq!((&object["id"], &object["presence_status"]), (&json!(agent), &json!("Presenting")));
    assert!(object["date_time"].as_str().unwrap().ends_with('Z'));
    assert!(event["event_ts"].as_i64().unwrap() > 1_000_000_000_000);
}

#[tokio::test]
async fn a_heartbeat_is_answered_unless_it_shall_not_be() {
    let bench = Bench::start().await;
    let mut socket = bench.socket().await;

    socket.heartbeat().await;
    let alive = json!({ "module": "heartbeat", "success": true, "content": "live", "header": {} });
    assert_eq!(socket.frame().await, Some(alive));

    bench.fake.mischief_on(Mischief::WsNoHeartbeat);
    socket.heartbeat().await;
    bench.fake.emit(json!({ "event": "test" }));
    assert_eq!(socket.frame().await.unwrap()["module"], "message");
}

#[tokio::test]
async fn the_newest_connection_takes_the_seat_of_the_older() {
    let bench = Bench::start().await;
    let mut older = bench.socket().await;

    let mut newer = bench.socket().await;

    assert_eq!(older.frame().await, None);
    bench.fake.emit(json!({ "event": "test" }));
    assert_eq!(newer.event().await["event"], "test");
}

#[tokio::test]
async fn bad_tokens_are_told_and_the_socket_closes() {
    let bench = Bench::start().await;

    for (token, old, text) in
        [("", false, "token is empty"), ("x", false, "Token is invalid"), ("x", true, "Invalid Token")]
    {
        if old {
            bench.fake.mischief_on(Mischief::WsOldTokenText);
        }
        let (mut socket, first) = bench.socket_with(token).await;
        assert_eq!((&first["success"], &first["content"]), (&json!(false), &json!(text)));
        assert_eq!(socket.frame().await, None);
    }
}

#[tokio::test]
async fn nothing_is_kept_while_nobody_listens() {
    let bench = Bench::start().await;
    let mut first = bench.socket().await;
    bench.fake.drop_socket();
    assert_eq!(first.frame().await, None);

    bench.fake.emit(json!({ "event": "lost" }));
    let mut second = bench.socket().await;
    bench.fake.emit(json!({ "event": "heard" }));

    assert_eq!(second.event().await["event"], "heard");
}

#[tokio::test]
async fn a_stalled_socket_stays_open_and_says_nothing() {
    let bench = Bench::start().await;
    let mut socket = bench.socket().await;
    bench.fake.mischief_on(Mischief::WsStall);
    socket.heartbeat().await;
    bench.fake.emit(json!({ "event": "unheard" }));
    assert!(bench.fake.has_socket());

    bench.until(async || bench.control(Method::GET, "/feed", Value::Null).await.1["withheld"] == 2).await;
    bench.fake.mischief_off(Mischief::WsStall);
    bench.fake.emit(json!({ "event": "heard" }));

    assert_eq!(socket.event().await["event"], "heard");
}

#[tokio::test]
async fn bad_events_come_before_good_ones_and_raw_ones_as_they_are() {
    let bench = Bench::start().await;
    let agent = bench.fake.ready().agent_user_id.clone();
    bench.fake.set_presence(&agent, "Available").unwrap();
    let mut socket = bench.socket().await;
    for mischief in [Mischief::MalformedEvents, Mischief::TruncatedEvents, Mischief::UnknownEvents] {
        bench.fake.mischief_on(Dose { mischief, amount: 1.0 });
    }

    bench.fake.set_presence(&agent, "Away").unwrap();
    for _ in 0..2 {
        assert!(serde_json::from_str::<Value>(&socket.content().await).is_err());
    }
    assert_eq!(socket.event().await["event"], "phone.tea_served");
    assert_eq!(socket.event().await["payload"]["object"]["presence_status"], "Away");

    bench.fake.emit_raw("not even braces");
    assert_eq!(socket.content().await, "not even braces");
}
