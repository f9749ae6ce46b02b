//! How the database is reached, and brought to this version's form.

use secrecy::{ExposeSecret, SecretString};
use sqlx::{migrate::Migrator, postgres::PgConnectOptions};

use crate::ledger::LedgerError;

/// The migrations of this schema; their own table is in it too.
pub(super) fn migrations() -> Migrator {
    let mut migrations = sqlx::migrate!("src/ledger/migrations_postgres");
    migrations.dangerous_set_table_name("rollcall_log.migration");
    migrations.create_schema("rollcall_log");
    migrations
}

/// A node that stands still in the middle of a transaction must not hold the organisation's row for ever, and
/// no statement may outlast the patience of whoever asked.
pub(super) fn options(address: &SecretString) -> Result<PgConnectOptions, LedgerError> {
    let options: PgConnectOptions = address.expose_secret().parse()?;
    Ok(options.options([
        ("search_path", "rollcall_log"),
        ("statement_timeout", "9s"),
        ("lock_timeout", "5s"),
        ("idle_in_transaction_session_timeout", "5s"),
    ]))
}

/// The name under which the database's administrator sees connections.
pub(super) fn application(organisation: &str) -> String {
    format!("rollcall-relay {organisation}")
}
