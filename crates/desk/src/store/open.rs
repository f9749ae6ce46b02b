//! Opening a database, and keeping one aside that cannot be used.

use std::{path::Path, time::Duration};

use chrono::{DateTime, Utc};
use rollcall_wire::Failure;
use sqlx::{
    SqlitePool,
    migrate::{Migrate as _, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::Trouble;
use crate::home::{self, beside};

/// How hard a commit is pressed to the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Durability {
    /// A commit may be lost with the machine's power, never torn: the relay has it still.
    Replica,
    /// A commit outlives the machine's power.
    Own,
}

/// Opens or makes the database of this file and brings its tables up to date.
pub(super) async fn file(path: &Path, durability: Durability) -> Result<SqlitePool, Trouble> {
    home::touch_private(path)?;
    let synchronous = match durability {
        Durability::Replica => SqliteSynchronous::Normal,
        Durability::Own => SqliteSynchronous::Full,
    };
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous)
        // What is forgotten is overwritten, not only taken out of sight.
        .pragma("secure_delete", "ON")
        .busy_timeout(Duration::from_secs(5));
    Ok(SqlitePoolOptions::new().max_connections(2).connect_with(options).await?)
}

/// Empties the file of what was written last, which holds pages as they were before. While somebody reads, that
/// comes with the next time, or when the database is closed.
pub(super) async fn empty_wal(pool: &SqlitePool) -> Result<(), Trouble> {
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(pool).await?;
    Ok(())
}

/// A database in memory, for a disk that cannot be written. One connection that never rests: a second
/// one, or a new one, would be another database.
pub(super) async fn memory() -> Result<SqlitePool, Trouble> {
    let options = SqliteConnectOptions::new().in_memory(true);
    let pool = SqlitePoolOptions::new().max_connections(1).idle_timeout(None).max_lifetime(None);
    Ok(pool.connect_with(options).await?)
}

/// What can be read of a file that cannot be written.
pub(super) async fn read_only(path: &Path) -> Result<SqlitePool, Trouble> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true).immutable(true);
    Ok(SqlitePoolOptions::new().max_connections(2).connect_with(options).await?)
}

/// Whether migrations wait for this database, and it is not a new one.
pub(super) async fn wants_migration(pool: &SqlitePool, migrator: &Migrator) -> Result<bool, Trouble> {
    let mut connection = pool.acquire().await?;
    connection.ensure_migrations_table(&migrator.table_name).await?;
    let applied = connection.list_applied_migrations(&migrator.table_name).await?;
    Ok(!applied.is_empty() && applied.len() < migrator.iter().count())
}

/// Keeps a database aside under a dated name, with the files that SQLite has beside it; gives the
/// failure to tell.
pub(super) fn set_aside(
    path: &Path,
    trouble: &Trouble,
    restored: bool,
    now: DateTime<Utc>,
) -> Result<Failure, Trouble> {
    let newer = matches!(trouble, Trouble::TooNew);
    let kept_as = home::set_aside(path, if newer { "newer" } else { "corrupt" }, now)?;
    for (from, to) in beside(path).into_iter().zip(beside(&path.with_file_name(&kept_as))) {
        // A log that is not there was merged before; one that is belongs to the file kept aside.
        match std::fs::rename(from, to) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    tracing::warn!(%kept_as, %trouble, "A database was kept aside");
    Ok(if newer {
        Failure::DatabaseTooNew { kept_as, restored }
    } else {
        Failure::DatabaseSetAside { kept_as, restored }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::{
        SqlSafeStr as _,
        migrate::{Migration, MigrationType},
    };

    fn migrator(tables: &[&'static str]) -> Migrator {
        let migrations = (1..).zip(tables).map(|(version, &table)| {
            Migration::new(version, "a table".into(), MigrationType::Simple, table.into_sql_str(), false)
        });
        Migrator::with_migrations(migrations.collect())
    }

    #[tokio::test]
    async fn only_a_database_that_holds_something_waits_for_migrations() {
        let first = "CREATE TABLE one (id INTEGER)";
        let (old, new) = (migrator(&[first]), migrator(&[first, "CREATE TABLE two (id INTEGER)"]));
        let pool = memory().await.unwrap();
        assert!(!wants_migration(&pool, &old).await.unwrap());

        old.run(&pool).await.unwrap();

        assert!(!wants_migration(&pool, &old).await.unwrap());
        assert!(wants_migration(&pool, &new).await.unwrap());
    }
}
