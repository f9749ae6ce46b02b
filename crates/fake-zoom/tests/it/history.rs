use chrono::{DateTime, TimeDelta};
use rollcall_fake_zoom::{CallMove, Options};
use rollcall_model::{Clock, Hand};
use serde_json::{Value, json};

use crate::harness::Bench;

async fn with_calls(count: usize) -> (Bench, String) {
    let (clock, hand) = Clock::still(DateTime::from_timestamp(1_790_000_000, 0).unwrap());
    let bench = Bench::with(Options { people: 400, clock, ..Options::default() }).await;
    let (one, _, number) = bench.two_free();
    for _ in 0..count {
        call(&bench, &one, &number, &hand);
    }
    (bench, one)
}

fn call(bench: &Bench, from: &str, to: &str, hand: &Hand) {
    let call = bench.fake.place_call_by_hand(from, to).unwrap();
    hand.advance(TimeDelta::seconds(5));
    bench.fake.move_call(call, &CallMove::Answer { by: None }).unwrap();
    hand.advance(TimeDelta::seconds(60));
    bench.fake.move_call(call, &CallMove::End).unwrap();
}

#[tokio::test]
async fn a_finished_call_is_in_every_report() {
    let (bench, one) = with_calls(1).await;

    let history = bench.get("/phone/call_history").await;
    let row = &history["call_history"][0];
    assert_eq!((&row["duration"], &row["call_result"]), (&json!(60), &json!("connected")));
    assert_eq!((&row["connect_type"], &row["direction"]), (&json!("internal"), &json!("outbound")));

    let detail =
        bench.get(&format!("/phone/call_history/{}", row["call_history_uuid"].as_str().unwrap())).await;
    let element = &detail["call_elements"][1];
    assert_eq!((&element["event"], &element["result"]), (&json!("incoming"), &json!("answered")));
    let id = element["call_element_id"].as_str().unwrap();
    assert_eq!(bench.get(&format!("/phone/call_element/{id}")).await["talk_time"], 60);

    let own = bench.get(&format!("/phone/users/{one}/call_history")).await;
    assert_eq!(own["call_elements"][0]["event"], "outgoing");
    let log = bench.get("/phone/call_logs").await["call_logs"][0].clone();
    assert_eq!(log["result"], "Call connected");
    let detail = bench.get(&format!("/phone/call_logs/{}", log["id"].as_str().unwrap())).await;
    assert_eq!(detail["log_details"][0]["duration"], 60);
    for path in ["/phone/metrics/call_logs", "/phone/metrics/past_calls?directions=internal"] {
        assert_eq!(bench.get(path).await["call_logs"][0]["call_id"], row["call_id"], "{path}");
    }
}

#[tokio::test]
async fn a_sync_brings_what_came_since_and_what_was_before() {
    let (bench, one) = with_calls(5).await;
    let path = format!("/phone/users/{one}/call_history/sync");
    let ids = |reply: &Value| -> Vec<String> {
        let elements = reply["call_elements"].as_array().unwrap();
        elements.iter().map(|element| element["call_id"].as_str().unwrap().to_owned()).collect()
    };
    let token = |reply: &Value| reply["sync_token"].as_str().unwrap().replace('=', "%3D");

    let full = bench.get(&format!("{path}?sync_type=FSync&count=2")).await;
    let back = bench.get(&format!("{path}?sync_type=BSync&count=9&sync_token={}", token(&full))).await;
    let nothing = bench.get(&format!("{path}?sync_type=ISync&sync_token={}", token(&full))).await;
    let number = bench.fake.people()[0].number.clone().unwrap();
    let last = bench.fake.place_call_by_hand(&one, &number).unwrap();
    bench.fake.move_call(last, &CallMove::Cancel).unwrap();
    let since = bench.get(&format!("{path}?sync_type=ISync&sync_token={}", token(&nothing))).await;

    assert_eq!((ids(&full).len(), ids(&back).len(), ids(&nothing).len()), (2, 3, 0));
    assert!(ids(&full).iter().all(|id| !ids(&back).contains(id)));
    assert_eq!(ids(&since), [last.to_string()]);
    let (status, body) = bench.try_get(&format!("{path}?sync_type=ISync&sync_token=x")).await;
    assert_eq!((status.as_u16(), &body["code"]), (400, &json!(301)));
}

#[tokio::test]
async fn filters_choose_and_wrong_ones_are_refused() {
    let (bench, _) = with_calls(3).await;
    let total =
        async |query: &str| bench.get(&format!("/phone/call_history?{query}")).await["total_records"].clone();

    assert_eq!(total("directions=outbound&connect_types=internal").await, 3);
    assert_eq!(total("directions[]=inbound").await, 0);
    assert_eq!(total("call_results=voicemail,busy").await, 0);
    assert_eq!(total("from=2026-09-01&to=2026-09-20").await, 0);
    for query in ["directions=sideways", "from=2026-01-01&to=2026-09-01", "from=yesterday"] {
        let (status, _) = bench.try_get(&format!("/phone/call_history?{query}")).await;
        assert_eq!(status, 400, "{query}");
    }
}

#[tokio::test]
async fn queue_analytics_count_what_happened() {
    let bench = Bench::start().await;
    let queues = bench.get("/phone/call_queues").await;
    let id = queues["call_queues"][0]["id"].as_str().unwrap().to_owned();
    let members = bench.get(&format!("/phone/call_queues/{id}/members")).await;
    let opted_in = |member: &&Value| member["receive_call"] == true;
    let member = members["call_queue_members"].as_array().unwrap().iter().find(opted_in).unwrap().clone();
    bench.fake.set_presence(member["id"].as_str().unwrap(), "Available").unwrap();
    for step in [CallMove::Answer { by: None }, CallMove::Cancel] {
        let call = bench.fake.begin_call("+4930222333444", &id, true).unwrap();
        bench.fake.move_call(call, &step).unwrap();
        if matches!(step, CallMove::Answer { .. }) {
            bench.fake.move_call(call, &CallMove::End).unwrap();
        }
    }
    let day = bench.get("/phone/call_history").await["to"].as_str().unwrap().to_owned();

    let figures = bench.get(&format!("/phone/call_queue_analytics?from={day}&to={day}")).await["call_queues"]
        [0]
    .clone();

    assert_eq!(figures["call_queue_id"], id);
    assert_eq!((&figures["inbound_calls"], &figures["completed_calls"]), (&json!(2), &json!(1)));
    assert_eq!(figures["abandoned_calls"], 1);
    assert_eq!(bench.try_get("/phone/call_queue_analytics").await.0, 400);
}
