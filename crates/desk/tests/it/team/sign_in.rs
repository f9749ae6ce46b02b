//! Signing in with Zoom, with a browser that follows where it is sent.

use std::{sync::Arc, time::Duration};

use reqwest::{Client, StatusCode};
use rollcall_desk::team::{Joined, Page, SignIn};
use rollcall_wire::{Failure, session::Redeem};
use tokio::net::TcpStream;
use url::Url;

use super::{Keychain, Relay, take};

const PATIENCE: Duration = Duration::from_secs(10);

fn page(title: &str) -> Page {
    Page { title: title.to_owned(), body: "Back to <Rollcall>.".to_owned() }
}

async fn start(relay: &Relay) -> SignIn {
    SignIn::start(relay.address.clone(), "", page("Signed in"), page("Not signed in")).await.unwrap()
}

/// Opens an address as a browser does; gives what it shows in the end.
async fn browse(address: Url) -> (StatusCode, String) {
    rustls::crypto::ring::default_provider().install_default().ok();
    let browser = Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
    let shown = browser.get(address).send().await.unwrap();
    (shown.status(), shown.text().await.unwrap())
}

/// The value that a sign-in gave the browser to take along.
fn taken_along(sign_in: &SignIn, name: &str) -> String {
    let found = sign_in.address().query_pairs().find(|(key, _)| key == name);
    found.unwrap().1.into_owned()
}

#[tokio::test]
async fn a_sign_in_ends_with_a_session_that_only_this_desk_can_open() {
    let (relay, keychain) = (Relay::start().await, Arc::<Keychain>::default());
    let sign_in = start(&relay).await;

    let (status, shown) = browse(sign_in.address().clone()).await;
    let (address, redeem) = sign_in.finish(PATIENCE).await.unwrap();

    assert!(status == StatusCode::OK && shown.contains("<h1>Signed in</h1>"), "{shown}");
    assert!(shown.contains("Back to &lt;Rollcall>."), "{shown}");
    let stolen = Redeem { verifier: Some("another desk's".to_owned()), ..redeem.clone() };
    assert_eq!(take(&address, &stolen, &keychain).await.unwrap_err(), Failure::CodeRefused);
    take(&address, &redeem, &keychain).await.unwrap();
    assert_eq!(relay.book().sessions.len(), 1);
}

#[tokio::test]
async fn a_wrong_state_changes_nothing_and_the_sign_in_waits_on() {
    let relay = Relay::start().await;
    let sign_in = start(&relay).await;
    let mut wrong = Url::parse(&taken_along(&sign_in, "redirect")).unwrap();
    wrong.query_pairs_mut().append_pair("code", "main.planted").append_pair("state", "guessed");

    let (status, shown) = browse(wrong).await;
    let planted = Joined { state: "guessed".to_owned(), code: Some("main.planted".to_owned()) };
    let told = sign_in.ear().hear(planted);

    assert!(status == StatusCode::BAD_REQUEST && shown.contains("Not signed in"), "{shown}");
    assert_eq!(told, Err(Failure::SignInUnknown));
    browse(sign_in.address().clone()).await;
    assert_eq!(sign_in.finish(PATIENCE).await.unwrap().1.code, "main.from-the-sign-in");
}

#[tokio::test]
async fn a_link_ends_a_sign_in_as_the_browsers_page_does() {
    let relay = Relay::start().await;
    let sign_in = start(&relay).await;
    let link = format!("rollcall://joined?code=main.by-link&state={}", taken_along(&sign_in, "state"));

    sign_in.ear().hear(Joined::parse(&Url::parse(&link).unwrap()).unwrap()).unwrap();

    assert_eq!(sign_in.finish(PATIENCE).await.unwrap().1.code, "main.by-link");
}

#[tokio::test]
async fn a_sign_in_that_the_relay_refuses_says_so_on_both_sides() {
    let relay = Relay::start().await;
    relay.book().refuse = true;
    let sign_in = start(&relay).await;

    let (_, shown) = browse(sign_in.address().clone()).await;

    assert!(shown.contains("Not signed in"), "{shown}");
    assert_eq!(sign_in.finish(PATIENCE).await.unwrap_err(), Failure::SignInRefused);
}

#[tokio::test]
async fn a_sign_in_ends_by_itself_or_when_it_is_given_up() {
    let relay = Relay::start().await;
    let (slow, given_up) = (start(&relay).await, start(&relay).await);
    let page = Url::parse(&taken_along(&slow, "redirect")).unwrap();
    given_up.ear().cancel();

    let timed_out = slow.finish(Duration::from_millis(20)).await.unwrap_err();
    let cancelled = given_up.finish(PATIENCE).await.unwrap_err();

    assert_eq!((timed_out, cancelled), (Failure::SignInTimedOut, Failure::SignInUnknown));
    let port = page.port().unwrap();
    let closed = async { while TcpStream::connect(("127.0.0.1", port)).await.is_ok() {} };
    tokio::time::timeout(PATIENCE, closed).await.expect("the page closes with the sign-in");
}

#[tokio::test]
async fn every_sign_in_has_secrets_of_its_own_and_prints_none() {
    let relay = Relay::start().await;
    let (one, other) = (start(&relay).await, start(&relay).await);

    for name in ["state", "challenge"] {
        assert_ne!(taken_along(&one, name), taken_along(&other, name), "{name}");
        assert_eq!(taken_along(&one, name).len(), 43, "{name}");
    }
    let wrong = SignIn::start(relay.address.clone(), "Example Ltd", page("a"), page("b")).await.unwrap_err();
    assert_eq!(wrong, Failure::BadField { field: "organisation".to_owned() });
    let printed = format!("{one:?} {:?}", one.ear());
    assert!(!printed.contains(&taken_along(&one, "state")), "{printed}");
}
