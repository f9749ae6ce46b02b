//! The log in one `SQLite` file: WAL, `synchronous=FULL`, one writer, two readers.

mod file;
mod heard;
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
    fs::File,
    io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use rollcall_model::{Logged, PersonId, Seq};
use sqlx::{
    Connection as _, Sqlite, SqliteConnection, SqlitePool, Transaction,
    migrate::Migrator,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};
use tokio::sync::Mutex;
use uuid::Uuid;

use self::{
    file::{lock_beside, with_end},
    heard::Heard,
};
use super::{
    Appended, Arrival, Checkpoint, Lease, Ledger, LedgerError, Oddity, Span,
    batch::{self, Batch},
    sift,
};
use crate::sqlite;

static MIGRATIONS: Migrator = sqlx::migrate!("src/ledger/migrations");

/// How long a statement waits for another program that holds the file.
const BUSY: Duration = Duration::from_secs(5);

/// A ledger in a file of this machine.
#[derive(Debug)]
pub(crate) struct SqliteLedger {
    name: String,
    writer: SqlitePool,
    readers: SqlitePool,
    heard: Mutex<Heard>,
    path: PathBuf,
    /// Another log took the place of this one.
    replaced: AtomicBool,
    /// Locked for as long as this ledger is open; the system unlocks it when the process ends in any way.
    only_one: Option<File>,
}

impl SqliteLedger {
    /// Opens the file, made with rights for its owner only, and brings it to this version's form.
    pub(crate) async fn open(path: &Path) -> Result<Self, LedgerError> {
        let only_one = lock_beside(path)?;
        sqlite::make_private(path).map_err(LedgerError::File)?;
        let options = sqlite::kept(path, BUSY);
        let writer = sqlite::writer().connect_with(options.clone()).await?;
        MIGRATIONS.run(&writer).await?;
        let readers =
            SqlitePoolOptions::new().max_connections(2).connect_with(options.read_only(true)).await?;
        let name = log::name(&readers).await?;
        let mut heard = Heard::default();
        let mut connection = writer.acquire().await?;
        let ends = log::ends(&mut connection).await?;
        heard.catch_up(&mut connection, ends.heard).await?;
        if removal::removed_at(&readers).await?.is_some() {
            // The process may have ended between deleting and this.
            removal::scrub(&mut connection, path).await?;
        }
        drop(connection);
        let (heard, path, replaced) = (Mutex::new(heard), path.to_owned(), AtomicBool::new(false));
        Ok(Self { name, writer, readers, heard, path, replaced, only_one: Some(only_one) })
    }

    /// Opens the file to be read only, beside a relay that may work with it; nothing when there is none.
    pub(crate) async fn beside(path: &Path) -> Result<Option<Self>, LedgerError> {
        if !path.exists() {
            return Ok(None);
        }
        let options =
            SqliteConnectOptions::new().filename(path).pragma("query_only", "ON").busy_timeout(BUSY);
        let readers = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
        let name = log::name(&readers).await?;
        let (heard, path) = (Mutex::new(Heard::default()), path.to_owned());
        let (writer, replaced) = (readers.clone(), AtomicBool::new(false));
        Ok(Some(Self { name, writer, readers, heard, path, replaced, only_one: None }))
    }

    /// Begins to write, unless another log took the place of this one.
    async fn begin(&self) -> Result<Transaction<'static, Sqlite>, LedgerError> {
        let transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        self.still_there()?;
        Ok(transaction)
    }

    /// What was just deleted is not to be read beside the file any more either. While somebody reads, that comes with
    /// the next time.
    async fn overwrite(&self) -> Result<(), LedgerError> {
        removal::empty_wal(&mut *self.writer.acquire().await?).await.map(drop)
    }

    fn still_there(&self) -> Result<(), LedgerError> {
        if self.replaced.load(Ordering::Relaxed) { Err(LedgerError::Replaced) } else { Ok(()) }
    }

    /// Moves a file that cannot be used out of the way, with the files that belong to it; tells the new
    /// name of the main one.
    pub(crate) fn set_aside(path: &Path, now: DateTime<Utc>) -> Result<String, LedgerError> {
        let kept = with_end(path, &format!(".{}", now.format("%Y%m%dT%H%M%S%.3fZ")));
        for end in ["-wal", "-shm", ""] {
            match std::fs::rename(with_end(path, end), with_end(&kept, end)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(LedgerError::File(error));
                }
                _ => {}
            }
        }
        Ok(kept.file_name().unwrap_or_default().to_string_lossy().into_owned())
    }
}

#[async_trait]
impl Ledger for SqliteLedger {
    fn name(&self) -> &str {
        &self.name
    }

    async fn span(&self) -> Result<Span, LedgerError> {
        self.still_there()?;
        log::span(&self.readers).await
    }

    async fn append(
        &self,
        _commit: Uuid,
        arrivals: &[Arrival],
        now: DateTime<Utc>,
    ) -> Result<Appended, LedgerError> {
        // An error of SQLite's commit means that it did not happen: the name is not needed.
        let mut heard = self.heard.lock().await;
        let mut connection = self.writer.acquire().await?;
        self.still_there()?;
        let appended = commit(&mut connection, &mut heard, arrivals, now).await;
        if appended.is_err() {
            // The file may have been opened while it could only be read.
            connection.close_on_drop();
        }
        appended
    }

