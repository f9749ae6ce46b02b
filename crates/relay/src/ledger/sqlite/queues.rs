//! Statements over the call queues as they were last listed.

use sqlx::{SqliteConnection, SqlitePool};

use crate::ledger::LedgerError;

/// Keeps a listing in place of the one before.
pub(super) async fn keep(connection: &mut SqliteConnection, body: &str) -> Result<(), LedgerError> {
    sqlx::query(
        "INSERT INTO queues (id, body) VALUES (1, ?1) ON CONFLICT (id) DO UPDATE SET body = excluded.body",
    )
    .bind(body)
    .execute(connection)
    .await?;
    Ok(())
}

/// The last listing.
pub(super) async fn last(pool: &SqlitePool) -> Result<Option<String>, LedgerError> {
    Ok(sqlx::query_scalar("SELECT body FROM queues").fetch_optional(pool).await?)
}
