//! Statements over sessions.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use rollcall_model::PersonId;
use sqlx::{Postgres, Sqlite};

use super::{
    super::{
        Session, StoreError,
        rows::{SessionRow, read, word},
    },
    Tx,
};
use crate::access::SessionId;

#[async_trait]
pub(in super::super) trait Sessions {
    async fn insert_session(&mut self, session: &Session) -> Result<(), StoreError>;

    /// The number of the change that is being made.
    async fn next_change(&mut self) -> Result<i64, StoreError>;

    async fn mark_changed(&mut self, session: SessionId, change: i64) -> Result<(), StoreError>;

    async fn end_session(
        &mut self,
        session: SessionId,
        now: DateTime<Utc>,
        change: i64,
    ) -> Result<bool, StoreError>;

    /// Ends every session that is open, in one statement however many there are.
    async fn end_everybody(&mut self, now: DateTime<Utc>, change: i64) -> Result<Vec<SessionId>, StoreError>;

    async fn set_person(&mut self, session: SessionId, person: &PersonId) -> Result<(), StoreError>;

    async fn touch(&mut self, session: SessionId, at: DateTime<Utc>) -> Result<(), StoreError>;

    async fn sessions_at_rest(&mut self, since: DateTime<Utc>) -> Result<Vec<Session>, StoreError>;

    /// The addresses under which this person ever came in.
    async fn emails_of(&mut self, person: &PersonId) -> Result<Vec<String>, StoreError>;

    async fn forget_whose(&mut self, email: &str) -> Result<(), StoreError>;

    async fn forget_whose_all(&mut self) -> Result<(), StoreError>;

    async fn drop_sessions(&mut self, ended_before: DateTime<Utc>) -> Result<(), StoreError>;
}

macro_rules! sessions {
    ($($database:ty),*) => {$(
        #[async_trait]
        impl Sessions for Tx<$database> {
            async fn insert_session(&mut self, session: &Session) -> Result<(), StoreError> {
                sqlx::query(
                    "INSERT INTO session (organisation, id, email, role, person, opened_at, last_used_at)
                     VALUES ($1, $2, $3, $4, $5, $6, $7)",
                )
                .bind(&self.organisation)
                .bind(session.id.to_string())
                .bind(&session.email)
                .bind(word(session.role)?)
                .bind(session.person.as_ref().map(|person| person.as_str()))
                .bind(session.opened_at.timestamp_millis())
                .bind(session.last_used_at.timestamp_millis())
                .execute(&mut *self.transaction)
                .await?;
                Ok(())
            }

            async fn next_change(&mut self) -> Result<i64, StoreError> {
                Ok(sqlx::query_scalar(
                    "UPDATE organisation SET change = change + 1 WHERE name = $1 RETURNING change",
                )
                .bind(&self.organisation)
                .fetch_one(&mut *self.transaction)
                .await?)
            }

            async fn mark_changed(&mut self, session: SessionId, change: i64) -> Result<(), StoreError> {
                sqlx::query("UPDATE session SET change = $3 WHERE organisation = $1 AND id = $2")
                    .bind(&self.organisation)
                    .bind(session.to_string())
                    .bind(change)
                    .execute(&mut *self.transaction)
                    .await?;
                Ok(())
            }

            async fn end_session(
                &mut self,
                session: SessionId,
                now: DateTime<Utc>,
                change: i64,
            ) -> Result<bool, StoreError> {
                let done = sqlx::query(
                    "UPDATE session SET ended_at = $3, change = $4
                     WHERE organisation = $1 AND id = $2 AND ended_at IS NULL",
                )
                .bind(&self.organisation)
                .bind(session.to_string())
                .bind(now.timestamp_millis())
                .bind(change)
                .execute(&mut *self.transaction)
                .await?;
                Ok(done.rows_affected() > 0)
            }

            async fn end_everybody(
                &mut self,
                now: DateTime<Utc>,
                change: i64,
            ) -> Result<Vec<SessionId>, StoreError> {
                let ids: Vec<String> = sqlx::query_scalar(
                    "UPDATE session SET ended_at = $2, change = $3
                     WHERE organisation = $1 AND ended_at IS NULL RETURNING id",
                )
                .bind(&self.organisation)
                .bind(now.timestamp_millis())
                .bind(change)
                .fetch_all(&mut *self.transaction)
                .await?;
                ids.iter().map(|id| read(id, "session")).collect()
            }

            async fn set_person(&mut self, session: SessionId, person: &PersonId) -> Result<(), StoreError> {
                sqlx::query("UPDATE session SET person = $3 WHERE organisation = $1 AND id = $2")
                    .bind(&self.organisation)
                    .bind(session.to_string())
                    .bind(person.as_str())
                    .execute(&mut *self.transaction)
                    .await?;
                Ok(())
            }

            async fn touch(&mut self, session: SessionId, at: DateTime<Utc>) -> Result<(), StoreError> {
                sqlx::query(
                    "UPDATE session SET last_used_at = $3
                     WHERE organisation = $1 AND id = $2 AND last_used_at < $3",
                )
                .bind(&self.organisation)
                .bind(session.to_string())
                .bind(at.timestamp_millis())
                .execute(&mut *self.transaction)
                .await?;
                Ok(())
            }

            async fn sessions_at_rest(&mut self, since: DateTime<Utc>) -> Result<Vec<Session>, StoreError> {
                let rows: Vec<SessionRow> = sqlx::query_as(
                    "SELECT id, email, role, person, opened_at, last_used_at FROM session
                     WHERE organisation = $1 AND ended_at IS NULL AND last_used_at < $2",
                )
                .bind(&self.organisation)
                .bind(since.timestamp_millis())
                .fetch_all(&mut *self.transaction)
                .await?;
                rows.into_iter().map(Session::try_from).collect()
            }

            async fn emails_of(&mut self, person: &PersonId) -> Result<Vec<String>, StoreError> {
                Ok(sqlx::query_scalar(
                    "SELECT DISTINCT email FROM session WHERE organisation = $1 AND person = $2",
                )
                .bind(&self.organisation)
                .bind(person.as_str())
                .fetch_all(&mut *self.transaction)
                .await?)
            }

            async fn forget_whose(&mut self, email: &str) -> Result<(), StoreError> {
                sqlx::query(
                    "UPDATE session SET email = '', person = NULL WHERE organisation = $1 AND email = $2",
                )
                .bind(&self.organisation)
                .bind(email)
                .execute(&mut *self.transaction)
                .await?;
                Ok(())
            }

            async fn forget_whose_all(&mut self) -> Result<(), StoreError> {
                sqlx::query("UPDATE session SET email = '', person = NULL WHERE organisation = $1")
                    .bind(&self.organisation)
                    .execute(&mut *self.transaction)
                    .await?;
                Ok(())
            }

            async fn drop_sessions(&mut self, ended_before: DateTime<Utc>) -> Result<(), StoreError> {
                sqlx::query("DELETE FROM session WHERE organisation = $1 AND ended_at < $2")
                    .bind(&self.organisation)
                    .bind(ended_before.timestamp_millis())
                    .execute(&mut *self.transaction)
                    .await?;
                Ok(())
            }
        }
    )*};
}

sessions!(Sqlite, Postgres);
