//! What is true of the file.

use std::path::Path;

use rollcall_model::Seq;
use sqlx::{Connection, SqliteConnection, migrate::Migrator, sqlite::SqliteConnectOptions};

use super::{MIGRATIONS, SqliteLedger};
use crate::ledger::{
    Ledger, LedgerError, Span,
    conformance::{answer, append, at, crowd, delivery, event, places, snapshot},
};

async fn open(folder: &Path) -> Result<SqliteLedger, LedgerError> {
    SqliteLedger::open(&folder.join("log.db")).await
}

async fn database(folder: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(folder.join("log.db")).create_if_missing(true);
    SqliteConnection::connect_with(&options).await.unwrap()
}

#[tokio::test]
async fn one_relay_at_a_time_works_with_a_log() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(folder.path()).await.unwrap();

    let second = open(folder.path()).await;
    assert!(matches!(second, Err(LedgerError::InUse)), "{second:?}");

    first.close().await;
    assert!(open(folder.path()).await.is_ok());
}

#[cfg(unix)]
#[tokio::test]
async fn the_files_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path()).await.unwrap();
    append(&ledger, &[answer(&["ada"])], at(0)).await;

    for file in std::fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.file_name());
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("log.db"), [b'?'; 8_192]).unwrap();

    let error = open(folder.path()).await.unwrap_err();

    assert!(matches!(error, LedgerError::Corrupt(_)), "{error:?}");
}

#[tokio::test]
async fn a_commit_that_failed_took_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path()).await.unwrap();
    sqlx::query("CREATE TEMP TRIGGER full BEFORE INSERT ON heard BEGIN SELECT raise(ABORT, 'full'); END")
        .execute(&ledger.writer)
        .await
        .unwrap();
    let arrival = delivery("1", "ada");
    let failed = ledger.append(uuid::Uuid::new_v4(), std::slice::from_ref(&arrival), at(0)).await;
    assert!(failed.is_err());

    // The trigger went with its connection.
    assert_eq!(append(&ledger, &[arrival], at(0)).await.logged[0].seq, Seq(1));
}

#[tokio::test]
async fn the_database_itself_lets_no_batch_change_or_skip_a_place() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path()).await.unwrap();
    append(&ledger, &[crowd(10)], at(0)).await;
    snapshot(&ledger, 5).await;
    ledger.compact(Seq(5)).await.unwrap();
    ledger.close().await;

    let mut database = database(folder.path()).await;
    for refused in [
        "INSERT INTO batch (first, last, packed, body) VALUES (12, 12, 0, '[]')",
        "INSERT INTO batch (first, last, packed, body) VALUES (10, 11, 0, '[]')",
        "INSERT INTO batch (first, last, packed, body) VALUES (11, 10, 0, '[]')",
        "INSERT OR REPLACE INTO batch (first, last, packed, body) VALUES (1, 10, 0, '[]')",
        "UPDATE batch SET body = '[]'",
        "DELETE FROM batch",
    ] {
        assert!(sqlx::query(refused).execute(&mut database).await.is_err(), "{refused}");
    }
}

#[tokio::test]
async fn a_file_of_the_first_version_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut old = database(folder.path()).await;
    let first = MIGRATIONS.iter().filter(|migration| migration.version == 1).cloned().collect();
    Migrator::with_migrations(first).run(&mut old).await.unwrap();
    sqlx::query("UPDATE log SET floor = 500").execute(&mut old).await.unwrap();
    for seq in 501..=3_210 {
        let body = serde_json::to_string(&event(&format!("p{seq}"))).unwrap();
        let insert = sqlx::query("INSERT INTO event (seq, body) VALUES (?1, ?2)");
        insert.bind(seq).bind(body).execute(&mut old).await.unwrap();
    }
    let digest: [u8; 32] =
        sha2::Digest::finalize(sha2::Digest::chain_update(sha2::Sha256::default(), "heard")).into();
    let insert = sqlx::query("INSERT INTO delivery (digest, heard_at) VALUES (?1, ?2)");
    insert.bind(&digest[..]).bind(at(0).timestamp_millis()).execute(&mut old).await.unwrap();
    old.close().await.unwrap();

    let ledger = open(folder.path()).await.unwrap();

    assert_eq!(ledger.span().await.unwrap(), Span { floor: Seq(500), head: Seq(3_210) });
    assert_eq!(places(&ledger, 500, 9_999).await, (501..=3_210).collect::<Vec<_>>());
    assert_eq!(ledger.tail(Seq(2_000), 1).await.unwrap()[0].event, event("p2001"));
    assert_eq!(append(&ledger, &[delivery("heard", "ada")], at(1)).await.repeats, 1);
    assert_eq!(append(&ledger, &[delivery("new", "ada")], at(1)).await.logged[0].seq, Seq(3_211));
}

/// The files of a folder that hold these bytes somewhere.
fn holding(folder: &Path, bytes: &[u8]) -> Vec<std::ffi::OsString> {
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap());
    let holds = |file: &std::fs::DirEntry| {
        std::fs::read(file.path()).unwrap().windows(bytes.len()).any(|window| window == bytes)
    };
    files.filter(holds).map(|file| file.file_name()).collect()
}

#[tokio::test]
async fn no_byte_of_what_was_forgotten_stays_in_a_file_or_in_one_that_was_set_aside() {
    const NAME: &str = "Wilhelmina Unverwechselbar";
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path()).await.unwrap();
    for part in 0..20 {
        append(&ledger, &[answer(&[NAME])], at(0)).await;
        ledger.open_snapshot(Seq(part)).await.unwrap();
        ledger.add_part(Seq(part), 0, &NAME.repeat(500)).await.unwrap();
        ledger.close_snapshot(Seq(part)).await.unwrap();
        ledger.keep_queues(NAME).await.unwrap();
    }
    std::fs::write(folder.path().join("log.db.20260301T120000.000Z"), NAME).unwrap();
    assert!(holding(folder.path(), NAME.as_bytes()).len() > 1);

    ledger.forget_all(at(1)).await.unwrap();

    assert_eq!(holding(folder.path(), NAME.as_bytes()), [""; 0]);
    ledger.close().await;
    assert_eq!(holding(folder.path(), NAME.as_bytes()), [""; 0]);
}

#[tokio::test]
async fn what_a_new_snapshot_does_not_know_any_more_is_in_no_file_once_its_events_are_compacted() {
    const NAME: &str = "Wilhelmina Unverwechselbar";
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path()).await.unwrap();
    append(&ledger, &[answer(&[NAME]), crowd(50)], at(0)).await;
    ledger.open_snapshot(Seq(10)).await.unwrap();
    for part in 0..20 {
        ledger.add_part(Seq(10), part, &NAME.repeat(500)).await.unwrap();
    }
    ledger.close_snapshot(Seq(10)).await.unwrap();
    assert_ne!(holding(folder.path(), NAME.as_bytes()), [""; 0]);

    snapshot(&ledger, 51).await;
    ledger.compact(Seq(51)).await.unwrap();

    assert_eq!(holding(folder.path(), NAME.as_bytes()), [""; 0]);
    assert_eq!(append(&ledger, &[answer(&["bo"])], at(1)).await.logged[0].seq, Seq(52));
}
