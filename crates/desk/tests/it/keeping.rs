//! What is kept on disk: whole after a kill, private, and never lost silently.

use std::{fs, path::Path};

use chrono::TimeDelta;
use rollcall_desk::Engine;
use rollcall_model::PresenceState;
use rollcall_wire::{Failure, window::Notice};
use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::runtime::Runtime;

use crate::{
    relay::Relay,
    scene::{Scene, after, asked, id, is, joins, names, until},
};

const NUMBER: &str = "+442071838750";

async fn with_mia() -> (Scene, Relay) {
    let (scene, relay) = (Scene::open().await, Relay::start("log").await);
    relay.append(joins("mia", "Mia Okafor", NUMBER));
    scene.engine.connect(relay.upstream.clone());
    until("Mia", || asked(&scene.engine, "mia").rows.iter().any(|row| row.number.is_some())).await;
    (scene, relay)
}

fn notices(engine: &Engine) -> Vec<Failure> {
    engine.status().notices.into_iter().map(|Notice { failure, .. }| failure).collect()
}

/// Overwrites the middle of a database with what no database holds.
fn spoil(file: &Path) {
    let mut bytes = fs::read(file).unwrap();
    bytes[16..].fill(0x5a);
    fs::write(file, bytes).unwrap();
}

async fn pretend_newer(file: &Path) {
    let later = "INSERT INTO _sqlx_migrations VALUES (9999, 'later', CURRENT_TIMESTAMP, TRUE, x'00', 0)";
    execute(file, later).await;
}

async fn execute(file: &Path, statement: &'static str) {
    let mut database =
        SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(file)).await.unwrap();
    sqlx::query(statement).execute(&mut database).await.unwrap();
    database.close().await.unwrap();
}

#[tokio::test]
async fn a_replica_that_is_corrupt_is_kept_aside_and_rebuilt_from_the_relay() {
    let (mut scene, relay) = with_mia().await;
    scene.engine.stop().await;
    spoil(&scene.home.data.join("replica.sqlite"));

    scene.reopen().await;
    assert_eq!(names(&scene.engine, ""), [""; 0]);
    scene.engine.connect(relay.upstream.clone());

    until("Mia", || names(&scene.engine, "mia") == ["Mia Okafor"]).await;
    let [Failure::DatabaseSetAside { kept_as, restored: true }] = &notices(&scene.engine)[..] else {
        panic!("{:?}", notices(&scene.engine))
    };
    assert!(scene.home.data.join(kept_as).exists());
}

#[tokio::test]
async fn own_things_that_are_corrupt_come_back_from_the_backup() {
    let (mut scene, _relay) = with_mia().await;
    scene.engine.favourite(&id("mia"), true).await.unwrap();
    scene.engine.stop().await;
    spoil(&scene.home.data.join("mine.sqlite"));

    scene.reopen().await;

    assert!(asked(&scene.engine, "mia").rows[0].favourite);
    assert!(matches!(notices(&scene.engine)[..], [Failure::DatabaseSetAside { restored: true, .. }]));
}

