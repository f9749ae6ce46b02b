//! Watches as rows.

use rollcall_model::PersonId;
use rollcall_wire::window::Only;
use sqlx::{FromRow, SqliteExecutor};

use super::{
    Mine,
    rows::{from_word, word},
};
use crate::{
    store::{
        Trouble,
        time::{from_nanos, to_nanos},
    },
    watch::{Watch, Whom},
};

/// A row of `watches`.
#[derive(FromRow)]
struct WatchRow {
    id: String,
    person: Option<String>,
    text: Option<String>,
    among: Option<String>,
    since: i64,
    ends_at: i64,
    passed: String,
    calling: Option<String>,
}

impl WatchRow {
    fn into_watch(self) -> Result<Watch, Trouble> {
        let whom = match (self.person, self.text, self.among) {
            (Some(person), None, None) => Whom::Person(PersonId::new(&person)),
            (None, Some(text), Some(among)) => Whom::Search { text, only: from_word::<Only>(among)? },
            _ => return Err(Trouble::Corrupt("a watch on nobody".to_owned())),
        };
        Ok(Watch {
            id: self.id,
            whom,
            since: from_nanos(self.since),
            ends_at: from_nanos(self.ends_at),
            passed: serde_json::from_str(&self.passed)?,
            calling: self.calling,
        })
    }
}

impl Mine {
    /// The watches that ran, oldest first.
    pub(super) async fn watches(&self) -> Result<Vec<Watch>, Trouble> {
        let rows: Vec<WatchRow> = sqlx::query_as(
            "SELECT id, person, text, among, since, ends_at, passed, calling FROM watches ORDER BY since, id",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(WatchRow::into_watch).collect()
    }

    /// Writes a watch as it is now.
    pub(crate) async fn put_watch(&self, watch: &Watch) -> Result<(), Trouble> {
        put(&self.pool, watch).await
    }

    /// Removes a watch that is over.
    pub(crate) async fn remove_watch(&self, id: &str) -> Result<(), Trouble> {
        sqlx::query("DELETE FROM watches WHERE id = ?1").bind(id).execute(&self.pool).await?;
        Ok(())
    }
}

/// Writes a watch; whom it waits for, since when and how long never changes.
pub(super) async fn put(database: impl SqliteExecutor<'_>, watch: &Watch) -> Result<(), Trouble> {
    let (person, text, among) = match &watch.whom {
        Whom::Person(person) => (Some(person.as_str()), None, None),
        Whom::Search { text, only } => (None, Some(text.as_str()), Some(word(only)?)),
    };
    let upsert = sqlx::query(
        "INSERT INTO watches (id, person, text, among, since, ends_at, passed, calling)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (id) DO UPDATE SET passed = excluded.passed, calling = excluded.calling",
    );
    upsert
        .bind(&watch.id)
        .bind(person)
        .bind(text)
        .bind(among)
        .bind(to_nanos(watch.since))
        .bind(to_nanos(watch.ends_at))
        .bind(serde_json::to_string(&watch.passed)?)
        .bind(&watch.calling)
        .execute(database)
        .await?;
    Ok(())
}
