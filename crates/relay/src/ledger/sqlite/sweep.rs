//! Statements over the directory sweep.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use rollcall_model::PersonId;
use sqlx::{FromRow, SqliteConnection, SqlitePool};

use crate::ledger::{Checkpoint, LedgerError, Step};

#[derive(FromRow)]
struct Row {
    number: i64,
    started_at: i64,
    step: String,
    page: Option<String>,
    finished_at: Option<i64>,
}

/// How far the sweep is.
pub(super) async fn checkpoint(pool: &SqlitePool) -> Result<Option<Checkpoint>, LedgerError> {
    let row: Option<Row> = sqlx::query_as("SELECT number, started_at, step, page, finished_at FROM sweep")
        .fetch_optional(pool)
        .await?;
    Ok(row.map(Checkpoint::from))
}

/// Replaces the checkpoint, unless a later sweep's is there.
pub(super) async fn keep(connection: &mut SqliteConnection, at: &Checkpoint) -> Result<(), LedgerError> {
    sqlx::query(
        "INSERT INTO sweep (id, number, started_at, step, page, finished_at) VALUES (1, ?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (id) DO UPDATE SET
             number = excluded.number, started_at = excluded.started_at, step = excluded.step,
             page = excluded.page, finished_at = excluded.finished_at
         WHERE excluded.number >= sweep.number",
    )
    .bind(at.number)
    .bind(at.started_at.timestamp_millis())
    .bind(at.step.word())
    .bind(&at.page)
    .bind(at.finished_at.map(|at| at.timestamp_millis()))
    .execute(connection)
    .await?;
    Ok(())
}

/// Remembers whom a page of sweep `number` listed.
pub(super) async fn list(
    connection: &mut SqliteConnection,
    number: i64,
    people: &[PersonId],
) -> Result<(), LedgerError> {
    sqlx::query(
        "INSERT INTO listed (person, sweep) SELECT value, ?2 FROM json_each(?1) WHERE true
         ON CONFLICT (person) DO UPDATE SET sweep = excluded.sweep WHERE excluded.sweep > listed.sweep",
    )
    .bind(serde_json::to_string(people).map_err(LedgerError::Encoding)?)
    .bind(number)
    .execute(connection)
    .await?;
    Ok(())
}

/// Whom sweep `number` listed.
pub(super) async fn listed(pool: &SqlitePool, number: i64) -> Result<HashSet<PersonId>, LedgerError> {
    let people: Vec<String> =
        sqlx::query_scalar("SELECT person FROM listed WHERE sweep = ?1").bind(number).fetch_all(pool).await?;
    Ok(people.iter().map(|person| PersonId::new(person)).collect())
}

impl From<Row> for Checkpoint {
    fn from(row: Row) -> Self {
        Self {
            number: row.number,
            started_at: time(row.started_at),
            step: Step::of(&row.step),
            page: row.page,
            finished_at: row.finished_at.map(time),
        }
    }
}

pub(super) fn time(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or(DateTime::UNIX_EPOCH)
}
