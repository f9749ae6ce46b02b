//! A user's sign-in and the rotation of their refresh token.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rollcall_model::{Clock, PersonId};
use rollcall_zoom::{
    Credentials, Lane, ZoomError,
    oauth::{NotStored, RefreshTokens, SignIn, UserClient, UserGrant},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::stand::{Call, Reply, Stand, until};

/// A place of refresh tokens that can be told to fail.
#[derive(Default)]
struct Kept {
    token: Mutex<Option<String>>,
    broken: bool,
}

#[async_trait]
impl RefreshTokens for Kept {
    async fn load(&self) -> Result<Option<SecretString>, NotStored> {
        Ok(self.token.lock().unwrap().clone().map(SecretString::from))
    }

    async fn store(&self, refresh_token: &SecretString) -> Result<(), NotStored> {
        if self.broken {
            return Err(NotStored);
        }
        *self.token.lock().unwrap() = Some(refresh_token.expose_secret().to_owned());
        Ok(())
    }
}

impl Kept {
    fn with(token: &str) -> Arc<Self> {
        Arc::new(Self { token: Mutex::new(Some(token.to_owned())), broken: false })
    }

    fn now(&self) -> Option<String> {
        self.token.lock().unwrap().clone()
    }
}

fn public_client() -> UserClient {
    UserClient { client_id: "public-id".into(), client_secret: None }
}

fn grant(kept: &Arc<Kept>) -> Credentials {
    Credentials::User(UserGrant { client: public_client(), kept: Arc::clone(kept) as Arc<dyn RefreshTokens> })
}

/// Zoom's part: each refresh token works once, and its successor has one more prime.
fn rotating(valid: &Mutex<String>, call: &Call) -> Reply {
    if call.path != "/oauth/token" {
        return Reply::ok(&json!({ "status": "Available" }));
    }
    let form = call.form();
    let mut valid = valid.lock().unwrap();
    if form["grant_type"] != "refresh_token" || form["refresh_token"] != *valid {
        return Reply::new(401, json!({ "error": "invalid_grant", "reason": "Invalid Token!" }).to_string());
    }
    valid.push('\'');
    Reply::ok(&json!({
        "access_token": "access", "token_type": "bearer", "expires_in": 60, "refresh_token": *valid, "scope": "user:read:user",
    }))
}

async fn rotating_stand() -> Stand {
    let valid = Mutex::new("r".to_owned());
    Stand::answering(move |call| rotating(&valid, call)).await
}

#[tokio::test]
async fn every_refresh_stores_the_successor() {
    let stand = rotating_stand().await;
    let kept = Kept::with("r");
    let client = stand.client_of(grant(&kept), Clock::system());

    // Each token has only a minute to live, so each call refreshes.
    for _ in 0..3 {
        client.presence(&PersonId::new("me"), Lane::Now).await.unwrap();
    }

    assert_eq!(kept.now().as_deref(), Some("r'''"));
    let call = &stand.calls("/oauth/token")[0];
    assert_eq!((call.header("authorization"), &*call.form()["client_id"]), ("", "public-id"));
}

#[tokio::test]
async fn an_access_token_is_not_used_before_its_refresh_token_is_stored() {
    let stand = rotating_stand().await;
    let kept = Arc::new(Kept { token: Mutex::new(Some("r".into())), broken: true });
    let client = stand.client_of(grant(&kept), Clock::system());

    let refusal = client.presence(&PersonId::new("me"), Lane::Now).await.unwrap_err();

    assert_eq!(refusal, ZoomError::GrantNotStored);
    assert_eq!(stand.calls("/v2").len(), 0);
}

#[tokio::test]
async fn a_caller_who_gives_up_does_not_lose_the_refresh_token() {
    let stand = rotating_stand().await;
    let kept = Kept::with("r");
    let client = stand.client_of(grant(&kept), Clock::system());

    let caller = tokio::spawn(async move { client.token().await });
    until("the refresh was asked for", || stand.calls("/oauth/token").len() == 1).await;
    caller.abort();

    until("the successor was stored", || kept.now().as_deref() == Some("r'")).await;
}

#[tokio::test]
async fn a_wrong_clock_does_not_lose_the_refresh_token() {
    let stand = rotating_stand().await;
    let kept = Kept::with("r");
    let client = stand.client_of(grant(&kept), Clock::system().shifted(chrono::TimeDelta::hours(1)));

    let refusal = client.presence(&PersonId::new("me"), Lane::Now).await.unwrap_err();

    assert!(matches!(refusal, ZoomError::ClockWrong { .. }), "{refusal:?}");
    assert!(kept.now().unwrap().starts_with("r'"));
}

#[tokio::test]
async fn a_used_refresh_token_ends_the_sign_in() {
    let stand = rotating_stand().await;
    let client = |kept: &Arc<Kept>| stand.client_of(grant(kept), Clock::system());

    assert_eq!(client(&Kept::with("stolen")).token().await.unwrap_err(), ZoomError::SignInEnded);
    assert_eq!(client(&Arc::default()).token().await.unwrap_err(), ZoomError::SignInEnded);
}

/// Zoom's part of a sign-in: takes `code` once the verifier fits `challenge`.
fn exchanging(challenge: &Mutex<String>, call: &Call) -> Reply {
    let form = call.form();
    let fits = URL_SAFE_NO_PAD.encode(Sha256::digest(&form["code_verifier"])) == *challenge.lock().unwrap();
    if !fits || form["code"] != "one-time" || !form["redirect_uri"].starts_with("http://127.0.0.1:") {
        return Reply::new(400, json!({ "error": "invalid_grant", "reason": "x" }).to_string());
    }
    Reply::ok(
        &json!({ "access_token": "access", "token_type": "bearer", "expires_in": 3_600, "refresh_token": "r" }),
    )
}

struct Begun {
    sign_in: SignIn,
    query: HashMap<String, String>,
    _stand: Stand,
}

async fn begun() -> Begun {
    let challenge = Arc::new(Mutex::new(String::new()));
    let known = Arc::clone(&challenge);
    let stand = Stand::answering(move |call| exchanging(&known, call)).await;
    let sign_in = SignIn::begin(public_client(), stand.addresses(), Clock::system()).await.unwrap();
    let query: HashMap<String, String> = sign_in.address().query_pairs().into_owned().collect();
    challenge.lock().unwrap().clone_from(&query["code_challenge"]);
    Begun { sign_in, query, _stand: stand }
}

/// The browser comes back: gives the status of our page.
async fn browser(redirect: &str, query: &str) -> u16 {
    let address = format!("{redirect}?{query}");
    reqwest::Client::builder().build().unwrap().get(address).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn a_sign_in_brings_a_grant_with_its_refresh_token_stored() {
    let Begun { sign_in, query, _stand } = begun().await;
    assert!(sign_in.address().path().ends_with("/oauth/authorize"));
    assert_eq!((&*query["code_challenge_method"], &*query["response_type"]), ("S256", "code"));
    let kept = Arc::new(Kept::default());

    let finishing = sign_in.finish(Arc::clone(&kept) as Arc<dyn RefreshTokens>, Duration::from_secs(10));
    let back = format!("code=one-time&state={}", query["state"]);
    let (finished, page) = tokio::join!(finishing, browser(&query["redirect_uri"], &back));

    let (_, token) = finished.unwrap();
    assert_eq!((token.access.expose_secret(), page), ("access", 200));
    assert_eq!(kept.now().as_deref(), Some("r"));
}

#[tokio::test]
async fn a_foreign_state_or_a_stale_code_is_refused() {
    for back in ["code=one-time&state=forged", "code=stale&state={}", "error=access_denied&state={}"] {
        let Begun { sign_in, query, _stand } = begun().await;
        let kept = Arc::new(Kept::default());

        let finishing = sign_in.finish(Arc::clone(&kept) as Arc<dyn RefreshTokens>, Duration::from_secs(10));
        let back = back.replace("{}", &query["state"]);
        let (finished, _) = tokio::join!(finishing, browser(&query["redirect_uri"], &back));

        assert_eq!(finished.unwrap_err(), ZoomError::SignInRefused, "{back}");
        assert_eq!(kept.now(), None);
    }
}

#[tokio::test]
async fn other_requests_to_the_loopback_port_do_not_end_the_sign_in() {
    let Begun { sign_in, query, _stand } = begun().await;
    let redirect = query["redirect_uri"].clone();
    let elsewhere = redirect.replace("/signed-in", "/favicon.ico");
    let kept: Arc<dyn RefreshTokens> = Arc::new(Kept::default());

    let finishing = sign_in.finish(kept, Duration::from_secs(10));
    let visits = async {
        let first = browser(&elsewhere, "").await;
        let second = browser(&redirect, &format!("code=one-time&state={}", query["state"])).await;
        (first, second)
    };
    let (finished, pages) = tokio::join!(finishing, visits);

    assert!(finished.is_ok());
    assert_eq!(pages, (404, 200));
}

#[tokio::test]
async fn nobody_comes_back_and_the_sign_in_ends_in_time() {
    let Begun { sign_in, .. } = begun().await;

    let finished = sign_in.finish(Arc::new(Kept::default()), Duration::from_millis(50)).await;

    assert_eq!(finished.unwrap_err(), ZoomError::TimedOut);
}
