//! The log in `PostgreSQL`, for any number of nodes: schema `rollcall_log`, every row with its organisation.
//!
//! One connection writes the log and is thrown away at the first error: only then is it sure that nothing of a
//! commit that failed here is still under way there. All else goes over a small pool.

mod connect;
mod lease;
mod log;
mod oddity;
mod queues;
mod removal;
mod snapshot;
mod sweep;
#[cfg(test)]
mod tests;

use std::{
    collections::HashSet,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use rollcall_model::{Logged, PersonId, Seq};
use secrecy::SecretString;
use sqlx::{
    Connection as _, PgConnection, PgPool, Postgres, Transaction,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::{sync::Mutex, time::timeout};
use uuid::Uuid;

use self::connect::{application, migrations, options};
use super::{Appended, Arrival, Checkpoint, Lease, Ledger, LedgerError, Oddity, Span, batch};

/// How long the database may take for one question.
const QUESTION: Duration = Duration::from_secs(10);
/// How long a connection is used: one may remember what the database was like when it was made, such as that it took
/// no writes.
const LIFETIME: Duration = Duration::from_mins(2);
/// How many connections there are beside the writer's.
const CONNECTIONS: u32 = 4;
/// How long it may take to delete everything.
const DELETION: Duration = Duration::from_secs(70);

/// A ledger in a database that other nodes may share.
#[derive(Debug)]
pub(crate) struct PostgresLedger {
    organisation: String,
    name: String,
    options: PgConnectOptions,
    pool: PgPool,
    writer: Mutex<Option<PgConnection>>,
    /// The last commit ended with an error and may have happened all the same.
    unsure: AtomicBool,
}

impl PostgresLedger {
    /// Connects, brings the schema to this version's form, and makes the organisation's log if there is none.
    pub(crate) async fn open(address: &SecretString, organisation: &str) -> Result<Self, LedgerError> {
        let options = options(address)?.application_name(&application(organisation));
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .min_connections(0)
            .acquire_timeout(QUESTION)
            .max_lifetime(LIFETIME)
            .connect_with(options.clone())
            .await?;
        migrations().run(&pool).await?;
        let name = within(log::name(&pool, organisation, &Uuid::new_v4().simple().to_string())).await?;
        Ok(Self {
            organisation: organisation.to_owned(),
            name,
            options,
            pool,
            writer: Mutex::new(None),
            unsure: AtomicBool::new(false),
        })
    }

    /// Begins to write beside the log, unless another log took the place of this one.
    async fn beside(&self) -> Result<Transaction<'static, Postgres>, LedgerError> {
        let mut transaction = self.pool.begin().await?;
        removal::hold(&mut transaction, &self.organisation, &self.name).await?;
        Ok(transaction)
    }

    /// The writer's connection in a new transaction. A kept one may have died meanwhile: nothing was begun on it then.
    async fn begin(&self, kept: Option<PgConnection>) -> Result<PgConnection, LedgerError> {
        if let Some(mut kept) = kept
            && within(log::begin(&mut kept)).await.is_ok()
        {
            return Ok(kept);
        }
        let mut fresh = within(async { Ok(PgConnection::connect_with(&self.options).await?) }).await?;
        within(log::begin(&mut fresh)).await?;
        Ok(fresh)
    }

    /// Each step has its own time: a commit over a slow network takes long, and happens.
    async fn commit(
        &self,
        connection: &mut PgConnection,
        commit: &log::Commit<'_>,
        look_first: bool,
    ) -> Result<Appended, LedgerError> {
        let head = within(log::lock(connection, &self.organisation, &self.name)).await?;
        let done = if look_first { within(log::committed(connection, commit)).await? } else { Vec::new() };
        let appended = if done.is_empty() {
            log::append(connection, commit, head).await?
        } else {
            Appended { logged: batch::cut(&done, Seq::START, u32::MAX)?, repeats: 0 }
        };
        within(log::commit(connection)).await?;
        Ok(appended)
    }
}

#[async_trait]
impl Ledger for PostgresLedger {
    fn name(&self) -> &str {
        &self.name
    }

    async fn span(&self) -> Result<Span, LedgerError> {
        within(log::span(&self.pool, &self.organisation, &self.name)).await
    }

    async fn append(
        &self,
        commit: Uuid,
        arrivals: &[Arrival],
        now: DateTime<Utc>,
    ) -> Result<Appended, LedgerError> {
        let mut writer = self.writer.lock().await;
        let look_first = self.unsure.swap(true, Ordering::Relaxed);
        let commit = log::Commit { organisation: &self.organisation, id: commit, arrivals, now };
        let mut connection = self.begin(writer.take()).await?;
        let appended = self.commit(&mut connection, &commit, look_first).await?;
        *writer = Some(connection);
        self.unsure.store(false, Ordering::Relaxed);
        Ok(appended)
    }

    async fn tail(&self, after: Seq, limit: u32) -> Result<Vec<Logged>, LedgerError> {
        let (start, batches) =
            within(log::batches(&self.pool, (&self.organisation, &self.name), after, limit)).await?;
        batch::cut(&batches, start, limit)
    }

    async fn open_snapshot(&self, seq: Seq) -> Result<(), LedgerError> {
        within(async {
            let mut transaction = self.beside().await?;
            snapshot::open(&mut transaction, &self.organisation, seq).await?;
            Ok(transaction.commit().await?)
        })
        .await
    }

    async fn add_part(&self, seq: Seq, part: i64, body: &str) -> Result<(), LedgerError> {
        within(async {
            let mut transaction = self.beside().await?;
            snapshot::add_part(&mut transaction, &self.organisation, (seq, part), body).await?;
            Ok(transaction.commit().await?)
        })
        .await
    }

    async fn close_snapshot(&self, seq: Seq) -> Result<(), LedgerError> {
        within(async {
            let mut transaction = self.beside().await?;
            snapshot::close(&mut transaction, &self.organisation, seq).await?;
            Ok(transaction.commit().await?)
        })
        .await
    }

    async fn snapshot(&self) -> Result<Option<Seq>, LedgerError> {
        within(snapshot::whole(&self.pool, &self.organisation)).await
    }

    async fn part(&self, seq: Seq, part: i64) -> Result<Option<String>, LedgerError> {
        within(snapshot::part(&self.pool, &self.organisation, (seq, part))).await
    }

    async fn compact(&self, upto: Seq) -> Result<u64, LedgerError> {
        within(log::compact(&self.pool, (&self.organisation, &self.name), upto)).await
    }

    async fn forget_deliveries(&self, horizon: DateTime<Utc>) -> Result<u64, LedgerError> {
        within(log::forget(&self.pool, &self.organisation, horizon)).await
    }

    async fn checkpoint(&self) -> Result<Option<Checkpoint>, LedgerError> {
        within(sweep::checkpoint(&self.pool, &self.organisation)).await
    }

    async fn keep_checkpoint(&self, at: &Checkpoint, listed: &[PersonId]) -> Result<(), LedgerError> {
        within(async {
            let mut transaction = self.beside().await?;
            sweep::keep(&mut transaction, &self.organisation, at, listed).await?;
            Ok(transaction.commit().await?)
        })
        .await
    }

    async fn listed(&self, number: i64) -> Result<HashSet<PersonId>, LedgerError> {
        within(sweep::listed(&self.pool, &self.organisation, number)).await
    }

    async fn keep_oddity(&self, oddity: &Oddity) -> Result<(), LedgerError> {
        within(async {
            let mut transaction = self.beside().await?;
            oddity::keep(&mut transaction, &self.organisation, oddity).await?;
            Ok(transaction.commit().await?)
        })
        .await
    }

    async fn oddities(&self) -> Result<Vec<Oddity>, LedgerError> {
        within(oddity::all(&self.pool, &self.organisation)).await
    }

    async fn keep_queues(&self, body: &str) -> Result<(), LedgerError> {
        within(async {
            let mut transaction = self.beside().await?;
            queues::keep(&mut transaction, &self.organisation, body).await?;
            Ok(transaction.commit().await?)
        })
        .await
    }

    async fn queues(&self) -> Result<Option<String>, LedgerError> {
        within(queues::last(&self.pool, &self.organisation)).await
    }

    async fn forget_all(&self, now: DateTime<Utc>) -> Result<(), LedgerError> {
        let fresh = Uuid::new_v4().simple().to_string();
        let forgetting = async {
            let mut transaction = self.pool.begin().await?;
            removal::forget_all(&mut transaction, (&self.organisation, &self.name, &fresh), now).await?;
            Ok(transaction.commit().await?)
        };
        timeout(DELETION, forgetting).await.unwrap_or(Err(LedgerError::Silent))
    }

    async fn removed_at(&self) -> Result<Option<DateTime<Utc>>, LedgerError> {
        within(removal::removed_at(&self.pool, &self.organisation)).await
    }

    async fn note_return(&self) -> Result<(), LedgerError> {
        within(async {
            let mut transaction = self.beside().await?;
            removal::note_return(&mut transaction, &self.organisation).await?;
            Ok(transaction.commit().await?)
        })
        .await
    }

    async fn try_lease(&self, name: &str, holder: Uuid, term: Duration) -> Result<Lease, LedgerError> {
        within(lease::take(&self.pool, &self.organisation, name, (holder, term))).await
    }

    async fn release(&self, name: &str, holder: Uuid) -> Result<(), LedgerError> {
        within(lease::release(&self.pool, &self.organisation, name, holder)).await
    }

    async fn close(&self) {
        let writer = self.writer.lock().await.take();
        if let Some(writer) = writer {
            // The database notices by itself when the farewell does not reach it.
            let _ = timeout(QUESTION, writer.close()).await;
        }
        self.pool.close().await;
    }
}

/// Waits so long and no longer; whoever gives up drops the connection with the question.
async fn within<T>(question: impl Future<Output = Result<T, LedgerError>> + Send) -> Result<T, LedgerError> {
    timeout(QUESTION, question).await.unwrap_or(Err(LedgerError::Silent))
}
