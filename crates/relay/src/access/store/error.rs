//! Why it cannot be told who may come in.

use rollcall_wire::Failure;

use crate::options::NoRandomness;

/// Why the store did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No space, no right to write, a failing disk, or another program that holds the file for long.
    #[error("the database cannot be written")]
    Unwritable(#[source] sqlx::Error),
    /// The database server cannot be reached, or does not answer.
    #[error("the database cannot be reached")]
    Unreachable(#[source] sqlx::Error),
    /// The database was made by a newer version of the program.
    #[error("the database has migration {0}, which this version does not know")]
    TooNew(i64),
    /// A migration failed or was changed after it had been applied.
    #[error("the database could not be migrated")]
    Migration(#[source] sqlx::migrate::MigrateError),
    /// The file could not be made or its rights could not be set.
    #[error("the database file could not be made")]
    File(#[source] std::io::Error),
    /// A stored value is not what this version stores.
    #[error("a stored {0} cannot be read")]
    Value(&'static str),
    /// Anything else that the database refused.
    #[error("the database refused")]
    Refused(#[source] sqlx::Error),
    /// See [`NoRandomness`].
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error::{Io, PoolClosed, PoolTimedOut, Tls, WorkerCrashed};
        match &error {
            PoolTimedOut | PoolClosed | WorkerCrashed | Io(_) | Tls(_) => Self::Unreachable(error),
            sqlx::Error::Database(told) if is_unwritable(told.as_ref()) => Self::Unwritable(error),
            sqlx::Error::Database(told) if is_away(told.as_ref()) => Self::Unreachable(error),
            _ => Self::Refused(error),
        }
    }
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        use sqlx::migrate::MigrateError::{Execute, ExecuteMigration, VersionMissing};
        match error {
            VersionMissing(version) => Self::TooNew(version),
            Execute(error) | ExecuteMigration(error, _) => error.into(),
            other => Self::Migration(other),
        }
    }
}

impl From<&StoreError> for Failure {
    fn from(error: &StoreError) -> Self {
        match error {
            StoreError::Unwritable(_) | StoreError::File(_) => Self::DatabaseUnwritable,
            _ => Self::Internal { reference: "relay-access".to_owned() },
        }
    }
}

/// `SQLite`'s result codes (<https://www.sqlite.org/rescode.html>), the low byte of an extended code; and
/// `PostgreSQL`'s states (<https://www.postgresql.org/docs/15/errcodes-appendix.html>): read-only, disk full.
fn is_unwritable(error: &dyn sqlx::error::DatabaseError) -> bool {
    const CODES: [i32; 7] = [3, 5, 6, 8, 10, 13, 14];
    let code = error.code().unwrap_or_default();
    // SQLite's codes are numbers of at most four digits, PostgreSQL's states have five characters.
    match code.parse::<i32>() {
        Ok(number) if code.len() < 5 => CODES.contains(&(number & 0xff)),
        _ => matches!(&*code, "25006" | "53100"),
    }
}

/// `PostgreSQL` is starting, stopping, or has no room for another connection.
fn is_away(error: &dyn sqlx::error::DatabaseError) -> bool {
    error.code().is_some_and(|state| state.starts_with("08") || state.starts_with("57P") || state == "53300")
}
