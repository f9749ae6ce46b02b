//! The replica: people, presence and calls as the relay told them, and up to which position of its log.
//!
//! What is written are whole records as the roster has them after the fold. The database keeps the
//! fold's promise too: an older report never replaces a newer one, and the position moves in the same
//! transaction as the facts that it stands for.

mod load;
mod rows;
mod write;

use chrono::{DateTime, Utc};
use rollcall_model::{Call, Person, PersonId, Presence, Seq};
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
        if let Some(place) = &facts.place {
            write::place(&mut transaction, place).await?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use rollcall_model::{
        CallId, CallReport, Detail, Outcome, Party, PersonFact, PresenceState, Side, Source, Standing, Step,
    };
    use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000 + seconds, 120_000_001).unwrap()
    }

    async fn replica() -> Replica {
        let pool = open::memory().await.unwrap();
        MIGRATIONS.run(&pool).await.unwrap();
        Replica { pool }
    }

    fn titled(title: &str, seconds: i64) -> Person {
        let mut person = Person::unknown(PersonId::new("mia \"quoted\""));
        person.learn(at(seconds), PersonFact::Detail(Detail { title: title.into(), ..Detail::default() }));
        person
    }

    fn report(state: PresenceState, seconds: i64) -> (PersonId, Presence) {
        let (as_of, source) = (at(seconds), Source::Event);
        (PersonId::new("mia"), Presence { as_of, source, state, raw: "Büro".into(), until: None })
    }

    fn call(steps: &[(Step, i64)]) -> Call {
        let id = CallId::new("6998252113337041462");
        let mut call = Call::new(id.clone());
        for &(step, seconds) in steps {
            let (person, side) = (PersonId::new("mia"), Side::Caller);
            let other = Party::default();
            call.learn(&CallReport {
                call: id.clone(),
                person,
                side,
                at: at(seconds),
                step,
                other,
                queue: None,
            });
        }
        call
    }

    fn place(seq: u64) -> Place {
        Place { log: "log".into(), seq: Seq(seq) }
    }

    #[tokio::test]
    async fn what_was_written_is_loaded_as_it_was() {
        let replica = replica().await;
        let mut person = titled("Zahlungen", 1);
        person.learn(at(2), PersonFact::Standing(Standing::Active));
        person.learn(at(3), PersonFact::Touched);
        let (id, presence) = report(PresenceState::Busy, 4);
        let call = call(&[(Step::Ringing, 5), (Step::Ended(Outcome::Busy), 6)]);
        let people = vec![person.clone()];
        let facts = Facts {
            anew: false,
            place: Some(place(7)),
            people,
            presence: vec![(id.clone(), presence.clone())],
            calls: vec![call.clone()],
        };

        replica.write(&facts).await.unwrap();

        let Loaded { roster, place: loaded } = load::everything(&replica.pool).await.unwrap();
        assert_eq!(roster.get(&person.id).unwrap().person, person);
        assert_eq!(roster.get(&id).unwrap().presence, Some(presence));
        assert_eq!(roster.call(&call.id), Some(&call));
        assert_eq!(loaded, Some(place(7)));
    }

    #[tokio::test]
    async fn older_facts_never_overwrite_newer_ones() {
        let replica = replica().await;
        let newer = Facts {
            place: Some(place(9)),
            people: vec![titled("Lead", 20)],
            presence: vec![report(PresenceState::Busy, 20)],
            calls: vec![call(&[(Step::Ringing, 1), (Step::Ended(Outcome::Busy), 2)])],
            ..Facts::default()
        };
        let mut known = titled("Trainee", 10);
        known.learn(at(30), PersonFact::Standing(Standing::Inactive));
        let older = Facts {
            place: Some(place(8)),
            people: vec![known],
            presence: vec![report(PresenceState::Away, 10)],
            calls: vec![call(&[(Step::Ringing, 1)])],
            ..Facts::default()
        };

        replica.write(&newer).await.unwrap();
        replica.write(&older).await.unwrap();

        let Loaded { roster, place: loaded } = load::everything(&replica.pool).await.unwrap();
        let person = &roster.get(&newer.people[0].id).unwrap().person;
        assert_eq!((person.title(), person.standing.unwrap().value), ("Lead", Standing::Inactive));
        assert_eq!(roster.get(&newer.presence[0].0).unwrap().presence, Some(newer.presence[0].1.clone()));
        assert!(roster.call(&newer.calls[0].id).unwrap().is_over());
        assert_eq!(loaded, Some(place(9)));
    }

    #[tokio::test]
    async fn another_log_replaces_everything() {
        let replica = replica().await;
        replica
            .write(&Facts { people: vec![titled("Lead", 1)], place: Some(place(9)), ..Facts::default() })
            .await
            .unwrap();
        let anew = Facts { anew: true, place: Some(place(0)), ..Facts::default() };

        replica.write(&anew).await.unwrap();

        let Loaded { roster, place: loaded } = load::everything(&replica.pool).await.unwrap();
        assert!(roster.is_empty());
        assert_eq!(loaded, Some(place(0)));
    }

    #[tokio::test]
    async fn a_full_disk_leaves_the_last_whole_state() {
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteConnectOptions::new()
            .filename(folder.path().join("full.sqlite"))
            .create_if_missing(true)
            .pragma("max_page_count", "20");
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
        MIGRATIONS.run(&pool).await.unwrap();
        let replica = Replica { pool };
        replica.write(&Facts { place: Some(place(1)), ..Facts::default() }).await.unwrap();
        let people = (0..2_000).map(|nth| Person::unknown(PersonId::new(&format!("{nth:0>40}")))).collect();

        let full = replica.write(&Facts { place: Some(place(2)), people, ..Facts::default() }).await;

        assert!(matches!(full, Err(Trouble::Unwritable(_))), "{full:?}");
        let loaded = load::everything(&replica.pool).await.unwrap();
        assert_eq!((loaded.place, loaded.roster.len()), (Some(place(1)), 0));
    }
}
