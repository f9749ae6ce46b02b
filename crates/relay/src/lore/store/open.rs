//! How a store is opened: this is where the databases differ most.

use std::{path::Path, time::Duration};

use secrecy::{ExposeSecret as _, SecretString};
use sqlx::{
    Database, Pool, Postgres, Sqlite,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::SqlitePoolOptions,
};

use crate::{ledger::LedgerError, sqlite};

static FOR_SQLITE: Migrator = sqlx::migrate!("src/lore/migrations");

/// How long a statement waits for another program that holds the file: the command line may write much at once.
const BUSY: Duration = Duration::from_secs(20);
/// How long a question waits for a connection.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a connection is used: one may remember what the database was like when it was made, such as that it took
/// no writes.
const LIFETIME: Duration = Duration::from_mins(2);
/// How many connections to `PostgreSQL` one node has for this.
const CONNECTIONS: u32 = 2;
const SCHEMA: &str = "rollcall_lore";

/// A store in a database.
#[derive(Debug)]
pub(crate) struct Stored<D: Database> {
    pub(super) writer: Pool<D>,
    pub(super) readers: Pool<D>,
    pub(super) organisation: String,
}

/// A store in a file of this machine.
pub(crate) type SqliteLore = Stored<Sqlite>;

/// A store in `PostgreSQL`, shared by all nodes.
pub(crate) type PostgresLore = Stored<Postgres>;

impl SqliteLore {
    /// Opens the file, made with rights for its owner only, and brings it to this version's form.
    pub(crate) async fn open(path: &Path, organisation: &str) -> Result<Self, LedgerError> {
        sqlite::make_private(path).map_err(LedgerError::File)?;
        let options = sqlite::kept(path, BUSY);
        let writer = sqlite::writer().acquire_timeout(PATIENCE);
        let writer = writer.connect_with(options.clone()).await?;
        FOR_SQLITE.run(&writer).await?;
        let readers = SqlitePoolOptions::new().max_connections(1).acquire_timeout(PATIENCE);
        let readers = readers.connect_with(options.read_only(true)).await?;
        sqlx::query("INSERT INTO organisation (name) VALUES ($1) ON CONFLICT (name) DO NOTHING")
            .bind(organisation)
            .execute(&writer)
            .await?;
        Ok(Self { writer, readers, organisation: organisation.to_owned() })
    }

    /// A store that nobody asks anything.
    #[cfg(test)]
    pub(crate) fn idle() -> Self {
        let pool = SqlitePoolOptions::new().connect_lazy_with(sqlx::sqlite::SqliteConnectOptions::new());
        Self { writer: pool.clone(), readers: pool, organisation: String::new() }
    }
}

impl PostgresLore {
    /// Connects and brings the schema `rollcall_lore` to this version's form.
    pub(crate) async fn open(address: &SecretString, organisation: &str) -> Result<Self, LedgerError> {
        let options: PgConnectOptions = address.expose_secret().parse()?;
        let options = options.options([("search_path", SCHEMA), ("lock_timeout", "20s")]);
        let pool = PgPoolOptions::new().max_connections(CONNECTIONS).min_connections(0);
        let pool = pool.acquire_timeout(PATIENCE).max_lifetime(LIFETIME).connect_with(options).await?;
        let mut migrations = sqlx::migrate!("src/lore/migrations_postgres");
        migrations.create_schema(SCHEMA);
        migrations.dangerous_set_table_name("rollcall_lore._sqlx_migrations");
        migrations.run(&pool).await?;
        sqlx::query("INSERT INTO organisation (name) VALUES ($1) ON CONFLICT (name) DO NOTHING")
            .bind(organisation)
            .execute(&pool)
            .await?;
        Ok(Self { writer: pool.clone(), readers: pool, organisation: organisation.to_owned() })
    }
}
