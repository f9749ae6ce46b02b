//! A session in team mode, against a relay that knows one invitation.

mod keychain;

use std::sync::{Arc, Mutex, MutexGuard};

use axum::{
    Json, Router,
    http::{HeaderMap, StatusCode},
    routing::{get, post},
};
use rollcall_model::Clock;
use rollcall_wire::{
    session::{Admitted, Redeem, Role, Standing},
    window::{GroupOffer, Invitation, Link as Stands, OfferedGroups, Only},
};
use tempfile::TempDir;
use tokio::{net::TcpListener, time};
use url::Url;

use self::keychain::Keychain;
use super::*;
use crate::links;

const CODE: &str = "main.ABCDEFGHIJKLMNOPQRSTUVWX27";

/// The tokens that hold, newest last.
type Tokens = Arc<Mutex<Vec<String>>>;

/// How often the answer to a code is lost, and with which verifiers codes were shown.
type Shown = Arc<Mutex<(usize, Vec<Option<String>>)>>;

/// A refusal with its reason, without which it is not a relay's.
type Refused = (StatusCode, Json<Failure>);

/// A relay's address, a desk's folder, and what the window was told.
struct Scene {
    relay: String,
    tokens: Tokens,
    shown: Shown,
    options: Options,
    keychain: Arc<Keychain>,
    heard: Arc<Mutex<Vec<Push>>>,
    _home: TempDir,
}

fn standing() -> Standing {
    let (organisation, email) = ("Example Ltd".to_owned(), "mia.okafor@example.com".to_owned());
    Standing { organisation, email, person: None, role: Role::Supervisor }
}

fn admit(tokens: &Tokens) -> Json<Admitted> {
    let mut held = tokens.lock().unwrap();
    let token = format!("main.{}", held.len());
    held.push(token.clone());
    Json(Admitted { token, standing: standing() })
}

const fn refused(failure: Failure) -> Refused {
    (StatusCode::UNAUTHORIZED, Json(failure))
}

fn admitted(tokens: &Tokens, headers: &HeaderMap) -> Result<(), Refused> {
    let shown = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let known = tokens.lock().unwrap().iter().any(|token| shown == format!("Bearer {token}"));
    if known { Ok(()) } else { Err(refused(Failure::NotAdmitted)) }
}

async fn relay(tokens: Tokens, verifiers: Shown) -> String {
    let (opened, read, ended, next) = (tokens.clone(), tokens.clone(), tokens.clone(), tokens);
    let open = async move |Json(shown): Json<Redeem>| {
        let mut verifiers = verifiers.lock().unwrap();
        verifiers.1.push(shown.verifier);
        let lost = verifiers.0 > 0;
        verifiers.0 = verifiers.0.saturating_sub(1);
        match shown.code.as_str() {
            CODE if lost => Err((StatusCode::BAD_GATEWAY, Json(Failure::RelayUnreachable))),
            CODE => Ok(admit(&opened)),
            _ => Err(refused(Failure::CodeRefused)),
        }
    };
    let read = async move |headers: HeaderMap| admitted(&read, &headers).map(|()| Json(standing()));
    let end =
        async move |headers: HeaderMap| admitted(&ended, &headers).map(|()| ended.lock().unwrap().clear());
    let rotate = async move |headers: HeaderMap| admitted(&next, &headers).map(|()| admit(&next));
    let app = Router::new()
        .route("/v1/session", post(open).get(read).delete(end))
        .route("/v1/session/rotate", post(rotate))
        .route("/v1/stream", get(StatusCode::SERVICE_UNAVAILABLE));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    address
}

impl Scene {
    async fn open() -> Self {
        let home = TempDir::new().unwrap();
        let keychain = Arc::<Keychain>::default();
        let options = Options {
            data: home.path().join("data"),
            config: home.path().join("config"),
            clock: Clock::system(),
            seed: 1,
            secrets: keychain.clone(),
            people: 10,
            events_per_second: 0.0,
        };
        let (tokens, shown) = (Tokens::default(), Shown::default());
        let relay = relay(tokens.clone(), shown.clone()).await;
        Self { relay, tokens, shown, options, keychain, heard: Arc::default(), _home: home }
    }

    async fn session(&self) -> Session {
        let heard = self.heard.clone();
        let listener = move |pushes: &[Push]| heard.lock().unwrap().extend_from_slice(pushes);
        Session::open(self.options.clone(), Arc::new(listener)).await.unwrap()
    }

    fn invitation(&self) -> Invitation {
        Invitation { code: CODE.to_owned(), relay: self.relay.clone() }
    }

    fn tokens(&self) -> MutexGuard<'_, Vec<String>> {
        self.tokens.lock().unwrap()
    }
}

async fn until(what: &str, so: impl Fn() -> bool) {
    let wait = async {
        while !so() {
            time::sleep(time::Duration::from_millis(5)).await;
        }
    };
    time::timeout(time::Duration::from_mins(1), wait).await.expect(what);
}

