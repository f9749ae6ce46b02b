//! The relay as a server: any number of organisations behind one address, Zoom's webhooks in, desks out.
//!
//! It opens and closes doors and decides who is asked; what an organisation does is the same as in an app's own
//! relay. It reads no command line and knows no environment: see the binary.

mod desks;
mod error;
mod exporter;
mod health;
mod house;
mod listen;
mod lore;
mod people;
mod rooms;
mod settings;
mod start;
mod storage;
mod webhook;

use std::{sync::Arc, time::Duration};

use tokio::time::timeout;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use url::Url;

pub use error::StartError;
pub use listen::{TlsError, TlsFiles};
pub use lore::{OpenLore, open_lore};
pub use people::open_access;
pub use settings::{Limits, OrganisationSettings, Settings, WebhookSettings};
pub use storage::Storage;

use house::House;
use listen::Tls;
use people::Stores;

/// How long requests that are being answered may take to end.
const ANSWERED_WITHIN: Duration = Duration::from_secs(3);
/// How long everything may take to end.
const END_WITHIN: Duration = Duration::from_secs(9);

/// A running server.
#[derive(Debug)]
pub struct Server {
    houses: Arc<[House]>,
    stores: Stores,
    base: Url,
    metrics: Option<Url>,
    tls: Option<Arc<Tls>>,
    /// Cancelled, nobody new comes in, and who is in leaves after the answer.
    closing: CancellationToken,
    /// Open connections that are no streams of desks, and whoever waits for new ones.
    connections: TaskTracker,
}

impl Server {
    /// Where desks and Zoom come in.
    pub const fn base(&self) -> &Url {
        &self.base
    }

    /// Where figures are read, if somewhere.
    pub const fn metrics(&self) -> Option<&Url> {
        self.metrics.as_ref()
    }

    /// Reads the certificate and its key again; the old ones stay in use when that fails.
    pub async fn reload_certificate(&self) {
        let Some(tls) = &self.tls else { return };
        match tls.reload().await {
            Ok(()) => tracing::info!("the certificate was read again"),
            Err(error) => tracing::error!(%error, "the certificate cannot be read again; the old one stays"),
        }
    }

    /// Takes nothing new, answers what came, commits what waits, tells all desks and closes the logs; within ten
    /// seconds, whatever happens.
    pub async fn stop(self) {
        self.closing.cancel();
        let ended = timeout(END_WITHIN, async {
            if timeout(ANSWERED_WITHIN, self.connections.wait()).await.is_err() {
                tracing::info!(connections = self.connections.len(), "some answers were not awaited");
            }
            futures_util::future::join_all(self.houses.iter().map(House::stop)).await;
            self.stores.close().await;
        });
        if ended.await.is_err() {
            tracing::warn!("not everything ended in time");
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.closing.cancel();
    }
}
