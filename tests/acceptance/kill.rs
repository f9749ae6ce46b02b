//! The real app, killed at any moment: the next start is complete, nothing acknowledged is missing, and
//! nobody's presence is older than it was.

use std::{
    collections::{HashMap, HashSet},
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use rollcall_desk::secrets::{Keychain, Secrets as _};
use rollcall_fake_zoom::{FakeZoom, Options};
use rollcall_tests::{
    evidence,
    stage::PATIENCE,
    window::{desktop_is_here, executable},
};
use secrecy::SecretString;
use serde_json::json;
use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;
use tokio::process::{Child, Command};

const ROUNDS: u32 = 50;
/// In every so many rounds an app is killed while it starts, too.
const STARTS_KILLED: u32 = 3;
/// The longest time between a start, or the first event after it, and the kill.
const LONGEST_LIFE: Duration = Duration::from_millis(400);
/// How many of the last events before a kill are compared after it.
const TAIL: i64 = 2_000;
/// The name under which the app keeps its secrets.
const KEYCHAIN: &str = "dev.rollcall.desktop";

/// An app in "this computer" mode, and the folder of its home.
struct Computer {
    home: TempDir,
    fake: FakeZoom,
}

/// What lies on the disk.
#[derive(Debug, Default)]
struct Disk {
    /// The position up to which events were compacted away.
    floor: i64,
    /// The last position of the log.
    head: i64,
    /// How many events lie between the two.
    events: i64,
    /// The last events, by position.
    tail: HashMap<i64, String>,
    /// How many people the desk knows by name.
    people: usize,
    /// Whose presence the desk knows, as of when (nanoseconds since 1970).
    presence: HashMap<String, i64>,
}

#[tokio::test(flavor = "multi_thread")]
async fn after_fifty_kills_under_load_nothing_is_missing_and_nothing_is_older() {
    let Some(computer) = Computer::set_up().await else { return };
    let everybody = computer.active_people();
    let mut random = StdRng::seed_from_u64(17);
    let mut life = || LONGEST_LIFE.mul_f64(random.random_range(0.0..1.0));

    let mut before = Disk::default();
    for round in 1..=ROUNDS {
        if round % STARTS_KILLED == 0 {
            computer.start_and_kill_after(life()).await;
        }
        let mut app = computer.start();
        let after = computer.until(&mut app, "the log goes on", |disk| disk.head > before.head).await;
        after.continues(&before, &format!("round {round}"));
        tokio::time::sleep(life()).await;
        before = computer.read().await.unwrap_or(after);
        app.kill().await.unwrap();
    }

    let mut app = computer.start();
    let here = computer.active_people();
    let complete =
        |disk: &Disk| everybody.intersection(&here).all(|person| disk.presence.contains_key(person));
    let after = computer.until(&mut app, "everybody is known", complete).await;
    after.continues(&before, "at the end");
    assert!(after.people >= everybody.len(), "{} of {} are known", after.people, everybody.len());
    app.kill().await.unwrap();
    computer.fake.stop().await;
}

impl Computer {
    /// Stores what the set-up screen would; nothing where there is no desktop or no keychain.
    async fn set_up() -> Option<Self> {
        if !desktop_is_here() {
            return None;
        }
        let _ = rustls::crypto::ring::default_provider().install_default();
        let options = Options { people: 300, events_per_second: 150.0, seed: 17, ..Options::default() };
        let fake = FakeZoom::start(options).await.unwrap();
        evidence::forbid(&fake);
        let ready = fake.ready();
        let secret = SecretString::from(ready.client_secret.clone());
        if let Err(failure) = Keychain::new(KEYCHAIN).write(&ready.client_id, secret).await {
            eprintln!("skipped: no Secret Service here ({failure})");
            return None;
        }
        let home = TempDir::new().unwrap();
        let connection = json!({
            "account_id": ready.account_id,
            "client_id": ready.client_id,
            "subscription_id": ready.subscription_id,
            "email": ready.agent_email,
        });
        fs::create_dir(home.path().join("config")).unwrap();
        fs::write(home.path().join("config/connection.json"), connection.to_string()).unwrap();
        Some(Self { home, fake })
    }

    fn active_people(&self) -> HashSet<String> {
        let people = self.fake.people().into_iter().filter(|person| person.status == "active");
        people.map(|person| person.id).collect()
    }

    /// Kills an app that may not have come to its first event yet.
    async fn start_and_kill_after(&self, life: Duration) {
        let mut app = self.start();
        tokio::time::sleep(life).await;
        app.kill().await.unwrap();
    }

    fn start(&self) -> Child {
        let ready = self.fake.ready();
        fs::create_dir_all(evidence::folder()).unwrap();
        let log = evidence::folder().join(format!("killed-{}.log", uuid::Uuid::now_v7()));
        Command::new(executable("rollcall"))
            .args(["--hidden", "--home"])
            .arg(self.home.path())
            .env("ROLLCALL_ZOOM_OAUTH", &ready.base)
            .env("ROLLCALL_ZOOM_API", format!("{}/v2", ready.base))
            .env("ROLLCALL_ZOOM_WEBSOCKET", &ready.ws)
            .stdout(Stdio::null())
            .stderr(fs::File::create(log).unwrap())
            .kill_on_drop(true)
            .spawn()
            .unwrap()
    }

    /// Waits until the app, which must go on running, has brought the disk to this.
    async fn until(&self, app: &mut Child, what: &str, holds: impl Fn(&Disk) -> bool) -> Disk {
        let waited = tokio::time::timeout(2 * PATIENCE, async {
            loop {
                assert_eq!(app.try_wait().unwrap(), None, "the app ended by itself before {what}");
                if let Some(disk) = self.read().await.filter(|disk| holds(disk)) {
                    return disk;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        waited.await.unwrap_or_else(|_| panic!("it never happened: {what}"))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.home.path().join("data/organisation").join(name)
    }

    /// Reads what is committed; nothing while the files are not made yet.
    async fn read(&self) -> Option<Disk> {
        let mut disk = Disk::default();
        disk.read_replica(&self.file("replica.sqlite")).await.ok()?;
        disk.read_log(&self.file("relay.sqlite")).await.ok()?;
        Some(disk)
    }
}

impl Disk {
    async fn read_log(&mut self, path: &Path) -> sqlx::Result<()> {
        let mut database = open(path).await?;
        let mut reading = database.begin().await?;
        let span = "SELECT floor, coalesce((SELECT max(last) FROM batch), floor),
                           (SELECT coalesce(sum(last - max(first - 1, floor)), 0) FROM batch)
                    FROM log";
        (self.floor, self.head, self.events) = sqlx::query_as(span).fetch_one(&mut *reading).await?;
        let tail = "SELECT first, hex(body) FROM batch WHERE last > ?1";
        let tail = sqlx::query_as(tail).bind(self.head - TAIL);
        self.tail = tail.fetch_all(&mut *reading).await?.into_iter().collect();
        reading.rollback().await?;
        database.close().await
    }

    async fn read_replica(&mut self, path: &Path) -> sqlx::Result<()> {
        let mut database = open(path).await?;
        let people = "SELECT count(*) FROM people WHERE profile IS NOT NULL";
        let known: i64 = sqlx::query_scalar(people).fetch_one(&mut database).await?;
        self.people = usize::try_from(known).unwrap();
        let presence = sqlx::query_as("SELECT person, as_of FROM presence");
        self.presence = presence.fetch_all(&mut database).await?.into_iter().collect();
        database.close().await
    }

    /// This is a later state of the same disk, and nothing of the earlier one is missing.
    fn continues(&self, before: &Self, when: &str) {
        assert_eq!(self.events, self.head - self.floor, "the log has a gap; {when}");
        for (seq, body) in
            before.tail.iter().filter(|(seq, _)| **seq > self.head - TAIL && **seq > self.floor)
        {
            assert_eq!(self.tail.get(seq), Some(body), "event {seq} is another one; {when}");
        }
        assert!(self.people >= before.people, "{} of {} people are left; {when}", self.people, before.people);
        for (person, as_of) in &before.presence {
            assert!(self.presence.get(person) >= Some(as_of), "the presence of {person} is older; {when}");
        }
    }
}

async fn open(path: &Path) -> sqlx::Result<SqliteConnection> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true);
    SqliteConnection::connect_with(&options.busy_timeout(Duration::from_secs(1))).await
}
