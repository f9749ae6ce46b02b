//! Statements over stored snapshots.

use rollcall_model::Seq;
use sqlx::{PgConnection, PgPool};

use super::log::{from_db, to_db};
use crate::ledger::LedgerError;

/// Drops snapshots that were never closed, and opens one.
pub(super) async fn open(
    connection: &mut PgConnection,
    organisation: &str,
    seq: Seq,
) -> Result<(), LedgerError> {
    sqlx::query("DELETE FROM snapshot WHERE organisation = $1 AND NOT whole")
        .bind(organisation)
        .execute(&mut *connection)
        .await?;
    sqlx::query("INSERT INTO snapshot (organisation, seq) VALUES ($1, $2)")
        .bind(organisation)
        .bind(to_db(seq))
        .execute(&mut *connection)
        .await?;
    Ok(())
}

/// Adds a part to the snapshot of a position.
pub(super) async fn add_part(
    connection: &mut PgConnection,
    organisation: &str,
    (seq, part): (Seq, i64),
    body: &str,
) -> Result<(), LedgerError> {
    sqlx::query("INSERT INTO snapshot_part (organisation, seq, part, body) VALUES ($1, $2, $3, $4)")
        .bind(organisation)
        .bind(to_db(seq))
        .bind(part)
        .bind(body)
        .execute(connection)
        .await?;
    Ok(())
}

/// Marks a snapshot as whole and drops all others.
pub(super) async fn close(
    connection: &mut PgConnection,
    organisation: &str,
    seq: Seq,
) -> Result<(), LedgerError> {
    // A snapshot that another node dropped meanwhile must not take the place of one that is there.
    let marked = sqlx::query("UPDATE snapshot SET whole = true WHERE organisation = $1 AND seq = $2")
        .bind(organisation)
        .bind(to_db(seq))
        .execute(&mut *connection)
        .await?;
    if marked.rows_affected() > 0 {
        sqlx::query("DELETE FROM snapshot WHERE organisation = $1 AND seq <> $2")
            .bind(organisation)
            .bind(to_db(seq))
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// The position of the whole snapshot.
pub(super) async fn whole(pool: &PgPool, organisation: &str) -> Result<Option<Seq>, LedgerError> {
    let seq: Option<i64> =
        sqlx::query_scalar("SELECT max(seq) FROM snapshot WHERE organisation = $1 AND whole")
            .bind(organisation)
            .fetch_one(pool)
            .await?;
    Ok(seq.map(from_db))
}

/// One part of the snapshot of a position.
pub(super) async fn part(
    pool: &PgPool,
    organisation: &str,
    (seq, part): (Seq, i64),
) -> Result<Option<String>, LedgerError> {
    Ok(sqlx::query_scalar(
        "SELECT body FROM snapshot_part WHERE organisation = $1 AND seq = $2 AND part = $3",
    )
    .bind(organisation)
    .bind(to_db(seq))
    .bind(part)
    .fetch_optional(pool)
    .await?)
}
