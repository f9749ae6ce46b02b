//! Deleting everything, so that no byte of it stays in the file or beside it.

use std::{fs, io, path::Path};

use chrono::{DateTime, Utc};
use sqlx::{SqliteConnection, SqlitePool};

use super::sweep::time;
use crate::ledger::LedgerError;

/// Deletes all rows; an empty log under another name is left.
pub(super) async fn forget_all(
    connection: &mut SqliteConnection,
    now: DateTime<Utc>,
) -> Result<(), LedgerError> {
    // A batch goes only once the floor is above it.
    sqlx::query("UPDATE log SET floor = coalesce((SELECT max(last) FROM batch), floor)")
        .execute(&mut *connection)
        .await?;
    for all in [
        "DELETE FROM batch",
        "DELETE FROM heard",
        "DELETE FROM snapshot_part",
        "DELETE FROM snapshot",
        "DELETE FROM sweep",
        "DELETE FROM listed",
        "DELETE FROM oddity",
        "DELETE FROM queues",
    ] {
        sqlx::query(all).execute(&mut *connection).await?;
    }
    sqlx::query("UPDATE log SET name = lower(hex(randomblob(16))), floor = 0, removed_at = ?1")
        .bind(now.timestamp_millis())
        .execute(connection)
        .await?;
    Ok(())
}

/// Rewrites the file with what is left, empties the one of what was written last, and removes files that were set
/// aside.
pub(super) async fn scrub(connection: &mut SqliteConnection, path: &Path) -> Result<(), LedgerError> {
    sqlx::query("VACUUM").execute(&mut *connection).await?;
    if !empty_wal(connection).await? {
        return Err(LedgerError::Silent);
    }
    remove_set_aside(path).map_err(LedgerError::File)
}

/// Empties the file of what was written last: it holds pages as they were before. Tells whether nobody was reading.
pub(super) async fn empty_wal(connection: &mut SqliteConnection) -> Result<bool, LedgerError> {
    let (busy, _, _): (i64, i64, i64) =
        sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(connection).await?;
    Ok(busy == 0)
}

/// When the app was removed.
pub(super) async fn removed_at(pool: &SqlitePool) -> Result<Option<DateTime<Utc>>, LedgerError> {
    let at: Option<i64> = sqlx::query_scalar("SELECT removed_at FROM log").fetch_one(pool).await?;
    Ok(at.map(time))
}

/// The app is back.
pub(super) async fn note_return(connection: &mut SqliteConnection) -> Result<(), LedgerError> {
    sqlx::query("UPDATE log SET removed_at = NULL").execute(connection).await?;
    Ok(())
}

/// Their names are the database's and a moment.
fn remove_set_aside(path: &Path) -> io::Result<()> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return Ok(()) };
    let begin = format!("{}.", name.to_string_lossy());
    for file in fs::read_dir(folder)? {
        let file = file?;
        let is_set_aside = file
            .file_name()
            .to_string_lossy()
            .strip_prefix(&begin)
            .is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()));
        if is_set_aside {
            fs::remove_file(file.path())?;
        }
    }
    Ok(())
}
