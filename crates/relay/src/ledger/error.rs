//! Why the log cannot be read or written.

use rollcall_model::Seq;
use rollcall_wire::Failure;

/// Why the ledger did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// No space, no right to write, a failing disk, or another program that holds the file.
    #[error("the database cannot be written")]
    Unwritable(#[source] sqlx::Error),
    /// The file is no database, or a broken one.
    #[error("the database is corrupt")]
    Corrupt(#[source] sqlx::Error),
    /// Another relay works with the file.
    #[error("another relay works with this database")]
    InUse,
    /// The file was made by a newer version of the program.
    #[error("the database has migration {0}, which this version does not know")]
    TooNew(i64),
    /// A migration failed or was changed after it had been applied.
    #[error("the database could not be migrated")]
    Migration(#[source] sqlx::migrate::MigrateError),
    /// The file could not be made or its rights could not be set.
    #[error("the database file could not be made")]
    File(#[source] std::io::Error),
    /// A stored body is not what was stored.
    #[error("a stored body cannot be read at position {at}")]
    Body {
        /// Where.
        at: Seq,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// Events could not be written as JSON.
    #[error("events cannot be written as JSON")]
    Encoding(#[source] serde_json::Error),
    /// Anything else that the database refused.
    #[error("the database refused")]
    Refused(#[source] sqlx::Error),
}

impl From<sqlx::Error> for LedgerError {
    fn from(error: sqlx::Error) -> Self {
        // Whoever has the connection waits for the file, and so did this one in vain.
        if matches!(error, sqlx::Error::PoolTimedOut) {
            return Self::Unwritable(error);
        }
        match primary_code(&error) {
            Some(PERM | BUSY | LOCKED | READONLY | IOERR | FULL | CANTOPEN) => Self::Unwritable(error),
            Some(CORRUPT | NOTADB) => Self::Corrupt(error),
            _ => Self::Refused(error),
        }
    }
}

impl From<sqlx::migrate::MigrateError> for LedgerError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        use sqlx::migrate::MigrateError::{Execute, ExecuteMigration, VersionMissing};
        match error {
            VersionMissing(version) => Self::TooNew(version),
            Execute(error) | ExecuteMigration(error, _) => error.into(),
            other => Self::Migration(other),
        }
    }
}

impl From<&LedgerError> for Failure {
    fn from(error: &LedgerError) -> Self {
        match error {
            LedgerError::Unwritable(_) | LedgerError::File(_) => Self::DatabaseUnwritable,
            _ => Self::Internal { reference: "relay-ledger".to_owned() },
        }
    }
}

/// `SQLite`'s result codes (<https://www.sqlite.org/rescode.html>); the low byte of an extended code.
const PERM: i32 = 3;
const BUSY: i32 = 5;
const LOCKED: i32 = 6;
const READONLY: i32 = 8;
const IOERR: i32 = 10;
const CORRUPT: i32 = 11;
const FULL: i32 = 13;
const CANTOPEN: i32 = 14;
const NOTADB: i32 = 26;

fn primary_code(error: &sqlx::Error) -> Option<i32> {
    let code = error.as_database_error()?.code()?;
    code.parse::<i32>().ok().map(|code| code & 0xff)
}
