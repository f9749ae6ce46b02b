//! Statements over codes.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::{Postgres, Sqlite};

use super::{
    super::{
        NewCode, StoreError,
        judge::KeptCode,
        rows::{CodeRow, word},
    },
    Tx,
};

#[async_trait]
pub(in super::super) trait Codes {
    async fn insert_code(&mut self, code: &NewCode) -> Result<(), StoreError>;

    async fn code(&mut self, selector: &str) -> Result<Option<KeptCode>, StoreError>;

    async fn use_code(&mut self, selector: &str, now: DateTime<Utc>) -> Result<(), StoreError>;

    async fn count_wrong_try(&mut self, selector: &str) -> Result<(), StoreError>;

    async fn drop_codes(&mut self, ended_before: DateTime<Utc>) -> Result<(), StoreError>;

    async fn drop_codes_of(&mut self, email: &str) -> Result<(), StoreError>;

    async fn drop_all_codes(&mut self) -> Result<(), StoreError>;
}

macro_rules! codes {
    ($($database:ty),*) => {$(
        #[async_trait]
        impl Codes for Tx<$database> {
            async fn insert_code(&mut self, code: &NewCode) -> Result<(), StoreError> {
                sqlx::query(
                    "INSERT INTO code
                        (organisation, selector, digest, email, role, person, challenge, made_by, expires_at)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                )
                .bind(&self.organisation)
                .bind(&code.selector)
                .bind(code.digest.as_slice())
                .bind(&code.email)
                .bind(word(code.role)?)
                .bind(code.person.as_ref().map(|person| person.as_str()))
                .bind(code.challenge.as_deref())
                .bind(&code.by)
                .bind(code.expires_at.timestamp_millis())
                .execute(&mut *self.transaction)
                .await?;
                Ok(())
            }

            async fn code(&mut self, selector: &str) -> Result<Option<KeptCode>, StoreError> {
                let row: Option<CodeRow> = sqlx::query_as(
                    "SELECT digest, email, role, person, challenge, tries, used_at, expires_at
                     FROM code WHERE organisation = $1 AND selector = $2",
                )
                .bind(&self.organisation)
                .bind(selector)
                .fetch_optional(&mut *self.transaction)
                .await?;
                row.map(KeptCode::try_from).transpose()
            }

            async fn use_code(&mut self, selector: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
                sqlx::query(
                    "UPDATE code SET used_at = $3
                     WHERE organisation = $1 AND selector = $2 AND used_at IS NULL",
                )
                .bind(&self.organisation)
                .bind(selector)
                .bind(now.timestamp_millis())
                .execute(&mut *self.transaction)
                .await?;
                Ok(())
            }

            async fn count_wrong_try(&mut self, selector: &str) -> Result<(), StoreError> {
                sqlx::query(
                    "UPDATE code SET tries = tries + 1
                     WHERE organisation = $1 AND selector = $2 AND used_at IS NULL",
                )
                .bind(&self.organisation)
                .bind(selector)
                .execute(&mut *self.transaction)
                .await?;
                Ok(())
            }

            async fn drop_codes(&mut self, ended_before: DateTime<Utc>) -> Result<(), StoreError> {
                sqlx::query("DELETE FROM code WHERE organisation = $1 AND expires_at < $2")
                    .bind(&self.organisation)
                    .bind(ended_before.timestamp_millis())
                    .execute(&mut *self.transaction)
                    .await?;
                Ok(())
            }

            async fn drop_codes_of(&mut self, email: &str) -> Result<(), StoreError> {
                sqlx::query("DELETE FROM code WHERE organisation = $1 AND email = $2")
                    .bind(&self.organisation)
                    .bind(email)
                    .execute(&mut *self.transaction)
                    .await?;
                Ok(())
            }

            async fn drop_all_codes(&mut self) -> Result<(), StoreError> {
                sqlx::query("DELETE FROM code WHERE organisation = $1")
                    .bind(&self.organisation)
                    .execute(&mut *self.transaction)
                    .await?;
                Ok(())
            }
        }
    )*};
}

codes!(Sqlite, Postgres);
