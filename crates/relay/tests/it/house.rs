//! A fake Zoom, a folder for the log, and relays over both.

use std::{path::PathBuf, time::Duration};

use rollcall_fake_zoom::{FakeZoom, Options as FakeOptions};
use rollcall_model::Clock;
use rollcall_relay::{LedgerError, Options, Relay, StartError, fresh_token};
use rollcall_zoom::{Addresses, Client, Credentials, Plan};
use secrecy::SecretString;
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;
use tokio::time::{sleep, timeout};

use crate::desk::Desk;

/// Longer than anything here takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// An organisation of a fake Zoom, and the folder in which its log is.
pub(crate) struct House {
    pub(crate) zoom: FakeZoom,
    pub(crate) clock: Clock,
    folder: TempDir,
}

impl House {
    /// An organisation in which nothing happens by itself.
    pub(crate) async fn of(people: usize) -> Self {
        Self::with(FakeOptions { people, seed: 7, ..FakeOptions::default() }).await
    }

    pub(crate) async fn with(options: FakeOptions) -> Self {
        // Without a process-wide choice neither end of the tests could speak TLS; a second call changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let clock = options.clock.clone();
        let zoom = FakeZoom::start(options).await.unwrap();
        Self { zoom, clock, folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.folder.path().join("relay.db")
    }

    pub(crate) fn options(&self) -> Options {
        let ready = self.zoom.ready();
        let addresses = Addresses::at(ready.base.parse().unwrap(), ready.ws.parse().unwrap());
        let credentials = Credentials::ServerToServer {
            account_id: ready.account_id.clone(),
            client_id: ready.client_id.clone(),
            client_secret: SecretString::from(ready.client_secret.clone()),
        };
        Options {
            zoom: Client::new(addresses, credentials, Plan::Business, self.clock.clone(), 1).unwrap(),
            subscription_id: Some(ready.subscription_id.clone()),
            database: self.database(),
            listen: "127.0.0.1:0".parse().unwrap(),
            clock: self.clock.clone(),
            seed: 1,
            token: fresh_token().unwrap(),
        }
    }

    pub(crate) async fn try_relay(&self) -> Result<Relay, StartError> {
        Relay::start(self.options()).await
    }

    pub(crate) async fn relay(&self) -> Relay {
        self.try_relay().await.unwrap()
    }

    /// A relay that has listed everybody and hears events, and a desk that knows all of it.
    pub(crate) async fn settled(&self) -> (Relay, Desk) {
        let relay = self.relay().await;
        let desk = self.settle(&relay).await;
        (relay, desk)
    }

    /// A desk of this relay, when the relay has listed everybody and hears events.
    pub(crate) async fn settle(&self, relay: &Relay) -> Desk {
        let mut desk = Desk::snapshot(relay).await;
        desk.follow(relay).await;
        desk.until("the directory is listed", |desk| desk.is_listed() && desk.is_connected()).await;
        desk
    }

    /// A relay over the log of one that was dropped, as soon as that one's tasks have let go of it.
    pub(crate) async fn relay_after_a_drop(&self) -> Relay {
        let mut relay = None;
        until("the log is free", async || match self.try_relay().await {
            Ok(started) => {
                relay = Some(started);
                true
            }
            Err(StartError::Ledger(LedgerError::InUse)) => false,
            Err(error) => panic!("{error}"),
        })
        .await;
        relay.unwrap()
    }

    /// Makes the last sweep two hours older than it is. Neither Zoom's clock nor ours can be moved for this:
    /// the client refuses to work when the two differ.
    pub(crate) async fn age_last_sweep(&self) {
        let options = SqliteConnectOptions::new().filename(self.database());
        let mut database = SqliteConnection::connect_with(&options).await.unwrap();
        let aged = sqlx::query(
            "UPDATE sweep SET finished_at = finished_at - 7200000, started_at = started_at - 7200000",
        );
        assert_eq!(aged.execute(&mut database).await.unwrap().rows_affected(), 1);
        database.close().await.unwrap();
    }

    /// How many requests of one endpoint the fake has served; parts of the path in braces have no name.
    pub(crate) fn served(&self, endpoint: &str) -> u64 {
        self.zoom.requests().by_endpoint.get(endpoint).copied().unwrap_or(0)
    }
}

/// Waits until `condition` holds.
pub(crate) async fn until(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !condition().await {
            sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(timeout(PATIENCE, waiting).await.is_ok(), "waited in vain until {what}");
}
