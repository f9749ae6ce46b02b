//! One token for the process: made once, renewed once, and why it cannot be made.

use rollcall_model::{Clock, PersonId};
use rollcall_zoom::{Credentials, Lane, ZoomError};
use secrecy::ExposeSecret;
use serde_json::json;

use crate::stand::{Reply, Stand, server_to_server};

async fn refused_with(reply: Reply) -> ZoomError {
    let stand = Stand::answering(move |_| reply.clone()).await;
    stand.client().token().await.unwrap_err()
}

#[tokio::test]
async fn fifty_calls_at_once_make_one_token() {
    let stand = Stand::with_tokens(|_| Reply::ok(&json!({ "status": "Available" }))).await;
    let client = stand.client();

    let calls = (0..50).map(|number| {
        let client = client.clone();
        tokio::spawn(async move { client.presence(&PersonId::new(&format!("u{number}")), Lane::Now).await })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.unwrap().unwrap();
    }

    assert_eq!(stand.calls("/oauth/token").len(), 1);
    assert_eq!(stand.calls("/v2/users").len(), 50);
}

#[tokio::test]
async fn fifty_calls_at_once_learn_of_one_refusal() {
    let body = json!({ "error": "invalid_client", "reason": "Invalid client_id or client_secret" });
    let stand = Stand::answering(move |_| Reply::new(400, body.to_string())).await;
    let client = stand.client();

    let calls: Vec<_> = (0..50)
        .map(|_| {
            tokio::spawn({
                let client = client.clone();
                async move { client.token().await }
            })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap_err(), ZoomError::WrongClient);
    }

    assert_eq!(stand.calls("/oauth/token").len(), 1);
}

#[tokio::test]
async fn a_token_is_asked_for_with_basic_and_the_account() {
    let stand = Stand::with_tokens(|_| Reply::new(404, "")).await;

    let token = stand.client().token().await.unwrap();

    let call = stand.calls("/oauth/token").remove(0);
    assert_eq!(call.header("authorization"), "Basic Y2xpZW50OnNlY3JldA==");
    assert_eq!(call.form()["grant_type"], "account_credentials");
    assert_eq!(call.form()["account_id"], "account");
    assert_eq!(token.access.expose_secret(), "token-1");
    assert_eq!(token.scopes, ["user:read:user:admin", "phone:read:call:admin"]);
    assert!(!format!("{token:?}").contains("token-1"));
}

#[tokio::test]
async fn a_token_with_a_minute_left_is_renewed_and_one_with_more_is_kept() {
    let stand = Stand::answering(|_| Reply::token("short", 60)).await;
    let client = stand.client();
    client.token().await.unwrap();
    client.token().await.unwrap();
    assert_eq!(stand.calls("/oauth/token").len(), 2);

    let stand = Stand::answering(|_| Reply::token("long", 90)).await;
    let client = stand.client();
    client.token().await.unwrap();
    client.token().await.unwrap();
    assert_eq!(stand.calls("/oauth/token").len(), 1);
}

#[tokio::test]
async fn each_cause_of_a_refused_token_has_its_code() {
    let told =
        |error: &str, reason: &str| Reply::new(400, json!({ "error": error, "reason": reason }).to_string());

    assert_eq!(refused_with(told("invalid_client", "x")).await, ZoomError::WrongClient);
    assert_eq!(refused_with(told("invalid_request", "Bad Request")).await, ZoomError::UnknownAccount);
    let not_activated = told("invalid_request", "Account does not enabled the OAuth app type");
    assert_eq!(refused_with(not_activated).await, ZoomError::AppNotActivated);
    assert_eq!(refused_with(Reply::new(503, "<html>")).await, ZoomError::Server { status: 503 });
    let failed = Reply::new(500, json!({ "error": "server_error", "reason": "x" }).to_string());
    assert_eq!(refused_with(failed).await, ZoomError::Server { status: 500 });
    assert_eq!(refused_with(Reply::new(200, "<html>")).await, ZoomError::Unreadable);
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_and_the_call_made_again() {
    let stand = Stand::with_tokens(|call| match call.bearer() {
        "token-1" => Reply::error(401, 124),
        _ => Reply::ok(&json!({ "status": "Away" })),
    })
    .await;
    let client = stand.client();

    let calls: Vec<_> = (0..20)
        .map(|_| {
            tokio::spawn({
                let client = client.clone();
                async move { client.presence(&PersonId::new("u1"), Lane::Now).await }
            })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap().raw, "Away");
    }

    assert_eq!(stand.calls("/oauth/token").len(), 2);
}

#[tokio::test]
async fn a_token_that_is_refused_twice_is_told() {
    let stand = Stand::with_tokens(|_| Reply::error(401, 124)).await;

    let refusal = stand.client().presence(&PersonId::new("u1"), Lane::Now).await.unwrap_err();

    assert_eq!(refusal, ZoomError::TokenRefused);
    assert_eq!(stand.calls("/oauth/token").len(), 2);
    assert_eq!(stand.calls("/v2").len(), 2);
}

#[tokio::test]
async fn a_site_permission_renews_nothing() {
    let stand = Stand::with_tokens(|_| Reply::error(400, 124)).await;

    let refusal = stand.client().phone_users(None, Lane::Now).await.unwrap_err();

    assert_eq!(refusal, ZoomError::NoPermission);
    assert_eq!(stand.calls("/oauth/token").len(), 1);
    assert_eq!(stand.calls("/v2").len(), 1);
}

#[tokio::test]
async fn a_jwt_app_signs_its_own_tokens_and_is_told_that_its_day_is_over() {
    let stand = Stand::answering(|_| Reply::error(401, 124)).await;
    let credentials = Credentials::LegacyJwt { api_key: "key".into(), api_secret: "secret".into() };
    let ended_on = credentials.ended_on().map(|day| day.to_string());
    let client = stand.client_of(credentials, Clock::system());

    let refusal = client.presence(&PersonId::new("u1"), Lane::Now).await.unwrap_err();

    assert_eq!(refusal, ZoomError::JwtEnded);
    assert_eq!(ended_on.as_deref(), Some("2023-09-08"));
    assert_eq!(stand.calls("/oauth").len(), 0);
    let call = stand.calls("/v2").remove(0);
    let claims: Vec<&str> = call.bearer().split('.').collect();
    assert_eq!((claims.len(), claims[0]), (3, "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"));
    assert_eq!(server_to_server().ended_on(), None);
}

#[tokio::test]
async fn a_clock_that_is_an_hour_off_is_told_at_the_first_answer_that_it_would_date() {
    let stand = Stand::with_tokens(|_| Reply::new(404, "")).await;
    let ada = PersonId::new("u1");
    let hour = chrono::TimeDelta::hours(1);
    let ahead = |by| stand.client_of(server_to_server(), Clock::system().shifted(by));

    let fast = ahead(hour).presence(&ada, Lane::Now).await.unwrap_err();
    let slow = ahead(-hour).presence(&ada, Lane::Now).await.unwrap_err();

    assert!(matches!(fast, ZoomError::ClockWrong { ahead_secs: 3_590..=3_610 }), "{fast:?}");
    assert!(matches!(slow, ZoomError::ClockWrong { ahead_secs: -3_610..=-3_590 }), "{slow:?}");
    let right = ahead(chrono::TimeDelta::minutes(4)).presence(&ada, Lane::Now).await.unwrap_err();
    assert_eq!(right, ZoomError::NotFound);
    assert!(ahead(hour).token().await.is_ok(), "events come by a clock that is wrong, too");
}
