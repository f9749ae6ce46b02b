//! What an organisation asks of those who call its experts: set beside a relay that runs, counted and told to desks.

use rollcall_fake_zoom::{CallMove, FakeZoom, Options as FakeOptions};
use rollcall_model::{Organisation, PersonId};
use rollcall_wire::relay::SnapshotLine;
use serde_json::{Value, json};
use tempfile::{TempDir, tempdir};

use crate::{
    people::verb,
    process::{Relay, run, until, words},
    roles::{Guest, know},
};

/// A relay beside a Zoom with some people, who are all listed.
async fn stand(data: &TempDir) -> (FakeZoom, Relay) {
    let zoom = FakeZoom::start(FakeOptions { people: 12, seed: 7, ..FakeOptions::default() }).await.unwrap();
    let relay = Relay::beside(&zoom, data).await;
    zoom.add_webhook(&format!("{}zoom/webhook", relay.base)).await.unwrap();
    until("everybody is listed", async || {
        let answer: Value = relay.get("v1/people?q=&limit=100").await.json().await.unwrap();
        answer["people"].as_array().unwrap().len() == 12
    })
    .await;
    (zoom, relay)
}

/// What desks are told of the organisation as a whole.
async fn told(relay: &Relay) -> Organisation {
    let of = |line| match line {
        SnapshotLine::Organisation { organisation } => Some(organisation),
        _ => None,
    };
    relay.snapshot().await.into_iter().find_map(of).unwrap_or_default()
}

/// How many consults desks are told that somebody had.
async fn had(relay: &Relay, person: &str) -> Option<u16> {
    let person = PersonId::new(person);
    let of = |line| match line {
        SnapshotLine::Person { person: told, .. } if told.id == person => told.consulted,
        _ => None,
    };
    relay.snapshot().await.into_iter().find_map(of).map(|told| told.value.times)
}

/// A colleague calls, and the call is answered and over.
fn consult(zoom: &FakeZoom, caller: &str, number: &str) {
    let call = zoom.place_call_by_hand(caller, number).unwrap();
    zoom.move_call(call, &CallMove::Answer { by: None }).unwrap();
    zoom.move_call(call, &CallMove::End).unwrap();
}

#[tokio::test]
async fn a_policy_is_told_within_seconds_and_consults_are_counted_from_then_on() {
    let data = tempdir().unwrap();
    let (zoom, relay) = stand(&data).await;
    let agent = zoom.ready().agent_user_id.clone();
    let people = zoom.people();
    let expert = people.iter().find(|person| person.id != agent && person.number.is_some()).unwrap();
    let number = expert.number.clone().unwrap();
    consult(&zoom, &agent, &number);
    assert_eq!(verb(&data, &["policy", "show"]).await.trim(), NOTHING);

    let set = ["policy", "set", "--consults-a-day", "6", "--quiet-hours", "daily 20:00-07:00"];
    let printed = verb(&data, &set).await;

    let printed: Value = serde_json::from_str(&printed).unwrap();
    let all = "Mon-Sun 20:00-07:00";
    assert_eq!(printed, json!({ "consults_a_day": 6, "quiet_hours": all, "watchers_shown": false }));
    until("desks know the policy", async || told(&relay).await.policy().consults_a_day.is_some()).await;
    assert_eq!(told(&relay).await.policy().quiet.to_string(), all);
    until("the consult before the policy is counted", async || had(&relay, &expert.id).await == Some(1))
        .await;
    consult(&zoom, &agent, &number);
    until("the next one, too", async || had(&relay, &expert.id).await == Some(2)).await;
    assert_eq!(had(&relay, &agent).await, None, "who calls is not consulted");
    let trail = verb(&data, &["audit"]).await;
    assert!(trail.contains("setting_changed") && trail.contains("consults_a_day"), "{trail}");
}

#[tokio::test]
async fn what_is_not_named_stays_and_what_cannot_be_is_refused() {
    let data = tempdir().unwrap();
    verb(&data, &["policy", "set", "--consults-a-day", "6", "--watchers-shown", "true"]).await;
    verb(&data, &["policy", "set", "--quiet-hours", "Sat, Sun 0-24"]).await;
    verb(&data, &["policy", "set", "--consults-a-day", "any"]).await;

    let kept: Value = serde_json::from_str(&verb(&data, &["policy", "show"]).await).unwrap();

    let quiet = "Sat-Sun 00:00-24:00";
    assert_eq!(kept, json!({ "consults_a_day": null, "quiet_hours": quiet, "watchers_shown": true }));
    for wrong in [
        &["policy", "set"][..],
        &["policy", "set", "--consults-a-day", "0"],
        &["policy", "set", "--consults-a-day", "1001"],
        &["policy", "set", "--quiet-hours", "at night"],
        &["policy", "set", "--watchers-shown", "maybe"],
    ] {
        let mut args = words(wrong);
        args.extend(["--data".into(), data.path().into()]);
        let output = run(args).await;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && !said.is_empty(), "{wrong:?}: {said}");
    }
    verb(&data, &["policy", "set", "--quiet-hours", "none", "--watchers-shown", "false"]).await;
    assert_eq!(verb(&data, &["policy", "show"]).await.trim(), NOTHING);
}

