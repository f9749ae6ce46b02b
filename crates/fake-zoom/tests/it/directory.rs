use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta};
use reqwest::Method;
use rollcall_fake_zoom::{Mischief, Options};
use rollcall_model::Clock;
use serde_json::{Value, json};

use crate::harness::Bench;

async fn sweep(bench: &Bench, path: &str, rows: &str) -> Vec<Value> {
    let mut all = Vec::new();
    let mut token = String::new();
    loop {
        let page = bench.get(&format!("{path}&next_page_token={token}")).await;
        all.extend(page[rows].as_array().unwrap().iter().cloned());
        page["next_page_token"].as_str().unwrap().clone_into(&mut token);
        if token.is_empty() {
            return all;
        }
    }
}

#[tokio::test]
async fn three_sweeps_list_everybody_once() {
    let bench = Bench::start().await;
    let mut emails = BTreeSet::new();

    for status in ["active", "inactive", "pending"] {
        for user in sweep(&bench, &format!("/users?page_size=100&status={status}"), "users").await {
            assert_eq!(user["status"], status);
            assert!(emails.insert(user["email"].as_str().unwrap().to_owned()));
        }
    }

    assert_eq!(emails.len(), 400);
    assert_eq!(bench.get("/users/summary").await["total_users_count"], 400);
}

#[tokio::test]
async fn phone_users_have_numbers_without_plus_that_lead_to_the_same_people() {
    let bench = Bench::start().await;

    let users = sweep(&bench, "/phone/users?page_size=100", "users").await;

    assert!(users.len() > 200);
    let person = bench.fake.person(users[0]["id"].as_str().unwrap()).unwrap();
    let number = users[0]["phone_numbers"][0]["number"].as_str().unwrap();
    assert_eq!(person.number.unwrap(), format!("+{number}"));
    assert!(users[0]["extension_number"].is_u64());
}

#[tokio::test]
async fn a_person_is_found_by_id_email_and_me() {
    let bench = Bench::start().await;
    let ready = bench.fake.ready();
    let encoded = ready.agent_email.replace('@', "%2540");

    for key in [ready.agent_user_id.as_str(), &ready.agent_email, &encoded, "me"] {
        let user = bench.get(&format!("/users/{key}")).await;
        assert_eq!(user["id"], ready.agent_user_id, "{key}");
        assert_eq!(user["custom_attributes"][0]["name"], "Skills");
    }

    let (status, body) = bench.try_get("/users/nobody").await;
    assert_eq!((status.as_u16(), &body["code"]), (404, &json!(1001)));
}

#[tokio::test]
async fn a_page_token_dies_after_a_quarter_of_an_hour_and_with_another_question() {
    let (clock, hand) = Clock::still(DateTime::from_timestamp(1_790_000_000, 0).unwrap());
    let bench = Bench::with(Options { people: 100, clock, ..Options::default() }).await;
    let first = bench.get("/users?page_size=10").await;
    let token = first["next_page_token"].as_str().unwrap().to_owned();

    hand.advance(TimeDelta::minutes(14));
    bench.get(&format!("/users?page_size=10&next_page_token={token}")).await;
    let other = bench.try_get(&format!("/users?status=inactive&next_page_token={token}")).await;
    hand.advance(TimeDelta::minutes(2));
    let late = bench.try_get(&format!("/users?page_size=10&next_page_token={token}")).await;

    for (status, body) in [other, late] {
        assert_eq!(status, 400);
        assert_eq!(body, json!({ "code": 300, "message": "The next page token is invalid or expired." }));
    }
}

#[tokio::test]
async fn parameters_are_checked() {
    let bench = Bench::start().await;

    for path in ["/users?status=gone", "/users?page_size=2001", "/phone/users?page_size=101", "/contacts"] {
        let (status, body) = bench.try_get(path).await;
        assert_eq!((status.as_u16(), &body["message"]), (400, &json!("Validation Failed.")), "{path}");
        assert!(body["errors"][0]["field"].is_string());
    }
    assert_eq!(bench.try_get("/meetings").await.1["code"], 2300);
}

