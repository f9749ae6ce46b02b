//! Statements over the trail.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::{Postgres, Sqlite};

use super::{
    super::{StoreError, rows::word},
    Tx,
};
use crate::access::entry::Entry;

#[async_trait]
pub(in super::super) trait Trail {
    /// The place that is being taken.
    async fn next_place(&mut self) -> Result<i64, StoreError>;

    async fn insert_entry(&mut self, number: i64, entry: &Entry) -> Result<(), StoreError>;

    /// Raises the floor to just below the first entry of `horizon` or later.
    async fn raise_floor(&mut self, horizon: DateTime<Utc>) -> Result<(), StoreError>;

    /// Raises the floor above everything.
    async fn raise_floor_to_the_top(&mut self) -> Result<(), StoreError>;

    async fn drop_below_floor(&mut self) -> Result<(), StoreError>;

    async fn forget_names(&mut self, email: &str) -> Result<(), StoreError>;

    /// Takes the next place.
    async fn note(&mut self, entry: &Entry) -> Result<(), StoreError> {
        let number = self.next_place().await?;
        self.insert_entry(number, entry).await
    }
}

macro_rules! trail {
    ($($database:ty),*) => {$(
        #[async_trait]
        impl Trail for Tx<$database> {
            async fn next_place(&mut self) -> Result<i64, StoreError> {
                Ok(sqlx::query_scalar(
                    "UPDATE organisation SET noted = noted + 1 WHERE name = $1 RETURNING noted",
                )
                .bind(&self.organisation)
                .fetch_one(&mut *self.transaction)
                .await?)
            }

            async fn insert_entry(&mut self, number: i64, entry: &Entry) -> Result<(), StoreError> {
                sqlx::query(
                    "INSERT INTO trail
                        (organisation, number, at, kind, why, who, session, made_by, address, what)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                )
                .bind(&self.organisation)
                .bind(number)
                .bind(entry.at.timestamp_millis())
                .bind(word(entry.kind)?)
                .bind(entry.why.map(word).transpose()?)
                .bind(entry.who.as_deref())
                .bind(entry.session.map(|session| session.to_string()))
                .bind(entry.by.as_deref())
                .bind(entry.address.map(|address| address.to_string()))
                .bind(entry.what.as_deref())
                .execute(&mut *self.transaction)
                .await?;
                Ok(())
            }

            async fn raise_floor(&mut self, horizon: DateTime<Utc>) -> Result<(), StoreError> {
                sqlx::query(
                    "UPDATE organisation SET floor = coalesce(
                        (SELECT min(number) - 1 FROM trail WHERE organisation = $1 AND at >= $2), noted
                     ) WHERE name = $1",
                )
                .bind(&self.organisation)
                .bind(horizon.timestamp_millis())
                .execute(&mut *self.transaction)
                .await?;
                Ok(())
            }

            async fn raise_floor_to_the_top(&mut self) -> Result<(), StoreError> {
                sqlx::query("UPDATE organisation SET floor = noted WHERE name = $1")
                    .bind(&self.organisation)
                    .execute(&mut *self.transaction)
                    .await?;
                Ok(())
            }

            async fn drop_below_floor(&mut self) -> Result<(), StoreError> {
                sqlx::query(
                    "DELETE FROM trail WHERE organisation = $1
                     AND number <= (SELECT floor FROM organisation WHERE name = $1)",
                )
                .bind(&self.organisation)
                .execute(&mut *self.transaction)
                .await?;
                Ok(())
            }

            async fn forget_names(&mut self, email: &str) -> Result<(), StoreError> {
                sqlx::query(
                    "UPDATE trail SET
                        address = CASE WHEN who = $2 THEN NULL ELSE address END,
                        made_by = CASE WHEN made_by = $2 THEN 'forgotten' ELSE made_by END,
                        who = CASE WHEN who = $2 THEN 'forgotten' ELSE who END
                     WHERE organisation = $1 AND (who = $2 OR made_by = $2)",
                )
                .bind(&self.organisation)
                .bind(email)
                .execute(&mut *self.transaction)
                .await?;
                Ok(())
            }
        }
    )*};
}

trail!(Sqlite, Postgres);
