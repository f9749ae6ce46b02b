//! The verbs of a store. Both databases understand nearly the same text and number their parameters alike, so each
//! statement stands here once; where they differ, the macro is given the words of each.
//!
//! Rows come and addresses are asked for as one text of JSON, so that one statement takes thousands.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use rollcall_model::{Expertise, Latest, Policy, search::Synonyms};
use serde::{Serialize, de::DeserializeOwned};
use sqlx::{FromRow, Postgres, Sqlite};

use super::{merge::merged, open::Stored};
use crate::{
    ledger::LedgerError,
    lore::{Imported, Known, Lore, Patch, Told},
};

/// How many rows one statement takes.
const ROWS: usize = 2_000;

const ALL: &str = "SELECT email, body, changed_at, change FROM expertise
                   WHERE organisation = $1 AND body IS NOT NULL";

#[derive(FromRow)]
struct Row {
    email: String,
    body: Option<String>,
    changed_at: i64,
    change: i64,
}

impl TryFrom<Row> for Told {
    type Error = LedgerError;

    fn try_from(row: Row) -> Result<Self, LedgerError> {
        let expertise = match row.body {
            Some(body) => serde_json::from_str(&body).map_err(LedgerError::Encoding)?,
            None => Expertise::NOTHING,
        };
        Ok(Self { email: row.email, expertise, at: time(row.changed_at), change: row.change })
    }
}

fn time(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or_default()
}

fn json(value: &impl Serialize) -> Result<String, LedgerError> {
    serde_json::to_string(value).map_err(LedgerError::Encoding)
}

