//! The replica: people, presence and calls as the relay told them, and up to which position of its log.
//!
//! What is written are whole records as the roster has them after the fold. The database keeps the
//! fold's promise too: an older report never replaces a newer one, and the position moves in the same
//! transaction as the facts that it stands for.

mod load;
mod rows;

use chrono::{DateTime, Utc};
use rollcall_model::{Call, Person, PersonId, Presence, Seq};
use rollcall_wire::Failure;
use sqlx::{Sqlite, SqlitePool, Transaction, migrate::Migrator};

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

    async fn read(path: &std::path::Path) -> Result<(Self, Loaded), Trouble> {
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
            forget(&mut transaction).await?;
        }
        for people in facts.people.chunks(ROWS) {
            let rows = serde_json::to_string(&people.iter().map(PersonRow::of).collect::<Vec<_>>())?;
            write_people(&mut transaction, &rows).await?;
        }
        for presence in facts.presence.chunks(ROWS) {
            let rows: Vec<_> = presence.iter().map(|(id, report)| PresenceRow::of(id, report)).collect();
            write_presence(&mut transaction, &serde_json::to_string(&rows)?).await?;
        }
        for calls in facts.calls.chunks(ROWS) {
            let rows = serde_json::to_string(&calls.iter().map(CallRow::of).collect::<Vec<_>>())?;
            write_calls(&mut transaction, &rows).await?;
        }
        if let Some(place) = &facts.place {
            write_place(&mut transaction, place).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Deletes calls that were last heard of before `horizon`.
    pub(crate) async fn forget_calls_before(&self, horizon: DateTime<Utc>) -> Result<(), Trouble> {
        let delete = sqlx::query("DELETE FROM calls WHERE changed_at < ?1").bind(to_nanos(horizon));
        delete.execute(&self.pool).await?;
        Ok(())
    }

    /// Closes the database; the log beside it is merged into it.
    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }
}

async fn forget(transaction: &mut Transaction<'_, Sqlite>) -> Result<(), Trouble> {
    let statements = ["DELETE FROM people", "DELETE FROM presence", "DELETE FROM calls", "DELETE FROM log"];
    for statement in statements {
        sqlx::query(statement).execute(&mut **transaction).await?;
    }
    Ok(())
}

async fn write_people(transaction: &mut Transaction<'_, Sqlite>, rows: &str) -> Result<(), Trouble> {
    let upsert = sqlx::query(
        "INSERT INTO people (id, profile_at, profile, detail_at, detail, phone_at, phone,
                             standing_at, standing, touched_at)
         SELECT value ->> 0, value ->> 1, nullif(value -> 2, 'null'), value ->> 3, nullif(value -> 4, 'null'),
                value ->> 5, nullif(value -> 6, 'null'), value ->> 7, nullif(value -> 8, 'null'), value ->> 9
         FROM json_each(?1) WHERE true
         ON CONFLICT (id) DO UPDATE SET
             profile = iif(excluded.profile_at >= ifnull(profile_at, excluded.profile_at), excluded.profile, profile),
             profile_at = max(ifnull(profile_at, excluded.profile_at), ifnull(excluded.profile_at, profile_at)),
             detail = iif(excluded.detail_at >= ifnull(detail_at, excluded.detail_at), excluded.detail, detail),
             detail_at = max(ifnull(detail_at, excluded.detail_at), ifnull(excluded.detail_at, detail_at)),
             phone = iif(excluded.phone_at >= ifnull(phone_at, excluded.phone_at), excluded.phone, phone),
             phone_at = max(ifnull(phone_at, excluded.phone_at), ifnull(excluded.phone_at, phone_at)),
             standing = iif(excluded.standing_at >= ifnull(standing_at, excluded.standing_at), excluded.standing, standing),
             standing_at = max(ifnull(standing_at, excluded.standing_at), ifnull(excluded.standing_at, standing_at)),
             touched_at = max(ifnull(touched_at, excluded.touched_at), ifnull(excluded.touched_at, touched_at))",
    );
    upsert.bind(rows).execute(&mut **transaction).await?;
    Ok(())
}

async fn write_presence(transaction: &mut Transaction<'_, Sqlite>, rows: &str) -> Result<(), Trouble> {
    let upsert = sqlx::query(
        "INSERT INTO presence (person, as_of, source, report)
         SELECT value ->> 0, value ->> 1, value ->> 2, value -> 3 FROM json_each(?1) WHERE true
         ON CONFLICT (person) DO UPDATE SET
             as_of = excluded.as_of, source = excluded.source, report = excluded.report
         WHERE (excluded.as_of, excluded.source) >= (presence.as_of, presence.source)",
    );
    upsert.bind(rows).execute(&mut **transaction).await?;
    Ok(())
}

async fn write_calls(transaction: &mut Transaction<'_, Sqlite>, rows: &str) -> Result<(), Trouble> {
    let upsert = sqlx::query(
        "INSERT INTO calls (id, facts, changed_at, body)
         SELECT value ->> 0, value ->> 1, value ->> 2, value -> 3 FROM json_each(?1) WHERE true
         ON CONFLICT (id) DO UPDATE SET
             facts = excluded.facts, changed_at = excluded.changed_at, body = excluded.body
         WHERE excluded.facts >= calls.facts",
    );
    upsert.bind(rows).execute(&mut **transaction).await?;
    Ok(())
}

async fn write_place(transaction: &mut Transaction<'_, Sqlite>, place: &Place) -> Result<(), Trouble> {
    let upsert = sqlx::query(
        "INSERT INTO log (only, name, seq) VALUES (1, ?1, ?2)
         ON CONFLICT (only) DO UPDATE SET name = excluded.name, seq = excluded.seq
         WHERE excluded.name <> log.name OR excluded.seq > log.seq",
    );
    let seq = i64::try_from(place.seq.0).unwrap_or(i64::MAX);
    upsert.bind(&place.log).bind(seq).execute(&mut **transaction).await?;
    Ok(())
}
