//! Statements over stored snapshots.

use rollcall_model::Seq;
use sqlx::{SqliteConnection, SqlitePool};

use super::log::{from_db, to_db};
use crate::ledger::LedgerError;

/// Drops snapshots that were never closed.
pub(super) async fn drop_unfinished(connection: &mut SqliteConnection) -> Result<(), LedgerError> {
    sqlx::query("DELETE FROM snapshot WHERE whole = 0").execute(connection).await?;
    Ok(())
}

/// Opens a snapshot.
pub(super) async fn open(connection: &mut SqliteConnection, seq: Seq) -> Result<(), LedgerError> {
    sqlx::query("INSERT INTO snapshot (seq) VALUES (?1)").bind(to_db(seq)).execute(connection).await?;
    Ok(())
}

/// Adds a part.
pub(super) async fn add_part(
    connection: &mut SqliteConnection,
    seq: Seq,
    part: i64,
    body: &str,
) -> Result<(), LedgerError> {
    sqlx::query("INSERT INTO snapshot_part (seq, part, body) VALUES (?1, ?2, ?3)")
        .bind(to_db(seq))
        .bind(part)
        .bind(body)
        .execute(connection)
        .await?;
    Ok(())
}

/// Marks a snapshot as whole.
pub(super) async fn mark_whole(connection: &mut SqliteConnection, seq: Seq) -> Result<(), LedgerError> {
    sqlx::query("UPDATE snapshot SET whole = 1 WHERE seq = ?1").bind(to_db(seq)).execute(connection).await?;
    Ok(())
}

/// Drops all snapshots but one.
pub(super) async fn drop_others(connection: &mut SqliteConnection, seq: Seq) -> Result<(), LedgerError> {
    sqlx::query("DELETE FROM snapshot WHERE seq <> ?1").bind(to_db(seq)).execute(connection).await?;
    Ok(())
}

/// The position of the whole snapshot.
pub(super) async fn whole(pool: &SqlitePool) -> Result<Option<Seq>, LedgerError> {
    let seq: Option<i64> =
        sqlx::query_scalar("SELECT seq FROM snapshot WHERE whole = 1 ORDER BY seq DESC LIMIT 1")
            .fetch_optional(pool)
            .await?;
    Ok(seq.map(from_db))
}

/// One part.
pub(super) async fn part(pool: &SqlitePool, seq: Seq, part: i64) -> Result<Option<String>, LedgerError> {
    Ok(sqlx::query_scalar("SELECT body FROM snapshot_part WHERE seq = ?1 AND part = ?2")
        .bind(to_db(seq))
        .bind(part)
        .fetch_optional(pool)
        .await?)
}