#[tokio::test]
async fn contacts_are_found_by_name_and_show_their_presence() {
    let bench = Bench::start().await;
    let agent = bench.fake.people().remove(0);
    bench.fake.set_presence(&agent.id, "In_Meeting").unwrap();

    let path = format!("/contacts?search_key={}&query_presence_status=true", agent.email);
    let found = bench.get(&path).await;

    assert_eq!(found["contacts"][0]["id"], agent.id);
    assert_eq!(found["contacts"][0]["presence_status"], "Do_Not_Disturb");
    assert_eq!(found["contacts"][0]["direct_numbers"][0], json!(agent.number));
}

#[tokio::test]
async fn presence_is_set_once_a_minute_and_only_for_people_who_are_signed_in() {
    let (clock, hand) = Clock::still(DateTime::from_timestamp(1_790_000_000, 0).unwrap());
    let bench = Bench::with(Options { people: 20, clock, ..Options::default() }).await;
    let path = format!("/users/{}/presence_status", bench.fake.ready().agent_user_id);
    let put = async |status: &str| {
        bench
            .request(Method::PUT, &path)
            .json(&json!({ "status": status }))
            .send()
            .await
            .unwrap()
            .status()
            .as_u16()
    };
    bench.fake.set_presence(&bench.fake.ready().agent_user_id, "Available").unwrap();

    assert_eq!(put("Do_No_Disturb").await, 204);
    assert_eq!(bench.get(&path).await["status"], "Do_Not_Disturb");
    assert_eq!(put("Available").await, 429);
    hand.advance(TimeDelta::minutes(20));
    assert_eq!(bench.get(&path).await["status"], "Available");

    bench.fake.set_presence(&bench.fake.ready().agent_user_id, "Offline").unwrap();
    assert_eq!(put("Away").await, 400);
}

#[tokio::test]
async fn presence_can_be_spelt_in_both_ways() {
    let bench = Bench::start().await;
    bench.fake.set_presence(&bench.fake.ready().agent_user_id, "In_Meeting").unwrap();

    assert_eq!(bench.get("/users/me/presence_status").await["status"], "In_A_Zoom_Meeting");
    bench.fake.mischief_on(Mischief::PresenceSpellingB);
    assert_eq!(bench.get("/users/me/presence_status").await["status"], "In_A_Meeting");
}

#[tokio::test]
async fn queues_list_their_members_with_the_opt_in() {
    let bench = Bench::start().await;
    let queues = bench.get("/phone/call_queues").await;
    let id = queues["call_queues"][0]["id"].as_str().unwrap().to_owned();
    let members = format!("/phone/call_queues/{id}/members");
    let member = bench.get(&members).await["call_queue_members"][0].clone();

    let into = !member["receive_call"].as_bool().unwrap();
    bench.fake.opt(&id, member["id"].as_str().unwrap(), into).unwrap();

    assert_eq!(bench.get(&members).await["call_queue_members"][0]["receive_call"], into);
    let queue = bench.get(&format!("/phone/call_queues/{id}")).await;
    assert_eq!(queue["members"]["users"][0]["level"], "manager");
    assert_eq!(bench.try_get("/phone/call_queues/none").await.1["code"], 13000);
}

#[tokio::test]
async fn numbers_are_listed_old_and_new() {
    let bench = Bench::start().await;

    let old = sweep(&bench, "/phone/numbers?page_size=100", "phone_numbers").await;
    let new = sweep(&bench, "/number_management/numbers?page_size=200", "numbers").await;

    assert_eq!(old.len(), new.len());
    assert!(old.iter().all(|number| number["number"].as_str().unwrap().starts_with('+')));
    assert!(new[0]["assigned_list"][0]["extension_number"].is_string());
}
