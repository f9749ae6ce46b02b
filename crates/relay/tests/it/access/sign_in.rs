//! Signing in with Zoom: a browser's way from the desk through the relay and the fake Zoom, and back.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use reqwest::{Method, Response, StatusCode, header};
use rollcall_fake_zoom::{FakeZoom, Mischief, Options as FakeOptions, PersonChange};
use rollcall_model::{Clock, Standing};
use rollcall_relay::access::Why;
use rollcall_wire::session::{Admitted, Redeem, Role};
use rollcall_zoom::{
    Addresses,
    oauth::{RelaySignIn, UserClient},
};
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;
use url::Url;

use super::stand::{Stand, Town, unlimited};

const VERIFIER: &str = "a-verifier-of-the-desk-that-is-long-enough-for-the-rules";
const DESK: &str = "http://127.0.0.1:4711/joined";

/// A town that signs in at a fake Zoom.
struct Square {
    town: Town,
    zoom: FakeZoom,
    stand: Stand,
}

impl Square {
    async fn new() -> Self {
        Self::of_account(None).await
    }

    /// With another account id than the fake's.
    async fn of_account(account: Option<&str>) -> Self {
        let town = Town::new();
        let options = FakeOptions { people: 5, seed: 7, ..FakeOptions::default() };
        let zoom = FakeZoom::start(options).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let stand = node(&town, &zoom, listener, &base, account).await;
        Self { town, zoom, stand }
    }

    /// Another node behind the same address.
    async fn other_node(&self) -> Stand {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        node(&self.town, &self.zoom, listener, &self.stand.base, None).await
    }
}

async fn node(
    town: &Town,
    zoom: &FakeZoom,
    listener: TcpListener,
    base: &str,
    account: Option<&str>,
) -> Stand {
    let ready = zoom.ready();
    let client = UserClient {
        client_id: ready.client_id.clone(),
        client_secret: Some(ready.client_secret.clone().into()),
    };
    let addresses = Addresses::at(ready.base.parse().unwrap(), ready.ws.parse().unwrap());
    let redirect: Url = format!("{base}/v1/signin/callback").parse().unwrap();
    let sign_in = RelaySignIn::new(client, addresses, &redirect, Clock::system()).unwrap();
    let access = town.access(Some(sign_in), account.unwrap_or(&ready.account_id)).await;
    Stand::open(listener, Arc::clone(&access), &town.clock, &unlimited(), false)
}

/// A browser that has begun: where Zoom sends it back, and what it keeps.
struct Browser {
    back: Url,
    cookie: String,
}

fn start_path(redirect: &str) -> String {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    format!("/v1/signin/start?organisation=main&challenge={challenge}&state=desk-1&redirect={redirect}")
}

fn location(answer: &Response) -> Url {
    answer.headers()[header::LOCATION].to_str().unwrap().parse().unwrap()
}

/// Begins at the relay and agrees at Zoom.
async fn begin(stand: &Stand) -> Browser {
    let started = stand.request(Method::GET, &start_path(DESK)).send().await.unwrap();
    assert_eq!(started.status(), StatusCode::SEE_OTHER);
    let kept = started.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
    assert!(kept.contains("HttpOnly") && kept.contains("SameSite=Lax"), "{kept}");
    let agreed = stand.client.get(location(&started)).send().await.unwrap();
    Browser { back: location(&agreed), cookie: kept.split(';').next().unwrap().to_owned() }
}

async fn come_back(stand: &Stand, browser: &Browser) -> Response {
    let path = format!("{}?{}", browser.back.path(), browser.back.query().unwrap());
    stand.request(Method::GET, &path).header(header::COOKIE, &browser.cookie).send().await.unwrap()
}

/// The code and the state that the desk gets.
fn brought(answer: &Response) -> (String, String) {
    let desk = location(answer);
    assert!(desk.as_str().starts_with(DESK), "{desk}");
    let value = |name: &str| desk.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
    (value("code"), value("state"))
}

