//! A keychain that is locked, or not there yet, when the app starts: it is asked again until it answers.

use std::{
    fs,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use rollcall_fake_zoom::FakeZoom;
use rollcall_tests::{
    stage::PATIENCE,
    window::{App, desktop_is_here},
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::UnixStream,
    process::{Child, Command},
    time::{sleep, timeout},
};

use crate::this_computer::{set_up, zoom};

/// What unlocks the keychain.
const PASSWORD: &[u8] = b"unlock me";
/// Where the keychain is on its bus, and what is in it.
const SECRETS: &str = "/org/freedesktop/secrets";
const LOGIN: &str = "/org/freedesktop/secrets/collection/login";
/// The status line says that news come.
const LIVE: &str =
    "return /live/i.test(document.querySelector('[data-testid=\"status-link\"]')?.innerText ?? '');";

/// A keychain on a bus of its own, on which nobody can ask the person for a password.
struct Keychain {
    place: TempDir,
    address: String,
    daemon: Option<Child>,
    _bus: Child,
}

impl Keychain {
    /// One that is unlocked; nothing where none is installed.
    async fn start() -> Option<Self> {
        let place = TempDir::new().unwrap();
        fs::DirBuilder::new().mode(0o700).create(place.path().join("run")).unwrap();
        let config = place.path().join("bus.conf");
        let listen = place.path().display();
        fs::write(
            &config,
            format!(
                "<busconfig><type>session</type><listen>unix:dir={listen}</listen>
                 <policy context=\"default\"><allow send_destination=\"*\"/><allow receive_sender=\"*\"/><allow own=\"*\"/></policy></busconfig>"
            ),
        )
        .unwrap();
        let mut bus = Command::new("dbus-daemon");
        bus.arg("--config-file").arg(&config).args(["--nofork", "--print-address"]).kill_on_drop(true);
        let mut bus = bus.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut said = BufReader::new(bus.stdout.take().unwrap()).lines();
        let address = timeout(PATIENCE, said.next_line()).await.unwrap().unwrap().unwrap();
        let mut keychain = Self { place, address, daemon: None, _bus: bus };
        keychain.raise().await.then_some(keychain)
    }

    /// Starts it, as it was left but unlocked; tells whether it is installed.
    async fn raise(&mut self) -> bool {
        let mut daemon = Command::new("gnome-keyring-daemon");
        daemon.args(["--foreground", "--unlock", "--components=secrets", "--control-directory"]);
        daemon.arg(self.control()).kill_on_drop(true).stdin(Stdio::piped());
        daemon.env("DBUS_SESSION_BUS_ADDRESS", &self.address).env("XDG_DATA_HOME", self.place.path());
        daemon.env("XDG_RUNTIME_DIR", self.place.path().join("run"));
        let Ok(mut daemon) = daemon.stdout(Stdio::null()).stderr(Stdio::null()).spawn() else {
            eprintln!("skipped: gnome-keyring-daemon is not installed");
            return false;
        };
        daemon.stdin.take().unwrap().write_all(PASSWORD).await.unwrap();
        self.daemon = Some(daemon);
        let there = async {
            while self.gdbus("introspect", LOGIN, &[]).await.is_none() {
                sleep(Duration::from_millis(20)).await;
            }
        };
        assert!(timeout(PATIENCE, there).await.is_ok(), "the keychain does not come up");
        true
    }

    async fn end(&mut self) {
        self.daemon.take().unwrap().kill().await.unwrap();
    }

    async fn lock(&self) {
        let what = format!("['{LOGIN}']");
        let lock = ["--method", "org.freedesktop.Secret.Service.Lock", &what];
        let locked = self.gdbus("call", SECRETS, &lock).await.unwrap();
        assert!(locked.contains(LOGIN), "{locked}");
    }

    /// Unlocks it as a login does.
    async fn unlock(&self) {
        let mut control = UnixStream::connect(self.control().join("control")).await.unwrap();
        let length = u32::try_from(PASSWORD.len()).unwrap();
        // Who it is, how long the question is, that it is about unlocking, and with what.
        let mut question = vec![0];
        question.extend([length + 12, 1, length].into_iter().flat_map(u32::to_be_bytes));
        question.extend(PASSWORD);
        control.write_all(&question).await.unwrap();
        let mut answer = [0; 8];
        timeout(PATIENCE, control.read_exact(&mut answer)).await.unwrap().unwrap();
        assert_eq!(answer, [0, 0, 0, 8, 0, 0, 0, 0], "it is unlocked");
    }

    fn control(&self) -> PathBuf {
        Path::join(self.place.path(), "run/keyring")
    }

    /// What the keychain answers.
    async fn gdbus(&self, verb: &str, object: &str, more: &[&str]) -> Option<String> {
        let mut gdbus = Command::new("gdbus");
        gdbus.args([verb, "--session", "--dest", "org.freedesktop.secrets", "--object-path", object]);
        gdbus.args(more).env("DBUS_SESSION_BUS_ADDRESS", &self.address);
        let output = gdbus.output().await.unwrap();
        output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
    }
}

/// A computer that was connected to Zoom, whose secret is in this keychain; and its environment.
async fn connected(fake: &FakeZoom, env: &[(&str, &str)]) -> TempDir {
    let app = App::open(&[], env).await;
    app.text("setup").await;
    set_up(&app, fake, &fake.ready().client_secret.clone()).await;
    app.until(LIVE, &[]).await;
    app.end().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keychain_that_is_locked_at_the_start_is_asked_again_when_the_person_has_unlocked_it() {
    if !desktop_is_here() {
        return;
    }
    let Some(keychain) = Keychain::start().await else { return };
    let (fake, mut env) = zoom().await;
    env.push(("DBUS_SESSION_BUS_ADDRESS", keychain.address.clone()));
    let env: Vec<_> = env.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let home = connected(&fake, &env).await;
    keychain.lock().await;

    let app = App::open_at(home, &[], &env).await;
    app.text("problem-again").await;
    let told = app.text("problem").await;
    assert!(told.contains("The keychain is locked"), "{told}");
    app.picture("keychain-locked-light").await;
    assert!(app.accessibility().await.is_empty());
    keychain.unlock().await;
    let again = format!("document.querySelector('[data-testid=\"problem-again\"]')?.click(); {LIVE}");
    app.until(&again, &[]).await;

    app.until("return document.querySelector('[data-testid=\"problem\"]') === null;", &[]).await;
    app.end().await;
    fake.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keychain_that_comes_up_after_the_app_is_found_by_itself() {
    if !desktop_is_here() {
        return;
    }
    let Some(mut keychain) = Keychain::start().await else { return };
    let (fake, mut env) = zoom().await;
    env.push(("DBUS_SESSION_BUS_ADDRESS", keychain.address.clone()));
    let env: Vec<_> = env.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let home = connected(&fake, &env).await;
    keychain.end().await;

    let app = App::open_at(home, &[], &env).await;
    let told = app.text("problem").await;
    assert!(told.contains("keychain does not answer"), "{told}");
    keychain.raise().await;

    app.until(LIVE, &[]).await;
    app.end().await;
    fake.stop().await;
}
