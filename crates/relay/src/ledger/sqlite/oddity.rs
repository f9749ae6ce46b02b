//! Statements over deliveries that could not be read.

use sqlx::{FromRow, SqliteConnection, SqlitePool};

use super::sweep::time;
use crate::ledger::{LedgerError, ODDITIES_KEPT, Oddity, OddityKind};

#[derive(FromRow)]
struct Row {
    heard_at: i64,
    kind: String,
    bytes: i64,
    shape: String,
}

/// Keeps an oddity while there is room.
pub(super) async fn keep(connection: &mut SqliteConnection, oddity: &Oddity) -> Result<(), LedgerError> {
    sqlx::query(
        "INSERT INTO oddity (heard_at, kind, bytes, shape)
         SELECT ?1, ?2, ?3, ?4 WHERE (SELECT count(*) FROM oddity) < ?5",
    )
    .bind(oddity.heard_at.timestamp_millis())
    .bind(oddity.kind.word())
    .bind(i64::try_from(oddity.bytes).unwrap_or(i64::MAX))
    .bind(&oddity.shape)
    .bind(ODDITIES_KEPT)
    .execute(connection)
    .await?;
    Ok(())
}

/// All that were kept.
pub(super) async fn all(pool: &SqlitePool) -> Result<Vec<Oddity>, LedgerError> {
    let rows: Vec<Row> =
        sqlx::query_as("SELECT heard_at, kind, bytes, shape FROM oddity ORDER BY id").fetch_all(pool).await?;
    Ok(rows.into_iter().map(Oddity::from).collect())
}

impl From<Row> for Oddity {
    fn from(row: Row) -> Self {
        Self {
            heard_at: time(row.heard_at),
            kind: OddityKind::of(&row.kind),
            bytes: u64::try_from(row.bytes).unwrap_or(0),
            shape: row.shape,
        }
    }
}
