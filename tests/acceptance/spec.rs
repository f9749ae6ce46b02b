//! Every reply of the fake Zoom against the schemas of Zoom's own specification.
//!
//! The specification is not part of this project: where `../shared/zoom/spec` is missing, the test says
//! "skipped".

use std::{collections::BTreeMap, path::Path, time::Duration};

use chrono::TimeDelta;
use rollcall_fake_zoom::{FakeZoom, Options};
use rollcall_model::Clock;
use serde_json::Value;

const SPEC: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/zoom/spec/rest.json");

/// The fake answers all but these.
const LEFT_OUT: [&str; 2] = ["/chat/", "/marketplace/"];

/// A client of the fake Zoom with a token.
struct Caller {
    http: reqwest::Client,
    base: String,
    token: String,
}

impl Caller {
    async fn new(fake: &FakeZoom) -> Self {
        let ready = fake.ready();
        let http = rollcall_tests::http();
        let form = [("grant_type", "account_credentials"), ("account_id", ready.account_id.as_str())];
        let token: Value = http
            .post(format!("{}/oauth/token", ready.base))
            .basic_auth(&ready.client_id, Some(&ready.client_secret))
            .form(&form)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        Self {
            http,
            base: format!("{}/v2", ready.base),
            token: token["access_token"].as_str().unwrap().to_owned(),
        }
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        let reply =
            self.http.get(format!("{}{path}", self.base)).bearer_auth(&self.token).send().await.unwrap();
        (reply.status().as_u16(), reply.json().await.unwrap_or(Value::Null))
    }

    /// The first value at `pointer` in the reply to `path`.
    async fn first(&self, path: &str, pointer: &str) -> String {
        let (status, reply) = self.get(path).await;
        let value = reply.pointer(pointer).and_then(Value::as_str);
        value.unwrap_or_else(|| panic!("{path} {status}: nothing at {pointer}: {reply}")).to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_reply_of_the_fake_validates_against_zooms_specification() {
    if !Path::new(SPEC).exists() {
        eprintln!("skipped: ../shared is not here");
        return;
    }
    let spec: Value = serde_json::from_slice(&std::fs::read(SPEC).unwrap()).unwrap();
    let fake = FakeZoom::start(Options { people: 150, events_per_second: 60.0, ..Options::default() })
        .await
        .unwrap();
    let caller = Caller::new(&fake).await;
    let ids = ids(&caller).await;

    let mut checked = 0;
    let mut faults = Vec::new();
    for (path, operations) in spec["paths"].as_object().unwrap() {
        let schema = operations.pointer("/get/responses/200/content/application~1json/schema");
        let Some(schema) = schema.filter(|_| !LEFT_OUT.iter().any(|start| path.starts_with(start))) else {
            continue;
        };
        let asked = fill(path, &ids);
        let (status, reply) = caller.get(&asked).await;
        let validator = jsonschema::draft4::options().build(&plain(schema)).unwrap();
        if status != 200 {
            faults.push(format!("{asked}: {status} {reply}"));
        }
        faults.extend(
            validator
                .iter_errors(&reply)
                .take(5)
                .map(|fault| format!("{asked} {}: {fault}", fault.instance_path())),
        );
        checked += 1;
    }

    fake.stop().await;
    assert!(checked >= 18, "only {checked} operations were checked");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// One existing id for each path parameter, waiting until the fake's day has produced calls.
async fn ids(caller: &Caller) -> BTreeMap<&'static str, String> {
    let calls = async {
        loop {
            let (_, reply) = caller.get(&format!("/phone/call_history?{}", days())).await;
            if reply["call_history"].as_array().is_some_and(|calls| !calls.is_empty()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), calls).await.unwrap();
    let history =
        caller.first(&format!("/phone/call_history?{}", days()), "/call_history/0/call_history_uuid").await;
    let path = format!("/phone/call_history/{history}");
    BTreeMap::from([
        ("{userId}", caller.first("/phone/users", "/users/0/id").await),
        ("{callQueueId}", caller.first("/phone/call_queues", "/call_queues/0/id").await),
        ("{callElementId}", caller.first(&path, "/call_elements/0/call_element_id").await),
        ("{callLogId}", caller.first(&format!("/phone/call_logs?{}", days()), "/call_logs/0/id").await),
        ("{callHistoryUuid}", history),
    ])
}

fn days() -> String {
    let today = Clock::system().now();
    format!("from={}&to={}", (today - TimeDelta::days(2)).date_naive(), today.date_naive())
}

fn fill(path: &str, ids: &BTreeMap<&str, String>) -> String {
    let filled = ids.iter().fold(path.to_owned(), |path, (name, id)| path.replace(name, id));
    match path {
        "/contacts" => format!("{filled}?search_key=an&page_size=25&query_presence_status=true"),
        "/phone/call_queue_analytics" | "/phone/call_history" | "/phone/call_logs" => {
            format!("{filled}?{}", days())
        }
        "/phone/users/{userId}/call_history/sync" => format!("{filled}?sync_type=FSync"),
        "/phone/account_settings" => format!("{filled}?setting_types=call_queue_opt_out_reason"),
        _ => filled,
    }
}

/// The schema without what OpenAPI writes into it and JSON Schema does not know.
fn plain(schema: &Value) -> Value {
    match schema {
        Value::Object(fields) => {
            let kept = fields
                .iter()
                .filter(|(name, value)| !(*name == "example" || (*name == "format" && value.is_string())));
            kept.map(|(name, value)| (name.clone(), plain(value))).collect()
        }
        Value::Array(items) => items.iter().map(plain).collect(),
        other => other.clone(),
    }
}
