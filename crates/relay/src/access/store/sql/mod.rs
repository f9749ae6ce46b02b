//! Statements, one function each. Both databases understand the same text and number their parameters alike, so
//! each statement stands here once and is made for both; how they differ is in `open`.

mod codes;
mod reads;
mod sessions;
mod sign_ins;
mod tokens;
mod trail;

use async_trait::async_trait;
use sqlx::{Database, Postgres, Sqlite, Transaction};

use super::StoreError;
pub(super) use codes::Codes;
pub(super) use reads::Reads;
pub(super) use sessions::Sessions;
pub(super) use sign_ins::SignIns;
pub(super) use tokens::Tokens;
pub(super) use trail::Trail;

/// A transaction that holds the organisation's row: of those that write, there is one at a time.
pub(super) struct Tx<D: Database> {
    pub(super) transaction: Transaction<'static, D>,
    pub(super) organisation: String,
}

/// All statements of a transaction, and its end.
#[async_trait]
pub(super) trait Statements: Codes + Sessions + SignIns + Tokens + Trail + Send {
    /// Makes everything since the beginning durable; a transaction that is dropped did nothing.
    async fn commit(self) -> Result<(), StoreError>
    where
        Self: Sized;
}

macro_rules! statements {
    ($($database:ty),*) => {$(
        #[async_trait]
        impl Statements for Tx<$database> {
            async fn commit(self) -> Result<(), StoreError> {
                Ok(self.transaction.commit().await?)
            }
        }
    )*};
}

statements!(Sqlite, Postgres);
