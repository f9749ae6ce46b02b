//! Statements over the directory sweep.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use rollcall_model::PersonId;
use sqlx::{FromRow, PgConnection, PgPool};

use crate::ledger::{Checkpoint, LedgerError, Step};

#[derive(FromRow)]
struct Row {
    number: i64,
    started_at: DateTime<Utc>,
    step: String,
    page: Option<String>,
    finished_at: Option<DateTime<Utc>>,
}

/// How far the sweep is.
pub(super) async fn checkpoint(pool: &PgPool, organisation: &str) -> Result<Option<Checkpoint>, LedgerError> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT number, started_at, step, page, finished_at FROM sweep WHERE organisation = $1",
    )
    .bind(organisation)
    .fetch_optional(pool)
    .await?;
    Ok(row.map(Checkpoint::from))
}

/// Replaces the checkpoint, unless a later sweep's is there, and remembers whom the sweep's last page listed.
pub(super) async fn keep(
    connection: &mut PgConnection,
    organisation: &str,
    at: &Checkpoint,
    people: &[PersonId],
) -> Result<(), LedgerError> {
    sqlx::query(
        "INSERT INTO sweep (organisation, number, started_at, step, page, finished_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (organisation) DO UPDATE SET
             number = excluded.number, started_at = excluded.started_at, step = excluded.step,
             page = excluded.page, finished_at = excluded.finished_at
         WHERE excluded.number >= sweep.number",
    )
    .bind(organisation)
    .bind(at.number)
    .bind(at.started_at)
    .bind(at.step.word())
    .bind(&at.page)
    .bind(at.finished_at)
    .execute(&mut *connection)
    .await?;
    list(connection, organisation, at.number, people).await
}

/// One statement cannot put the same person in twice, which a page of Zoom may.
async fn list(
    connection: &mut PgConnection,
    organisation: &str,
    number: i64,
    people: &[PersonId],
) -> Result<(), LedgerError> {
    let people: Vec<&str> = people.iter().map(PersonId::as_str).collect();
    sqlx::query(
        "INSERT INTO listed (organisation, person, sweep)
         SELECT DISTINCT $1, person, $3 FROM unnest($2::text[]) AS person
         ON CONFLICT (organisation, person) DO UPDATE SET sweep = excluded.sweep
         WHERE excluded.sweep > listed.sweep",
    )
    .bind(organisation)
    .bind(people)
    .bind(number)
    .execute(connection)
    .await?;
    Ok(())
}

/// Whom sweep `number` listed.
pub(super) async fn listed(
    pool: &PgPool,
    organisation: &str,
    number: i64,
) -> Result<HashSet<PersonId>, LedgerError> {
    let people: Vec<String> =
        sqlx::query_scalar("SELECT person FROM listed WHERE organisation = $1 AND sweep = $2")
            .bind(organisation)
            .bind(number)
            .fetch_all(pool)
            .await?;
    Ok(people.iter().map(|person| PersonId::new(person)).collect())
}

impl From<Row> for Checkpoint {
    fn from(row: Row) -> Self {
        Self {
            number: row.number,
            started_at: row.started_at,
            step: Step::of(&row.step),
            page: row.page,
            finished_at: row.finished_at,
        }
    }
}
