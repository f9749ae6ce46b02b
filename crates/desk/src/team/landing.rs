//! Where the browser lands after a sign-in: one page on a port of loopback, for as long as it is waited for.

use std::{fmt, net::Ipv4Addr, sync::Arc};

use axum::{
    Router,
    extract::{Query, State},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use rollcall_wire::Failure;
use serde::Deserialize;
use tokio::{net::TcpListener, sync::mpsc};
use tokio_util::sync::{CancellationToken, DropGuard};
use url::Url;

use super::Joined;

/// What a page says, in the person's language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its title and heading.
    pub title: String,
    /// What to do now.
    pub body: String,
}

/// What the browser brought, if it belongs to this sign-in. Clones share one sign-in.
#[derive(Clone)]
pub(super) struct Post {
    state: Arc<str>,
    to: mpsc::Sender<Joined>,
}

/// The page, while it is there.
#[derive(Debug)]
pub(super) struct Landing {
    /// Where the browser is to be sent.
    pub(super) address: Url,
    _open: DropGuard,
}

#[derive(Deserialize)]
struct Brought {
    #[serde(default)]
    state: String,
    code: Option<String>,
}

struct Pages {
    post: Post,
    done: Page,
    refused: Page,
}

impl Post {
    pub(super) fn new(state: &str, to: mpsc::Sender<Joined>) -> Self {
        Self { state: state.into(), to }
    }

    /// Takes what the browser brought. What belongs to another sign-in changes nothing: it may be
    /// somebody else's, or somebody's who wants to be let in here.
    pub(super) fn take(&self, joined: Joined) -> Result<(), Failure> {
        if joined.state != *self.state {
            return Err(Failure::SignInUnknown);
        }
        match self.to.try_send(joined) {
            // The same page loaded twice is one sign-in.
            Ok(()) | Err(mpsc::error::TrySendError::Full(_)) => Ok(()),
            Err(mpsc::error::TrySendError::Closed(_)) => Err(Failure::SignInUnknown),
        }
    }
}

impl Landing {
    /// Opens the page; it closes when this is dropped.
    pub(super) async fn open(post: Post, done: Page, refused: Page) -> Result<Self, Failure> {
        let fault = |error: std::io::Error| {
            tracing::error!(kind = %error.kind(), "no port of loopback is free");
            Failure::Internal { reference: "sign-in-port".to_owned() }
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(fault)?;
        let own = listener.local_addr().map_err(fault)?;
        let mut address = Url::parse("http://127.0.0.1/joined").map_err(|_| Failure::SignInUnknown)?;
        address.set_port(Some(own.port())).map_err(|()| Failure::SignInUnknown)?;
        let pages = Arc::new(Pages { post, done, refused });
        let app = Router::new().route("/joined", get(joined)).with_state(pages);
        let close = CancellationToken::new();
        let closed = close.clone().cancelled_owned();
        tokio::spawn(async move { axum::serve(listener, app).with_graceful_shutdown(closed).await });
        Ok(Self { address, _open: close.drop_guard() })
    }
}

/// The state is not printed.
impl fmt::Debug for Post {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Post").finish_non_exhaustive()
    }
}

async fn joined(State(pages): State<Arc<Pages>>, Query(brought): Query<Brought>) -> Response {
    let came = brought.code.is_some();
    let joined = Joined { state: brought.state, code: brought.code.filter(|code| !code.is_empty()) };
    match pages.post.take(joined) {
        Ok(()) if came => answer(StatusCode::OK, &pages.done),
        Ok(()) => answer(StatusCode::OK, &pages.refused),
        Err(_) => answer(StatusCode::BAD_REQUEST, &pages.refused),
    }
}

fn answer(status: StatusCode, page: &Page) -> Response {
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        ),
        (header::CONNECTION, "close"),
    ];
    (status, headers, Html(html(page))).into_response()
}

fn html(page: &Page) -> String {
    let plain = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let (title, body) = (plain(&page.title), plain(&page.body));
    format!(
        "<!doctype html><meta charset=\"utf-8\"><title>{title}</title><meta name=\"viewport\" content=\"width=device-width\">\
         <style>:root{{color-scheme:light dark}}body{{font:16px/1.5 system-ui,sans-serif;max-width:32rem;\
         margin:20vh auto;padding:0 1.5rem}}h1{{font-size:1.35rem}}</style><h1>{title}</h1><p>{body}</p>"
    )
}
