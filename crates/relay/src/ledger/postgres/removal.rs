//! Deleting everything of an organisation, and letting an empty log take the place of the one that was there.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgPool};

use crate::ledger::LedgerError;

/// Waits until nobody writes under the log's name any more, deletes all rows and gives the log the name `fresh`.
pub(super) async fn forget_all(
    connection: &mut PgConnection,
    (organisation, name, fresh): (&str, &str, &str),
    now: DateTime<Utc>,
) -> Result<(), LedgerError> {
    // There may be more to delete than a question's time is enough for.
    sqlx::query("SET LOCAL statement_timeout = '60s'").execute(&mut *connection).await?;
    let held = sqlx::query("SELECT FROM log WHERE organisation = $1 AND name = $2 FOR UPDATE")
        .bind(organisation)
        .bind(name)
        .execute(&mut *connection)
        .await?;
    if held.rows_affected() == 0 {
        return Err(LedgerError::Replaced);
    }
    for all in [
        // A batch goes only once the floor is above it.
        "UPDATE log SET floor = head WHERE organisation = $1",
        "DELETE FROM batch WHERE organisation = $1",
        "DELETE FROM heard WHERE organisation = $1",
        "DELETE FROM snapshot_part WHERE organisation = $1",
        "DELETE FROM snapshot WHERE organisation = $1",
        "DELETE FROM sweep WHERE organisation = $1",
        "DELETE FROM listed WHERE organisation = $1",
        "DELETE FROM oddity WHERE organisation = $1",
        "DELETE FROM queues WHERE organisation = $1",
    ] {
        sqlx::query(all).bind(organisation).execute(&mut *connection).await?;
    }
    sqlx::query("UPDATE log SET name = $2, floor = 0, head = 0, removed_at = $3 WHERE organisation = $1")
        .bind(organisation)
        .bind(fresh)
        .bind(now)
        .execute(connection)
        .await?;
    Ok(())
}

/// When the app was removed.
pub(super) async fn removed_at(
    pool: &PgPool,
    organisation: &str,
) -> Result<Option<DateTime<Utc>>, LedgerError> {
    let at = sqlx::query_scalar("SELECT removed_at FROM log WHERE organisation = $1").bind(organisation);
    Ok(at.fetch_one(pool).await?)
}

/// The app is back.
pub(super) async fn note_return(
    connection: &mut PgConnection,
    organisation: &str,
) -> Result<(), LedgerError> {
    sqlx::query("UPDATE log SET removed_at = NULL WHERE organisation = $1")
        .bind(organisation)
        .execute(connection)
        .await?;
    Ok(())
}

/// Holds the log's name until the end of the transaction, unless another log took the place of this one.
pub(super) async fn hold(
    connection: &mut PgConnection,
    organisation: &str,
    name: &str,
) -> Result<(), LedgerError> {
    let held = sqlx::query("SELECT FROM log WHERE organisation = $1 AND name = $2 FOR KEY SHARE")
        .bind(organisation)
        .bind(name)
        .execute(connection)
        .await?;
    if held.rows_affected() == 0 { Err(LedgerError::Replaced) } else { Ok(()) }
}
