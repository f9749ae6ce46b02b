//! Statements over tokens.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::{Postgres, Sqlite};

use super::{
    super::{
        StoreError,
        rows::{KeptToken, TokenRow, TokenStanding},
    },
    Tx,
};
use crate::access::{SessionId, secret::Digest};

#[async_trait]
pub(in super::super) trait Tokens {
    async fn token(&mut self, digest: &Digest) -> Result<Option<KeptToken>, StoreError>;

    async fn insert_token(
        &mut self,
        digest: &Digest,
        session: SessionId,
        standing: TokenStanding,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError>;

    /// Forgets what was given out and not shown, but for the `kept` youngest: one of them that is shown later
    /// proves nothing against the token in use.
    async fn drop_old_next(&mut self, session: SessionId, kept: i64) -> Result<(), StoreError>;

    /// Spends all tokens of the session but this one.
    async fn spend_others(
        &mut self,
        session: SessionId,
        but: &Digest,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError>;

    async fn make_current(&mut self, digest: &Digest) -> Result<(), StoreError>;

    async fn drop_spent(&mut self, made_before: DateTime<Utc>) -> Result<(), StoreError>;
}

macro_rules! tokens {
    ($($database:ty),*) => {$(
        #[async_trait]
        impl Tokens for Tx<$database> {
            async fn token(&mut self, digest: &Digest) -> Result<Option<KeptToken>, StoreError> {
                let row: Option<TokenRow> = sqlx::query_as(
                    "SELECT token.standing, token.spent_at, session.ended_at, session.id, session.email, session.role,
                            session.person, session.opened_at, session.last_used_at
                     FROM token JOIN session
                        ON session.organisation = token.organisation AND session.id = token.session
                     WHERE token.organisation = $1 AND token.digest = $2",
                )
                .bind(&self.organisation)
                .bind(digest.as_slice())
                .fetch_optional(&mut *self.transaction)
                .await?;
                row.map(KeptToken::try_from).transpose()
            }

            async fn insert_token(
                &mut self,
                digest: &Digest,
                session: SessionId,
                standing: TokenStanding,
                now: DateTime<Utc>,
            ) -> Result<(), StoreError> {
                sqlx::query(
                    "INSERT INTO token (organisation, digest, session, standing, made_at)
                     VALUES ($1, $2, $3, $4, $5)",
                )
                .bind(&self.organisation)
                .bind(digest.as_slice())
                .bind(session.to_string())
                .bind(standing.word())
                .bind(now.timestamp_millis())
                .execute(&mut *self.transaction)
                .await?;
                Ok(())
            }

            async fn drop_old_next(&mut self, session: SessionId, kept: i64) -> Result<(), StoreError> {
                sqlx::query(
                    "DELETE FROM token
                     WHERE organisation = $1 AND session = $2 AND standing = 'next' AND digest NOT IN (
                        SELECT digest FROM token
                        WHERE organisation = $1 AND session = $2 AND standing = 'next'
                        ORDER BY made_at DESC, digest LIMIT $3
                     )",
                )
                .bind(&self.organisation)
                .bind(session.to_string())
                .bind(kept)
                .execute(&mut *self.transaction)
                .await?;
                Ok(())
            }

            async fn spend_others(
                &mut self,
                session: SessionId,
                but: &Digest,
                now: DateTime<Utc>,
            ) -> Result<(), StoreError> {
                sqlx::query(
                    "UPDATE token SET standing = 'spent', spent_at = $4
                     WHERE organisation = $1 AND session = $2 AND digest <> $3 AND standing <> 'spent'",
                )
                .bind(&self.organisation)
                .bind(session.to_string())
                .bind(but.as_slice())
                .bind(now.timestamp_millis())
                .execute(&mut *self.transaction)
                .await?;
                Ok(())
            }

            async fn make_current(&mut self, digest: &Digest) -> Result<(), StoreError> {
                sqlx::query("UPDATE token SET standing = 'current' WHERE organisation = $1 AND digest = $2")
                    .bind(&self.organisation)
                    .bind(digest.as_slice())
                    .execute(&mut *self.transaction)
                    .await?;
                Ok(())
            }

            async fn drop_spent(&mut self, made_before: DateTime<Utc>) -> Result<(), StoreError> {
                sqlx::query(
                    "DELETE FROM token WHERE organisation = $1 AND standing = 'spent' AND made_at < $2",
                )
                .bind(&self.organisation)
                .bind(made_before.timestamp_millis())
                .execute(&mut *self.transaction)
                .await?;
                Ok(())
            }
        }
    )*};
}

tokens!(Sqlite, Postgres);
