//! Statements over the log and the deliveries.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use rollcall_model::Seq;
use sqlx::{FromRow, PgConnection, PgPool};
use uuid::Uuid;

use super::within;
use crate::ledger::{
    Appended, Arrival, Digest, LedgerError, Span,
    batch::{self, Batch, Body},
    sift,
};

/// What is to be committed.
#[derive(Debug)]
pub(super) struct Commit<'a> {
    pub(super) organisation: &'a str,
    pub(super) id: Uuid,
    pub(super) arrivals: &'a [Arrival],
    pub(super) now: DateTime<Utc>,
}

#[derive(FromRow)]
struct Row {
    first: i64,
    last: i64,
    packed: bool,
    body: Vec<u8>,
}

/// The log's name, which is `fresh` when there was no log.
pub(super) async fn name(pool: &PgPool, organisation: &str, fresh: &str) -> Result<String, LedgerError> {
    sqlx::query("INSERT INTO log (organisation, name) VALUES ($1, $2) ON CONFLICT (organisation) DO NOTHING")
        .bind(organisation)
        .bind(fresh)
        .execute(pool)
        .await?;
    Ok(sqlx::query_scalar("SELECT name FROM log WHERE organisation = $1")
        .bind(organisation)
        .fetch_one(pool)
        .await?)
}

/// The floor and the head.
pub(super) async fn span(pool: &PgPool, organisation: &str, name: &str) -> Result<Span, LedgerError> {
    let span: Option<(i64, i64)> =
        sqlx::query_as("SELECT floor, head FROM log WHERE organisation = $1 AND name = $2")
            .bind(organisation)
            .bind(name)
            .fetch_optional(pool)
            .await?;
    let (floor, head) = span.ok_or(LedgerError::Replaced)?;
    Ok(Span { floor: from_db(floor), head: from_db(head) })
}

/// Begins a transaction. Whoever does not end it throws the connection away.
pub(super) async fn begin(connection: &mut PgConnection) -> Result<(), LedgerError> {
    sqlx::raw_sql("BEGIN").execute(connection).await?;
    Ok(())
}

/// Commits it.
pub(super) async fn commit(connection: &mut PgConnection) -> Result<(), LedgerError> {
    sqlx::raw_sql("COMMIT").execute(connection).await?;
    Ok(())
}

/// Locks the organisation's log until the end of the transaction; tells its head. What the transaction sees
/// from here on holds everything that was committed before.
pub(super) async fn lock(
    connection: &mut PgConnection,
    organisation: &str,
    name: &str,
) -> Result<Seq, LedgerError> {
    let head: Option<i64> =
        sqlx::query_scalar("SELECT head FROM log WHERE organisation = $1 AND name = $2 FOR NO KEY UPDATE")
            .bind(organisation)
            .bind(name)
            .fetch_optional(connection)
            .await?;
    head.map(from_db).ok_or(LedgerError::Replaced)
}

/// What was committed under this name before.
pub(super) async fn committed(
    connection: &mut PgConnection,
    commit: &Commit<'_>,
) -> Result<Vec<Batch>, LedgerError> {
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT first, last, packed, body FROM batch WHERE organisation = $1 AND commit_id = $2::uuid ORDER BY part",
    )
    .bind(commit.organisation)
    .bind(commit.id.to_string())
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Batch::from).collect())
}

/// Appends what is new after `head`.
pub(super) async fn append(
    connection: &mut PgConnection,
    commit: &Commit<'_>,
    head: Seq,
) -> Result<Appended, LedgerError> {
    let mut fresh = within(claim(connection, commit)).await?;
    let (events, repeats) = sift(commit.arrivals, |digest| fresh.remove(&digest));
    for (part, batch) in (0..).zip(Batch::all(head, &events)?) {
        within(insert(connection, commit, part, &batch)).await?;
    }
    Ok(Appended { logged: batch::placed(head, &events), repeats })
}

/// Remembers all digests; gives those that were not known.
async fn claim(connection: &mut PgConnection, commit: &Commit<'_>) -> Result<HashSet<Digest>, LedgerError> {
    let digests = commit.arrivals.iter().flat_map(|arrival| arrival.keys.iter());
    let digests: Vec<[u8; Digest::SIZE]> = digests.map(Digest::bytes).collect();
    if digests.is_empty() {
        return Ok(HashSet::new());
    }
    let fresh: Vec<Vec<u8>> = sqlx::query_scalar(
        "INSERT INTO heard (organisation, digest, heard_at) SELECT $1, digest, $3 FROM unnest($2::bytea[]) AS digest
         ON CONFLICT (organisation, digest) DO NOTHING
         RETURNING digest",
    )
    .bind(commit.organisation)
    .bind(digests)
    .bind(commit.now)
    .fetch_all(connection)
    .await?;
    Ok(fresh.iter().filter_map(|digest| Digest::from_bytes(digest)).collect())
}

