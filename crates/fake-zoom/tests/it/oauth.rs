use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta};
use reqwest::Url;
use rollcall_fake_zoom::{Mischief, Options};
use rollcall_model::Clock;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::harness::Bench;

const REDIRECT: &str = "http://127.0.0.1:4711/callback";
const VERIFIER: &str = "a-verifier-that-is-long-enough-for-everybody-1";

async fn code(bench: &Bench, challenge: &str, method: &str) -> String {
    let ready = bench.fake.ready();
    let query = [
        ("response_type", "code"),
        ("client_id", &ready.client_id),
        ("redirect_uri", REDIRECT),
        ("state", "s 1"),
        ("code_challenge", challenge),
        ("code_challenge_method", method),
    ];
    let request = bench.client.get(format!("{}/oauth/authorize", ready.base)).query(&query);
    let reply = request.send().await.unwrap();
    assert_eq!(reply.status(), 302);
    let to = Url::parse(reply.headers()["location"].to_str().unwrap()).unwrap();
    let value = |name: &str| to.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
    assert_eq!(value("state"), "s 1");
    value("code")
}

fn exchange<'a>(code: &'a str, verifier: &'a str) -> [(&'a str, &'a str); 4] {
    [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", verifier),
    ]
}

#[tokio::test]
async fn account_credentials_are_taken_from_form_and_query() {
    let bench = Bench::start().await;
    let ready = bench.fake.ready();

    let url =
        format!("{}/oauth/token?grant_type=account_credentials&account_id={}", ready.base, ready.account_id);
    let request = bench.client.post(url).basic_auth(&ready.client_id, Some(&ready.client_secret));
    let body: Value = request.send().await.unwrap().json().await.unwrap();

    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("bearer"), &json!(3600)));
    assert!(body["scope"].as_str().unwrap().contains("user:read:list_users:admin"));
}

#[tokio::test]
async fn each_wrong_token_request_has_its_own_error() {
    let bench = Bench::start().await;
    let account = bench.fake.ready().account_id.clone();

    for (form, error) in [
        (vec![("grant_type", "account_credentials"), ("account_id", "nobody")], "invalid_request"),
        (vec![("grant_type", "password"), ("account_id", &account)], "unsupported_grant_type"),
        (vec![("grant_type", "authorization_code"), ("code", "nothing")], "invalid_grant"),
    ] {
        let reply = bench.grant(&form).await;
        assert_eq!(reply.status(), 400);
        assert_eq!(reply.json::<Value>().await.unwrap()["error"], error);
    }

    let stranger = bench.client.post(format!("{}/oauth/token", bench.fake.ready().base));
    let reply = stranger.basic_auth("who", Some("knows")).form(&[("grant_type", "account_credentials")]);
    assert_eq!(reply.send().await.unwrap().json::<Value>().await.unwrap()["error"], "invalid_client");

    bench.fake.mischief_on(Mischief::NotActivated);
    let body: Value = bench.account_token().await.json().await.unwrap();
    assert_eq!(body["reason"], "Account does not enabled the OAuth app type");
}

#[tokio::test]
async fn a_person_signs_in_with_pkce_and_a_code_works_once() {
    let mut bench = Bench::start().await;
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));

    let code = code(&bench, &challenge, "S256").await;
    let body: Value = bench.grant(&exchange(&code, VERIFIER)).await.json().await.unwrap();

    bench.token = body["access_token"].as_str().unwrap().to_owned();
    assert_eq!(bench.get("/users/me").await["id"], bench.fake.ready().agent_user_id);
    assert_eq!(bench.grant(&exchange(&code, VERIFIER)).await.status(), 400);
}

#[tokio::test]
async fn a_public_client_needs_its_verifier_and_no_secret() {
    let bench = Bench::start().await;
    let ready = bench.fake.ready();
    let public = async |code: &str, verifier: &str| {
        let mut form = exchange(code, verifier).to_vec();
        form.push(("client_id", &ready.client_id));
        bench.client.post(format!("{}/oauth/token", ready.base)).form(&form).send().await.unwrap().status()
    };

    let wrong = code(&bench, VERIFIER, "plain").await;
    assert_eq!(public(&wrong, "another").await, 400);

    let right = code(&bench, VERIFIER, "plain").await;
    assert_eq!(public(&right, VERIFIER).await, 200);
}

#[tokio::test]
async fn a_refresh_token_dies_when_it_is_used() {
    let bench = Bench::start().await;
    let code = code(&bench, VERIFIER, "plain").await;
    let first: Value = bench.grant(&exchange(&code, VERIFIER)).await.json().await.unwrap();
    let old = first["refresh_token"].as_str().unwrap();

    let second = bench.grant(&[("grant_type", "refresh_token"), ("refresh_token", old)]).await;
    assert_eq!(second.status(), 200);
    let again = bench.grant(&[("grant_type", "refresh_token"), ("refresh_token", old)]).await;

    assert_eq!(again.status(), 401);
    assert_eq!(again.json::<Value>().await.unwrap()["error"], "invalid_grant");
}

#[tokio::test]
async fn revoked_expired_and_foreign_tokens_are_refused_with_124() {
    let (clock, hand) = Clock::still(DateTime::from_timestamp(1_790_000_000, 0).unwrap());
    let mut bench = Bench::with(Options { people: 20, clock, ..Options::default() }).await;

    hand.advance(TimeDelta::hours(1));
    let (status, body) = bench.try_get("/users").await;
    assert_eq!(
        (status.as_u16(), &body["code"], &body["message"]),
        (401, &json!(124), &json!("Access token is expired."))
    );

    bench.sign_in().await;
    let ready = bench.fake.ready();
    let revoke = bench.client.post(format!("{}/oauth/revoke?token={}", ready.base, bench.token));
    revoke.basic_auth(&ready.client_id, Some(&ready.client_secret)).send().await.unwrap();
    assert_eq!(bench.try_get("/users").await.1["message"], "Invalid access token.");

    bench.token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJrZXkifQ.c2lnbmF0dXJl".to_owned();
    assert_eq!(bench.try_get("/users").await.0, 401);
}

#[tokio::test]
async fn a_new_token_can_end_the_one_before() {
    let bench = Bench::start().await;
    bench.fake.mischief_on(Mischief::NewTokenKillsOld);

    assert_eq!(bench.account_token().await.status(), 200);

    assert_eq!(bench.try_get("/users").await.0, 401);
}

#[tokio::test]
async fn a_missing_scope_is_named_exactly() {
    let mut bench = Bench::start().await;
    bench.fake.mischief_on(Mischief::NarrowScopes);
    bench.sign_in().await;

    let (status, body) = bench.try_get("/users").await;

    assert_eq!(status, 400);
    let text = "Invalid access token, does not contain scopes:[user:read:list_users:admin].";
    assert_eq!(body, json!({ "code": 4711, "message": text }));
    assert_eq!(bench.try_get("/users/me/presence_status").await.0, 200);
}
