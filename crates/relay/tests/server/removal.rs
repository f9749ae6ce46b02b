//! The app is removed from the account at Zoom: everything got from there is gone, and the relay says so.

use std::path::Path;

use rollcall_wire::relay::Resume;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tempfile::{TempDir, tempdir};
use uuid::Uuid;

use crate::{
    cluster::Bus,
    delivery::Delivery,
    people::{come_in, status, verb},
    process::{ACCOUNT, Relay, flags, until, words},
    roles::{Guest, OF_BO, call, know},
};

/// What no file and no table may hold afterwards, besides what is said of a call.
const PERSON: [&str; 2] = ["wilhelmina", "+442079460000"];

/// What Zoom says when somebody of an account removes the app with this id.
pub(crate) fn app_removed(account: &str, client_id: &str) -> Value {
    let payload = json!({ "account_id": account, "user_id": "wilhelmina", "client_id": client_id });
    json!({ "event": "app_deauthorized", "event_ts": 1, "payload": payload })
}

fn removed(client_id: &str) -> Delivery {
    Delivery::of(app_removed(ACCOUNT, client_id).to_string())
}

/// Somebody is known, is present and on a call.
async fn tell_of_somebody(relay: &Relay) {
    know(relay, "wilhelmina").await;
    assert_eq!(relay.deliver(&Delivery::presence("wilhelmina", "Busy")).await, 204);
    call(relay, "ringing", "wilhelmina", &OF_BO).await;
    call(relay, "ended", "wilhelmina", &OF_BO).await;
    relay.until_known("wilhelmina", "Busy").await;
}

/// Which of the words stand in these bytes.
fn words_in(bytes: &[u8]) -> Vec<&'static str> {
    let all = PERSON.into_iter().chain(OF_BO);
    all.filter(|word| bytes.windows(word.len()).any(|window| window == word.as_bytes())).collect()
}

/// Which of the words stand in which file of the folder, unused pages and all.
fn words_on_disk(folder: &Path) -> Vec<(String, Vec<&'static str>)> {
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap());
    let found = files.map(|file| {
        let bytes = match std::fs::read(file.path()) {
            // A database takes files of its own away at any time.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            read => read.unwrap(),
        };
        (file.file_name().to_string_lossy().into_owned(), words_in(&bytes))
    });
    found.filter(|(_, words)| !words.is_empty()).collect()
}

async fn doctor(relay: &Relay) -> Value {
    relay.get("v1/doctor").await.json().await.unwrap()
}

/// Waits until the relay says that the app is removed and knows nobody.
pub(crate) async fn until_emptied(relay: &Relay) {
    until("the relay is emptied", async || {
        let answer = relay.get("v1/doctor").await;
        answer.status() == 200
            && answer.json::<Value>().await.is_ok_and(|doctor| {
                doctor["failures"]
                    .as_array()
                    .is_some_and(|all| all.contains(&json!({ "code": "app_removed" })))
            })
    })
    .await;
    let snapshot = relay.get("v1/snapshot").await.bytes().await.unwrap();
    assert_eq!(words_in(&snapshot), [""; 0]);
}

pub(crate) async fn ready(relay: &Relay) -> Value {
    relay.get("v1/health/ready").await.json().await.unwrap()
}

async fn with_somebody(data: &TempDir) -> Relay {
    let relay = Relay::of(data, &[]).await;
    tell_of_somebody(&relay).await;
    relay
}

#[tokio::test]
async fn when_the_account_removes_the_app_nothing_of_it_is_in_any_file_and_the_relay_says_so() {
    let data = tempdir().unwrap();
    let relay = with_somebody(&data).await;
    let token = come_in(&relay, &data, "wilhelmina@example.org", "admin").await;
    assert!(!words_on_disk(data.path()).is_empty());
    let before = doctor(&relay).await["log"]["name"].clone();

    assert_eq!(relay.deliver(&removed("client")).await, 204);
    assert_eq!(words_on_disk(data.path()), [], "as soon as it is answered");
    until_emptied(&relay).await;

    assert_eq!(status(&relay, &token).await, 401);
    assert_ne!(doctor(&relay).await["log"]["name"], before);
    assert_eq!(ready(&relay).await, json!({ "ready": true, "warning": "app_removed" }));
    let trail = verb(&data, &["audit"]).await;
    assert!(trail.contains("\"forgotten\""), "{trail}");
    know(&relay, "wilhelmina").await;
    assert_eq!(doctor(&relay).await["log"]["head"], 0, "nothing is kept before Zoom answers again");
    assert_eq!(relay.end().await.status.code(), Some(0));
    assert_eq!(words_on_disk(data.path()), []);

    let again = Relay::of(&data, &[]).await;
    until_emptied(&again).await;
    assert_eq!(ready(&again).await["warning"], "app_removed");
}

