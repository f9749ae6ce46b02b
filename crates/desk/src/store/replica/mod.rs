//! The replica: people, presence, calls and the organisation as the relay told them, and up to which position of its log.
//!
//! What is written are whole records as the roster has them after the fold. The database keeps the
//! fold's promise too: an older report never replaces a newer one, and the position moves in the same
//! transaction as the facts that it stands for.

mod load;
mod rows;
#[cfg(test)]
mod tests;
mod write;

use std::path::Path;

use chrono::{DateTime, Utc};
use rollcall_model::{Call, Organisation, Person, PersonId, Presence, Seq};
use rollcall_wire::Failure;
use sqlx::{SqlitePool, migrate::Migrator};

use super::{
    Trouble,
    open::{self, Durability},
    time::to_nanos,
};
use crate::home::Home;

pub(crate) use load::Loaded;
use rows::{CallRow, PersonRow, PresenceRow};

static MIGRATIONS: Migrator = sqlx::migrate!("src/store/migrations/replica");

/// How many rows one statement takes: about a megabyte of JSON.
const ROWS: usize = 2_000;

/// A place in a relay's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Which log.
    pub(crate) log: String,
    /// The last position that was folded in.
    pub(crate) seq: Seq,
}

/// What is written in one transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    /// Forget everything first: it came from another log.
    pub(crate) anew: bool,
    /// The place up to which everything is known once these facts are written.
    pub(crate) place: Option<Place>,
    pub(crate) people: Vec<Person>,
    pub(crate) presence: Vec<(PersonId, Presence)>,
    pub(crate) calls: Vec<Call>,
    pub(crate) organisation: Option<Organisation>,
}

/// The database.
#[derive(Clone, Debug)]
pub(crate) struct Replica {
    pool: SqlitePool,
}

impl Replica {
    /// Opens the database and reads it. Never fails for the database's sake: one that cannot be used is
    /// kept aside, one that cannot be written is read as far as possible and kept in memory.
    pub(crate) async fn open(
        home: &Home,
        now: DateTime<Utc>,
    ) -> Result<(Self, Loaded, Vec<Failure>), Trouble> {
        let path = home.replica();
        let mut told = Vec::new();
        let trouble = match Self::read(&path).await {
            Ok((replica, loaded)) => return Ok((replica, loaded, told)),
            Err(trouble) => trouble,
        };
        if !matches!(trouble, Trouble::Unwritable(_)) {
            // Nothing of the person's own is in here, so nothing of it is lost.
            if let Ok(failure) = open::set_aside(&path, &trouble, true, now) {
                told.push(failure);
                if let Ok((replica, loaded)) = Self::read(&path).await {
                    return Ok((replica, loaded, told));
                }
            }
        }
        tracing::warn!(%trouble, "The replica is kept in memory");
        told.push(Failure::DatabaseUnwritable);
        let loaded = match open::read_only(&path).await {
            Ok(pool) => load::everything(&pool).await.unwrap_or_default(),
            Err(_) => Loaded::default(),
        };
        let pool = open::memory().await?;
        MIGRATIONS.run(&pool).await?;
        Ok((Self { pool }, loaded, told))
    }

    async fn read(path: &Path) -> Result<(Self, Loaded), Trouble> {
        let pool = open::file(path, Durability::Replica).await?;
        let read = async {
            MIGRATIONS.run(&pool).await?;
            load::everything(&pool).await
        };
        match read.await {
            Ok(loaded) => Ok((Self { pool }, loaded)),
            Err(trouble) => {
                pool.close().await;
                Err(trouble)
            }
        }
    }

    /// Writes facts and their place, all or nothing.
    pub(crate) async fn write(&self, facts: &Facts) -> Result<(), Trouble> {
        let mut transaction = self.pool.begin().await?;
        if facts.anew {
            write::forget(&mut transaction).await?;
        }
        for people in facts.people.chunks(ROWS) {
            let rows = serde_json::to_string(&people.iter().map(PersonRow::of).collect::<Vec<_>>())?;
            write::people(&mut transaction, &rows).await?;
        }
        for presence in facts.presence.chunks(ROWS) {
            let rows: Vec<_> = presence.iter().map(|(id, report)| PresenceRow::of(id, report)).collect();
            write::presence(&mut transaction, &serde_json::to_string(&rows)?).await?;
        }
        for calls in facts.calls.chunks(ROWS) {
            let rows = serde_json::to_string(&calls.iter().map(CallRow::of).collect::<Vec<_>>())?;
            write::calls(&mut transaction, &rows).await?;
        }
        let organisation = facts.organisation.as_ref();
        if let Some(told) = organisation.and_then(|told| told.synonyms.as_ref()) {
            let synonyms = serde_json::to_string(&told.value)?;
            write::synonyms(&mut transaction, to_nanos(told.as_of), &synonyms).await?;
        }
        if let Some(told) = organisation.and_then(|told| told.policy.as_ref()) {
            let policy = serde_json::to_string(&told.value)?;
            write::policy(&mut transaction, to_nanos(told.as_of), &policy).await?;
        }
        if let Some(place) = &facts.place {
            write::place(&mut transaction, place).await?;
        }
        transaction.commit().await?;
        if facts.anew { open::empty_wal(&self.pool).await } else { Ok(()) }
    }

    /// Deletes calls that were last heard of before `horizon`.
    pub(crate) async fn forget_calls_before(&self, horizon: DateTime<Utc>) -> Result<(), Trouble> {
        let delete = sqlx::query("DELETE FROM calls WHERE changed_at < ?1").bind(to_nanos(horizon));
        let gone = delete.execute(&self.pool).await?.rows_affected();
        if gone > 0 { open::empty_wal(&self.pool).await } else { Ok(()) }
    }

    /// Deletes these people and their presence.
    pub(crate) async fn forget_people(&self, people: &[PersonId]) -> Result<(), Trouble> {
        let people = serde_json::to_string(people)?;
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        write::forget_people(&mut transaction, &people).await?;
        write::forget_presence(&mut transaction, &people).await?;
        transaction.commit().await?;
        open::empty_wal(&self.pool).await
    }

    /// Closes the database; the log beside it is merged into it.
    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }
}
