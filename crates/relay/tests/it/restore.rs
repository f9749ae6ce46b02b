//! What docs/OPERATIONS.md says about backup and restore.

use std::{fs, path::Path};

use reqwest::Method;
use rollcall_wire::relay::Resume;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

use crate::{
    desk::{Desk, request},
    house::{House, until},
};

async fn at(file: &Path, statement: &str) {
    let options = SqliteConnectOptions::new().filename(file);
    let mut database = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::query(AssertSqlSafe(statement)).execute(&mut database).await.unwrap();
    database.close().await.unwrap();
}

/// Puts a backup in place of the log of a relay that was stopped.
fn put_back(backup: &Path, house: &House) {
    for end in ["-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{end}", house.database().display()));
    }
    fs::copy(backup, house.database()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_was_made_while_the_relay_ran_is_whole() {
    let house = House::of(30).await;
    let (relay, desk) = house.settled().await;
    let elsewhere = TempDir::new().unwrap();
    let backup = elsewhere.path().join("main.sqlite");
    at(&house.database(), &format!("VACUUM INTO '{}'", backup.display())).await;
    relay.stop().await;

    put_back(&backup, &house);
    let relay = house.relay().await;

    let fresh = Desk::snapshot(&relay).await;
    assert_eq!(fresh.log, desk.log);
    // The backup may know somebody of whom the desk had not heard yet.
    assert!(fresh.roster.len() >= desk.roster.len(), "{} of {}", fresh.roster.len(), desk.roster.len());
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_that_knows_more_than_a_restored_log_reads_everything_anew() {
    let house = House::of(30).await;
    let (relay, mut desk) = house.settled().await;
    let elsewhere = TempDir::new().unwrap();
    let backup = elsewhere.path().join("main.sqlite");
    at(&house.database(), &format!("VACUUM INTO '{}'", backup.display())).await;
    let (agent, known) = (house.zoom.ready().agent_user_id.clone(), desk.events.len());
    house.zoom.set_presence(&agent, "Presenting").unwrap();
    desk.until("something happens after the backup", |desk| desk.events.len() > known).await;
    desk.hang_up();
    relay.stop().await;

    put_back(&backup, &house);
    let relay = house.relay().await;

    assert_eq!(desk.follow(&relay).await, Resume::Snapshot);
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restored_log_was_renamed_no_position_of_the_old_one_counts() {
    let house = House::of(30).await;
    let (relay, mut desk) = house.settled().await;
    let old = desk.log.clone();
    desk.hang_up();
    relay.stop().await;

    at(&house.database(), "UPDATE log SET name = lower(hex(randomblob(16)))").await;
    let relay = house.relay().await;

    assert_eq!(desk.follow(&relay).await, Resume::Snapshot, "although the position is one of this log, too");
    assert_ne!(desk.log, old);
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_is_removed_while_its_own_relay_runs_leaves_an_empty_log_that_desks_begin_anew_with() {
    let house = House::of(30).await;
    let (relay, mut desk) = house.settled().await;
    let (log, name) = (desk.log.clone(), house.zoom.ready().agent_user_id.clone());
    let gone = serde_json::json!({
        "event": "app_deauthorized",
        "payload": { "account_id": house.zoom.ready().account_id, "client_id": house.zoom.ready().client_id },
    });

    relay.take_in(&gone.to_string().into()).await.unwrap();
    desk.until_closed().await;

    until("the log is another, and empty", async || {
        let Ok(answer) = request(&relay, Method::GET, "v1/snapshot").send().await else { return false };
        // A head and an end, whole.
        answer.text().await.is_ok_and(|text| text.lines().count() == 2 && !text.contains(&log))
    })
    .await;
    let folder = house.database().parent().unwrap().to_owned();
    for file in fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()) {
        let bytes = fs::read(&file).unwrap();
        assert!(!bytes.windows(name.len()).any(|window| window == name.as_bytes()), "{}", file.display());
    }
    relay.stop().await;
}