#[tokio::test]
async fn who_joins_is_seated_and_sits_there_again_at_the_next_start() {
    let scene = Scene::open().await;
    let first = scene.session().await;
    first.join(scene.invitation()).await.unwrap();
    assert_eq!(first.engine().status().mode, Mode::Team);
    first.stop().await;

    let second = scene.session().await;
    second.resume().await.unwrap();

    until("the token is renewed", || scene.tokens().len() == 2).await;
    let told = second.your_relay().await.unwrap();
    assert_eq!(
        (told.address, told.organisation, told.role),
        (scene.relay.clone(), "Example Ltd".into(), Role::Supervisor)
    );
    second.stop().await;
}

#[tokio::test]
async fn a_code_that_is_refused_changes_nothing() {
    let scene = Scene::open().await;
    let session = scene.session().await;
    let wrong = Invitation { code: CODE.replace('A', "B"), ..scene.invitation() };

    assert_eq!(session.join(wrong).await, Err(Failure::CodeRefused));

    assert_eq!((session.engine().status().mode, session.your_relay().await), (Mode::Unset, None));
    session.stop().await;
}

#[tokio::test]
async fn who_hears_no_answer_shows_the_same_invitation_again_as_the_same_desk() {
    let scene = Scene::open().await;
    let session = scene.session().await;
    let other = Invitation { code: CODE.replace('A', "B"), ..scene.invitation() };
    scene.shown.lock().unwrap().0 = 2;

    for _ in 0..2 {
        assert_eq!(session.join(scene.invitation()).await, Err(Failure::RelayUnreachable));
    }
    session.join(scene.invitation()).await.unwrap();
    assert_eq!(session.join(other).await, Err(Failure::CodeRefused));

    let shown = scene.shown.lock().unwrap().1.clone();
    assert!(shown[0].is_some());
    assert_eq!((&shown[1], &shown[2]), (&shown[0], &shown[0]));
    assert_ne!(shown[3], shown[0], "another code is shown with another verifier");
    session.stop().await;
}

#[tokio::test]
async fn who_signs_out_leaves_no_session_and_no_directory_and_keeps_what_is_theirs() {
    let scene = Scene::open().await;
    let session = scene.session().await;
    session.join(scene.invitation()).await.unwrap();
    let kept = scene.options.home(ORGANISATION);
    let made = |file: &str| std::fs::metadata(kept.data.join(file)).unwrap().created().unwrap();
    let before = ["replica.sqlite", "mine.sqlite"].map(made);

    session.leave().await.unwrap();

    assert_eq!(session.engine().status().mode, Mode::Unset);
    assert!(scene.tokens().is_empty());
    assert_ne!(made("replica.sqlite"), before[0], "the copy of the directory is a new one");
    assert_eq!(made("mine.sqlite"), before[1]);
    session.stop().await;
    let again = scene.session().await;
    again.resume().await.unwrap();
    assert_eq!(again.engine().status().mode, Mode::Unset);
    again.stop().await;
}

#[tokio::test]
async fn a_session_that_ended_is_told_and_the_desk_opens_all_the_same() {
    let scene = Scene::open().await;
    let first = scene.session().await;
    first.join(scene.invitation()).await.unwrap();
    first.stop().await;
    scene.tokens().clear();

    let second = scene.session().await;
    second.resume().await.unwrap();

    let told =
        || matches!(second.engine().status().link, Stands::Offline { failure: Failure::SessionEnded, .. });
    until("the end of the session", told).await;
    second.join(scene.invitation()).await.unwrap();
    assert_eq!(scene.tokens().len(), 1);
    second.stop().await;
}

#[tokio::test]
async fn a_link_fills_the_join_screen_and_joins_nothing() {
    let scene = Scene::open().await;
    let session = scene.session().await;
    let link = format!("rollcall://join?relay={}&code={CODE}", scene.relay);

    session.follow(links::read(&Url::parse(&link).unwrap()).unwrap()).await;

    let filled = Push::Join { invitation: scene.invitation() };
    until("the join screen", || scene.heard.lock().unwrap().contains(&filled)).await;
    assert!(scene.tokens().is_empty());
    let planted = Url::parse("rollcall://joined?code=main.planted&state=guessed").unwrap();
    session.follow(links::read(&planted).unwrap()).await;
    let refused = Push::Failed { failure: Failure::SignInUnknown };
    until("the refusal", || scene.heard.lock().unwrap().contains(&refused)).await;
    session.stop().await;
}

#[tokio::test]
async fn a_link_offers_a_group_and_adds_none() {
    let scene = Scene::open().await;
    let session = scene.session().await;
    let follow = async |link: &str| session.follow(links::read(&Url::parse(link).unwrap()).unwrap()).await;
    let told = |push: &Push| scene.heard.lock().unwrap().contains(push);

    follow("rollcall://group?name=Billing%20free&text=billing%20free").await;
    let group = GroupOffer { name: "Billing free".into(), text: "billing free".into(), only: Only::Everyone };
    let offered = Push::Groups { offered: OfferedGroups { groups: vec![group], misfits: vec![] } };
    until("the offer", || told(&offered)).await;
    follow("rollcall://group?name=Billing&text=billing&then=call").await;
    until("the refusal", || told(&Push::Failed { failure: Failure::NotAGroupLink })).await;

    assert!(session.engine().lists().groups.is_empty());
    session.stop().await;
}
