//! A session in team mode, against a relay that knows one invitation.

use std::sync::{Arc, Mutex, MutexGuard};

use axum::{
    Json, Router,
    http::{HeaderMap, StatusCode},
    routing::{get, post},
};
use rollcall_desk::secrets::Memory;
use rollcall_model::Clock;
use rollcall_wire::{
    session::{Admitted, Redeem, Role, Standing},
    window::{Invitation, Link as Stands},
};
use tempfile::TempDir;
use tokio::{net::TcpListener, time};
use url::Url;

use super::*;
use crate::links;

const CODE: &str = "main.ABCDEFGHIJKLMNOPQRSTUVWX27";

/// The tokens that hold, newest last.
type Tokens = Arc<Mutex<Vec<String>>>;

/// A refusal with its reason, without which it is not a relay's.
type Refused = (StatusCode, Json<Failure>);

/// A relay's address, a desk's folder, and what the window was told.
struct Scene {
    relay: String,
    tokens: Tokens,
    options: Options,
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

async fn relay(tokens: Tokens) -> String {
    let (opened, read, ended, next) = (tokens.clone(), tokens.clone(), tokens.clone(), tokens);
    let open = async move |Json(shown): Json<Redeem>| {
        if shown.code == CODE { Ok(admit(&opened)) } else { Err(refused(Failure::CodeRefused)) }
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
        let options = Options {
            data: home.path().join("data"),
            config: home.path().join("config"),
            clock: Clock::system(),
            seed: 1,
            secrets: Arc::new(Memory::default()),
            people: 10,
            events_per_second: 0.0,
        };
        let tokens = Tokens::default();
        Self { relay: relay(tokens.clone()).await, tokens, options, heard: Arc::default(), _home: home }
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
    time::timeout(time::Duration::from_secs(10), wait).await.expect(what);
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
