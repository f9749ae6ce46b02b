//! Statements over codes.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::{Postgres, Sqlite};

use super::{
    super::{
        Attempt, NewCode, StoreError,
        judge::KeptCode,
        rows::{CodeRow, word},
    },
    Tx,
};

#[async_trait]
pub(in super::super) trait Codes {
    async fn insert_code(&mut self, code: &NewCode) -> Result<(), StoreError>;

    async fn code(&mut self, selector: &str) -> Result<Option<KeptCode>, StoreError>;

    /// The desk of this attempt used the code; when it was used first stays as it is.
    async fn use_code(&mut self, attempt: &Attempt) -> Result<(), StoreError>;

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
                    "SELECT code.digest, code.email, code.role, code.person, code.challenge, code.tries,
                            code.used_at, code.used_by, code.expires_at, session.id AS opened
                     FROM code LEFT JOIN session
                        ON session.organisation = code.organisation AND session.id = code.opened
                        AND session.ended_at IS NULL
                     WHERE code.organisation = $1 AND code.selector = $2",
                )
                .bind(&self.organisation)
                .bind(selector)
                .fetch_optional(&mut *self.transaction)
                .await?;
                row.map(KeptCode::try_from).transpose()
            }

            async fn use_code(&mut self, attempt: &Attempt) -> Result<(), StoreError> {
                sqlx::query(
                    "UPDATE code SET used_at = coalesce(used_at, $3), used_by = $4, opened = $5
                     WHERE organisation = $1 AND selector = $2",
                )
                .bind(&self.organisation)
                .bind(&attempt.selector)
                .bind(attempt.now.timestamp_millis())
                .bind(attempt.challenge.as_deref())
                .bind(attempt.session.to_string())
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