#[tokio::test]
async fn admins_set_the_policy_over_the_interface_and_everybody_reads_it() {
    let data = tempdir().unwrap();
    let relay = Relay::of(&data, &[]).await;
    let [admin, supervisor] = [("ada", "admin"), ("bo", "supervisor")];
    let admin = Guest::of(&relay, &data, admin.0, admin.1).await;
    let supervisor = Guest::of(&relay, &data, supervisor.0, supervisor.1).await;
    let put = async |guest: &Guest, policy: &Value| {
        let request = relay.client.put(format!("{}v1/policy", relay.base)).bearer_auth(&guest.token);
        let answer = request.json(policy).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    let policy = json!({ "consults_a_day": 6, "quiet_hours": "täglich 20-7", "watchers_shown": true });
    let kept = json!({ "consults_a_day": 6, "quiet_hours": "Mon-Sun 20:00-07:00", "watchers_shown": true });

    assert_eq!(put(&supervisor, &policy).await.0, 403);
    assert_eq!(put(&admin, &policy).await, (200, kept.clone()));
    until("it is known", async || {
        serde_json::from_str::<Value>(&supervisor.read(&relay, "v1/policy").await.1).unwrap() == kept
    })
    .await;

    let shown: Value = serde_json::from_str(&verb(&data, &["policy", "show"]).await).unwrap();
    assert_eq!(shown, kept);
    let trail = verb(&data, &["audit"]).await;
    assert!(trail.contains("ada@example.org") && trail.contains("policy: "), "{trail}");
    for (wrong, field) in [
        (json!({ "consults_a_day": 0 }), "consults_a_day"),
        (json!({ "consults_a_day": 1_001 }), "consults_a_day"),
        (json!({ "quiet_hours": "at night" }), "quiet_hours"),
        (json!({ "calls_a_day": 3 }), "body"),
    ] {
        let answer = put(&admin, &wrong).await;
        assert_eq!(answer, (422, json!({ "code": "bad_field", "field": field })), "{wrong}");
    }
    assert_eq!(put(&admin, &json!({})).await.0, 200, "what is left out is asked for no more");
}

/// Says at a desk for whom its person waits.
async fn wait_for(relay: &Relay, guest: &Guest, people: &[&str]) -> u16 {
    let url = format!("{}v1/waits", relay.base);
    let request = relay.client.put(url).bearer_auth(&guest.token).json(&json!({ "people": people }));
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn who_waits_for_somebody_is_shown_to_them_alone_and_only_where_the_policy_says_so() {
    let data = tempdir().unwrap();
    let relay = Relay::of(&data, &[]).await;
    for name in ["ada", "bo", "cy"] {
        know(&relay, name).await;
    }
    let mut bo = Guest::of(&relay, &data, "bo", "agent").await;
    let ada = Guest::of(&relay, &data, "ada", "agent").await;
    let mut cy = Guest::of(&relay, &data, "cy", "admin").await;
    assert_eq!(wait_for(&relay, &ada, &["bo"]).await, 204, "it is not kept");
    verb(&data, &["policy", "set", "--watchers-shown", "true"]).await;
    until("the policy is known", async || told(&relay).await.policy().watchers_shown).await;

    assert_eq!(wait_for(&relay, &ada, &["bo", "ada"]).await, 204);
    assert_eq!(bo.waited().await, [PersonId::new("ada")]);
    assert_eq!(wait_for(&relay, &cy, &["bo"]).await, 204);
    assert_eq!(bo.waited().await, [PersonId::new("ada"), PersonId::new("cy")]);

    let mut again = Guest::listen(&relay, bo.token.clone(), "since=0").await;
    assert_eq!(again.waited().await.len(), 2, "who comes later is told, too");
    assert_eq!(wait_for(&relay, &ada, &[]).await, 204);
    assert_eq!(bo.waited().await, [PersonId::new("cy")]);

    verb(&data, &["policy", "set", "--watchers-shown", "false"]).await;
    assert_eq!(bo.waited().await, []);
    know(&relay, "the last word").await;
    cy.hear_of("the last word").await;
    assert!(!cy.heard.contains("waited"), "nobody else is told: {}", cy.heard);
    let hundred_and_one = vec!["bo"; 101];
    assert_eq!(wait_for(&relay, &ada, &hundred_and_one).await, 422);
}

const NOTHING: &str = r#"{"consults_a_day":null,"quiet_hours":"","watchers_shown":false}"#;