async fn redeem(stand: &Stand, code: String, verifier: Option<&str>) -> Response {
    let shown = Redeem { code, verifier: verifier.map(str::to_owned) };
    stand.request(Method::POST, "/v1/session").json(&shown).send().await.unwrap()
}

async fn refusals(stand: &Stand) -> Vec<Why> {
    let trail = stand.access.audit(0, 100).await.unwrap();
    trail.iter().filter_map(|noted| noted.entry.why).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_in_with_zoom_comes_in_with_the_role_that_the_account_gives() {
    let square = Square::new().await;
    let browser = begin(&square.stand).await;
    assert_eq!(browser.back.path(), "/v1/signin/callback");

    let (code, state) = brought(&come_back(&square.stand, &browser).await);
    let admitted: Admitted = redeem(&square.stand, code, Some(VERIFIER)).await.json().await.unwrap();

    assert_eq!(state, "desk-1");
    let ready = square.zoom.ready();
    assert_eq!(admitted.standing.email, ready.agent_email.to_lowercase());
    assert_eq!(admitted.standing.person.unwrap().as_str(), ready.agent_user_id);
    assert_eq!(admitted.standing.role, Role::Admin, "the fake's agent is the account's owner");
    assert_eq!(square.stand.reads(&admitted.token).await, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn zooms_tokens_are_revoked_and_are_neither_stored_nor_sent() {
    let square = Square::new().await;
    let browser = begin(&square.stand).await;

    let answer = come_back(&square.stand, &browser).await;

    let served = square.zoom.requests().by_endpoint;
    assert_eq!((served["POST /oauth/token"], served["POST /oauth/revoke"]), (1, 2));
    let sent = format!("{:?}{}", answer.headers().clone(), answer.text().await.unwrap());
    let stored = square.town.stored();
    // How the fake's tokens begin.
    assert!(!sent.contains("eyJ") && !stored.windows(3).any(|part| part == b"eyJ"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_code_is_worth_nothing_without_the_desks_verifier() {
    let square = Square::new().await;
    let (code, _) = brought(&come_back(&square.stand, &begin(&square.stand).await).await);

    for verifier in [None, Some("another-verifier-that-is-long-enough-to-be-one")] {
        let answer = redeem(&square.stand, code.clone(), verifier).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    }

    assert_eq!(refusals(&square.stand).await, [Why::WrongVerifier; 2]);
    assert_eq!(redeem(&square.stand, code, Some(VERIFIER)).await.status(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_may_come_back_to_another_node() {
    let square = Square::new().await;
    let other = square.other_node().await;
    let browser = begin(&square.stand).await;

    let (code, _) = brought(&come_back(&other, &browser).await);

    assert_eq!(redeem(&square.stand, code, Some(VERIFIER)).await.status(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_comes_back_once_in_time_and_in_its_own_browser() {
    let square = Square::new().await;
    let stand = &square.stand;
    let (stranger, late, twice) = (begin(stand).await, begin(stand).await, begin(stand).await);
    let stranger = Browser { cookie: late.cookie.clone(), ..stranger };

    assert_eq!(come_back(stand, &stranger).await.status(), StatusCode::BAD_REQUEST);
    assert_eq!(come_back(stand, &twice).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(come_back(stand, &twice).await.status(), StatusCode::BAD_REQUEST);
    square.town.hand.advance(TimeDelta::minutes(10));
    assert_eq!(come_back(stand, &late).await.status(), StatusCode::BAD_REQUEST);

    assert_eq!(refusals(stand).await, [Why::UnknownSignIn; 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_in_with_another_account_reads_why_in_their_own_language() {
    let square = Square::of_account(Some("another-account")).await;
    let browser = begin(&square.stand).await;
    let path = format!("{}?{}", browser.back.path(), browser.back.query().unwrap());

    let request = square.stand.request(Method::GET, &path).header(header::COOKIE, &browser.cookie);
    let answer = request.header(header::ACCEPT_LANGUAGE, "de-DE,de;q=0.9").send().await.unwrap();

    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    let policy = answer.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
    let page = answer.text().await.unwrap();
    assert!(page.contains("lang=\"de\"") && page.contains("nicht zu Ihrer Organisation"), "{page}");
    assert!(!page.contains("<script"));
    assert_eq!(refusals(&square.stand).await, [Why::WrongAccount]);
    assert_eq!(
        square.zoom.requests().by_endpoint["POST /oauth/revoke"],
        2,
        "the tokens are revoked all the same"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_declines_or_is_not_in_use_does_not_come_in() {
    let square = Square::new().await;
    let mut browser = begin(&square.stand).await;
    let state = browser.back.query_pairs().find(|(key, _)| key == "state").unwrap().1.into_owned();
    browser.back.set_query(Some(&format!("error=access_denied&state={state}")));
    assert_eq!(come_back(&square.stand, &browser).await.status(), StatusCode::FORBIDDEN);

    let browser = begin(&square.stand).await;
    let agent = square.zoom.ready().agent_user_id.clone();
    square
        .zoom
        .change_person(&agent, PersonChange { active: Some(false), ..PersonChange::default() })
        .unwrap();
    assert_eq!(come_back(&square.stand, &browser).await.status(), StatusCode::FORBIDDEN);

    assert_eq!(refusals(&square.stand).await, [Why::Declined, Why::NotActive]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_the_directory_knows_to_have_left_gets_no_session() {
    let square = Square::new().await;
    let ready = square.zoom.ready();
    square.town.folk.know(&ready.agent_user_id, &ready.agent_email.to_lowercase(), Standing::Gone);

    let (code, _) = brought(&come_back(&square.stand, &begin(&square.stand).await).await);

    assert_eq!(redeem(&square.stand, code, Some(VERIFIER)).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(square.stand.access.sessions().await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_is_sent_nowhere_but_to_this_computer() {
    let square = Square::new().await;
    let start =
        async |redirect: &str| square.stand.request(Method::GET, &start_path(redirect)).send().await.unwrap();

    for redirect in
        ["https://evil.example/joined", "http://127.0.0.1:4711.evil.example/joined", "//evil.example"]
    {
        let answer = start(redirect).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{redirect}");
        assert!(!answer.headers().contains_key(header::LOCATION));
        assert!(!answer.text().await.unwrap().contains("evil"), "nothing is repeated on the page");
    }
    assert_eq!(start("rollcall://joined").await.status(), StatusCode::SEE_OTHER);
    assert_eq!(start("http://[::1]:4711/joined").await.status(), StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn when_zoom_fails_the_person_reads_it_and_can_start_again() {
    let square = Square::new().await;
    let browser = begin(&square.stand).await;
    square.zoom.mischief_on(Mischief::OAuthErrors);
    let failed = come_back(&square.stand, &browser).await;
    square.zoom.mischief_off(Mischief::OAuthErrors);

    assert_eq!(failed.status(), StatusCode::BAD_GATEWAY);
    assert!(failed.text().await.unwrap().contains("Zoom did not tell who you are"));
    let again = begin(&square.stand).await;
    assert_eq!(come_back(&square.stand, &again).await.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn where_it_is_not_offered_the_page_says_what_to_do() {
    let town = Town::new();
    let stand = town.stand().await;

    let here = stand.request(Method::GET, &start_path(DESK)).send().await.unwrap();
    let nowhere = start_path(DESK).replace("organisation=main", "organisation=nowhere");
    let nowhere = stand.request(Method::GET, &nowhere).send().await.unwrap();

    assert_eq!((here.status(), nowhere.status()), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    assert_eq!(here.text().await.unwrap(), nowhere.text().await.unwrap());
}
