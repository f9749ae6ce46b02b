//! Questions that need no transaction.

use async_trait::async_trait;
use sqlx::{Postgres, Sqlite};

use super::super::{
    Change, Session, StoreError, Whose,
    open::Stored,
    rows::{ChangeRow, KeptToken, SessionRow, TokenRow, TrailRow},
};
use crate::access::{entry::Noted, secret::Digest};

#[async_trait]
pub(in super::super) trait Reads {
    async fn kept_token(&self, digest: &Digest) -> Result<Option<KeptToken>, StoreError>;

    async fn open_sessions(&self, whose: Whose<'_>) -> Result<Vec<Session>, StoreError>;

    async fn head(&self) -> Result<i64, StoreError>;

    async fn changes_after(&self, after: i64) -> Result<Vec<Change>, StoreError>;

    async fn entries(&self, after: i64, limit: u32) -> Result<Vec<Noted>, StoreError>;
}

macro_rules! reads {
    ($($database:ty),*) => {$(
        #[async_trait]
        impl Reads for Stored<$database> {
            async fn kept_token(&self, digest: &Digest) -> Result<Option<KeptToken>, StoreError> {
                let row: Option<TokenRow> = sqlx::query_as(
                    "SELECT token.standing, token.spent_at, session.ended_at, session.id, session.email, session.role,
                            session.person, session.opened_at, session.last_used_at
                     FROM token JOIN session
                        ON session.organisation = token.organisation AND session.id = token.session
                     WHERE token.organisation = $1 AND token.digest = $2",
                )
                .bind(&self.organisation)
                .bind(digest.as_slice())
                .fetch_optional(&self.readers)
                .await?;
                row.map(KeptToken::try_from).transpose()
            }

            async fn open_sessions(&self, whose: Whose<'_>) -> Result<Vec<Session>, StoreError> {
                let query = match whose {
                    Whose::Session(id) => sqlx::query_as(
                        "SELECT id, email, role, person, opened_at, last_used_at FROM session
                         WHERE organisation = $1 AND ended_at IS NULL AND id = $2",
                    )
                    .bind(&self.organisation)
                    .bind(id.to_string()),
                    Whose::Person(person) => sqlx::query_as(
                        "SELECT id, email, role, person, opened_at, last_used_at FROM session
                         WHERE organisation = $1 AND ended_at IS NULL AND person = $2
                         ORDER BY opened_at, id",
                    )
                    .bind(&self.organisation)
                    .bind(person.as_str().to_owned()),
                    Whose::Email(email) => sqlx::query_as(
                        "SELECT id, email, role, person, opened_at, last_used_at FROM session
                         WHERE organisation = $1 AND ended_at IS NULL AND email = $2
                         ORDER BY opened_at, id",
                    )
                    .bind(&self.organisation)
                    .bind(email.to_owned()),
                    Whose::Everybody => sqlx::query_as(
                        "SELECT id, email, role, person, opened_at, last_used_at FROM session
                         WHERE organisation = $1 AND ended_at IS NULL
                         ORDER BY opened_at, id",
                    )
                    .bind(&self.organisation),
                };
                let rows: Vec<SessionRow> = query.fetch_all(&self.readers).await?;
                rows.into_iter().map(Session::try_from).collect()
            }

            async fn head(&self) -> Result<i64, StoreError> {
                Ok(sqlx::query_scalar("SELECT change FROM organisation WHERE name = $1")
                    .bind(&self.organisation)
                    .fetch_one(&self.news)
                    .await?)
            }

            async fn changes_after(&self, after: i64) -> Result<Vec<Change>, StoreError> {
                let rows: Vec<ChangeRow> = sqlx::query_as(
                    "SELECT change, id, ended_at FROM session
                     WHERE organisation = $1 AND change > $2 ORDER BY change, id",
                )
                .bind(&self.organisation)
                .bind(after)
                .fetch_all(&self.news)
                .await?;
                rows.into_iter().map(Change::try_from).collect()
            }

            async fn entries(&self, after: i64, limit: u32) -> Result<Vec<Noted>, StoreError> {
                let rows: Vec<TrailRow> = sqlx::query_as(
                    "SELECT number, at, kind, why, who, session, made_by, address, what FROM trail
                     WHERE organisation = $1 AND number > $2 ORDER BY number LIMIT $3",
                )
                .bind(&self.organisation)
                .bind(after)
                .bind(i64::from(limit))
                .fetch_all(&self.readers)
                .await?;
                rows.into_iter().map(Noted::try_from).collect()
            }
        }
    )*};
}

reads!(Sqlite, Postgres);
