//! Nodes of one organisation that come and go, as a supervisor runs them, and the servers that they share.

mod bus;
mod postgres;
mod proxy;

use std::{
    ffi::OsString,
    sync::{Arc, Mutex},
};

use rollcall_fake_zoom::FakeZoom;
use tempfile::{TempDir, tempdir};
use uuid::Uuid;

pub(crate) use bus::Bus;
pub(crate) use postgres::Postgres;
pub(crate) use proxy::{Mode, Proxy};

use crate::{
    admin::Admin,
    delivery::Signer,
    process::{self, Relay, flags, until, words},
};

/// Nodes of one new organisation: each is there, or is not now.
pub(crate) struct Nodes {
    places: Vec<Mutex<Option<Arc<Relay>>>>,
    flags: Vec<OsString>,
    /// In what environment each runs.
    environment: Vec<(&'static str, OsString)>,
    /// Who looks at them.
    admin: Arc<Admin>,
    /// Signs what Zoom brings to them.
    pub(crate) signer: Signer,
    data: TempDir,
}

/// Whether a node says that it can do its work.
pub(crate) async fn is_ready(relay: &Relay) -> bool {
    let answer = relay.get("v1/health/ready").await;
    match answer.status().as_u16() {
        200 => true,
        503 => {
            assert_eq!(answer.text().await.unwrap(), r#"{"ready":false,"because":"ledger"}"#);
            assert_eq!(relay.get("v1/health/live").await.status(), 204, "it lives all the same");
            false
        }
        other => panic!("answered {other}"),
    }
}

/// The database that the tests of a whole run share; nothing where there is none.
pub(crate) fn shared_ledger() -> Option<String> {
    let ledger = std::env::var("ROLLCALL_TEST_POSTGRES").ok();
    if ledger.is_none() {
        eprintln!("skipped: ROLLCALL_TEST_POSTGRES names no server");
    }
    ledger
}

impl Nodes {
    /// So many nodes over this database and this bus, without a Zoom that answers.
    pub(crate) async fn over(count: usize, ledger: &str, bus: &str) -> Arc<Self> {
        Self::within(Vec::new(), count, ledger, bus).await
    }

    /// The same in an environment of their own.
    pub(crate) async fn within(
        environment: Vec<(&'static str, OsString)>,
        count: usize,
        ledger: &str,
        bus: &str,
    ) -> Arc<Self> {
        let data = tempdir().unwrap();
        let mut flags = flags(data.path());
        flags.extend(sharing(ledger, bus));
        Self { flags, environment, ..Self::none(count, data) }.start().await
    }

    /// The same beside this Zoom, with more flags.
    pub(crate) async fn beside(
        zoom: &FakeZoom,
        count: usize,
        (ledger, bus): (&str, &str),
        more: &[&str],
    ) -> Arc<Self> {
        let data = tempdir().unwrap();
        let mut flags = process::beside(zoom, data.path());
        flags.extend(sharing(ledger, bus).into_iter().chain(words(more)));
        Self { flags, signer: Signer::of(zoom), ..Self::none(count, data) }.start().await
    }

    /// One node over a file in this folder.
    pub(crate) async fn alone(data: TempDir) -> Arc<Self> {
        let flags = flags(data.path());
        Self { flags, ..Self::none(1, data) }.start().await
    }

    /// So many places for nodes.
    fn none(count: usize, data: TempDir) -> Self {
        let places = (0..count).map(|_| Mutex::default()).collect();
        let (flags, environment, admin) = (Vec::new(), Vec::new(), Admin::of(&[]));
        Self { places, flags, environment, admin, signer: Signer::of_flags(), data }
    }

    async fn start(mut self) -> Arc<Self> {
        self.admin = Admin::of(&self.flags);
        for node in 0..self.count() {
            self.raise(node).await;
        }
        // Before anything is away that coming in needs.
        self.node(0).unwrap().token().await;
        Arc::new(self)
    }

    pub(crate) const fn count(&self) -> usize {
        self.places.len()
    }

    /// Where a node over a file has it.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.data.path()
    }

    /// Starts a node, again and again while it cannot: its database may be away.
    pub(crate) async fn raise(&self, node: usize) {
        until("a node starts", async || {
            let admin = self.admin.clone();
            let started = Relay::try_within(&self.environment, self.flags.clone(), admin).await;
            let relay = started.inspect_err(|log| eprintln!("a node does not start: {log}")).ok();
            *self.places[node].lock().unwrap() = relay.map(Arc::new);
            self.node(node).is_some()
        })
        .await;
    }

    /// The node, if it is there; numbers beyond the last begin anew.
    pub(crate) fn node(&self, node: usize) -> Option<Arc<Relay>> {
        self.places[node % self.places.len()].lock().unwrap().clone()
    }

    /// A node dies without a word.
    pub(crate) async fn kill(&self, node: usize) {
        let relay = self.places[node].lock().unwrap().take().unwrap();
        relay.signal("KILL").await;
    }

    /// How many say that they lead.
    pub(crate) async fn leaders(&self) -> usize {
        let mut leaders = 0;
        for node in 0..self.count() {
            leaders += usize::from(self.leads(node).await);
        }
        leaders
    }

    /// Whether a node says that it leads.
    pub(crate) async fn leads(&self, node: usize) -> bool {
        let figures = self.node(node).unwrap().figures().await;
        figures.lines().any(|line| line.starts_with("rollcall_leads") && line.ends_with(" 1"))
    }

    /// Waits until one node leads; tells which.
    pub(crate) async fn leader(&self) -> usize {
        let mut leaders = Vec::new();
        until("exactly one leads", async || {
            leaders.clear();
            for node in 0..self.count() {
                if self.leads(node).await {
                    leaders.push(node);
                }
            }
            leaders.len() == 1
        })
        .await;
        leaders[0]
    }
}

/// The flags of nodes that share a database and a bus, for a new organisation.
fn sharing(ledger: &str, bus: &str) -> Vec<OsString> {
    let slug = format!("t-{}", &Uuid::new_v4().simple().to_string()[..24]);
    words(&["--organisation", &slug, "--ledger", ledger, "--bus", bus])
}
