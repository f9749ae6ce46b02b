//! What the person at this desk owns: lists, calls made from here, watches.

mod lists;
mod rows;
#[cfg(test)]
mod tests;
mod watches;

use std::path::Path;

use chrono::{DateTime, Utc};
use rollcall_model::{CallId, PersonId};
use rollcall_wire::Failure;
use sqlx::{SqliteExecutor, SqlitePool, migrate::Migrator};

use super::{
    Trouble, backup,
    open::{self, Durability},
    time::to_nanos,
};
use crate::{
    consult::{self, Track},
    home::Home,
    lists::{Lists, Recents},
    watch::Watch,
};
use rows::{ConsultRow, word};

static MIGRATIONS: Migrator = sqlx::migrate!("src/store/migrations/mine");

/// The database.
#[derive(Clone, Debug)]
pub(crate) struct Mine {
    pool: SqlitePool,
}

/// What the database holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Held {
    /// Favourites and groups.
    pub(crate) lists: Lists,
    /// With whom the person last had to do.
    pub(crate) recents: Recents,
    /// The last calls made from here, newest first.
    pub(crate) tracks: Vec<Track>,
    /// The watches that ran, oldest first.
    pub(crate) watches: Vec<Watch>,
}

impl Mine {
    /// Opens the database and reads it. One that cannot be used is kept aside and the last backup takes its place;
    /// one that cannot be written is read as far as possible and kept in memory.
    pub(crate) async fn open(home: &Home, now: DateTime<Utc>) -> Result<(Self, Held, Vec<Failure>), Trouble> {
        let path = home.mine();
        if !path.exists() {
            // Nobody deletes this file in the course of things: with a backup beside it, it was lost.
            if let Err(error) = backup::restore(home, &path) {
                tracing::warn!(kind = %error.kind(), "The last backup was not put back");
            }
        }
        let trouble = match Self::read(home, &path, now).await {
            Ok((mine, held)) => return Ok((mine, held, Vec::new())),
            Err(trouble) => trouble,
        };
        if !matches!(trouble, Trouble::Unwritable(_))
            && let Ok(opened) = Self::from_backup(home, &trouble, now).await
        {
            return Ok(opened);
        }
        tracing::warn!(%trouble, "The own things are kept in memory");
        let pool = open::memory().await?;
        MIGRATIONS.run(&pool).await?;
        let mine = Self { pool };
        let held = match open::read_only(&path).await {
            Ok(pool) => Self { pool }.held().await.unwrap_or_default(),
            Err(_) => Held::default(),
        };
        mine.put_all(&held).await?;
        Ok((mine, held, vec![Failure::DatabaseUnwritable]))
    }

    async fn read(home: &Home, path: &Path, now: DateTime<Utc>) -> Result<(Self, Held), Trouble> {
        let mine = Self { pool: open::file(path, Durability::Own).await? };
        match mine.make_ready(home, now).await {
            Ok(held) => Ok((mine, held)),
            Err(trouble) => {
                mine.close().await;
                Err(trouble)
            }
        }
    }

    /// Checks the file, backs it up before its tables change, and reads it.
    async fn make_ready(&self, home: &Home, now: DateTime<Utc>) -> Result<Held, Trouble> {
        let verdict: String = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&self.pool).await?;
        if verdict != "ok" {
            return Err(Trouble::Corrupt(verdict));
        }
        if open::wants_migration(&self.pool, &MIGRATIONS).await? {
            backup::make(&self.pool, home, now).await?;
        }
        MIGRATIONS.run(&self.pool).await?;
        self.held().await
    }

    async fn held(&self) -> Result<Held, Trouble> {
        Ok(Held {
            lists: self.lists().await?,
            recents: self.recents().await?,
            tracks: self.consults(consult::KEPT).await?,
            watches: self.watches().await?,
        })
    }

    /// Keeps the file aside and starts from the newest backup that can be read, else from nothing.
    async fn from_backup(
        home: &Home,
        trouble: &Trouble,
        now: DateTime<Utc>,
    ) -> Result<(Self, Held, Vec<Failure>), Trouble> {
        let path = home.mine();
        let told = open::set_aside(&path, trouble, false, now)?;
        for copy in backup::newest_first(home)? {
            backup::put_back(&copy, &path)?;
            match Self::read(home, &path, now).await {
                Ok((mine, held)) => return Ok((mine, held, vec![restored(told)])),
                Err(trouble) => tracing::warn!(%trouble, "A backup cannot be read"),
            }
            std::fs::remove_file(&path)?;
        }
        // SQLite drops a log that it finds beside an empty file.
        let (mine, held) = Self::read(home, &path, now).await?;
        Ok((mine, held, vec![told]))
    }

    async fn consults(&self, most: u16) -> Result<Vec<Track>, Trouble> {
        let rows: Vec<ConsultRow> = sqlx::query_as(
            "SELECT id, person, name, number, reason, state, dialled_at, answered_at, ended_at, outcome, call
             FROM consults ORDER BY dialled_at DESC LIMIT ?1",
        )
        .bind(most)
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(ConsultRow::into_track).collect()
    }

    /// Writes a call made from here. An end that is known is never taken back.
    pub(crate) async fn put(&self, track: &Track) -> Result<(), Trouble> {
        put(&self.pool, track).await
    }

    /// Writes everything as it is at hand, after a time in which the disk could not be written.
    pub(crate) async fn put_all(&self, held: &Held) -> Result<(), Trouble> {
        let mut transaction = self.pool.begin().await?;
        lists::put_lists(&mut transaction, &held.lists).await?;
        lists::put_recents(&mut transaction, &held.recents).await?;
        for track in &held.tracks {
            put(&mut *transaction, track).await?;
        }
        sqlx::query("DELETE FROM watches").execute(&mut *transaction).await?;
        for watch in &held.watches {
            watches::put(&mut *transaction, watch).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Makes a dated copy and drops all but the last ones.
    pub(crate) async fn back_up(&self, home: &Home, now: DateTime<Utc>) -> Result<(), Trouble> {
        backup::make(&self.pool, home, now).await
    }

    /// Closes the database; the log beside it is merged into it.
    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }
}

async fn put(database: impl SqliteExecutor<'_>, track: &Track) -> Result<(), Trouble> {
    let consult = &track.consult;
    let upsert = sqlx::query(
        "INSERT INTO consults
             (id, person, name, number, reason, state, dialled_at, answered_at, ended_at, outcome, call)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
         ON CONFLICT (id) DO UPDATE SET
             state = excluded.state, answered_at = excluded.answered_at, ended_at = excluded.ended_at,
             outcome = excluded.outcome, call = excluded.call
         WHERE consults.ended_at IS NULL OR excluded.ended_at IS NOT NULL",
    );
    upsert
        .bind(&consult.id)
        .bind(consult.person.as_ref().map(PersonId::as_str))
        .bind(&consult.name)
        .bind(consult.number.to_string())
        .bind(&consult.reason)
        .bind(word(&consult.state)?)
        .bind(to_nanos(consult.dialled_at))
        .bind(consult.answered_at.map(to_nanos))
        .bind(consult.ended_at.map(to_nanos))
        .bind(consult.outcome.as_ref().map(word).transpose()?)
        .bind(track.call.as_ref().map(CallId::as_str))
        .execute(database)
        .await?;
    Ok(())
}

fn restored(failure: Failure) -> Failure {
    match failure {
        Failure::DatabaseSetAside { kept_as, .. } => Failure::DatabaseSetAside { kept_as, restored: true },
        Failure::DatabaseTooNew { kept_as, .. } => Failure::DatabaseTooNew { kept_as, restored: true },
        other => other,
    }
}
