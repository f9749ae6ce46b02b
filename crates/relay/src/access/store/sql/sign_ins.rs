//! Statements over sign-ins on their way.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::{Postgres, Sqlite};

use super::{
    super::{SignInOnItsWay, StoreError, rows::SignInRow},
    Tx,
};
use crate::access::secret::Digest;

#[async_trait]
pub(in super::super) trait SignIns {
    async fn count_sign_ins(&mut self) -> Result<i64, StoreError>;

    async fn insert_sign_in(&mut self, sign_in: &SignInOnItsWay) -> Result<(), StoreError>;

    async fn take_sign_in(&mut self, state: &Digest) -> Result<Option<SignInOnItsWay>, StoreError>;

    async fn drop_sign_ins(&mut self, ended_before: DateTime<Utc>) -> Result<(), StoreError>;
}

macro_rules! sign_ins {
    ($($database:ty),*) => {$(
        #[async_trait]
        impl SignIns for Tx<$database> {
            async fn count_sign_ins(&mut self) -> Result<i64, StoreError> {
                Ok(sqlx::query_scalar("SELECT count(*) FROM sign_in WHERE organisation = $1")
                    .bind(&self.organisation)
                    .fetch_one(&mut *self.transaction)
                    .await?)
            }

            async fn insert_sign_in(&mut self, sign_in: &SignInOnItsWay) -> Result<(), StoreError> {
                sqlx::query(
                    "INSERT INTO sign_in
                        (organisation, state, browser, verifier, challenge, desk_state, redirect, expires_at)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                )
                .bind(&self.organisation)
                .bind(sign_in.state.as_slice())
                .bind(sign_in.browser.as_slice())
                .bind(&sign_in.verifier)
                .bind(&sign_in.challenge)
                .bind(&sign_in.desk_state)
                .bind(&sign_in.redirect)
                .bind(sign_in.expires_at.timestamp_millis())
                .execute(&mut *self.transaction)
                .await?;
                Ok(())
            }

            async fn take_sign_in(&mut self, state: &Digest) -> Result<Option<SignInOnItsWay>, StoreError> {
                let row: Option<SignInRow> = sqlx::query_as(
                    "DELETE FROM sign_in WHERE organisation = $1 AND state = $2
                     RETURNING state, browser, verifier, challenge, desk_state, redirect, expires_at",
                )
                .bind(&self.organisation)
                .bind(state.as_slice())
                .fetch_optional(&mut *self.transaction)
                .await?;
                row.map(SignInOnItsWay::try_from).transpose()
            }

            async fn drop_sign_ins(&mut self, ended_before: DateTime<Utc>) -> Result<(), StoreError> {
                sqlx::query("DELETE FROM sign_in WHERE organisation = $1 AND expires_at <= $2")
                    .bind(&self.organisation)
                    .bind(ended_before.timestamp_millis())
                    .execute(&mut *self.transaction)
                    .await?;
                Ok(())
            }
        }
    )*};
}

sign_ins!(Sqlite, Postgres);
