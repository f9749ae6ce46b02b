//! Why the log cannot be read or written.

use rollcall_model::Seq;
use rollcall_wire::Failure;
use sqlx::postgres::PgDatabaseError;

/// Why the ledger did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// No space, no right to write, a failing disk, another program that holds the file, or a database server
    /// that is away, is starting or stopping, or takes no writes.
    #[error("the database cannot be written")]
    Unwritable(#[source] sqlx::Error),
    /// The database server did not answer in time.
    #[error("the database did not answer in time")]
    Silent,
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
    /// Everything was deleted, and another log is there now.
    #[error("another log took the place of this one")]
    Replaced,
    /// A stored body is not what was stored.
    #[error("a stored body cannot be read at position {at}")]
    Body {
        /// Where.
        at: Seq,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// Something could not be written as JSON, or read back.
    #[error("what is stored cannot be written or read as JSON")]
    Encoding(#[source] serde_json::Error),
    /// Anything else that the database refused.
    #[error("the database refused")]
    Refused(#[source] sqlx::Error),
}

impl From<sqlx::Error> for LedgerError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error::{Io, PoolClosed, PoolTimedOut, Protocol, Tls, WorkerCrashed};
        // Whoever has the connection waits for the file or the server, and so did this one in vain.
        if matches!(error, PoolTimedOut | PoolClosed | Io(_) | Tls(_) | Protocol(_) | WorkerCrashed) {
            return Self::Unwritable(error);
        }
        if let Some(state) = server_state(&error) {
            return if is_corrupt(&state) {
                Self::Corrupt(error)
            } else if passes(&state) {
                Self::Unwritable(error)
            } else {
                Self::Refused(error)
            };
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
            LedgerError::Unwritable(_) | LedgerError::Silent | LedgerError::File(_) => {
                Self::DatabaseUnwritable
            }
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

/// The `SQLSTATE` of an error of `PostgreSQL` (<https://www.postgresql.org/docs/15/errcodes-appendix.html>).
fn server_state(error: &sqlx::Error) -> Option<String> {
    let error = error.as_database_error()?.try_downcast_ref::<PgDatabaseError>()?;
    Some(error.code().to_owned())
}

/// Data or an index is corrupt.
fn is_corrupt(state: &str) -> bool {
    matches!(state, "XX001" | "XX002")
}

/// The same may work later: no connection, no resources, the operator's intervention, a trouble of the system,
/// a transaction that was rolled back, a lock that was not had, a server that only reads.
fn passes(state: &str) -> bool {
    matches!(state.get(..2), Some("08" | "53" | "57" | "58" | "40"))
        || matches!(state, "55P03" | "25006" | "25P03")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_is_told_apart_from_what_does_not() {
        for passing in ["57P03", "53100", "40P01", "55P03", "25006", "08006", "57014"] {
            assert!(passes(passing), "{passing}");
        }
        for lasting in ["42P01", "23505", "28P01", "XX001", ""] {
            assert!(!passes(lasting), "{lasting}");
        }
    }
}
