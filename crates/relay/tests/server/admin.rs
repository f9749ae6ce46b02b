//! The session with which a test looks at a relay, opened as everybody's is: by an invitation of whoever runs it.

use std::{ffi::OsString, sync::Arc};

use reqwest::Response;
use rollcall_wire::session::Admitted;
use serde_json::{Value, json};
use tokio::sync::Mutex;
use url::Url;

use crate::process::{Relay, run, words};

/// Whom a test invites to look; in no directory.
const EMAIL: &str = "admin@tests.invalid";

/// An admin's session at relays that share a store.
pub(crate) struct Admin {
    store: Vec<OsString>,
    token: Mutex<Option<String>>,
}

/// Those of a relay's flags that a verb needs to find who may come in.
fn store(flags: &[OsString]) -> Vec<OsString> {
    let names = ["--data", "--ledger", "--organisation"];
    let pairs = flags.windows(2).filter(|pair| names.iter().any(|name| pair[0] == *name));
    pairs.flatten().cloned().collect()
}

/// The link that invites somebody.
pub(crate) async fn invite(store: &[OsString], email: &str, role: &str) -> Url {
    let args = words(&["invite", "--email", email, "--role", role]);
    let output = run(args.into_iter().chain(store.iter().cloned())).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
    Url::parse(printed["link"].as_str().unwrap()).unwrap()
}

/// What a link says under this name.
pub(crate) fn said(link: &Url, name: &str) -> String {
    link.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned()
}

impl Admin {
    /// One at relays with these flags.
    pub(crate) fn of(flags: &[OsString]) -> Arc<Self> {
        Arc::new(Self { store: store(flags), token: Mutex::default() })
    }

    /// One of this organisation among several.
    pub(crate) fn of_organisation(flags: &[OsString], name: &str) -> Arc<Self> {
        let store = store(flags).into_iter().chain(words(&["--organisation", name])).collect();
        Arc::new(Self { store, token: Mutex::default() })
    }

    /// What opens the session; who asks first comes in.
    pub(crate) async fn token(&self, relay: &Relay) -> String {
        let mut token = self.token.lock().await;
        if token.is_none() {
            *token = Some(self.come_in(relay).await);
        }
        token.clone().unwrap()
    }

    /// What opens the next session, when the one of this token has ended.
    pub(crate) async fn token_after(&self, ended: &str, relay: &Relay) -> String {
        let mut token = self.token.lock().await;
        if token.as_deref() == Some(ended) {
            *token = None;
        }
        drop(token);
        self.token(relay).await
    }

    async fn come_in(&self, relay: &Relay) -> String {
        // Where the relay is, is known here.
        let told = words(&["--public-url", &relay.base]);
        let store: Vec<OsString> = self.store.iter().cloned().chain(told).collect();
        relay.redeem(&invite(&store, EMAIL, "admin").await).await
    }
}

impl Relay {
    /// What opens an admin's session here.
    pub(crate) async fn token(&self) -> String {
        self.admin.token(self).await
    }

    /// Asks as an admin, who comes in anew when all sessions were ended.
    pub(crate) async fn get(&self, path: &str) -> Response {
        let token = self.token().await;
        let answer = self.get_as(&token, path).await;
        if answer.status() != 401 {
            return answer;
        }
        self.get_as(&self.admin.token_after(&token, self).await, path).await
    }

    pub(crate) async fn get_as(&self, token: &str, path: &str) -> Response {
        self.client.get(format!("{}{path}", self.base)).bearer_auth(token).send().await.unwrap()
    }

    /// Opens a session with an invitation; its token.
    pub(crate) async fn redeem(&self, link: &Url) -> String {
        let request = self.client.post(format!("{}v1/session", self.base));
        let answer = request.json(&json!({ "code": said(link, "code") })).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.json::<Admitted>().await.unwrap().token
    }
}
