//! What feeds an engine: a relay inside the app and, in the demo, a Zoom inside the app.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
};

use rollcall_desk::Upstream;
use rollcall_fake_zoom::FakeZoom;
use rollcall_model::Clock;
use rollcall_relay::{Options, Relay, fresh_token};
use rollcall_wire::Failure;
use rollcall_zoom::{Addresses, Client, Credentials, Plan};

/// A relay, and the Zoom it listens to when that is a made-up one.
pub(crate) struct House {
    relay: Relay,
    fake: Option<FakeZoom>,
}

/// What a relay inside the app needs.
pub(crate) struct Plot {
    /// Where it keeps its log.
    pub(crate) database: PathBuf,
    /// Where Zoom is.
    pub(crate) addresses: Addresses,
    /// Which of Zoom's plans sets the limits.
    pub(crate) plan: Plan,
    /// What Zoom knows this organisation by.
    pub(crate) credentials: Credentials,
    /// The event subscription.
    pub(crate) subscription_id: String,
    /// The time.
    pub(crate) clock: Clock,
    /// Where randomness starts.
    pub(crate) seed: u64,
}

impl House {
    /// Starts the relay on a free port of loopback, under a token made for this run.
    pub(crate) async fn build(plot: Plot, fake: Option<FakeZoom>) -> Result<Self, Failure> {
        let zoom = Client::new(plot.addresses, plot.credentials, plot.plan, plot.clock.clone(), plot.seed)
            .map_err(|error| rollcall_relay::failure(&error, plot.clock.now()))?;
        let relay = Relay::start(Options {
            zoom,
            subscription_id: Some(plot.subscription_id),
            database: plot.database,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            clock: plot.clock,
            seed: plot.seed,
            token: fresh_token().map_err(|_| internal("no-randomness"))?,
        })
        .await
        .map_err(|error| {
            tracing::error!(%error, "the relay did not start");
            Failure::from(&error)
        })?;
        Ok(Self { relay, fake })
    }

    /// How an engine reaches it.
    pub(crate) fn upstream(&self) -> Upstream {
        Upstream { base: self.relay.base().clone(), token: self.relay.token().clone() }
    }

    /// Stops the relay, then the made-up Zoom.
    pub(crate) async fn stop(self) {
        self.relay.stop().await;
        if let Some(fake) = self.fake {
            fake.stop().await;
        }
    }
}

fn internal(reference: &str) -> Failure {
    Failure::Internal { reference: reference.to_owned() }
}