#[tokio::test]
async fn own_things_that_make_no_sense_come_back_from_the_backup() {
    let (mut scene, _relay) = with_mia().await;
    scene.engine.favourite(&id("mia"), true).await.unwrap();
    scene.engine.stop().await;
    let nonsense =
        "INSERT INTO consults VALUES ('1', NULL, '', 'no number', '', 'ended', 1, NULL, NULL, NULL, NULL)";
    execute(&scene.home.data.join("mine.sqlite"), nonsense).await;

    scene.reopen().await;

    assert!(asked(&scene.engine, "mia").rows[0].favourite);
    assert!(matches!(notices(&scene.engine)[..], [Failure::DatabaseSetAside { restored: true, .. }]));
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_kept_aside_untouched() {
    let (mut scene, _relay) = with_mia().await;
    scene.engine.favourite(&id("mia"), true).await.unwrap();
    scene.engine.stop().await;
    pretend_newer(&scene.home.data.join("mine.sqlite")).await;
    pretend_newer(&scene.home.data.join("replica.sqlite")).await;

    scene.reopen().await;

    let told = notices(&scene.engine);
    let kept = told.iter().filter_map(|failure| match failure {
        Failure::DatabaseTooNew { kept_as, restored: true } => Some(scene.home.data.join(kept_as).exists()),
        _ => None,
    });
    assert_eq!(kept.collect::<Vec<_>>(), [true, true]);
    assert_eq!(told.len(), 2);
    assert_eq!(scene.engine.free_favourites(1).len(), 0);
}

#[tokio::test]
async fn a_lost_file_of_own_things_is_put_back() {
    let (mut scene, _relay) = with_mia().await;
    scene.engine.favourite(&id("mia"), true).await.unwrap();
    scene.engine.stop().await;
    fs::remove_file(scene.home.data.join("mine.sqlite")).unwrap();

    scene.reopen().await;

    assert!(asked(&scene.engine, "mia").rows[0].favourite);
}

#[tokio::test]
async fn a_disk_that_cannot_be_written_is_told_and_the_desk_works_on() {
    let (mut scene, relay) = with_mia().await;
    scene.engine.stop().await;
    for name in ["replica.sqlite", "mine.sqlite"] {
        fs::remove_file(scene.home.data.join(name)).unwrap();
        fs::create_dir(scene.home.data.join(name)).unwrap();
    }

    scene.reopen().await;
    scene.engine.connect(relay.upstream.clone());

    until("Mia", || !names(&scene.engine, "mia").is_empty()).await;
    scene.engine.favourite(&id("mia"), true).await.unwrap();
    assert!(asked(&scene.engine, "mia").rows[0].favourite);
    assert_eq!(notices(&scene.engine), [Failure::DatabaseUnwritable]);
}

#[tokio::test]
async fn a_second_desk_may_open_before_the_first_one_has_stopped() {
    let (mut scene, relay) = with_mia().await;
    let first = scene.engine.clone();
    first.favourite(&id("mia"), true).await.unwrap();

    scene.reopen().await;
    scene.engine.connect(relay.upstream.clone());
    relay.append(joins("leo", "Leo Brandt", "+14155550123"));
    until("Leo", || names(&scene.engine, "leo") == ["Leo Brandt"]).await;
    first.stop().await;
    scene.restart().await;

    assert_eq!(names(&scene.engine, "").len(), 2);
    assert!(asked(&scene.engine, "mia").rows[0].favourite);
    assert_eq!(notices(&scene.engine), []);
}

#[tokio::test]
async fn the_last_two_backups_are_kept() {
    let (mut scene, _relay) = with_mia().await;
    for on in [true, false, true] {
        scene.engine.favourite(&id("mia"), on).await.unwrap();
        scene.hand.advance(TimeDelta::minutes(1));
        scene.restart().await;
    }

    let backups = fs::read_dir(scene.home.data.join("backup")).unwrap();

    let mut names: Vec<_> = backups.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["mine-20261120T100200000Z.sqlite", "mine-20261120T100300000Z.sqlite"]);
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_may_read_what_is_kept() {
    use std::os::unix::fs::PermissionsExt as _;
    let (scene, _relay) = with_mia().await;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;

    for name in ["replica.sqlite", "replica.sqlite-wal", "mine.sqlite"] {
        assert_eq!(mode(&scene.home.data.join(name)), 0o600, "{name}");
    }

    assert_eq!(mode(&scene.home.data), 0o700);
}

/// The desk is dropped with its runtime, at whatever it was doing: as a kill would.
#[test]
fn after_a_kill_everything_up_to_the_kept_position_is_there() {
    let lasting = Runtime::new().unwrap();
    let relay = lasting.block_on(Relay::start("log"));
    let killed = Runtime::new().unwrap();
    let mut scene = killed.block_on(async {
        let scene = Scene::open().await;
        scene.engine.connect(relay.upstream.clone());
        for round in 0..40 {
            relay.append(joins(&format!("p{round}"), &format!("Person {round}"), NUMBER));
            relay.append([is(&format!("p{round}"), PresenceState::Busy, after(round))]);
            tokio::task::yield_now().await;
        }
        until("half of them", || names(&scene.engine, "person").len() >= 20).await;
        scene
    });
    killed.shutdown_background();

    lasting.block_on(async {
        scene.reopen().await;
        let known = names(&scene.engine, "person").len() as u64;
        scene.engine.connect(relay.upstream.clone());
        until("all of them", || names(&scene.engine, "person").len() == 40).await;
        let since = relay.log().streams.last().unwrap().0;
        // Three events a person: whoever lies before the position is known.
        assert!(known >= since / 3, "{known} people are known at position {since}");
    });
}
