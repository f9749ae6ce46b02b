//! Statements over the call queues as they were last listed.

use sqlx::{PgConnection, PgPool};

use crate::ledger::LedgerError;

/// Keeps a listing in place of the one before.
pub(super) async fn keep(
    connection: &mut PgConnection,
    organisation: &str,
    body: &str,
) -> Result<(), LedgerError> {
    sqlx::query(
        "INSERT INTO queues (organisation, body) VALUES ($1, $2)
         ON CONFLICT (organisation) DO UPDATE SET body = excluded.body",
    )
    .bind(organisation)
    .bind(body)
    .execute(connection)
    .await?;
    Ok(())
}

/// The last listing.
pub(super) async fn last(pool: &PgPool, organisation: &str) -> Result<Option<String>, LedgerError> {
    let body = sqlx::query_scalar("SELECT body FROM queues WHERE organisation = $1").bind(organisation);
    Ok(body.fetch_optional(pool).await?)
}
