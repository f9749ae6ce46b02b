//! What an organisation itself tells of its people: imported beside a relay that runs, found by everybody.

use std::{
    path::{Path, PathBuf},
    process::Output,
};

use rollcall_fake_zoom::{FakeZoom, NewPerson, Options as FakeOptions};
use serde_json::{Value, json};
use tempfile::{TempDir, tempdir};
use tokio::time::Instant;

use crate::{
    people::{come_in, verb},
    process::{Relay, run, until, words},
};

/// How soon an import is felt, with time for a busy machine.
const FELT: std::time::Duration = std::time::Duration::from_secs(5);

/// A relay beside a Zoom with some people, who are all listed, and the address of one of them.
async fn stand(data: &TempDir) -> (FakeZoom, Relay, Value) {
    let zoom = FakeZoom::start(FakeOptions { people: 12, seed: 7, ..FakeOptions::default() }).await.unwrap();
    let relay = Relay::beside(&zoom, data).await;
    zoom.add_webhook(&format!("{}zoom/webhook", relay.base)).await.unwrap();
    until("everybody is listed", async || people(&relay, "").await.len() == 12).await;
    let agent = zoom.ready().agent_user_id.clone();
    let person = relay.get(&format!("v1/people/{agent}")).await.json().await.unwrap();
    (zoom, relay, person)
}

async fn people(relay: &Relay, text: &str) -> Vec<Value> {
    let answer: Value = relay.get(&format!("v1/people?q={text}&limit=100")).await.json().await.unwrap();
    answer["people"].as_array().unwrap().clone()
}

/// The ids of those whom a text finds.
async fn found(relay: &Relay, text: &str) -> Vec<String> {
    people(relay, text).await.iter().map(|person| person["id"].as_str().unwrap().to_owned()).collect()
}

fn file(data: &TempDir, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = data.path().join(name);
    std::fs::write(&path, content).unwrap();
    path
}

/// Runs `rollcall-relay WHAT import FILE ...`.
async fn import(data: &TempDir, what: &str, file: &Path, more: &[&str]) -> Output {
    let mut args = words(&[what, "import"]);
    args.push(file.into());
    args.extend(words(more));
    args.extend(["--data".into(), data.path().into()]);
    run(args).await
}

fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[tokio::test]
async fn what_is_imported_beside_a_relay_is_found_within_seconds() {
    let data = tempdir().unwrap();
    let (_zoom, relay, person) = stand(&data).await;
    let (id, email) = (person["id"].as_str().unwrap(), person["email"].as_str().unwrap());
    let table = format!(
        "\u{feff}Skills;E-Mail;Working hours;Former names;Cost centre\r\n\
         Quantum ledger:5, Parrots;{};Mon-Fri 8-16;Ada Lovelace;77\r\n\
         Parrots;later@example.test;;;\r\n",
        email.to_uppercase()
    );

    let imported = import(&data, "skills", &file(&data, "skills.csv", table), &[]).await;
    let felt = Instant::now();

    assert!(imported.status.success(), "{}", printed(&imported));
    assert!(printed(&imported).contains("2 line(s) read, 2 fit; 2 changed"), "{}", printed(&imported));
    assert!(printed(&imported).contains("later@example.test (line 3)"), "{}", printed(&imported));
    assert!(printed(&imported).contains("Cost centre"), "{}", printed(&imported));
    until("the skill is found", async || found(&relay, "skill:quantum").await == [id]).await;
    assert!(felt.elapsed() < FELT, "{:?}", felt.elapsed());
    assert_eq!(found(&relay, "lovelace").await, [id]);
    let told: Value = relay.get(&format!("v1/people/{id}")).await.json().await.unwrap();
    assert_eq!(told["told"]["skills"][0], json!({ "name": "Quantum ledger", "level": 5 }));
    assert_eq!(told["told"]["hours"], "Mon-Fri 08:00-16:00");
    let trail = verb(&data, &["audit"]).await;
    assert!(trail.contains("setting_changed") && trail.contains("skills: 2 people of a file"), "{trail}");
    let ended = relay.end().await;
    assert!(!ended.log.contains(email) && !ended.log.contains("Quantum"), "{}", ended.log);
}

