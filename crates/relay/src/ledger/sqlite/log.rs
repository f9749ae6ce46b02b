//! Statements over the log.

use rollcall_model::Seq;
use sqlx::{FromRow, SqliteConnection, SqlitePool};

use crate::ledger::{
    LedgerError, Span,
    batch::{Batch, Body},
};

/// Where the next commit goes.
#[derive(Clone, Copy, Debug, FromRow)]
pub(super) struct Ends {
    head: i64,
    /// The last row of digests.
    pub(super) heard: i64,
}

#[derive(FromRow)]
struct Row {
    first: i64,
    last: i64,
    packed: bool,
    body: Vec<u8>,
    start: i64,
}

/// The log's name.
pub(super) async fn name(pool: &SqlitePool) -> Result<String, LedgerError> {
    Ok(sqlx::query_scalar("SELECT name FROM log").fetch_one(pool).await?)
}

/// The floor and the head.
pub(super) async fn span(pool: &SqlitePool) -> Result<Span, LedgerError> {
    let (floor, head): (i64, i64) = sqlx::query_as(
        "SELECT floor, coalesce((SELECT last FROM batch ORDER BY first DESC LIMIT 1), floor) FROM log",
    )
    .fetch_one(pool)
    .await?;
    Ok(Span { floor: from_db(floor), head: from_db(head) })
}

/// Where the next commit goes.
pub(super) async fn ends(connection: &mut SqliteConnection) -> Result<Ends, LedgerError> {
    let ends = sqlx::query_as(
        "SELECT coalesce((SELECT last FROM batch ORDER BY first DESC LIMIT 1), floor) AS head,
                coalesce((SELECT max(id) FROM heard), 0) AS heard
         FROM log",
    );
    Ok(ends.fetch_one(connection).await?)
}

/// Inserts a batch at the next places.
pub(super) async fn insert(connection: &mut SqliteConnection, batch: &Batch) -> Result<(), LedgerError> {
    sqlx::query("INSERT INTO batch (first, last, packed, body) VALUES (?1, ?2, ?3, ?4)")
        .bind(to_db(batch.first))
        .bind(to_db(batch.last))
        .bind(batch.body.packed)
        .bind(batch.body.bytes.as_slice())
        .execute(connection)
        .await?;
    Ok(())
}

/// The batches that hold the `limit` events after `after` that are above the floor, and after which event to cut.
pub(super) async fn batches(
    pool: &SqlitePool,
    after: Seq,
    limit: u32,
) -> Result<(Seq, Vec<Batch>), LedgerError> {
    let rows: Vec<Row> = sqlx::query_as(
        "WITH here (start) AS (SELECT max(?1, floor) FROM log)
         SELECT first, last, packed, body, start FROM here, batch
         WHERE first <= start + ?2
           AND first >= coalesce((SELECT first FROM batch WHERE first <= start + 1 ORDER BY first DESC LIMIT 1), 1)
         ORDER BY first",
    )
    .bind(to_db(after))
    .bind(limit)
    .fetch_all(pool)
    .await?;
    let start = rows.first().map_or(after, |row| from_db(row.start));
    Ok((start, rows.into_iter().map(Batch::from).collect()))
}

/// Raises the floor to `upto`, though never beyond the snapshot that counts; tells by how much.
pub(super) async fn raise_floor(connection: &mut SqliteConnection, upto: Seq) -> Result<u64, LedgerError> {
    let before: i64 = sqlx::query_scalar("SELECT floor FROM log").fetch_one(&mut *connection).await?;
    let floor: i64 = sqlx::query_scalar(
        "UPDATE log SET floor = max(floor, min(?1, coalesce((SELECT seq FROM snapshot WHERE whole = 1), 0)))
         RETURNING floor",
    )
    .bind(to_db(upto))
    .fetch_one(connection)
    .await?;
    Ok(from_db(floor - before).0)
}

/// Drops batches that are wholly below the floor.
pub(super) async fn drop_below_floor(connection: &mut SqliteConnection) -> Result<(), LedgerError> {
    sqlx::query(
        "DELETE FROM batch WHERE first <= (SELECT floor FROM log) AND last <= (SELECT floor FROM log)",
    )
    .execute(connection)
    .await?;
    Ok(())
}

impl Ends {
    /// The last position.
    pub(super) fn head(&self) -> Seq {
        from_db(self.head)
    }
}

impl From<Row> for Batch {
    fn from(row: Row) -> Self {
        let body = Body { packed: row.packed, bytes: row.body };
        Self { first: from_db(row.first), last: from_db(row.last), body }
    }
}

/// `SQLite`'s integers are signed; positions stay far below the sign.
pub(super) fn to_db(seq: Seq) -> i64 {
    i64::try_from(seq.0).unwrap_or(i64::MAX)
}

pub(super) fn from_db(seq: i64) -> Seq {
    Seq(u64::try_from(seq).unwrap_or(0))
}
