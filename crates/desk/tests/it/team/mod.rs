//! A desk of an organisation: let in, kept in, let go.

mod relay;
mod sign_in;
mod tls;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use axum::http::StatusCode;
use chrono::TimeDelta;
use rollcall_desk::{
    secrets::{Memory, Secrets},
    team::{Keeper, RelayAddress, Seat, Trust, Turn, Turned, Turning},
};
use rollcall_model::Clock;
use rollcall_wire::{
    Failure,
    session::{Redeem, Role},
};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::mpsc;

use self::relay::{Relay, Session};
use crate::scene::morning;

/// A keychain that a test can lock.
#[derive(Default)]
pub(crate) struct Keychain {
    kept: Memory,
    locked: AtomicBool,
}

#[async_trait]
impl Secrets for Keychain {
    async fn read(&self, name: &str) -> Result<Option<SecretString>, Failure> {
        self.kept.read(name).await
    }

    async fn write(&self, name: &str, secret: SecretString) -> Result<(), Failure> {
        if self.locked.load(Ordering::SeqCst) {
            return Err(Failure::KeychainLocked);
        }
        self.kept.write(name, secret).await
    }

    async fn forget(&self, name: &str) -> Result<(), Failure> {
        self.kept.forget(name).await
    }
}

impl Keychain {
    async fn text(&self, relay: &RelayAddress) -> Option<String> {
        let kept = self.read(&format!("relay {relay}")).await.unwrap();
        kept.map(|secret| secret.expose_secret().to_owned())
    }
}

/// A relay, and a seat at it that was taken with an invitation.
struct Scene {
    relay: Relay,
    keychain: Arc<Keychain>,
    seat: Seat,
}

impl Scene {
    async fn open() -> Self {
        let (relay, keychain) = (Relay::start().await, Arc::<Keychain>::default());
        let (seat, not_kept) = take(&relay.address, &relay.invite(), &keychain).await.unwrap();
        assert_eq!(not_kept, None);
        Self { relay, keychain, seat }
    }

    async fn kept(&self) -> Option<String> {
        self.keychain.text(&self.relay.address).await
    }

    /// The seat as the next start of the app finds it.
    async fn again(&self) -> Seat {
        let seat = Seat::again(self.seat.membership(), &Trust::default(), self.keychain.clone()).await;
        seat.unwrap().unwrap()
    }

    /// The one token that the relay takes.
    fn present(&self) -> String {
        self.relay.book().sessions[0].present.clone()
    }
}

async fn take(
    relay: &RelayAddress,
    redeem: &Redeem,
    keychain: &Arc<Keychain>,
) -> Result<(Seat, Option<Failure>), Failure> {
    Seat::take(relay.clone(), redeem, &Trust::default(), keychain.clone()).await
}

#[tokio::test]
async fn an_invitation_opens_one_session_and_its_token_is_in_the_keychain() {
    let scene = Scene::open().await;

    let second =
        take(&scene.relay.address, &Redeem { code: "main.used".into(), verifier: None }, &scene.keychain)
            .await;

    assert_eq!(second.unwrap_err(), Failure::CodeRefused);
    assert_eq!(scene.kept().await, Some(scene.present()));
    let membership = scene.seat.membership();
    assert_eq!((membership.organisation.as_str(), membership.role), ("Example Ltd", Role::Agent));
    assert!(!serde_json::to_string(&membership).unwrap().contains("main."));
}

#[tokio::test]
async fn an_expired_code_is_refused_as_an_unknown_one_is() {
    let (relay, keychain) = (Relay::start().await, Arc::default());
    let expired = relay.invite();
    relay.book().codes.clear();

    let refused = take(&relay.address, &expired, &keychain).await.unwrap_err();

    assert_eq!(refused, Failure::CodeRefused);
    assert_eq!(keychain.text(&relay.address).await, None);
}

#[tokio::test]
async fn a_rotated_token_takes_the_place_of_the_earlier_one() {
    let scene = Scene::open().await;
    let earlier = scene.present();

    scene.seat.rotate(&nobody()).await.unwrap();

    assert_ne!(scene.present(), earlier);
    assert_eq!(scene.kept().await, Some(scene.present()));
    assert_eq!(scene.seat.upstream().await.token.expose_secret(), scene.present());
}

#[tokio::test]
async fn an_answer_that_is_lost_leaves_a_token_that_is_taken() {
    let scene = Scene::open().await;
    scene.relay.book().lose_answer = true;

    assert_eq!(scene.seat.rotate(&nobody()).await, Err(Failure::RelayUnreachable));

    assert_eq!(scene.kept().await, Some(scene.present()));
    scene.again().await.rotate(&nobody()).await.unwrap();
    assert_eq!(scene.kept().await, Some(scene.present()));
}

