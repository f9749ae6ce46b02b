use std::{ffi::OsString, time::Duration};

use futures_util::StreamExt as _;
use rollcall_fake_zoom::{FakeZoom, NewPerson, Options as FakeOptions, PersonChange};
use rollcall_wire::relay::Way;
use serde_json::{Value, json};
use tempfile::{TempDir, tempdir};
use tokio::time::{Instant, timeout};
use tokio_tungstenite::{connect_async, tungstenite::client::IntoClientRequest as _};

use crate::{
    admin::{invite, said},
    delivery::Delivery,
    process::{ACCOUNT, PATIENCE, Relay, run, until, words},
};

/// What Zoom says is felt on a node within this, with a second for a busy machine.
pub(crate) const ENDS: Duration = Duration::from_secs(2);

/// What a verb prints beside a relay over this folder.
pub(crate) async fn verb(data: &TempDir, verb: &[&str]) -> String {
    let mut args: Vec<OsString> = words(verb);
    args.extend(["--data".into(), data.path().into()]);
    let output = run(args).await;
    assert!(output.status.success(), "{verb:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Invites somebody and comes in for them; their token.
pub(crate) async fn come_in(relay: &Relay, data: &TempDir, email: &str, role: &str) -> String {
    let link = invite(&["--data".into(), data.path().into()], email, role).await;
    assert_eq!(said(&link, "relay"), relay.base.trim_end_matches('/'));
    relay.redeem(&link).await
}

/// What the holder of a token is answered.
pub(crate) async fn status(relay: &Relay, token: &str) -> u16 {
    relay.get_as(token, "v1/snapshot").await.status().as_u16()
}

/// Tells of something about a person.
pub(crate) fn about(event: &str, object: &Value) -> Delivery {
    let at = rollcall_model::Clock::system().now().timestamp_millis();
    Delivery::of(
        json!({ "event": event, "event_ts": at, "payload": { "account_id": ACCOUNT, "object": object } })
            .to_string(),
    )
}

#[tokio::test]
async fn whoever_was_invited_comes_in_and_the_trail_knows_it() {
    let data = tempdir().unwrap();
    let relay = Relay::of(&data, &[]).await;

    let token = come_in(&relay, &data, "ada@example.org", "agent").await;

    assert_eq!(status(&relay, &token).await, 200);
    let trail = verb(&data, &["audit"]).await;
    let kinds: Vec<String> = trail
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["kind"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(kinds, ["invited", "signed_in"]);
    let sessions = verb(&data, &["sessions", "list"]).await;
    assert_eq!(sessions.lines().count(), 1);
    assert!(!sessions.contains(&token));
    let ended = relay.end().await;
    assert!(!ended.log.contains("ada@example.org") && !ended.log.contains(&token), "{}", ended.log);
}

#[tokio::test]
async fn a_session_that_is_ended_beside_the_relay_ends_its_stream() {
    let data = tempdir().unwrap();
    let relay = Relay::of(&data, &[]).await;
    let token = come_in(&relay, &data, "ada@example.org", "agent").await;
    let url = format!("{}v1/stream?since=0", relay.base.replacen("http", "ws", 1));
    let mut request = url.into_client_request().unwrap();
    request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    request.headers_mut().insert("sec-websocket-protocol", Way::Plain.name().parse().unwrap());
    let (mut socket, _) = connect_async(request).await.unwrap();
    assert!(timeout(PATIENCE, socket.next()).await.unwrap().unwrap().unwrap().is_text());

    assert_eq!(
        verb(&data, &["sessions", "end", "--email", "ada@example.org"]).await.trim(),
        r#"{"ended":1}"#
    );
    let ended = Instant::now();
    let closed = async { while let Some(Ok(_)) = socket.next().await {} };

    timeout(PATIENCE, closed).await.unwrap();
    assert!(ended.elapsed() < ENDS, "{:?}", ended.elapsed());
    assert_eq!(status(&relay, &token).await, 401);
}

#[tokio::test]
async fn whoever_is_deleted_or_deactivated_at_zoom_is_out_at_once() {
    let data = tempdir().unwrap();
    let relay = Relay::of(&data, &[]).await;
    for (person, event) in [("ada", "user.deleted"), ("bo", "user.deactivated"), ("cy", "user.disassociated")]
    {
        let email = format!("{person}@example.org");
        let known = json!({ "id": person, "email": email, "display_name": person });
        assert_eq!(relay.deliver(&about("user.created", &known)).await, 204);
        until("the person is known", async || {
            relay.figure("rollcall_people{organisation=\"main\"}").await >= Some(1.0)
        })
        .await;
        let token = come_in(&relay, &data, &email, "agent").await;
        assert_eq!(status(&relay, &token).await, 200);

        assert_eq!(relay.deliver(&about(event, &json!({ "id": person, "email": email }))).await, 204);
        let left = Instant::now();

        until("the session has ended", async || status(&relay, &token).await == 401).await;
        assert!(left.elapsed() < ENDS, "{event}: {:?}", left.elapsed());
    }
}

#[tokio::test]
async fn what_zoom_says_of_a_person_is_in_the_directory_within_a_second() {
    let data = tempdir().unwrap();
    let zoom = FakeZoom::start(FakeOptions { people: 12, seed: 7, ..FakeOptions::default() }).await.unwrap();
    let relay = Relay::beside(&zoom, &data).await;
    zoom.add_webhook(&format!("{}zoom/webhook", relay.base)).await.unwrap();
    let agent = &zoom.ready().agent_user_id;
    let names = async || -> Vec<String> {
        let found: Value = relay.get("v1/people?limit=100").await.json().await.unwrap();
        let people = found["people"].as_array().unwrap().iter();
        people.map(|person| person["name"].as_str().unwrap().to_owned()).collect()
    };
    let own = &zoom.person(agent).unwrap().name;
    until("everybody is listed", async || names().await.contains(own)).await;
    let is_soon = async |name: &str, known: bool| {
        let said = Instant::now();
        until("the directory knows it", async || names().await.iter().any(|one| one == name) == known).await;
        assert!(said.elapsed() < ENDS, "{name}: {:?}", said.elapsed());
    };

    let new = NewPerson { first_name: "Ada".into(), last_name: "Example".into(), ..NewPerson::default() };
    let ada = zoom.add_person(new).unwrap();
    is_soon(&ada.name, true).await;
    let change = PersonChange { display_name: Some("Augusta Other".to_owned()), ..PersonChange::default() };
    zoom.change_person(&ada.id, change).unwrap();
    is_soon("Augusta Other", true).await;
    zoom.remove_person(&ada.id).unwrap();
    is_soon("Augusta Other", false).await;
    zoom.stop().await;
}

#[tokio::test]
async fn when_the_organisation_takes_the_app_away_nobody_is_in_any_more_and_no_name_is_kept() {
    let data = tempdir().unwrap();
    let relay = Relay::of(&data, &[]).await;
    let tokens = [
        come_in(&relay, &data, "ada@example.org", "agent").await,
        come_in(&relay, &data, "bo@example.org", "admin").await,
    ];
    let gone = json!({
        "event": "app_deauthorized",
        "event_ts": 1,
        "payload": { "account_id": ACCOUNT, "user_id": "ada", "client_id": "client" },
    });

    assert_eq!(relay.deliver(&Delivery::of(gone.to_string())).await, 204);

    for token in tokens {
        assert_eq!(status(&relay, &token).await, 401);
    }
    let trail = verb(&data, &["audit"]).await;
    assert!(!trail.contains("@example.org"), "{trail}");
}

#[tokio::test]
async fn beyond_the_last_desk_one_is_told_to_come_later() {
    let data = tempdir().unwrap();
    let relay = Relay::of(&data, &["--max-desks", "0"]).await;

    let answer = relay.get("v1/stream?since=0").await;

    assert_eq!(answer.status(), 503);
    assert!(answer.headers().contains_key("retry-after"));
}
