//! What holds of every `SQLite` file of this crate.

use std::{
    fs::{File, OpenOptions},
    io,
    path::Path,
    time::Duration,
};

use sqlx::{
    Connection as _,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

/// How long a connection is used: one that was made while the file took no writes takes none for ever.
const LIFETIME: Duration = Duration::from_mins(2);

/// A file that is kept: what is committed is on the disk, and what is forgotten is gone. A statement waits `busy` for
/// another program that holds the file.
pub(crate) fn kept(path: &Path, busy: Duration) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        // What is forgotten is overwritten, not only taken out of sight.
        .pragma("secure_delete", "ON")
        .busy_timeout(busy)
}

/// Makes the file if there is none, readable and writable by its owner only. `SQLite` gives the files beside
/// it (`-wal`, `-shm`) the same rights.
pub(crate) fn make_private(path: &Path) -> io::Result<()> {
    private_file(path)?.sync_all()
}

/// Opens such a file.
pub(crate) fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    Ok(file)
}

/// The one connection that writes a file.
///
/// When the disk is full or fails, `SQLite` ends a transaction by itself, and a connection that was not told so would
/// begin no other one ever again: it is made anew.
pub(crate) fn writer() -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(1)
        .max_lifetime(LIFETIME)
        .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
}

#[cfg(test)]
mod tests {
    use sqlx::sqlite::SqliteConnectOptions;

    use super::*;

    #[tokio::test]
    async fn after_a_transaction_that_sqlite_ended_by_itself_another_begins() {
        let folder = tempfile::tempdir().unwrap();
        let file = SqliteConnectOptions::new().filename(folder.path().join("file.sqlite"));
        let pool = writer().connect_with(file.create_if_missing(true)).await.unwrap();
        let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
        sqlx::query("CREATE TABLE word (word TEXT UNIQUE ON CONFLICT ROLLBACK)")
            .execute(&mut *transaction)
            .await
            .unwrap();
        transaction.commit().await.unwrap();
        let twice = "INSERT INTO word VALUES ('ada'), ('ada')";

        let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
        assert!(sqlx::query(twice).execute(&mut *transaction).await.is_err());
        drop(transaction);

        assert!(pool.begin_with("BEGIN IMMEDIATE").await.is_ok());
    }
}
