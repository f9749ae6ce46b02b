//! The relay of an organisation, as its own process beside the fake Zoom, and a browser that signs in there.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::Stdio,
};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use reqwest::{StatusCode, header, redirect};
use rollcall_fake_zoom::FakeZoom;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
    time::timeout,
};
use url::Url;

use crate::{evidence, stage::PATIENCE, window::executable};

/// How many addresses a browser follows before it gives up.
const HOPS: usize = 8;

/// A running relay; killed when it is dropped.
pub struct TeamRelay {
    /// Where desks reach it.
    pub address: Url,
    /// The authority that signed its certificate (PEM), when it has one.
    pub authority: Option<PathBuf>,
    folder: TempDir,
    _process: Child,
}

#[expect(clippy::expect_used, clippy::missing_panics_doc, reason = "a test ends where its premise fails")]
impl TeamRelay {
    /// A relay of the fake's account that lets people sign in there, without encryption.
    pub async fn start(fake: &FakeZoom) -> Self {
        Self::serve(fake, TempDir::new().expect("a folder"), None).await
    }

    /// The same with a certificate that an authority of the organisation's own has signed.
    pub async fn encrypted(fake: &FakeZoom) -> Self {
        let folder = TempDir::new().expect("a folder");
        let files = certificate(folder.path());
        Self::serve(fake, folder, Some(files)).await
    }

    async fn serve(fake: &FakeZoom, folder: TempDir, tls: Option<Certified>) -> Self {
        let ready = fake.ready();
        let port = free_port();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let address = format!("{scheme}://127.0.0.1:{port}");
        let mut relay = Command::new(executable("rollcall-relay"));
        relay.args(["serve", "--listen", &format!("127.0.0.1:{port}"), "--public-url", &address]);
        relay.args(["--name", "Example Ltd", "--source", "websocket", "--account-id", &ready.account_id]);
        relay.args(["--client-id", &ready.client_id, "--client-secret", &ready.client_secret]);
        relay.args(["--subscription-id", &ready.subscription_id]);
        relay.args([
            "--sign-in-client-id",
            &ready.client_id,
            "--sign-in-client-secret",
            &ready.client_secret,
        ]);
        relay.args(["--zoom-oauth", &ready.base, "--zoom-api", &format!("{}/v2", ready.base)]);
        relay.args(["--zoom-websocket", &ready.ws]).arg("--data").arg(folder.path());
        if let Some(Certified { certificate, key, .. }) = &tls {
            relay.arg("--tls-certificate").arg(certificate).arg("--tls-key").arg(key);
        }
        relay.stdout(Stdio::piped()).stderr(evidence::app_log()).kill_on_drop(true);
        let mut process = relay.spawn().expect("the relay starts");
        let mut said = BufReader::new(process.stdout.take().expect("its output")).lines();
        let ready = timeout(PATIENCE, said.next_line()).await.expect("the relay is ready in time");
        assert!(
            ready.expect("its output").is_some(),
            "the relay ended at once; its log is in target/test-logs"
        );
        let address = Url::parse(&address).expect("an address");
        Self { address, authority: tls.map(|files| files.authority), folder, _process: process }
    }

    /// The link that invites somebody.
    pub async fn invite(&self, email: &str, role: &str) -> String {
        let printed = self.ask(&["invite", "--email", email, "--role", role]).await;
        printed["link"].as_str().expect("a link").to_owned()
    }

    /// Ends the sessions of somebody, as an administrator does.
    pub async fn end_sessions(&self, email: &str) {
        assert_eq!(self.ask(&["sessions", "end", "--email", email]).await["ended"], 1);
    }

    /// Changes the organisation's policy, as an administrator does.
    pub async fn set_policy(&self, change: &[&str]) {
        self.ask(&[&["policy", "set"], change].concat()).await;
    }