#[tokio::test]
async fn after_a_crash_before_its_first_use_the_next_token_or_the_one_before_is_taken() {
    let scene = Scene::open().await;
    let name = format!("relay {}", scene.relay.address);
    for next in ["main.next", "main.that the relay never heard of"] {
        let present = scene.present();
        scene.relay.book().sessions =
            vec![Session { present: present.clone(), next: Some("main.next".into()), spent: Vec::new() }];
        scene.keychain.write(&name, format!("{next}\n{present}").into()).await.unwrap();

        scene.again().await.rotate(&nobody()).await.unwrap();

        assert_eq!(scene.kept().await, Some(scene.present()), "{next}");
    }
}

#[tokio::test]
async fn a_token_that_cannot_be_kept_is_not_used() {
    let scene = Scene::open().await;
    let earlier = scene.present();
    scene.keychain.locked.store(true, Ordering::SeqCst);

    assert_eq!(scene.seat.rotate(&nobody()).await, Err(Failure::KeychainLocked));

    assert_eq!((scene.present(), scene.kept().await), (earlier.clone(), Some(earlier)));
}

#[tokio::test]
async fn a_session_that_was_ended_at_the_relay_is_told() {
    let scene = Scene::open().await;
    scene.relay.book().sessions.clear();

    assert_eq!(scene.seat.rotate(&nobody()).await, Err(Failure::SessionEnded));
    assert_eq!(scene.seat.about().await.failure, Some(Failure::SessionEnded));
}

#[tokio::test]
async fn signing_out_ends_the_session_and_forgets_its_token() {
    let scene = Scene::open().await;

    scene.seat.sign_out().await.unwrap();

    assert!(scene.relay.book().sessions.is_empty());
    assert_eq!(scene.kept().await, None);
}

#[tokio::test]
async fn signing_out_without_the_relay_forgets_the_token_and_says_so() {
    let scene = Scene::open().await;
    scene.relay.stop();

    assert_eq!(scene.seat.sign_out().await, Err(Failure::SignedOutHereOnly));
    assert_eq!(scene.kept().await, None);
}

/// Nobody uses the token meanwhile.
fn nobody() -> Turned {
    Box::new(|_| Box::pin(async {}))
}

/// What a keeper tells: the tokens that it links with, and nothing at the end of the session.
fn telling() -> (Turned, mpsc::Receiver<Option<String>>) {
    let (told, heard) = mpsc::channel(8);
    let turned = move |turn| -> Turning {
        let told = told.clone();
        Box::pin(async move {
            match turn {
                Turn::Link(upstream) => {
                    told.send(Some(upstream.token.expose_secret().to_owned())).await.unwrap();
                }
                Turn::Known(_) => {}
                Turn::Ended => told.send(None).await.unwrap(),
            }
        })
    };
    (Box::new(turned), heard)
}

#[tokio::test]
async fn the_token_is_renewed_at_the_start_and_twelve_hours_later() {
    let scene = Scene::open().await;
    let (clock, hand) = Clock::still(morning());
    let (turned, mut heard) = telling();
    let seat = Arc::new(scene.again().await);
    let look = Duration::from_millis(5);
    let taken = scene.present();

    let keeper = Keeper::start_timed(seat, clock, false, look, turned);

    let first = heard.recv().await.unwrap();
    assert_ne!(first, Some(taken));
    hand.advance(TimeDelta::hours(11));
    tokio::time::timeout(10 * look, heard.recv()).await.unwrap_err();
    hand.advance(TimeDelta::hours(1));
    assert_ne!(heard.recv().await.unwrap(), first);
    keeper.stop().await;
}

#[tokio::test]
async fn without_the_relay_the_desk_is_linked_with_the_token_that_it_has() {
    let scene = Scene::open().await;
    let taken = scene.present();
    scene.relay.stop();
    let (turned, mut heard) = telling();

    let keeper = Keeper::start(Arc::new(scene.again().await), Clock::still(morning()).0, false, turned);

    assert_eq!(heard.recv().await, Some(Some(taken)));
    keeper.stop().await;
}

#[tokio::test]
async fn a_session_that_has_ended_is_not_asked_for_again() {
    let scene = Scene::open().await;
    scene.relay.book().sessions.clear();
    let (turned, mut heard) = telling();

    let keeper = Keeper::start(Arc::new(scene.again().await), Clock::still(morning()).0, false, turned);

    assert_eq!(heard.recv().await, Some(None));
    assert_eq!(heard.recv().await, None, "the keeper is over");
    keeper.stop().await;
}

#[tokio::test]
async fn what_is_no_relay_is_told_from_what_does_not_answer() {
    let (code, keychain) = (Redeem { code: "main.code".into(), verifier: None }, Arc::default());
    for status in [StatusCode::OK, StatusCode::FORBIDDEN] {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = RelayAddress::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let page = axum::Router::new().fallback(async move || (status, "<h1>Welcome</h1>"));
        let server = tokio::spawn(async move { axum::serve(listener, page).await.unwrap() });

        assert_eq!(take(&address, &code, &keychain).await.unwrap_err(), Failure::NotARelay);

        server.abort();
        server.await.unwrap_err();
        assert_eq!(take(&address, &code, &keychain).await.unwrap_err(), Failure::RelayUnreachable);
    }
}