    async fn tail(&self, after: Seq, limit: u32) -> Result<Vec<Logged>, LedgerError> {
        let (start, batches) = log::batches(&self.readers, after, limit).await?;
        batch::cut(&batches, start, limit)
    }

    async fn open_snapshot(&self, seq: Seq) -> Result<(), LedgerError> {
        let mut transaction = self.begin().await?;
        snapshot::drop_unfinished(&mut transaction).await?;
        snapshot::open(&mut transaction, seq).await?;
        Ok(transaction.commit().await?)
    }

    async fn add_part(&self, seq: Seq, part: i64, body: &str) -> Result<(), LedgerError> {
        let mut transaction = self.begin().await?;
        snapshot::add_part(&mut transaction, seq, part, body).await?;
        Ok(transaction.commit().await?)
    }

    async fn close_snapshot(&self, seq: Seq) -> Result<(), LedgerError> {
        let mut transaction = self.begin().await?;
        snapshot::mark_whole(&mut transaction, seq).await?;
        snapshot::drop_others(&mut transaction, seq).await?;
        transaction.commit().await?;
        self.overwrite().await
    }

    async fn snapshot(&self) -> Result<Option<Seq>, LedgerError> {
        snapshot::whole(&self.readers).await
    }

    async fn part(&self, seq: Seq, part: i64) -> Result<Option<String>, LedgerError> {
        snapshot::part(&self.readers, seq, part).await
    }

    async fn compact(&self, upto: Seq) -> Result<u64, LedgerError> {
        let mut transaction = self.begin().await?;
        let gone = log::raise_floor(&mut transaction, upto).await?;
        log::drop_below_floor(&mut transaction).await?;
        transaction.commit().await?;
        if gone > 0 {
            self.overwrite().await?;
        }
        Ok(gone)
    }

    async fn forget_deliveries(&self, horizon: DateTime<Utc>) -> Result<u64, LedgerError> {
        let mut heard = self.heard.lock().await;
        let mut connection = self.writer.acquire().await?;
        heard.forget(&mut connection, horizon).await
    }

    async fn checkpoint(&self) -> Result<Option<Checkpoint>, LedgerError> {
        sweep::checkpoint(&self.readers).await
    }

    async fn keep_checkpoint(&self, at: &Checkpoint, listed: &[PersonId]) -> Result<(), LedgerError> {
        let mut transaction = self.begin().await?;
        sweep::keep(&mut transaction, at).await?;
        sweep::list(&mut transaction, at.number, listed).await?;
        Ok(transaction.commit().await?)
    }

    async fn listed(&self, number: i64) -> Result<HashSet<PersonId>, LedgerError> {
        sweep::listed(&self.readers, number).await
    }

    async fn keep_oddity(&self, oddity: &Oddity) -> Result<(), LedgerError> {
        let mut transaction = self.begin().await?;
        oddity::keep(&mut transaction, oddity).await?;
        Ok(transaction.commit().await?)
    }

    async fn oddities(&self) -> Result<Vec<Oddity>, LedgerError> {
        oddity::all(&self.readers).await
    }

    async fn keep_queues(&self, body: &str) -> Result<(), LedgerError> {
        let mut transaction = self.begin().await?;
        queues::keep(&mut transaction, body).await?;
        Ok(transaction.commit().await?)
    }

    async fn queues(&self) -> Result<Option<String>, LedgerError> {
        queues::last(&self.readers).await
    }

    async fn forget_all(&self, now: DateTime<Utc>) -> Result<(), LedgerError> {
        // Whoever appends waits for this, and finds the log replaced.
        let mut heard = self.heard.lock().await;
        let mut transaction = self.begin().await?;
        removal::forget_all(&mut transaction, now).await?;
        transaction.commit().await?;
        self.replaced.store(true, Ordering::Relaxed);
        *heard = Heard::default();
        removal::scrub(&mut *self.writer.acquire().await?, &self.path).await
    }

    async fn removed_at(&self) -> Result<Option<DateTime<Utc>>, LedgerError> {
        removal::removed_at(&self.readers).await
    }

    async fn note_return(&self) -> Result<(), LedgerError> {
        let mut transaction = self.begin().await?;
        removal::note_return(&mut transaction).await?;
        Ok(transaction.commit().await?)
    }

    /// Whoever has the file has every right over it.
    async fn try_lease(&self, _name: &str, holder: Uuid, term: Duration) -> Result<Lease, LedgerError> {
        Ok(Lease { holder, mine: true, left: term })
    }

    async fn release(&self, _name: &str, _holder: Uuid) -> Result<(), LedgerError> {
        Ok(())
    }

    async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
        if let Some(only_one) = &self.only_one
            && let Err(error) = only_one.unlock()
        {
            tracing::warn!(%error, "the log stays locked until the process ends");
        }
    }
}

async fn commit(
    connection: &mut SqliteConnection,
    heard: &mut Heard,
    arrivals: &[Arrival],
    now: DateTime<Utc>,
) -> Result<Appended, LedgerError> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let ends = log::ends(&mut transaction).await?;
    heard.catch_up(&mut transaction, ends.heard).await?;
    let mut claims = heard.claim();
    let (events, repeats) = sift(arrivals, |digest| claims.take(digest));
    for batch in Batch::all(ends.head(), &events)? {
        log::insert(&mut transaction, &batch).await?;
    }
    claims.store(&mut transaction, now).await?;
    transaction.commit().await?;
    claims.keep();
    Ok(Appended { logged: batch::placed(ends.head(), &events), repeats })
}
