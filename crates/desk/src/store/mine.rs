//! What the person at this desk owns: favourites and calls made from here.

use std::path::Path;

use chrono::{DateTime, Utc};
use rollcall_model::{CallId, PersonId};
use rollcall_wire::{Failure, window::Consult};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use sqlx::{FromRow, SqliteExecutor, SqlitePool, migrate::Migrator};

use super::{
    Trouble, backup,
    open::{self, Durability},
    time::{from_nanos, to_nanos},
};
use crate::{consult::Track, home::Home};

static MIGRATIONS: Migrator = sqlx::migrate!("src/store/migrations/mine");

/// The database.
#[derive(Clone, Debug)]
pub(crate) struct Mine {
    pool: SqlitePool,
}

#[derive(FromRow)]
struct ConsultRow {
    id: String,
    person: Option<String>,
    name: String,
    number: String,
    reason: String,
    state: String,
    dialled_at: i64,
    answered_at: Option<i64>,
    ended_at: Option<i64>,
    outcome: Option<String>,
    call: Option<String>,
}

impl Mine {
    /// Opens the database. One that cannot be used is kept aside and the last backup takes its place;
    /// one that cannot be written is read as far as possible and kept in memory.
    pub(crate) async fn open(home: &Home, now: DateTime<Utc>) -> Result<(Self, Vec<Failure>), Trouble> {
        let path = home.mine();
        if !path.exists() {
            // Nobody deletes this file in the course of things: with a backup beside it, it was lost.
            if let Err(error) = backup::restore(home, &path) {
                tracing::warn!(kind = %error.kind(), "The last backup was not put back");
            }
        }
        let trouble = match Self::read(home, &path, now).await {
            Ok(mine) => return Ok((mine, Vec::new())),
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
        mine.copy_from(&path).await;
        Ok((mine, vec![Failure::DatabaseUnwritable]))
    }

    async fn read(home: &Home, path: &Path, now: DateTime<Utc>) -> Result<Self, Trouble> {
        let pool = open::file(path, Durability::Own).await?;
        let ready = async {
            let verdict: String = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&pool).await?;
            if verdict != "ok" {
                return Err(Trouble::Corrupt(verdict));
            }
            if open::wants_migration(&pool, &MIGRATIONS).await? {
                backup::make(&pool, home, now).await?;
            }
            MIGRATIONS.run(&pool).await?;
            Ok(())
        };
        if let Err(trouble) = ready.await {
            pool.close().await;
            return Err(trouble);
        }
        Ok(Self { pool })
    }

    /// Keeps the file aside and starts from the newest backup that can be read, else from nothing.
    async fn from_backup(
        home: &Home,
        trouble: &Trouble,
        now: DateTime<Utc>,
    ) -> Result<(Self, Vec<Failure>), Trouble> {
        let path = home.mine();
        let told = open::set_aside(&path, trouble, false, now)?;
        for copy in backup::newest_first(home)? {
            backup::put_back(&copy, &path)?;
            match Self::read(home, &path, now).await {
                Ok(mine) => return Ok((mine, vec![restored(told)])),
                Err(trouble) => tracing::warn!(%trouble, "A backup cannot be read"),
            }
            std::fs::remove_file(&path)?;
        }
        // SQLite drops a log that it finds beside an empty file.
        Ok((Self::read(home, &path, now).await?, vec![told]))
    }

    /// Reads what can be read of a file that cannot be written.
    async fn copy_from(&self, path: &Path) {
        let Ok(pool) = open::read_only(path).await else { return };
        let old = Self { pool };
        if let (Ok(favourites), Ok(tracks)) = (old.favourites().await, old.consults(1_000).await)
            && let Err(trouble) = self.put_all(&favourites, &tracks).await
        {
            tracing::warn!(%trouble, "What was read of the own things is not kept");
        }
    }

    /// The favourites in their order.
    pub(crate) async fn favourites(&self) -> Result<Vec<PersonId>, Trouble> {
        let ids: Vec<String> =
            sqlx::query_scalar("SELECT person FROM favourites ORDER BY place").fetch_all(&self.pool).await?;
        Ok(ids.iter().map(|id| PersonId::new(id)).collect())
    }

