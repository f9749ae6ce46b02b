//! Statements over the log and the deliveries.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use rollcall_model::{Event, Logged, Seq};
use sqlx::{SqliteConnection, SqlitePool};

use crate::ledger::{Appended, Arrival, LedgerError, Span};

/// The log's name.
pub(super) async fn name(pool: &SqlitePool) -> Result<String, LedgerError> {
    Ok(sqlx::query_scalar("SELECT name FROM log").fetch_one(pool).await?)
}

/// The floor and the head.
pub(super) async fn span(pool: &SqlitePool) -> Result<Span, LedgerError> {
    let (floor, head): (i64, i64) =
        sqlx::query_as("SELECT floor, coalesce((SELECT max(seq) FROM event), floor) FROM log")
            .fetch_one(pool)
            .await?;
    Ok(Span { floor: from_db(floor), head: from_db(head) })
}

/// Appends what is new in `arrivals`: two statements, however many there are.
pub(super) async fn append(
    connection: &mut SqliteConnection,
    arrivals: &[Arrival],
    now: DateTime<Utc>,
) -> Result<Appended, LedgerError> {
    let digests: Vec<String> =
        arrivals.iter().filter_map(|arrival| arrival.digest.as_ref()).map(hex::encode_upper).collect();
    let mut fresh =
        if digests.is_empty() { HashSet::new() } else { claim(connection, &digests, now).await? };
    let mut appended = Appended::default();
    let mut events: Vec<&Event> = Vec::new();
    for arrival in arrivals {
        // Of two equal deliveries in one commit only the first takes its digest out of the set.
        if arrival.digest.as_ref().is_none_or(|digest| fresh.remove(&hex::encode_upper(digest))) {
            events.extend(&arrival.events);
        } else {
            appended.repeats += 1;
        }
    }
    if events.is_empty() {
        return Ok(appended);
    }
    let head = head(connection).await?;
    insert(connection, head, &serde_json::to_string(&events).map_err(LedgerError::Encoding)?).await?;
    appended.logged = (head.0 + 1..)
        .zip(events)
        .map(|(seq, event)| Logged { seq: Seq(seq), event: event.clone() })
        .collect();
    Ok(appended)
}

/// Remembers digests; gives those that were not known.
async fn claim(
    connection: &mut SqliteConnection,
    digests: &[String],
    now: DateTime<Utc>,
) -> Result<HashSet<String>, LedgerError> {
    let digests = serde_json::to_string(digests).map_err(LedgerError::Encoding)?;
    let fresh: Vec<String> = sqlx::query_scalar(
        "INSERT INTO delivery (digest, heard_at)
         SELECT unhex(value), ?2 FROM json_each(?1) WHERE true
         ON CONFLICT (digest) DO NOTHING
         RETURNING hex(digest)",
    )
    .bind(digests)
    .bind(now.timestamp_millis())
    .fetch_all(connection)
    .await?;
    Ok(fresh.into_iter().collect())
}

async fn head(connection: &mut SqliteConnection) -> Result<Seq, LedgerError> {
    let head: i64 = sqlx::query_scalar("SELECT coalesce((SELECT max(seq) FROM event), floor) FROM log")
        .fetch_one(connection)
        .await?;
    Ok(from_db(head))
}

/// Inserts a JSON array of events after `head`.
async fn insert(connection: &mut SqliteConnection, head: Seq, events: &str) -> Result<(), LedgerError> {
    sqlx::query("INSERT INTO event (seq, body) SELECT ?1 + 1 + key, value FROM json_each(?2) ORDER BY key")
        .bind(to_db(head))
        .bind(events)
        .execute(connection)
        .await?;
    Ok(())
}

/// At most `limit` events after `after`.
pub(super) async fn tail(pool: &SqlitePool, after: Seq, limit: u32) -> Result<Vec<Logged>, LedgerError> {
    let rows: Vec<(i64, String)> =
        sqlx::query_as("SELECT seq, body FROM event WHERE seq > ?1 ORDER BY seq LIMIT ?2")
            .bind(to_db(after))
            .bind(limit)
            .fetch_all(pool)
            .await?;
    rows.into_iter().map(|(seq, body)| logged(from_db(seq), &body)).collect()
}

fn logged(seq: Seq, body: &str) -> Result<Logged, LedgerError> {
    let event = serde_json::from_str(body).map_err(|source| LedgerError::Body { at: seq, source })?;
    Ok(Logged { seq, event })
}

/// Raises the floor to `upto`, though never beyond the snapshot that counts.
pub(super) async fn raise_floor(connection: &mut SqliteConnection, upto: Seq) -> Result<(), LedgerError> {
    sqlx::query(
        "UPDATE log SET floor = max(floor, min(?1, coalesce((SELECT seq FROM snapshot WHERE whole = 1), 0)))",
    )
    .bind(to_db(upto))
    .execute(connection)
    .await?;
    Ok(())
}

/// Drops events up to the floor.
pub(super) async fn drop_below_floor(connection: &mut SqliteConnection) -> Result<u64, LedgerError> {
    let done =
        sqlx::query("DELETE FROM event WHERE seq <= (SELECT floor FROM log)").execute(connection).await?;
    Ok(done.rows_affected())
}

/// Forgets digests heard before `horizon`.
pub(super) async fn forget_deliveries(pool: &SqlitePool, horizon: DateTime<Utc>) -> Result<u64, LedgerError> {
    let done = sqlx::query("DELETE FROM delivery WHERE heard_at < ?1")
        .bind(horizon.timestamp_millis())
        .execute(pool)
        .await?;
    Ok(done.rows_affected())
}

/// `SQLite`'s integers are signed; positions stay far below the sign.
pub(super) fn to_db(seq: Seq) -> i64 {
    i64::try_from(seq.0).unwrap_or(i64::MAX)
}

pub(super) fn from_db(seq: i64) -> Seq {
    Seq(u64::try_from(seq).unwrap_or(0))
}
