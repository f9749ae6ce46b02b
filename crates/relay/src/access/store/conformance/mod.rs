//! What every store must do, written against the trait only, and run over every database that is there.

mod codes;
mod sessions;
mod sign_ins;
mod trail;

use std::{path::PathBuf, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use rollcall_model::PersonId;
use rollcall_wire::session::Role;
use sqlx::{AssertSqlSafe, Connection, PgPool, SqliteConnection, sqlite::SqliteConnectOptions};

use super::{
    super::{
        SessionId,
        entry::{Entry, Kind, Why},
        secret::Digest,
    },
    Attempt, NewCode, PostgresAccess, Session, Showing, Shown, SqliteStore, Store, Whose,
};
use crate::caller::Slug;

/// Names the `PostgreSQL` server of the tests.
const POSTGRES: &str = "ROLLCALL_TEST_POSTGRES";

/// A store, empty, and another way to what it stores.
pub(super) struct Case {
    pub(super) store: Arc<dyn Store>,
    organisation: Slug,
    raw: Raw,
}

enum Raw {
    Sqlite(PathBuf, #[expect(dead_code, reason = "the folder goes with the case")] tempfile::TempDir),
    Postgres(PgPool),
}

/// One case for each database that is there.
pub(super) async fn cases() -> Vec<Case> {
    let mut cases = vec![sqlite().await];
    match std::env::var(POSTGRES) {
        Ok(url) => cases.push(postgres(&url).await),
        Err(_) => eprintln!("skipped for PostgreSQL: {POSTGRES} is not set"),
    }
    cases
}

async fn sqlite() -> Case {
    let folder = tempfile::tempdir().unwrap();
    let (path, organisation) = (folder.path().join("main.access.sqlite"), Slug::only());
    let store = SqliteStore::open(&path, &organisation).await.unwrap();
    Case { store: Arc::new(store), organisation, raw: Raw::Sqlite(path, folder) }
}

/// An organisation of its own in the one database: others are tested in it at the same time.
async fn postgres(url: &str) -> Case {
    let organisation: Slug = format!("t{}", &SessionId::fresh().to_string()[..8]).parse().unwrap();
    let access = PostgresAccess::open(url.parse().unwrap()).await.unwrap();
    let raw = sqlx::PgPool::connect(url).await.unwrap();
    let store = access.store(&organisation).await.unwrap();
    Case { store: Arc::new(store), organisation, raw: Raw::Postgres(raw) }
}

impl Case {
    /// Whether the database itself refuses a statement; `HERE` in it is the organisation.
    pub(super) async fn refuses(&self, statement: &str) -> bool {
        let statement = statement.replace("HERE", &format!("'{}'", self.organisation));
        match &self.raw {
            Raw::Sqlite(path, _) => {
                let options = SqliteConnectOptions::new().filename(path);
                let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
                sqlx::query(AssertSqlSafe(statement)).execute(&mut connection).await.is_err()
            }
            Raw::Postgres(pool) => {
                let statement = statement
                    .replace("trail", "rollcall_access.trail")
                    .replace("code ", "rollcall_access.code ");
                sqlx::query(AssertSqlSafe(statement)).execute(pool).await.is_err()
            }
        }
    }

    /// Keeps an invitation for `ada@example.test`: its selector is `name`, its secret `secret`.
    pub(super) async fn invite(&self, name: &str, secret: u8) {
        let code = NewCode {
            selector: name.to_owned(),
            digest: [secret; 32],
            email: "ada@example.test".to_owned(),
            role: Role::Agent,
            person: Some(PersonId::new("ada")),
            challenge: None,
            by: "command line".to_owned(),
            expires_at: at(900),
        };
        let entry = Entry::of(Kind::Invited, at(0)).about(&code.email);
        self.store.keep_code(&code, Some(&entry)).await.unwrap();
    }

    /// A session of `ada@example.test` whose token is `token`.
    pub(super) async fn session(&self, token: u8) -> Session {
        let name = format!("S{token}");
        self.invite(&name, token).await;
        let attempt = Attempt { token: [token; 32], ..attempt(&name, token, 0) };
        self.store.redeem(&attempt).await.unwrap().unwrap().session
    }

    /// The sessions that are open.
    pub(super) async fn open(&self) -> Vec<SessionId> {
        let open = self.store.sessions(Whose::Everybody).await.unwrap();
        open.into_iter().map(|session| session.id).collect()
    }

    pub(super) async fn show(&self, token: u8, seconds: i64) -> Shown {
        self.store.show(&showing(token, seconds)).await.unwrap()
    }

    /// What is written in the trail, without what is told beside.
    pub(super) async fn told(&self) -> Vec<(Kind, Option<Why>)> {
        let entries = self.store.trail(0, 10_000).await.unwrap();
        entries.iter().map(|noted| (noted.entry.kind, noted.entry.why)).collect()
    }
}

pub(super) fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000 + seconds, 0).unwrap()
}

/// Somebody shows a code; whatever session opens has a token that nobody shows.
pub(super) fn attempt(selector: &str, secret: u8, seconds: i64) -> Attempt {
    let session = SessionId::fresh();
    let mut token: Digest = [0; 32];
    token[..16].copy_from_slice(&session.to_string().as_bytes()[..16]);
    Attempt {
        selector: selector.to_owned(),
        digest: [secret; 32],
        challenge: None,
        address: Some("192.0.2.7".parse().unwrap()),
        noted: true,
        session,
        token,
        now: at(seconds),
    }
}

/// The desk of this challenge shows a code.
pub(super) fn attempt_by(challenge: &str, selector: &str, secret: u8, seconds: i64) -> Attempt {
    Attempt { challenge: Some(challenge.to_owned()), ..attempt(selector, secret, seconds) }
}

pub(super) fn showing(token: u8, seconds: i64) -> Showing {
    let now = at(seconds);
    Showing { token: [token; 32], address: None, rested_since: now - TimeDelta::days(30), now }
}