#[tokio::test]
async fn a_desk_is_told_to_begin_anew_with_an_empty_log() {
    let data = tempdir().unwrap();
    let relay = with_somebody(&data).await;
    let mut desk = Guest::of(&relay, &data, "sue", "supervisor").await;
    desk.hear_calls(2).await;

    assert_eq!(relay.deliver(&removed("client")).await, 204);
    desk.until_closed().await;
    until_emptied(&relay).await;

    let token = come_in(&relay, &data, "sue@example.org", "supervisor").await;
    let again = Guest::listen(&relay, token, &format!("since={}&log={}", desk.seq, desk.log)).await;
    assert_eq!(again.resume, Resume::Snapshot);
    assert_ne!(again.log, desk.log);
    assert_eq!(words_in(again.read(&relay, "v1/snapshot").await.1.as_bytes()), [""; 0]);
}

#[tokio::test]
async fn a_person_who_removes_the_app_of_the_sign_in_is_forgotten_alone() {
    let data = tempdir().unwrap();
    let relay = with_somebody(&data).await;
    let hers = come_in(&relay, &data, "wilhelmina@example.org", "agent").await;
    let other = come_in(&relay, &data, "bo@example.org", "agent").await;

    assert_eq!(relay.deliver(&removed("the app of the sign-in")).await, 204);

    assert_eq!((status(&relay, &hers).await, status(&relay, &other).await), (401, 200));
    assert_eq!(relay.presences().await["wilhelmina"], "Busy");
    assert_eq!(ready(&relay).await, json!({ "ready": true }));
}

/// All rows of an organisation in both schemas, as text; what is packed is counted as well.
async fn rows(admin: &mut PgConnection, organisation: &str) -> (i64, String) {
    let tables: Vec<(String, String)> = sqlx::query_as(
        "SELECT table_schema::text, table_name::text FROM information_schema.columns
         WHERE table_schema IN ('rollcall_log', 'rollcall_access') AND column_name = 'organisation'",
    )
    .fetch_all(&mut *admin)
    .await
    .unwrap();
    assert!(tables.len() > 10, "{tables:?}");
    let (mut count, mut all) = (0, String::new());
    for (schema, table) in tables {
        let select = format!("SELECT t::text FROM {schema}.{table} t WHERE organisation = $1");
        let texts: Vec<String> = sqlx::query_scalar(AssertSqlSafe(select))
            .bind(organisation)
            .fetch_all(&mut *admin)
            .await
            .unwrap();
        if schema == "rollcall_log" && !matches!(table.as_str(), "log" | "lease") {
            count += i64::try_from(texts.len()).unwrap();
        }
        all.extend(texts);
    }
    (count, all)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_node_forgets_and_no_table_holds_anything_any_more() {
    let Ok(ledger) = std::env::var("ROLLCALL_TEST_POSTGRES") else {
        return println!("skipped: ROLLCALL_TEST_POSTGRES names no server");
    };
    let (data, bus) = (tempdir().unwrap(), Bus::start().await);
    let organisation = format!("t-{}", &Uuid::new_v4().simple().to_string()[..24]);
    let mut flags = flags(data.path());
    flags.extend(words(&["--organisation", &organisation, "--ledger", &ledger]));
    flags.extend(words(&["--bus", &bus.address()]));
    let (one, other) = (Relay::with(flags.clone()).await, Relay::with(flags).await);
    tell_of_somebody(&one).await;
    other.until_known("wilhelmina", "Busy").await;
    let mut admin = PgConnection::connect(&ledger).await.unwrap();
    assert!(rows(&mut admin, &organisation).await.0 > 0);

    assert_eq!(one.deliver(&removed("client")).await, 204);
    let (count, text) = rows(&mut admin, &organisation).await;

    assert_eq!((count, words_in(text.as_bytes())), (0, vec![]), "as soon as it is answered");
    assert!(text.contains("forgotten"), "the trail keeps that it happened");
    for node in [&one, &other] {
        until_emptied(node).await;
    }
    assert_eq!(doctor(&one).await["log"]["name"], doctor(&other).await["log"]["name"]);
    assert_eq!(rows(&mut admin, &organisation).await.0, 0);
}
