//! A relay's door for those who come in, and those who do.

use std::{
    net::IpAddr,
    num::NonZeroU32,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{extract::Request, middleware, middleware::Next, response::Response};
use chrono::{DateTime, TimeDelta};
use reqwest::{Method, RequestBuilder, StatusCode, redirect::Policy};
use rollcall_model::{Clock, Hand, PersonId, Standing};
use rollcall_relay::{
    Slug,
    access::{
        Access, ClientAddress, Known, Limits, Organisations, Parts, People, Quota, Roles, Settings,
        SqliteStore, routes, strict,
    },
};
use rollcall_wire::session::{Admitted, Redeem, Role};
use rollcall_zoom::oauth::RelaySignIn;
use secrecy::ExposeSecret;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Says from where a request comes, as a trusted proxy would.
pub(crate) const FROM: &str = "x-from";

/// A directory that can be told what to know.
#[derive(Default)]
pub(crate) struct Folk(Mutex<Vec<Known>>);

/// The people of one organisation, in one file, at one time.
pub(crate) struct Town {
    pub(crate) folk: Arc<Folk>,
    pub(crate) clock: Clock,
    pub(crate) hand: Hand,
    folder: TempDir,
}

/// One node that serves a town.
pub(crate) struct Stand {
    pub(crate) access: Arc<Access>,
    pub(crate) base: String,
    pub(crate) client: reqwest::Client,
    stop: CancellationToken,
}

impl People for Folk {
    fn by_email(&self, email: &str) -> Option<Known> {
        self.0.lock().unwrap().iter().find(|known| known.email == email).cloned()
    }

    fn by_id(&self, person: &PersonId) -> Option<Known> {
        self.0.lock().unwrap().iter().find(|known| known.person == *person).cloned()
    }
}

impl Folk {
    /// From now on this person is known like this.
    pub(crate) fn know(&self, person: &str, email: &str, standing: Standing) {
        let known =
            Known { person: PersonId::new(person), email: email.to_owned(), standing: Some(standing) };
        let mut all = self.0.lock().unwrap();
        all.retain(|other| other.person != known.person);
        all.push(known);
    }
}

impl Town {
    pub(crate) fn new() -> Self {
        // Clients need a process-wide choice even for plain HTTP; a second call changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (clock, hand) = Clock::still(DateTime::from_timestamp(1_790_000_000, 0).unwrap());
        Self { folk: Arc::default(), clock, hand, folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.folder.path().join("main.access.sqlite")
    }

    /// Everything that is stored, byte for byte.
    pub(crate) fn stored(&self) -> Vec<u8> {
        let files = std::fs::read_dir(self.folder.path()).unwrap();
        files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
    }

    pub(crate) async fn access(&self, sign_in: Option<RelaySignIn>, account_id: &str) -> Arc<Access> {
        let slug = Slug::only();
        let store = SqliteStore::open(&self.database(), &slug).await.unwrap();
        let settings = Settings {
            name: "Example Ltd".to_owned(),
            account_id: account_id.to_owned(),
            roles: Roles::default().with_zoom_role("Owner", Role::Admin),
            sign_in,
            trail_kept: TimeDelta::days(400),
        };
        let (people, clock) = (Arc::clone(&self.folk) as Arc<dyn People>, self.clock.clone());
        Access::new(Parts { slug, store: store.into(), people, clock, settings })
    }

    /// A node that lets everybody ask as often as they like.
    pub(crate) async fn stand(&self) -> Stand {
        self.stand_with(&unlimited(), false).await
    }

    pub(crate) async fn stand_with(&self, limits: &Limits, tls: bool) -> Stand {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let access = self.access(None, "account").await;
        Stand::open(listener, access, &self.clock, limits, tls)
    }
}

pub(crate) fn unlimited() -> Limits {
    quota(1_000_000, Duration::from_nanos(1))
}

/// Limits of so many requests at once, for addresses and sessions alike.
pub(crate) fn quota(burst: u32, every: Duration) -> Limits {
    let quota = Quota { burst: NonZeroU32::new(burst).unwrap(), every };
    Limits::new(quota, quota)
}

impl Stand {
    pub(crate) fn open(
        listener: TcpListener,
        access: Arc<Access>,
        clock: &Clock,
        limits: &Limits,
        tls: bool,
    ) -> Self {
        let base = format!("http://{}", listener.local_addr().unwrap());
        let organisations = Organisations::new([Arc::clone(&access)], clock.clone());
        let served = routes(&organisations, limits, tls).layer(middleware::from_fn(from));
        let served = strict(served, tls);
        let stop = CancellationToken::new();
        let stopped = stop.clone().cancelled_owned();
        tokio::spawn(async move { axum::serve(listener, served).with_graceful_shutdown(stopped).await });
        tokio::spawn(Arc::clone(&access).run(stop.clone()));
        let client = reqwest::Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
        Self { access, base, client, stop }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    /// An invitation's code.
    pub(crate) async fn invited(&self, email: &str, role: Role) -> String {
        let invitation = self.access.invite(email, role, "command line").await.unwrap();
        invitation.code.expose_secret().to_owned()
    }

    pub(crate) fn redeem(&self, code: &str) -> RequestBuilder {
        self.redeem_by(None, code)
    }

    /// Shows a code as the desk with this verifier does.
    pub(crate) fn redeem_by(&self, verifier: Option<&str>, code: &str) -> RequestBuilder {
        let shown = Redeem { code: code.to_owned(), verifier: verifier.map(str::to_owned) };
        self.request(Method::POST, "/v1/session").json(&shown)
    }

    /// A session of somebody who was invited.
    pub(crate) async fn session(&self, email: &str, role: Role) -> Admitted {
        let code = self.invited(email, role).await;
        self.redeem(&code).send().await.unwrap().json().await.unwrap()
    }

    /// What a request with this token is answered.
    pub(crate) async fn status(&self, method: Method, path: &str, token: &str) -> StatusCode {
        self.request(method, path).bearer_auth(token).send().await.unwrap().status()
    }

    pub(crate) async fn reads(&self, token: &str) -> StatusCode {
        self.status(Method::GET, "/v1/session", token).await
    }

    pub(crate) async fn rotated(&self, token: &str) -> Admitted {
        let request = self.request(Method::POST, "/v1/session/rotate").bearer_auth(token);
        request.send().await.unwrap().json().await.unwrap()
    }
}

impl Drop for Stand {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn from(mut request: Request, next: Next) -> Response {
    let told = request.headers().get(FROM).map(|value| value.to_str().unwrap().parse::<IpAddr>().unwrap());
    let address = told.unwrap_or_else(|| "192.0.2.1".parse().unwrap());
    request.extensions_mut().insert(ClientAddress(address));
    next.run(request).await
}