    /// Adds a favourite after the others; one that is a favourite keeps its place.
    pub(crate) async fn add_favourite(&self, person: &PersonId) -> Result<(), Trouble> {
        let insert = sqlx::query(
            "INSERT INTO favourites (person, place)
             SELECT ?1, ifnull(max(place), 0) + 1 FROM favourites WHERE true
             ON CONFLICT (person) DO NOTHING",
        );
        insert.bind(person.as_str()).execute(&self.pool).await?;
        Ok(())
    }

    /// Removes a favourite.
    pub(crate) async fn remove_favourite(&self, person: &PersonId) -> Result<(), Trouble> {
        let delete = sqlx::query("DELETE FROM favourites WHERE person = ?1");
        delete.bind(person.as_str()).execute(&self.pool).await?;
        Ok(())
    }

    /// The last calls made from here, newest first.
    pub(crate) async fn consults(&self, most: u32) -> Result<Vec<Track>, Trouble> {
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
    pub(crate) async fn put_all(&self, favourites: &[PersonId], tracks: &[Track]) -> Result<(), Trouble> {
        let people = serde_json::to_string(favourites)?;
        let mut transaction = self.pool.begin().await?;
        sqlx::query("DELETE FROM favourites").execute(&mut *transaction).await?;
        sqlx::query("INSERT INTO favourites (person, place) SELECT value, key FROM json_each(?1)")
            .bind(people)
            .execute(&mut *transaction)
            .await?;
        for track in tracks {
            put(&mut *transaction, track).await?;
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

impl ConsultRow {
    fn into_track(self) -> Result<Track, Trouble> {
        let consult = Consult {
            id: self.id,
            person: self.person.as_deref().map(PersonId::new),
            name: self.name,
            number: from_word(self.number)?,
            reason: self.reason,
            state: from_word(self.state)?,
            dialled_at: from_nanos(self.dialled_at),
            answered_at: self.answered_at.map(from_nanos),
            ended_at: self.ended_at.map(from_nanos),
            outcome: self.outcome.map(from_word).transpose()?,
        };
        Ok(Track { consult, call: self.call.as_deref().map(CallId::new) })
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

/// The word by which a value without parts goes over the wire, and into a column.
fn word<T: Serialize>(value: &T) -> Result<String, Trouble> {
    match serde_json::to_value(value)? {
        Value::String(word) => Ok(word),
        _ => Err(Trouble::Corrupt("a value that has no word".to_owned())),
    }
}

fn from_word<T: DeserializeOwned>(word: String) -> Result<T, Trouble> {
    Ok(serde_json::from_value(Value::String(word))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rollcall_wire::window::ConsultState;

    fn track(id: &str, ended_at: Option<DateTime<Utc>>) -> Track {
        let consult = Consult {
            id: id.to_owned(),
            person: Some(PersonId::new("mia")),
            name: "Mia Okafor".to_owned(),
            number: "+442071838750".parse().unwrap(),
            reason: String::new(),
            state: if ended_at.is_some() { ConsultState::Ended } else { ConsultState::Ringing },
            dialled_at: DateTime::UNIX_EPOCH,
            answered_at: None,
            ended_at,
            outcome: None,
        };
        Track { consult, call: Some(CallId::new("1")) }
    }

    async fn mine() -> Mine {
        let pool = open::memory().await.unwrap();
        MIGRATIONS.run(&pool).await.unwrap();
        Mine { pool }
    }

    #[tokio::test]
    async fn the_end_of_a_call_is_never_taken_back() {
        let (mine, ended) = (mine().await, track("c1", Some(DateTime::UNIX_EPOCH)));

        mine.put(&ended).await.unwrap();
        mine.put(&track("c1", None)).await.unwrap();

        assert_eq!(mine.consults(10).await.unwrap(), [ended]);
    }

    #[tokio::test]
    async fn everything_at_hand_replaces_what_was_written_before() {
        let mine = mine().await;
        let [mia, leo, ana] = ["mia", "leo", "ana"].map(PersonId::new);
        mine.add_favourite(&ana).await.unwrap();

        mine.put_all(&[mia.clone(), leo.clone()], &[track("c1", None)]).await.unwrap();
        mine.add_favourite(&ana).await.unwrap();

        assert_eq!(mine.favourites().await.unwrap(), [mia, leo, ana]);
        assert_eq!(mine.consults(10).await.unwrap(), [track("c1", None)]);
    }
}