async fn insert(
    connection: &mut PgConnection,
    commit: &Commit<'_>,
    part: i32,
    batch: &Batch,
) -> Result<(), LedgerError> {
    sqlx::query(
        "INSERT INTO batch (organisation, first, last, commit_id, part, packed, body)
         VALUES ($1, $2, $3, $4::uuid, $5, $6, $7)",
    )
    .bind(commit.organisation)
    .bind(to_db(batch.first))
    .bind(to_db(batch.last))
    .bind(commit.id.to_string())
    .bind(part)
    .bind(batch.body.packed)
    .bind(batch.body.bytes.as_slice())
    .execute(connection)
    .await?;
    Ok(())
}

/// The batches that hold the `limit` events after `after` that are above the floor, and after which event to cut.
pub(super) async fn batches(
    pool: &PgPool,
    (organisation, name): (&str, &str),
    after: Seq,
    limit: u32,
) -> Result<(Seq, Vec<Batch>), LedgerError> {
    // One statement sees one state: what is compacted meanwhile is in it or is not.
    let rows: Vec<(i64, i64, i64, bool, Vec<u8>)> = sqlx::query_as(
        "WITH here AS (SELECT greatest($2, floor) AS start FROM log WHERE organisation = $1 AND name = $4)
         SELECT start, first, last, packed, body FROM here, batch
         WHERE organisation = $1 AND first <= start + $3
           AND first >= coalesce((SELECT max(first) FROM batch WHERE organisation = $1 AND first <= start + 1), 1)
         ORDER BY first",
    )
    .bind(organisation)
    // Far beyond any position, and no sum with it is too large for the database.
    .bind(to_db(after).min(i64::MAX / 2))
    .bind(i64::from(limit))
    .bind(name)
    .fetch_all(pool)
    .await?;
    let start = rows.first().map_or(after, |row| from_db(row.0));
    let rows = rows.into_iter().map(|(_, first, last, packed, body)| Row { first, last, packed, body });
    Ok((start, rows.map(Batch::from).collect()))
}

/// Raises the floor and drops batches that are wholly below it; tells by how much it rose.
pub(super) async fn compact(
    pool: &PgPool,
    (organisation, name): (&str, &str),
    upto: Seq,
) -> Result<u64, LedgerError> {
    let mut transaction = pool.begin().await?;
    lock(&mut transaction, organisation, name).await?;
    let before: i64 = sqlx::query_scalar("SELECT floor FROM log WHERE organisation = $1")
        .bind(organisation)
        .fetch_one(&mut *transaction)
        .await?;
    let floor: i64 = sqlx::query_scalar(
        "UPDATE log SET floor = greatest(floor, least($2, coalesce(
             (SELECT max(seq) FROM snapshot WHERE organisation = $1 AND whole), 0)))
         WHERE organisation = $1
         RETURNING floor",
    )
    .bind(organisation)
    .bind(to_db(upto))
    .fetch_one(&mut *transaction)
    .await?;
    sqlx::query("DELETE FROM batch WHERE organisation = $1 AND first <= $2 AND last <= $2")
        .bind(organisation)
        .bind(floor)
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(from_db(floor - before).0)
}

/// Forgets digests heard before `horizon`.
pub(super) async fn forget(
    pool: &PgPool,
    organisation: &str,
    horizon: DateTime<Utc>,
) -> Result<u64, LedgerError> {
    let done = sqlx::query("DELETE FROM heard WHERE organisation = $1 AND heard_at < $2")
        .bind(organisation)
        .bind(horizon)
        .execute(pool)
        .await?;
    Ok(done.rows_affected())
}

impl From<Row> for Batch {
    fn from(row: Row) -> Self {
        let body = Body { packed: row.packed, bytes: row.body };
        Self { first: from_db(row.first), last: from_db(row.last), body }
    }
}

/// The database's integers are signed; positions stay far below the sign.
pub(super) fn to_db(seq: Seq) -> i64 {
    i64::try_from(seq.0).unwrap_or(i64::MAX)
}

pub(super) fn from_db(seq: i64) -> Seq {
    Seq(u64::try_from(seq).unwrap_or(0))
}
