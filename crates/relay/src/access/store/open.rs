//! How a store is opened, and how a transaction begins: this is where the databases differ.

use std::{path::Path, time::Duration};

use async_trait::async_trait;
use sqlx::{
    Database, Pool, Postgres, Sqlite,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::SqlitePoolOptions,
};

use super::{
    StoreError,
    sql::{Statements, Tx},
};
use crate::{caller::Slug, sqlite};

static FOR_SQLITE: Migrator = sqlx::migrate!("src/access/migrations");

/// How long a statement waits for another program that holds the file.
const BUSY: Duration = Duration::from_secs(5);
/// How long a question waits for a connection.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a connection is used: one may remember what the database was like when it was made, such as that it took
/// no writes.
const LIFETIME: Duration = Duration::from_mins(2);
/// How many connections to `PostgreSQL` one node has for this.
const CONNECTIONS: u32 = 8;
const SCHEMA: &str = "rollcall_access";

/// A store in a database.
#[derive(Debug)]
pub struct Stored<D: Database> {
    pub(super) writer: Pool<D>,
    pub(super) readers: Pool<D>,
    /// For news of changes alone: that a session ended is heard in time however many come in.
    pub(super) news: Pool<D>,
    pub(super) organisation: String,
}

/// A store in a file of this machine. Several programs may use it at once: a relay that runs, and its command
/// line.
pub type SqliteStore = Stored<Sqlite>;

/// A store in `PostgreSQL`, shared by all nodes.
pub type PostgresStore = Stored<Postgres>;

/// The connections to `PostgreSQL` that the stores of all organisations share.
#[derive(Clone, Debug)]
pub struct PostgresAccess {
    pool: Pool<Postgres>,
    news: Pool<Postgres>,
}

/// Begins transactions.
#[async_trait]
pub(super) trait Begin: Send + Sync + 'static {
    /// What begins.
    type Tx: Statements;

    /// Begins one, and holds the organisation's row until its end.
    async fn begin(&self) -> Result<Self::Tx, StoreError>;

    /// Makes what was just forgotten unreadable where it is stored, as far as that is not the database's own work.
    async fn scrub(&self) -> Result<(), StoreError>;

    /// Ends all use of the database by this store.
    async fn shut(&self);
}

impl SqliteStore {
    /// Opens the file, made with rights for its owner only, and brings it to this version's form.
    pub async fn open(path: &Path, organisation: &Slug) -> Result<Self, StoreError> {
        sqlite::make_private(path).map_err(StoreError::File)?;
        let options = sqlite::kept(path, BUSY);
        let writer = sqlite::writer().acquire_timeout(PATIENCE);
        let writer = writer.connect_with(options.clone()).await?;
        FOR_SQLITE.run(&writer).await?;
        let options = options.read_only(true);
        let [readers, news] = [2, 1].map(|most| SqlitePoolOptions::new().max_connections(most));
        let readers = readers.acquire_timeout(PATIENCE).connect_with(options.clone()).await?;
        let news = news.acquire_timeout(PATIENCE).connect_with(options).await?;
        sqlx::query("INSERT INTO organisation (name) VALUES ($1) ON CONFLICT (name) DO NOTHING")
            .bind(organisation.as_str())
            .execute(&writer)
            .await?;
        Ok(Self { writer, readers, news, organisation: organisation.to_string() })
    }
}

impl PostgresAccess {
    /// Connects and brings the schema `rollcall_access` to this version's form.
    pub async fn open(options: PgConnectOptions) -> Result<Self, StoreError> {
        let options = options.options([("search_path", SCHEMA)]);
        let [pool, news] = [CONNECTIONS, 1].map(|most| {
            let pool = PgPoolOptions::new().max_connections(most).acquire_timeout(PATIENCE);
            pool.max_lifetime(LIFETIME)
        });
        let pool = pool.connect_with(options.clone()).await?;
        let news = news.connect_lazy_with(options);
        let mut migrations = sqlx::migrate!("src/access/migrations_postgres");
        migrations.create_schema(SCHEMA);
        migrations.dangerous_set_table_name("rollcall_access._sqlx_migrations");
        migrations.run(&pool).await?;
        Ok(Self { pool, news })
    }

    /// The store of an organisation.
    pub async fn store(&self, organisation: &Slug) -> Result<PostgresStore, StoreError> {
        sqlx::query("INSERT INTO organisation (name) VALUES ($1) ON CONFLICT (name) DO NOTHING")
            .bind(organisation.as_str())
            .execute(&self.pool)
            .await?;
        let (writer, readers, news) = (self.pool.clone(), self.pool.clone(), self.news.clone());
        Ok(Stored { writer, readers, news, organisation: organisation.to_string() })
    }

    /// Ends all connections.
    pub async fn close(&self) {
        self.news.close().await;
        self.pool.close().await;
    }
}

#[async_trait]
impl Begin for SqliteStore {
    type Tx = Tx<Sqlite>;

    async fn begin(&self) -> Result<Self::Tx, StoreError> {
        let transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        Ok(Tx { transaction, organisation: self.organisation.clone() })
    }

    /// Empties the file of what was written last: it holds pages as they were before.
    async fn scrub(&self) -> Result<(), StoreError> {
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&self.writer).await?;
        Ok(())
    }

    async fn shut(&self) {
        self.news.close().await;
        self.readers.close().await;
        self.writer.close().await;
    }
}

#[async_trait]
impl Begin for PostgresStore {
    type Tx = Tx<Postgres>;

    async fn begin(&self) -> Result<Self::Tx, StoreError> {
        let mut transaction = self.writer.begin().await?;
        sqlx::query("SELECT name FROM organisation WHERE name = $1 FOR UPDATE")
            .bind(&self.organisation)
            .execute(&mut *transaction)
            .await?;
        Ok(Tx { transaction, organisation: self.organisation.clone() })
    }

    /// `PostgreSQL` does it by itself when it clears away rows that nobody sees any more.
    async fn scrub(&self) -> Result<(), StoreError> {
        Ok(())
    }

    /// The connections belong to all organisations: [`PostgresAccess::close`] ends them.
    async fn shut(&self) {}
}