    /// Lets somebody in at another desk; the token of their session.
    pub async fn come_in(&self, email: &str) -> String {
        let link = Url::parse(&self.invite(email, "agent").await).expect("a link");
        let code = link.query_pairs().find(|(name, _)| name == "code").expect("a code").1.into_owned();
        let redeem = client().post(self.at("v1/session")).json(&json!({ "code": code }));
        let admitted: Value = redeem.send().await.expect("an answer").json().await.expect("a session");
        admitted["token"].as_str().expect("a token").to_owned()
    }

    /// Says at the desk with this token for whom its person waits.
    pub async fn wait_for(&self, token: &str, people: &[&str]) {
        let told = client().put(self.at("v1/waits")).bearer_auth(token).json(&json!({ "people": people }));
        assert_eq!(told.send().await.expect("an answer").status(), StatusCode::NO_CONTENT);
    }

    fn at(&self, path: &str) -> Url {
        self.address.join(path).expect("an address")
    }

    /// How many sessions are open.
    pub async fn sessions(&self) -> usize {
        self.run(&["sessions", "list"]).await.lines().count()
    }

    async fn ask(&self, verb: &[&str]) -> Value {
        serde_json::from_str(&self.run(verb).await).expect("a line of JSON")
    }

    async fn run(&self, verb: &[&str]) -> String {
        let mut relay = Command::new(executable("rollcall-relay"));
        let printed = relay.args(verb).arg("--data").arg(self.folder.path()).output().await.expect("it runs");
        assert!(printed.status.success(), "{}", String::from_utf8_lossy(&printed.stderr));
        String::from_utf8(printed.stdout).expect("a text")
    }
}

#[expect(clippy::expect_used, reason = "a test ends where its premise fails")]
fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().expect("a client")
}

/// Opens an address as a browser does: follows where it is sent, and brings back what it was told to keep.
#[expect(clippy::expect_used, clippy::missing_panics_doc, reason = "a test ends where its premise fails")]
pub async fn browse(address: &Url) -> (StatusCode, String) {
    let browser = reqwest::Client::builder().redirect(redirect::Policy::none()).no_proxy().timeout(PATIENCE);
    let browser = browser.build().expect("a client");
    let (mut at, mut kept) = (address.clone(), String::new());
    for _ in 0..HOPS {
        let asked = browser.get(at.clone()).header(header::COOKIE, &kept);
        let answer = asked.send().await.expect("an answer");
        if let Some(cookie) = answer.headers().get(header::SET_COOKIE).and_then(|value| value.to_str().ok()) {
            cookie.split(';').next().unwrap_or_default().clone_into(&mut kept);
        }
        match answer.headers().get(header::LOCATION).and_then(|value| value.to_str().ok()) {
            Some(next) => at = at.join(next).expect("an address"),
            None => return (answer.status(), answer.text().await.expect("a page")),
        }
    }
    panic!("the browser was sent on for ever");
}

/// The files of a certificate.
struct Certified {
    authority: PathBuf,
    certificate: PathBuf,
    key: PathBuf,
}

#[expect(clippy::expect_used, reason = "a test ends where its premise fails")]
fn certificate(folder: &Path) -> Certified {
    let mut params = CertificateParams::new(Vec::new()).expect("an authority");
    params.distinguished_name.push(DnType::CommonName, "Example Ltd authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    let authority = CertifiedIssuer::self_signed(params, key).expect("an authority");
    let key = KeyPair::generate().expect("a key");
    let mut leaf = CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("a certificate");
    leaf.distinguished_name.push(DnType::CommonName, "relay.example.org");
    let leaf = leaf.signed_by(&key, &authority).expect("a certificate");
    let files = ["authority.pem", "relay.pem", "relay.key.pem"].map(|name| folder.join(name));
    for (file, text) in files.iter().zip([authority.pem(), leaf.pem(), key.serialize_pem()]) {
        std::fs::write(file, text).expect("a file in the folder");
    }
    let [authority, certificate, key] = files;
    Certified { authority, certificate, key }
}

/// A port that was free a moment ago: the relay's own address is told before it starts.
#[expect(clippy::expect_used, reason = "a machine without a free port runs no test")]
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port()
}