macro_rules! lore {
    ($database:ty, begin $begin:literal, keep $keep:literal, of $of:literal, scrub $scrub:expr) => {
        #[async_trait]
        impl Lore for Stored<$database> {
            async fn last_change(&self) -> Result<i64, LedgerError> {
                Ok(sqlx::query_scalar("SELECT change FROM organisation WHERE name = $1")
                    .bind(&self.organisation)
                    .fetch_one(&self.readers)
                    .await?)
            }

            async fn changes(&self, known: &Known, limit: u32) -> Result<Vec<Told>, LedgerError> {
                let rows: Vec<Row> = sqlx::query_as(
                    "SELECT email, body, changed_at, change FROM expertise
                     WHERE organisation = $1 AND (change, email) > ($2, $3)
                     ORDER BY change, email LIMIT $4",
                )
                .bind(&self.organisation)
                .bind(known.change)
                .bind(&known.email)
                .bind(i64::from(limit))
                .fetch_all(&self.readers)
                .await?;
                rows.into_iter().map(Told::try_from).collect()
            }

            async fn of(&self, emails: &[String]) -> Result<Vec<Told>, LedgerError> {
                let mut told = Vec::new();
                for emails in emails.chunks(ROWS) {
                    let rows: Vec<Row> = sqlx::query_as($of)
                        .bind(&self.organisation)
                        .bind(json(&emails)?)
                        .fetch_all(&self.readers)
                        .await?;
                    for row in rows {
                        told.push(row.try_into()?);
                    }
                }
                Ok(told)
            }

            async fn import(
                &self,
                patches: &[Patch],
                anew: bool,
                now: DateTime<Utc>,
                horizon: DateTime<Utc>,
            ) -> Result<Imported, LedgerError> {
                let mut transaction = self.writer.begin_with($begin).await?;
                let change: i64 = sqlx::query_scalar(
                    "UPDATE organisation SET change = change + 1 WHERE name = $1 RETURNING change",
                )
                .bind(&self.organisation)
                .fetch_one(&mut *transaction)
                .await?;
                let mut kept: Vec<Row> = Vec::new();
                if anew {
                    kept = sqlx::query_as(ALL).bind(&self.organisation).fetch_all(&mut *transaction).await?;
                } else {
                    // Whoever edits one person among a hundred thousand reads one row.
                    for patches in patches.chunks(ROWS) {
                        let emails: Vec<&str> = patches.iter().map(|patch| patch.email.as_str()).collect();
                        let these: Vec<Row> = sqlx::query_as($of)
                            .bind(&self.organisation)
                            .bind(json(&emails)?)
                            .fetch_all(&mut *transaction)
                            .await?;
                        kept.extend(these);
                    }
                }
                let kept = kept.into_iter().filter_map(|row| Some((row.email, row.body?)));
                let (rows, imported) = merged(kept.collect(), patches, anew)?;
                if rows.is_empty() {
                    // The number is given back.
                    return Ok(imported);
                }
                for rows in rows.chunks(ROWS) {
                    sqlx::query($keep)
                        .bind(&self.organisation)
                        .bind(json(&rows)?)
                        .bind(now.timestamp_millis())
                        .bind(change)
                        .execute(&mut *transaction)
                        .await?;
                }
                sqlx::query(
                    "DELETE FROM expertise WHERE organisation = $1 AND body IS NULL AND changed_at < $2",
                )
                .bind(&self.organisation)
                .bind(horizon.timestamp_millis())
                .execute(&mut *transaction)
                .await?;
                transaction.commit().await?;
                Ok(imported)
            }

            async fn synonyms(&self) -> Result<Option<Latest<Synonyms>>, LedgerError> {
                self.facet("SELECT body, changed_at FROM synonyms WHERE organisation = $1").await
            }

            async fn keep_synonyms(
                &self,
                synonyms: &Synonyms,
                now: DateTime<Utc>,
            ) -> Result<bool, LedgerError> {
                let keep = "INSERT INTO synonyms (organisation, body, changed_at) VALUES ($1, $2, $3)
                            ON CONFLICT (organisation)
                            DO UPDATE SET body = excluded.body, changed_at = excluded.changed_at
                            WHERE synonyms.body <> excluded.body";
                self.keep_facet(keep, synonyms, now).await
            }

            async fn policy(&self) -> Result<Option<Latest<Policy>>, LedgerError> {
                self.facet("SELECT body, changed_at FROM policy WHERE organisation = $1").await
            }

            async fn keep_policy(&self, policy: &Policy, now: DateTime<Utc>) -> Result<bool, LedgerError> {
                let keep = "INSERT INTO policy (organisation, body, changed_at) VALUES ($1, $2, $3)
                            ON CONFLICT (organisation)
                            DO UPDATE SET body = excluded.body, changed_at = excluded.changed_at
                            WHERE policy.body <> excluded.body";
                self.keep_facet(keep, policy, now).await
            }

            async fn forget_all(&self) -> Result<(), LedgerError> {
                let mut transaction = self.writer.begin_with($begin).await?;
                for all in [
                    "UPDATE organisation SET change = change + 1 WHERE name = $1",
                    "DELETE FROM expertise WHERE organisation = $1",
                    "DELETE FROM synonyms WHERE organisation = $1",
                    "DELETE FROM policy WHERE organisation = $1",
                ] {
                    sqlx::query(all).bind(&self.organisation).execute(&mut *transaction).await?;
                }
                transaction.commit().await?;
                let scrub: Option<&'static str> = $scrub;
                if let Some(scrub) = scrub {
                    sqlx::query(scrub).execute(&self.writer).await?;
                }
                Ok(())
            }

            async fn close(&self) {
                self.readers.close().await;
                self.writer.close().await;
            }
        }

        impl Stored<$database> {
            /// Something that is told of the organisation as a whole.
            async fn facet<T: DeserializeOwned>(
                &self,
                select: &'static str,
            ) -> Result<Option<Latest<T>>, LedgerError> {
                let kept: Option<(String, i64)> =
                    sqlx::query_as(select).bind(&self.organisation).fetch_optional(&self.readers).await?;
                let read = |(body, at): (String, i64)| {
                    Ok(Latest::new(time(at), serde_json::from_str(&body).map_err(LedgerError::Encoding)?))
                };
                kept.map(read).transpose()
            }

            /// Keeps something that is told of the organisation as a whole; tells whether it is something else than
            /// before.
            async fn keep_facet(
                &self,
                keep: &'static str,
                facet: &(impl Serialize + Sync),
                now: DateTime<Utc>,
            ) -> Result<bool, LedgerError> {
                let body = json(facet)?;
                let mut transaction = self.writer.begin_with($begin).await?;
                sqlx::query("UPDATE organisation SET change = change + 1 WHERE name = $1")
                    .bind(&self.organisation)
                    .execute(&mut *transaction)
                    .await?;
                let written = sqlx::query(keep)
                    .bind(&self.organisation)
                    .bind(body)
                    .bind(now.timestamp_millis())
                    .execute(&mut *transaction)
                    .await?;
                let changed = written.rows_affected() > 0;
                if changed {
                    transaction.commit().await?;
                }
                Ok(changed)
            }
        }
    };
}

lore!(
    Sqlite,
    begin "BEGIN IMMEDIATE",
    keep "INSERT INTO expertise (organisation, email, body, changed_at, change)
          SELECT $1, value ->> 0, value ->> 1, $3, $4 FROM json_each($2) WHERE true
          ON CONFLICT (organisation, email) DO UPDATE SET
              body = excluded.body, changed_at = excluded.changed_at, change = excluded.change",
    of "SELECT email, body, changed_at, change FROM expertise
        WHERE organisation = $1 AND email IN (SELECT value FROM json_each($2))",
    // The file of what was written last holds pages as they were before.
    scrub Some("PRAGMA wal_checkpoint(TRUNCATE)")
);

lore!(
    Postgres,
    begin "BEGIN",
    keep "INSERT INTO expertise (organisation, email, body, changed_at, change)
          SELECT $1, line ->> 0, line ->> 1, $3, $4 FROM json_array_elements($2::json) AS line
          ON CONFLICT (organisation, email) DO UPDATE SET
              body = excluded.body, changed_at = excluded.changed_at, change = excluded.change",
    of "SELECT email, body, changed_at, change FROM expertise
        WHERE organisation = $1 AND email IN (SELECT json_array_elements_text($2::json))",
    scrub None
);
