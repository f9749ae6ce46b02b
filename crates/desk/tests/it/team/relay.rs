//! A relay's session endpoints as `rollcall_wire::session` tells them, with switches for what can go wrong.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
};

use axum::{
    Json, Router,
    body::Body,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header::AUTHORIZATION},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use futures_util::stream;
use rollcall_desk::team::RelayAddress;
use rollcall_wire::{
    Failure,
    session::{Admitted, Redeem, Role, Standing},
};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use tokio::{net::TcpListener, task::JoinHandle};
use url::Url;

/// A running relay; it ends when this is dropped.
pub(crate) struct Relay {
    pub(crate) address: RelayAddress,
    book: Shared,
    server: JoinHandle<()>,
}

/// What the relay has written down.
#[derive(Default)]
pub(crate) struct Book {
    /// Codes that can be redeemed, with the challenge of the sign-in that they come from.
    pub(crate) codes: HashMap<String, Option<String>>,
    /// Sessions that hold.
    pub(crate) sessions: Vec<Session>,
    /// The next answer is lost on the way, after all was done.
    pub(crate) lose_answer: bool,
    /// Sign-ins are refused.
    pub(crate) refuse: bool,
    issued: u32,
}

/// A session: its token, the one that takes its place at its first use, and those that it had before. One
/// of those that is shown again counts as stolen and ends the session.
#[derive(Default)]
pub(crate) struct Session {
    pub(crate) present: String,
    pub(crate) next: Option<String>,
    pub(crate) spent: Vec<String>,
}

type Shared = Arc<Mutex<Book>>;

#[derive(Deserialize)]
struct Start {
    organisation: String,
    challenge: String,
    state: String,
    redirect: String,
}

impl Relay {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = RelayAddress::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let book = Shared::default();
        let app = app(Arc::clone(&book));
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { address, book, server }
    }

    pub(crate) fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap()
    }

    /// A new one-time code.
    pub(crate) fn invite(&self) -> Redeem {
        let code = "main.ABCDEFGHIJKLMNOPQRSTUVWX27".to_owned();
        self.book().codes.insert(code.clone(), None);
        Redeem { code, verifier: None }
    }

    pub(crate) fn stop(&self) {
        self.server.abort();
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The endpoints over a book, for whatever serves them.
pub(crate) fn app(book: Shared) -> Router {
    Router::new()
        .route("/v1/session", post(redeem).get(standing).delete(end))
        .route("/v1/session/rotate", post(rotate))
        .route("/v1/signin/start", get(sign_in))
        .with_state(book)
}

impl Book {
    fn token(&mut self) -> String {
        self.issued += 1;
        format!("main.{:064x}", self.issued)
    }

    /// The session that is shown; its next token takes the place of the present one at its first use.
    fn shown(&mut self, headers: &HeaderMap) -> Option<&mut Session> {
        let token = headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")?;
        self.sessions.retain(|session| !session.spent.iter().any(|spent| spent == token));
        let holds = |session: &Session| session.present == token || session.next.as_deref() == Some(token);
        let session = self.sessions.iter_mut().find(|session| holds(session))?;
        if let Some(next) = session.next.take_if(|next| next == token) {
            session.spent.push(std::mem::replace(&mut session.present, next));
        }
        Some(session)
    }

    fn answer(&mut self, answer: Response) -> Response {
        if std::mem::take(&mut self.lose_answer) {
            let broken = stream::once(async { Err::<Vec<u8>, _>(std::io::Error::other("lost")) });
            return Body::from_stream(broken).into_response();
        }
        answer
    }
}

fn who() -> Standing {
    let email = "mia.okafor@example.org".to_owned();
    Standing { organisation: "Example Ltd".to_owned(), email, person: None, role: Role::Agent }
}

fn refused(failure: &Failure) -> Response {
    (StatusCode::UNAUTHORIZED, Json(failure)).into_response()
}

async fn redeem(State(book): State<Shared>, Json(redeem): Json<Redeem>) -> Response {
    let mut book = book.lock().unwrap();
    let challenge = |verifier: &String| BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
    let known = book.codes.get(&redeem.code).is_some_and(|of| *of == redeem.verifier.as_ref().map(challenge));
    if !known {
        return refused(&Failure::CodeRefused);
    }
    book.codes.remove(&redeem.code);
    let token = book.token();
    book.sessions.push(Session { present: token.clone(), ..Session::default() });
    book.answer(Json(Admitted { token, standing: who() }).into_response())
}

async fn rotate(State(book): State<Shared>, headers: HeaderMap) -> Response {
    let mut book = book.lock().unwrap();
    let token = book.token();
    let Some(session) = book.shown(&headers) else { return refused(&Failure::NotAdmitted) };
    session.next = Some(token.clone());
    book.answer(Json(Admitted { token, standing: who() }).into_response())
}

async fn standing(State(book): State<Shared>, headers: HeaderMap) -> Response {
    let mut book = book.lock().unwrap();
    if book.shown(&headers).is_none() {
        return refused(&Failure::NotAdmitted);
    }
    book.answer(Json(who()).into_response())
}

async fn end(State(book): State<Shared>, headers: HeaderMap) -> Response {
    let mut book = book.lock().unwrap();
    let Some(present) = book.shown(&headers).map(|session| session.present.clone()) else {
        return refused(&Failure::NotAdmitted);
    };
    book.sessions.retain(|session| session.present != present);
    StatusCode::NO_CONTENT.into_response()
}

/// Zoom and the person agree at once; the browser is sent back.
async fn sign_in(State(book): State<Shared>, Query(start): Query<Start>) -> Redirect {
    let mut book = book.lock().unwrap();
    let code = format!("{}.from-the-sign-in", start.organisation);
    let mut back = Url::parse(&start.redirect).unwrap();
    if !book.refuse {
        back.query_pairs_mut().append_pair("code", &code);
        book.codes.insert(code, Some(start.challenge));
    }
    back.query_pairs_mut().append_pair("state", &start.state);
    Redirect::to(back.as_str())
}
