//! A relay as a process, and what can be asked of it.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    path::Path,
    process::{ExitStatus, Output, Stdio},
    sync::Arc,
    time::Duration,
};

use chrono::{DateTime, Utc};
use futures_util::StreamExt as _;
use reqwest::{Client, ClientBuilder, Response};
use rollcall_fake_zoom::FakeZoom;
use rollcall_model::{Presence, PresenceState};
use rollcall_wire::relay::{Frame, RelayState, SnapshotLine, ZoomLink};
use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader},
    process::{Child, Command},
    task::JoinHandle,
    time::{sleep, timeout},
};
use tokio_tungstenite::{connect_async, tungstenite::Message};

use crate::{admin::Admin, delivery::Delivery, load::request};

/// Longer than anything here takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);
/// The account of the organisation that the flags describe.
pub(crate) const ACCOUNT: &str = "account-of-main";
/// With what its deliveries are signed.
pub(crate) const SECRET: &str = "secret-of-main";
/// A Zoom that nobody is at.
const NOWHERE: &str = "http://127.0.0.1:9";

/// A running relay; killed when dropped.
pub(crate) struct Relay {
    child: Child,
    pub(crate) base: String,
    metrics: String,
    stderr: JoinHandle<String>,
    pub(crate) client: Client,
    pub(crate) admin: Arc<Admin>,
}

/// How a relay ended.
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    /// What it logged.
    pub(crate) log: String,
}

/// The flags of one organisation that hears webhooks only.
pub(crate) fn flags(data: &Path) -> Vec<OsString> {
    let mut flags =
        words(&["--account-id", ACCOUNT, "--client-id", "client", "--client-secret", "hush-client"]);
    flags.extend(words(&["--webhook-secret", SECRET]));
    flags.extend(doors(data));
    flags
}

/// The flags of the organisation of this Zoom.
pub(crate) fn beside(zoom: &FakeZoom, data: &Path) -> Vec<OsString> {
    let ready = zoom.ready();
    let mut flags = words(&["--account-id", &ready.account_id, "--client-id", &ready.client_id]);
    flags.extend(words(&["--client-secret", &ready.client_secret]));
    flags.extend(words(&["--webhook-secret", &ready.secret_token, "--zoom-oauth", &ready.base]));
    flags.extend(words(&["--zoom-api", &format!("{}/v2", ready.base), "--zoom-websocket", &ready.ws]));
    flags.extend(own(data));
    flags
}

/// The flags that every relay of a test has, without a Zoom that answers.
pub(crate) fn doors(data: &Path) -> Vec<OsString> {
    let mut flags = words(&["--zoom-oauth", NOWHERE, "--zoom-api", NOWHERE]);
    flags.extend(own(data));
    flags
}

/// The flags about addresses and storage.
fn own(data: &Path) -> Vec<OsString> {
    let mut flags = words(&["--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0"]);
    flags.extend(["--data".into(), data.into()]);
    flags
}

pub(crate) fn words(words: &[&str]) -> Vec<OsString> {
    words.iter().map(OsString::from).collect()
}

fn command(args: impl IntoIterator<Item = OsString>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rollcall-relay"));
    // Nothing of this machine's own settings.
    command.env_clear().args(args).stdin(Stdio::null()).kill_on_drop(true);
    command
}

/// Runs the program until it ends by itself.
pub(crate) async fn run(args: impl IntoIterator<Item = OsString>) -> Output {
    timeout(PATIENCE, command(args).output()).await.expect("it ends").unwrap()
}

impl Relay {
    /// One organisation in this folder, with more flags.
    pub(crate) async fn of(data: &TempDir, more: &[&str]) -> Self {
        Self::with(flags(data.path()).into_iter().chain(words(more))).await
    }

    /// The organisation of this Zoom.
    pub(crate) async fn beside(zoom: &FakeZoom, data: &TempDir) -> Self {
        Self::with(beside(zoom, data.path())).await
    }

    /// A relay with these flags.
    pub(crate) async fn with(flags: impl IntoIterator<Item = OsString>) -> Self {
        let flags: Vec<OsString> = flags.into_iter().collect();
        let admin = Admin::of(&flags);
        Self::within(&[], flags, admin).await
    }

    /// A relay with these flags in this environment, looked at by this admin.
    pub(crate) async fn within(
        environment: &[(&str, OsString)],
        flags: Vec<OsString>,
        admin: Arc<Admin>,
    ) -> Self {
        let started = Self::try_within(environment, flags, admin).await;
        started.unwrap_or_else(|log| panic!("it did not start: {log}"))
    }

