//! What other programs ask: people, queues, the doctor, and the description of all that.

use std::collections::HashSet;

use reqwest::{Method, StatusCode};
use rollcall_relay::Relay;
use serde_json::Value;

use crate::{
    desk::request,
    house::{House, until},
};

async fn get(relay: &Relay, path: &str) -> (StatusCode, Value) {
    let answer = request(relay, Method::GET, path).send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

async fn read(relay: &Relay, path: &str) -> Value {
    let (status, value) = get(relay, path).await;
    assert_eq!(status, StatusCode::OK, "{path}");
    value
}

fn ids(answer: &Value) -> Vec<String> {
    let people = answer["people"].as_array().unwrap();
    people.iter().map(|person| person["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_is_found_by_name_and_told_in_full() {
    let house = House::of(40).await;
    let (relay, desk) = house.settled().await;
    let known = desk.roster.entries().find(|entry| entry.person.is_active()).unwrap();
    let words: String = reqwest::Url::parse_with_params("q:/", [("q", known.person.name())]).unwrap().into();

    let path = format!("v1/people{}", words.strip_prefix("q:/").unwrap());
    let one_path = format!("v1/people/{}", known.person.id);
    let same = ["id", "name", "email", "numbers", "languages", "skills", "place", "account"];

    // Records fill in a moment later than lists, perhaps between two questions.
    until("both tell the same", async || {
        let (found, one) = (read(&relay, &path).await, read(&relay, &one_path).await);
        same.iter().all(|told| one[told] == found["people"][0][told])
    })
    .await;
    let found = read(&relay, &path).await;

    let first = &found["people"][0];
    assert_eq!(first["id"], known.person.id.as_str());
    assert_eq!(first["name"], known.person.name());
    assert_eq!(first["matched"][0]["field"], "name");
    // The desk's copy is older than the answer: numbers may have been heard of since.
    assert!(first["numbers"].as_array().unwrap().len() >= known.person.lines().len());
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_tell_everybody_once() {
    let house = House::of(45).await;
    let (relay, desk) = house.settled().await;
    let active = desk.roster.entries().filter(|entry| entry.person.is_active()).count();

    let (mut told, mut path) = (Vec::new(), "v1/people?limit=10".to_owned());
    loop {
        let page = read(&relay, &path).await;
        assert_eq!(page["total"], active);
        told.extend(ids(&page));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("v1/people?limit=10&cursor={next}");
    }

    assert_eq!(told.len(), active);
    assert_eq!(told.iter().collect::<HashSet<_>>().len(), active);
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_cannot_be_answered_names_what_is_wrong() {
    let house = House::of(5).await;
    let relay = house.relay().await;
    let refused = async |path: &str| {
        let (status, failure) = get(&relay, path).await;
        (status, failure["code"].as_str().unwrap().to_owned(), failure["field"].clone())
    };
    let unprocessable =
        |field: &str| (StatusCode::UNPROCESSABLE_ENTITY, "bad_field".to_owned(), field.into());

    assert_eq!(refused("v1/people?limit=0").await, unprocessable("limit"));
    assert_eq!(refused("v1/people?cursor=x").await, unprocessable("cursor"));
    assert_eq!(refused("v1/people?q=a&q=b").await, unprocessable("query"));
    let unknown = (StatusCode::NOT_FOUND, "unknown_person".to_owned(), Value::Null);
    assert_eq!(refused("v1/people/nobody").await, unknown);
    assert_eq!(refused("v1/people/%ff").await, unknown);
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn queues_are_told_with_their_members() {
    let house = House::of(300).await;
    let (relay, desk) = house.settled().await;

    until("the queues are listed", async || !read(&relay, "v1/queues").await["as_of"].is_null()).await;

    let told = read(&relay, "v1/queues").await;
    let queues = told["queues"].as_array().unwrap();
    assert!(!queues.is_empty() && queues.iter().is_sorted_by_key(|queue| queue["name"].as_str().unwrap()));
    let members = queues.iter().flat_map(|queue| queue["members"].as_array().unwrap());
    let known: HashSet<&str> = desk.roster.entries().map(|entry| entry.person.id.as_str()).collect();
    let members: Vec<&str> = members.map(|member| member["id"].as_str().unwrap()).collect();
    assert!(!members.is_empty() && members.iter().all(|member| known.contains(member)));
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_tells_what_came_and_where_the_log_is() {
    let house = House::of(20).await;
    let (relay, desk) = house.settled().await;
    until("the sweep is over", async || read(&relay, "v1/doctor").await["sweep"]["step"] == "finished").await;
    relay.take_in(&r#"{"event":"user.zodiac_changed"}"#.into()).await.unwrap();

    let doctor = read(&relay, "v1/doctor").await;

    assert!(doctor["log"]["head"].as_u64() >= Some(desk.seq.0));
    assert_eq!(
        (&doctor["counts"]["deliveries"], &doctor["oddities"][0]["kind"]),
        (&1.into(), &"unknown".into())
    );
    assert!(!doctor["last_delivery"].is_null());
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_description_is_served_and_needs_no_other() {
    let house = House::of(5).await;
    let relay = house.relay().await;

    let described = read(&relay, "v1/openapi.json").await;

    assert!(described["openapi"].as_str().unwrap().starts_with("3.1"));
    let schemas = described["components"]["schemas"].as_object().unwrap();
    for reference in references(&described) {
        assert!(schemas.contains_key(reference), "{reference}");
    }
    assert_eq!(serde_json::from_str::<Value>(&rollcall_relay::openapi()).unwrap(), described);
    relay.stop().await;
}

fn references(value: &Value) -> Vec<&str> {
    match value {
        Value::Object(fields) => {
            let own = fields.get("$ref").and_then(Value::as_str);
            let own = own.and_then(|reference| reference.strip_prefix("#/components/schemas/"));
            own.into_iter().chain(fields.values().flat_map(references)).collect()
        }
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}
