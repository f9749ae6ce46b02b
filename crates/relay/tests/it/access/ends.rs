//! What ends a session, and how soon that is felt.

use std::time::Duration;

use chrono::TimeDelta;
use reqwest::StatusCode;
use rollcall_model::{Logged, PersonId, Seq, Standing};
use rollcall_relay::access::{Kind, Why};
use rollcall_wire::session::Role;
use rollcall_zoom::delivery::{self, Meaning};
use serde_json::json;
use tokio::time::{Instant, sleep, timeout};

use super::stand::{Stand, Town};
use crate::house::until;

const ADA: &str = "ada@example.test";
const SECOND: Duration = Duration::from_secs(1);

/// An event as Zoom delivers it, after it was committed.
fn committed(name: &str, person: &str) -> Vec<Logged> {
    let body = json!({
        "event": name, "event_ts": 1_790_000_000_000_i64,
        "payload": { "account_id": "account", "object": { "id": person, "email": ADA } },
    });
    let Meaning::Events(events) = delivery::parse(body.to_string().as_bytes()).unwrap().meaning else {
        panic!("no events")
    };
    (1..).map(Seq).zip(events).map(|(seq, event)| Logged { seq, event }).collect()
}

/// Waits until the token opens nothing on this node; tells how long that took.
async fn felt(stand: &Stand, token: &str) -> Duration {
    let begun = Instant::now();
    while stand.reads(token).await == StatusCode::OK {
        assert!(begun.elapsed() < SECOND * 10, "it is never felt");
        sleep(Duration::from_millis(10)).await;
    }
    begun.elapsed()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ends_on_one_node_is_felt_on_the_others_within_a_second() {
    let town = Town::new();
    let (here, there) = (town.stand().await, town.stand().await);
    let session = here.session(ADA, Role::Agent).await;
    until("the other node remembers", async || there.reads(&session.token).await == StatusCode::OK).await;
    let caller = there.access.admit(&session.token, None).await.unwrap().unwrap();
    let socket = there.access.watch(&caller).await.unwrap().unwrap();

    assert!(here.access.end_session(caller.session, "ops@example.test").await.unwrap());

    timeout(SECOND, socket.ended()).await.unwrap();
    assert!(felt(&there, &session.token).await < SECOND);
    assert!(there.access.watch(&caller).await.unwrap().is_none(), "too late to open anything");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_was_stolen_on_one_node_is_worth_nothing_on_another() {
    let town = Town::new();
    let (here, there) = (town.stand().await, town.stand().await);
    let old = here.session(ADA, Role::Agent).await;
    assert_eq!(there.reads(&old.token).await, StatusCode::OK);
    let next = here.rotated(&old.token).await;
    assert_eq!(here.reads(&next.token).await, StatusCode::OK);

    assert!(felt(&there, &old.token).await < SECOND);
    town.hand.advance(TimeDelta::minutes(1));
    assert_eq!(there.reads(&old.token).await, StatusCode::UNAUTHORIZED);

    assert!(felt(&here, &next.token).await < SECOND, "both have lost it");
}

#[tokio::test]
async fn whoever_leaves_the_account_has_no_session_any_more() {
    for (name, standing) in [
        ("user.deleted", Standing::Gone),
        ("user.deactivated", Standing::Inactive),
        ("user.disassociated", Standing::Gone),
    ] {
        let town = Town::new();
        let stand = town.stand().await;
        // One came in before the directory knew her, one after.
        let unknown = stand.session(ADA, Role::Agent).await;
        town.folk.know("ada", ADA, Standing::Active);
        town.folk.know("bo", "bo@example.test", Standing::Active);
        let known = stand.session(ADA, Role::Agent).await;
        let other = stand.session("bo@example.test", Role::Agent).await;

        town.folk.know("ada", ADA, standing);
        stand.access.heard(&committed(name, "ada")).await.unwrap();

        assert_eq!(stand.reads(&known.token).await, StatusCode::UNAUTHORIZED, "{name}");
        assert_eq!(stand.reads(&unknown.token).await, StatusCode::UNAUTHORIZED, "{name}");
        assert_eq!(stand.reads(&other.token).await, StatusCode::OK, "{name}");
        let trail = stand.access.audit(0, 100).await.unwrap();
        let last = &trail.last().unwrap().entry;
        assert_eq!((last.kind, last.why), (Kind::Ended, Some(Why::NotActive)));
    }
}

#[tokio::test]
async fn an_event_that_comes_late_does_not_end_the_session_of_who_is_back() {
    let town = Town::new();
    let stand = town.stand().await;
    town.folk.know("ada", ADA, Standing::Active);
    let session = stand.session(ADA, Role::Agent).await;

    stand.access.heard(&committed("user.deactivated", "ada")).await.unwrap();

    assert_eq!(stand.reads(&session.token).await, StatusCode::OK);
}

#[tokio::test]
async fn when_a_whole_directory_tells_who_left_those_who_are_in_are_looked_up() {
    let town = Town::new();
    let stand = town.stand().await;
    town.folk.know("ada", ADA, Standing::Active);
    let session = stand.session(ADA, Role::Agent).await;
    town.folk.know("ada", ADA, Standing::Inactive);
    let many: Vec<Logged> =
        (0..500).flat_map(|number| committed("user.deactivated", &format!("p{number}"))).collect();

    stand.access.heard(&many).await.unwrap();

    assert_eq!(stand.reads(&session.token).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_app_is_taken_away_everybody_is_out_and_no_name_is_left() {
    let town = Town::new();
    let (here, there) = (town.stand().await, town.stand().await);
    let session = here.session(ADA, Role::Agent).await;
    assert_eq!(there.reads(&session.token).await, StatusCode::OK);

    here.access.deauthorized(None).await.unwrap();

    assert!(felt(&there, &session.token).await < SECOND);
    let trail = here.access.audit(0, 100).await.unwrap();
    assert_eq!(trail.iter().map(|noted| noted.entry.kind).collect::<Vec<_>>(), [Kind::Forgotten]);
}

#[tokio::test]
async fn when_one_person_takes_the_app_away_only_they_are_forgotten() {
    let town = Town::new();
    let stand = town.stand().await;
    town.folk.know("ada", ADA, Standing::Active);
    let ada = stand.session(ADA, Role::Agent).await;
    let bo = stand.session("bo@example.test", Role::Agent).await;

    stand.access.deauthorized(Some(&PersonId::new("ada"))).await.unwrap();

    assert_eq!(stand.reads(&ada.token).await, StatusCode::UNAUTHORIZED);
    assert_eq!(stand.reads(&bo.token).await, StatusCode::OK);
    let trail = stand.access.audit(0, 100).await.unwrap();
    assert!(trail.iter().all(|noted| noted.entry.who.as_deref() != Some(ADA)));
}

#[tokio::test(flavor = "multi_thread")]
async fn while_it_cannot_be_known_who_was_put_out_nobody_is_let_in() {
    let town = Town::new();
    let stand = town.stand().await;
    let session = stand.session(ADA, Role::Agent).await;
    assert_eq!(stand.reads(&session.token).await, StatusCode::OK);

    stand.access.close().await;

    let begun = Instant::now();
    until("the relay does not know any more", async || {
        stand.reads(&session.token).await == StatusCode::SERVICE_UNAVAILABLE
    })
    .await;
    assert!(begun.elapsed() < SECOND * 2, "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_becomes_known_is_told_on_every_node() {
    let town = Town::new();
    let (here, there) = (town.stand().await, town.stand().await);
    let session = here.session(ADA, Role::Agent).await;
    let unknown = there.access.admit(&session.token, None).await.unwrap().unwrap();
    let watches = [&here, &there].map(|stand| stand.access.watch(&unknown));
    let [one, other] = futures_util::future::join_all(watches).await.try_into().unwrap();
    let (one, other) = (one.unwrap().unwrap(), other.unwrap().unwrap());

    town.folk.know("ada", ADA, Standing::Active);
    for stand in [&here, &there] {
        stand.access.heard(&committed("user.created", "ada")).await.unwrap();
    }

    timeout(SECOND, one.known()).await.unwrap();
    timeout(SECOND, other.known()).await.unwrap();
    let known = there.access.admit(&session.token, None).await.unwrap().unwrap();
    assert_eq!(known.person, Some(PersonId::new("ada")));
    let too_late = there.access.watch(&unknown).await.unwrap().unwrap();
    timeout(SECOND, too_late.known()).await.unwrap();
}

#[tokio::test]
async fn whoever_came_in_unknown_is_looked_up_when_they_come_again() {
    let town = Town::new();
    let stand = town.stand().await;
    let session = stand.session(ADA, Role::Agent).await;
    town.folk.know("ada", ADA, Standing::Active);

    let caller = stand.access.admit(&session.token, None).await.unwrap().unwrap();

    assert_eq!(caller.person, Some(PersonId::new("ada")));
    assert_eq!(stand.access.sessions().await.unwrap()[0].person, caller.person);
}