    /// The same; what it logged when it did not start.
    pub(crate) async fn try_within(
        environment: &[(&str, OsString)],
        flags: Vec<OsString>,
        admin: Arc<Admin>,
    ) -> Result<Self, String> {
        // A second choice changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let args = words(&["serve", "--log", "info,rollcall_relay=debug"]).into_iter().chain(flags);
        let mut command = command(args);
        command.envs(environment.iter().cloned()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stderr = child.stderr.take().unwrap();
        let stderr = tokio::spawn(async move {
            let mut log = String::new();
            // What was read until the pipe broke is enough.
            let _ = stderr.read_to_string(&mut log).await;
            log
        });
        let mut stdout = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = timeout(PATIENCE, stdout.next_line()).await.expect("it is ready in time").unwrap();
        let Some(line) = line else { return Err(stderr.await.unwrap()) };
        let ready: Value = serde_json::from_str(&line).unwrap();
        let text = |name: &str| ready[name].as_str().unwrap_or_default().to_owned();
        let client = client().build().unwrap();
        Ok(Self { child, base: text("base"), metrics: text("metrics"), stderr, client, admin })
    }

    /// Delivers to the plain path.
    pub(crate) async fn deliver(&self, delivery: &Delivery) -> u16 {
        self.deliver_at("zoom/webhook", delivery).await.status().as_u16()
    }

    pub(crate) async fn deliver_at(&self, path: &str, delivery: &Delivery) -> Response {
        self.try_deliver(path, delivery).await.unwrap()
    }

    pub(crate) async fn try_deliver(&self, path: &str, delivery: &Delivery) -> reqwest::Result<Response> {
        let request = self.client.post(format!("{}{path}", self.base)).body(delivery.body.clone());
        delivery
            .headers
            .iter()
            .fold(request, |request, (name, value)| request.header(*name, value))
            .send()
            .await
    }

    /// Everything that it knows.
    pub(crate) async fn snapshot(&self) -> Vec<SnapshotLine> {
        let text = self.get("v1/snapshot").await.text().await.unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The reports of everybody whose presence is known, by person.
    pub(crate) async fn reports(&self) -> BTreeMap<String, Presence> {
        let of = |line| match line {
            SnapshotLine::Person { person, presence } => Some((person.id.to_string(), presence?)),
            _ => None,
        };
        self.snapshot().await.into_iter().filter_map(of).collect()
    }

    /// The presence of everybody of whom it is known, by person.
    pub(crate) async fn presences(&self) -> BTreeMap<String, String> {
        self.reports().await.into_iter().map(|(person, presence)| (person, presence.raw)).collect()
    }

    /// What a desk is told first: the time, and how the relay stands with Zoom.
    pub(crate) async fn hello(&self) -> (DateTime<Utc>, RelayState) {
        let (mut stream, _) = connect_async(request(&self.base, &self.token().await, 0)).await.unwrap();
        let Some(Ok(Message::Text(text))) = stream.next().await else { panic!("a hello") };
        let Frame::Hello { at, state, .. } = serde_json::from_str(&text).unwrap() else { panic!("a hello") };
        (at, state)
    }

    /// Waits until it says that Zoom's events come.
    pub(crate) async fn until_connected(&self) {
        until("events come", async || matches!(self.hello().await.1.zoom, ZoomLink::Connected { .. })).await;
    }

    /// A desk looks at somebody.
    pub(crate) async fn look_at(&self, person: &str) {
        let wish = self.client.post(format!("{}v1/people/{person}/refresh", self.base));
        assert_eq!(wish.bearer_auth(self.token().await).send().await.unwrap().status(), 202);
    }

    /// Whether this is known of a person's presence. Of whom there is a record, that is told at once; a snapshot is
    /// told to many, for some seconds.
    pub(crate) async fn knows(&self, person: &str, raw: &str) -> bool {
        let answer = self.get(&format!("v1/people/{person}")).await;
        if answer.status() == 404 {
            return self.presences().await.get(person).is_some_and(|known| known == raw);
        }
        let told: Value = answer.json().await.unwrap();
        told["presence"]["last_heard"] == serde_json::to_value(PresenceState::from_zoom(raw)).unwrap()
    }

    /// Waits until this is known of a person's presence: what was answered is committed, and shown a moment later.
    pub(crate) async fn until_known(&self, person: &str, raw: &str) {
        until("it is known", async || self.knows(person, raw).await).await;
    }

    /// All figures as text.
    pub(crate) async fn figures(&self) -> String {
        self.client.get(&self.metrics).send().await.unwrap().text().await.unwrap()
    }

    /// One figure; `what` is its name with its labels.
    pub(crate) async fn figure(&self, what: &str) -> Option<f64> {
        let figures = self.figures().await;
        let line = figures.lines().find_map(|line| line.strip_prefix(what)?.strip_prefix(' '))?;
        line.parse().ok()
    }

    /// Sends a signal.
    pub(crate) async fn signal(&self, name: &str) {
        let pid = self.child.id().unwrap().to_string();
        let sent = Command::new("kill").args([&format!("-{name}"), &pid]).status().await.unwrap();
        assert!(sent.success());
    }

    /// Asks it to end and waits until it has.
    pub(crate) async fn end(self) -> Ended {
        self.signal("TERM").await;
        self.ended().await
    }

    /// Waits until it has ended.
    pub(crate) async fn ended(mut self) -> Ended {
        let status = timeout(PATIENCE, self.child.wait()).await.expect("it ends").unwrap();
        Ended { status, log: self.stderr.await.unwrap() }
    }

    /// How much memory it had at most, in bytes.
    pub(crate) fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id().unwrap())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1_024
    }
}

/// A client that asks nobody in between.
pub(crate) fn client() -> ClientBuilder {
    Client::builder().timeout(PATIENCE).no_proxy()
}

/// Waits until `condition` holds.
pub(crate) async fn until(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !condition().await {
            sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(timeout(PATIENCE, waiting).await.is_ok(), "waited in vain until {what}");
}
