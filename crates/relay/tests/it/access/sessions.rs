use chrono::TimeDelta;
use reqwest::{Method, StatusCode};
use rollcall_relay::access::Kind;
use rollcall_wire::{Failure, session::Role};

use super::stand::{Stand, Town};
use crate::house::until;

const ADA: &str = "ada@example.test";

async fn last_kind(stand: &Stand) -> Kind {
    stand.access.audit(0, 1_000).await.unwrap().last().unwrap().entry.kind
}

#[tokio::test]
async fn nobody_comes_in_without_a_token_of_this_relay() {
    let town = Town::new();
    let stand = town.stand().await;
    let session = stand.session(ADA, Role::Agent).await;
    let other = format!("other.{}", &session.token[5..]);
    let cut = &session.token[..session.token.len() - 1];

    for token in ["", "x", "main.", cut, &other, &session.token.to_uppercase()] {
        let request = stand.request(Method::GET, "/v1/session").bearer_auth(token);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{token}");
        assert_eq!(answer.json::<Failure>().await.unwrap(), Failure::NotAdmitted);
    }
    assert_eq!(stand.reads(&session.token).await, StatusCode::OK);
}

#[tokio::test]
async fn a_token_is_renewed_and_a_lost_answer_costs_nothing() {
    let town = Town::new();
    let stand = town.stand().await;
    let first = stand.session(ADA, Role::Agent).await;

    let lost = stand.rotated(&first.token).await;
    let next = stand.rotated(&first.token).await;

    assert_ne!(lost.token, next.token);
    assert_eq!(next.standing, first.standing);
    assert_eq!(stand.reads(&first.token).await, StatusCode::OK);
    assert_eq!(stand.reads(&next.token).await, StatusCode::OK);
    let third = stand.rotated(&next.token).await;
    assert_eq!(stand.reads(&third.token).await, StatusCode::OK);
}

#[tokio::test]
async fn an_old_token_shown_after_its_successor_ends_the_session_for_both() {
    let town = Town::new();
    let stand = town.stand().await;
    let stolen = stand.session(ADA, Role::Agent).await;
    let next = stand.rotated(&stolen.token).await;
    assert_eq!(stand.reads(&next.token).await, StatusCode::OK);
    assert_eq!(stand.reads(&stolen.token).await, StatusCode::UNAUTHORIZED);
    assert_eq!(stand.reads(&next.token).await, StatusCode::OK, "it may have been on its way");
    town.hand.advance(TimeDelta::minutes(1));

    assert_eq!(stand.reads(&stolen.token).await, StatusCode::UNAUTHORIZED);

    assert_eq!(stand.reads(&next.token).await, StatusCode::UNAUTHORIZED);
    assert_eq!(last_kind(&stand).await, Kind::RotatedTwice);
    let trail = stand.access.audit(0, 1_000).await.unwrap();
    assert!(trail.last().unwrap().entry.address.is_some(), "it is told from where");
}

#[tokio::test]
async fn who_signs_out_is_out() {
    let town = Town::new();
    let stand = town.stand().await;
    let [session, other] = [stand.session(ADA, Role::Agent).await, stand.session(ADA, Role::Agent).await];

    assert_eq!(stand.status(Method::DELETE, "/v1/session", &session.token).await, StatusCode::NO_CONTENT);

    assert_eq!(stand.reads(&session.token).await, StatusCode::UNAUTHORIZED);
    assert_eq!(stand.reads(&other.token).await, StatusCode::OK);
    assert_eq!(last_kind(&stand).await, Kind::SignedOut);
}

#[tokio::test]
async fn a_session_rests_for_thirty_days_and_not_longer() {
    let town = Town::new();
    let stand = town.stand().await;
    let session = stand.session(ADA, Role::Agent).await;

    town.hand.advance(TimeDelta::days(30));
    assert_eq!(stand.reads(&session.token).await, StatusCode::OK);
    until("the use is written down", async || {
        stand.access.sessions().await.unwrap()[0].last_used_at == town.clock.now()
    })
    .await;
    town.hand.advance(TimeDelta::days(30));
    assert_eq!(stand.reads(&session.token).await, StatusCode::OK);
    until("the use is written down", async || {
        stand.access.sessions().await.unwrap()[0].last_used_at == town.clock.now()
    })
    .await;
    town.hand.advance(TimeDelta::days(30) + TimeDelta::seconds(1));
    assert_eq!(stand.reads(&session.token).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_administrator_sees_and_ends_sessions() {
    let town = Town::new();
    let stand = town.stand().await;
    let ada = stand.session(ADA, Role::Agent).await;
    let bo = stand.session("bo@example.test", Role::Agent).await;

    let listed: Vec<_> =
        stand.access.sessions().await.unwrap().into_iter().map(|session| session.email).collect();
    let ended = stand.access.end_sessions_of_email(" ADA@example.test", "ops@example.test").await.unwrap();

    assert_eq!((listed.len(), ended), (2, 1));
    assert_eq!(stand.reads(&ada.token).await, StatusCode::UNAUTHORIZED);
    assert_eq!(stand.reads(&bo.token).await, StatusCode::OK);
    assert_eq!(stand.access.end_all("ops@example.test").await.unwrap(), 1);
    assert_eq!(stand.reads(&bo.token).await, StatusCode::UNAUTHORIZED);
}
