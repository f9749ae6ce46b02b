//! What a client needs to know to use a running fake Zoom.

use std::{fmt, net::SocketAddr};

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use crate::{ids, org::PersonIx, world::World};

/// Addresses and credentials of a running fake Zoom. Serialises to the line `serve` prints.
#[derive(Clone, Serialize)]
pub struct Ready {
    /// `http://127.0.0.1:PORT`; serves `/oauth/*`, `/v2/*` and `/_control/*`.
    pub base: String,
    /// `ws://127.0.0.1:PORT/ws`; takes `subscriptionId` and `access_token` in the query.
    pub ws: String,
    /// The account's id.
    pub account_id: String,
    /// The app's client id.
    pub client_id: String,
    /// The app's client secret.
    pub client_secret: String,
    /// The secret token webhooks are signed with.
    pub secret_token: String,
    /// The id of the WebSocket subscription.
    pub subscription_id: String,
    /// The person the demo is about; also who `me` is.
    pub agent_user_id: String,
    /// That person's e-mail.
    pub agent_email: String,
}

/// The account's credentials, before there is an address.
#[derive(Clone)]
pub(crate) struct Credentials {
    pub(crate) account_id: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) secret_token: String,
    pub(crate) subscription_id: String,
}

impl Ready {
    /// What to tell about a fake Zoom that listens at `address`.
    pub(crate) fn new(address: SocketAddr, credentials: &Credentials, world: &World) -> Self {
        let agent = &world.org[PersonIx(0)];
        let own = credentials.clone();
        Self {
            base: format!("http://{address}"),
            ws: format!("ws://{address}/ws"),
            account_id: own.account_id,
            client_id: own.client_id,
            client_secret: own.client_secret,
            secret_token: own.secret_token,
            subscription_id: own.subscription_id,
            agent_user_id: agent.id.to_string(),
            agent_email: agent.email.to_string(),
        }
    }
}

impl Credentials {
    /// The credentials of this seed.
    pub(crate) fn seeded(seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed ^ 0x5ec2_e700);
        Self {
            account_id: ids::fresh(&mut rng),
            client_id: ids::fresh(&mut rng),
            client_secret: ids::token(&mut rng, 24),
            secret_token: ids::fresh(&mut rng),
            subscription_id: ids::fresh(&mut rng),
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("account_id", &self.account_id).finish_non_exhaustive()
    }
}

impl fmt::Debug for Ready {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ready")
            .field("base", &self.base)
            .field("ws", &self.ws)
            .field("account_id", &self.account_id)
            .field("agent_user_id", &self.agent_user_id)
            .finish_non_exhaustive()
    }
}