#[tokio::test]
async fn who_comes_later_is_known_then() {
    let data = tempdir().unwrap();
    let (zoom, relay, _) = stand(&data).await;
    let table = "email,skills\nlate.comer@example.test,Quantum ledger\n";
    assert!(import(&data, "skills", &file(&data, "skills.csv", table), &[]).await.status.success());

    let new = NewPerson {
        first_name: "Late".into(),
        last_name: "Comer".into(),
        email: "Late.Comer@example.test".into(),
        ..NewPerson::default()
    };
    let id = zoom.add_person(new).unwrap().id;

    until("the skill is found", async || found(&relay, "quantum").await == [id.clone()]).await;
}

#[tokio::test]
async fn a_file_with_a_line_that_does_not_fit_changes_nothing_unless_that_is_wanted() {
    let data = tempdir().unwrap();
    let (_zoom, relay, person) = stand(&data).await;
    let (id, email) = (person["id"].as_str().unwrap(), person["email"].as_str().unwrap());
    let mut table = format!("email,skills,hours\n{email},Quantum ledger,Mon-Fri 8-16\n").into_bytes();
    table.extend(
        b"{email},Twice,\nnobody,Parrots,\nola@example.test,Parrots:9,whenever\nq@example.test,caf\xe9,\n",
    );
    let table = file(&data, "skills.csv", table);

    let refused = import(&data, "skills", &table, &["--report", "json"]).await;
    let tried = import(&data, "skills", &table, &["--dry-run", "--skip-misfits"]).await;
    let nothing = verb(&data, &["skills", "export"]).await;
    let taken = import(&data, "skills", &table, &["--skip-misfits"]).await;

    assert_eq!(refused.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&refused.stdout).unwrap();
    let told: Vec<_> = report["misfits"].as_array().unwrap().iter().map(|misfit| &misfit["code"]).collect();
    assert_eq!(told, ["bad_email", "bad_email", "bad_level", "bad_hours", "not_utf8"], "{report}");
    assert_eq!(report["misfits"][2]["line"], 5);
    assert_eq!(report["applied"], false);
    assert!(tried.status.success() && printed(&tried).contains("--dry-run"), "{}", printed(&tried));
    assert_eq!(nothing.lines().count(), 1, "{nothing}");
    assert!(taken.status.success(), "{}", printed(&taken));
    until("the skill is found", async || found(&relay, "quantum").await == [id]).await;
    assert!(found(&relay, "parrots").await.is_empty());

    let exported = file(&data, "exported.csv", verb(&data, &["skills", "export"]).await);
    let again = import(&data, "skills", &exported, &["--replace"]).await;
    assert!(printed(&again).contains("0 changed, 1 as before, 0 taken away"), "{}", printed(&again));
    let other = file(&data, "other.json", r#"[{"email": "other@example.test", "skills": ["Parrots"]}]"#);
    assert!(import(&data, "skills", &other, &["--replace"]).await.status.success());
    until("the skill is taken away", async || found(&relay, "quantum").await.is_empty()).await;
}

#[tokio::test]
async fn own_words_find_what_they_mean_and_are_taken_back() {
    let data = tempdir().unwrap();
    let (_zoom, relay, person) = stand(&data).await;
    let (id, email) = (person["id"].as_str().unwrap(), person["email"].as_str().unwrap());
    let table = format!("email,skills\n{email},Quantum ledger\n");
    assert!(import(&data, "skills", &file(&data, "skills.csv", table), &[]).await.status.success());
    let groups = file(&data, "words.txt", "# Ours\nwobbly book, quantum ledger\n");
    let wrong = file(&data, "wrong.txt", "wobbly book, quantum ledger\nalone\n");

    assert_eq!(import(&data, "synonyms", &wrong, &[]).await.status.code(), Some(1));
    assert!(verb(&data, &["synonyms", "export"]).await.is_empty());
    assert!(import(&data, "synonyms", &groups, &[]).await.status.success());

    until("the other word finds it", async || found(&relay, "wobbly%20book").await == [id]).await;
    assert_eq!(verb(&data, &["synonyms", "export"]).await, "wobbly book, quantum ledger\n");
    let none = file(&data, "none.txt", "# Nothing of our own any more\n");
    assert!(import(&data, "synonyms", &none, &[]).await.status.success());
    until("it finds nobody any more", async || found(&relay, "wobbly%20book").await.is_empty()).await;
}

#[tokio::test]
async fn a_desk_that_follows_the_log_and_one_that_comes_new_are_told_the_same() {
    let data = tempdir().unwrap();
    let (_zoom, relay, person) = stand(&data).await;
    let email = person["email"].as_str().unwrap();
    let token = come_in(&relay, &data, email, "agent").await;
    let mut guest = crate::roles::Guest::listen(&relay, token.clone(), "since=0").await;
    let table = format!("email,skills\n{email},Quantum ledger\n");
    let groups = file(&data, "words.txt", "wobbly book, quantum ledger\n");

    assert!(import(&data, "skills", &file(&data, "skills.csv", table), &[]).await.status.success());
    assert!(import(&data, "synonyms", &groups, &[]).await.status.success());

    guest.hear_of("Quantum ledger").await;
    guest.hear_of("wobbly book").await;
    until("a snapshot tells it", async || {
        let snapshot = relay.get_as(&token, "v1/snapshot").await.text().await.unwrap();
        snapshot.contains("Quantum ledger") && snapshot.contains("wobbly book")
    })
    .await;
}

#[tokio::test]
async fn an_admin_changes_what_is_told_of_one_person_and_nobody_else_does() {
    let data = tempdir().unwrap();
    let (_zoom, relay, person) = stand(&data).await;
    let (id, email) = (person["id"].as_str().unwrap(), person["email"].as_str().unwrap());
    let put = async |token: &str, id: &str, body: &Value| {
        let request = relay.client.put(format!("{}v1/people/{id}/expertise", relay.base)).bearer_auth(token);
        let answer = request.json(body).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    let (admin, agent) = (relay.token().await, come_in(&relay, &data, email, "agent").await);
    let told = json!({ "skills": [{ "name": " Quantum  ledger ", "level": 4 }], "hours": "Mo-Fr 8-16 Uhr" });

    let (kept, answer) = put(&admin, id, &told).await;
    assert_eq!((kept, &answer["skills"][0]["name"]), (200, &json!("Quantum ledger")));
    assert_eq!(answer["hours"], "Mon-Fri 08:00-16:00");
    until("the skill is found", async || found(&relay, "quantum").await == [id]).await;

    assert_eq!(put(&agent, id, &json!({})).await, (403, json!({ "code": "not_for_this_role" })));
    assert_eq!(put(&admin, "nobody", &told).await.0, 404);
    for (body, field) in [
        (json!({ "hours": "always" }), "hours"),
        (json!({ "skills": [{ "name": "KYC", "level": 6 }] }), "skills"),
        (json!({ "aliases": ["a; b"] }), "aliases"),
        (json!({ "salary": 1 }), "body"),
    ] {
        assert_eq!(
            put(&admin, id, &body).await,
            (422, json!({ "code": "bad_field", "field": field })),
            "{body}"
        );
    }
    assert_eq!(found(&relay, "quantum").await, [id], "what was refused changed nothing");
    let trail = verb(&data, &["audit"]).await;
    let changes: Vec<&str> = trail.lines().filter(|line| line.contains("setting_changed")).collect();
    assert_eq!(changes.len(), 1, "{trail}");
    assert!(changes[0].contains(email) && changes[0].contains("admin@tests.invalid"), "{trail}");
    assert_eq!(put(&admin, id, &json!({})).await.0, 200);
    until("it is taken back", async || found(&relay, "quantum").await.is_empty()).await;
}
