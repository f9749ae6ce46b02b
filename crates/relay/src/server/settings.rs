//! What a server is told at its start.

use std::net::SocketAddr;

use chrono::TimeDelta;
use ipnet::IpNet;
use rollcall_model::Clock;
use rollcall_zoom::{Client, oauth::RelaySignIn, webhook::Secrets};
use secrecy::SecretString;
use url::Url;

use super::{Storage, TlsFiles};
use crate::{Slug, Source, access::Roles};

/// What a server is told at its start.
#[derive(Debug)]
pub struct Settings {
    /// Where desks and Zoom come in; port 0 lets the system choose.
    pub listen: SocketAddr,
    /// Where figures are read; nowhere without it.
    pub metrics_listen: Option<SocketAddr>,
    /// Where the logs are.
    pub storage: Storage,
    /// The organisations; at least one.
    pub organisations: Vec<OrganisationSettings>,
    /// The certificate; without one a proxy in front does TLS.
    pub tls: Option<TlsFiles>,
    /// Proxies whose word about a client's address is taken.
    pub trusted_proxies: Vec<IpNet>,
    /// The address under which desks reach the server.
    pub public_url: Option<Url>,
    /// How much at once.
    pub limits: Limits,
    /// The time.
    pub clock: Clock,
    /// Feeds the jitter of pauses.
    pub seed: u64,
}

/// How much at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Desks that follow the stream.
    pub desks: usize,
    /// Open connections, those of desks included.
    pub connections: usize,
}

/// One organisation.
#[derive(Debug)]
pub struct OrganisationSettings {
    /// Its short name.
    pub slug: Slug,
    /// Its name, as people read it.
    pub name: String,
    /// Its Zoom account.
    pub account_id: String,
    /// The client id of its app at Zoom.
    pub client_id: String,
    /// The client of that account.
    pub zoom: Client,
    /// How events come.
    pub source: Source,
    /// How Zoom's webhooks are recognised; without this there is no door for them.
    pub webhook: Option<WebhookSettings>,
    /// How often the directory is listed again although events tell of changes.
    pub reconcile: TimeDelta,
    /// Who has which role after a sign-in with Zoom.
    pub roles: Roles,
    /// How people sign in with Zoom, if they may.
    pub sign_in: Option<RelaySignIn>,
    /// How long people are known who are gone.
    pub retention: TimeDelta,
}

/// How Zoom's webhooks are recognised.
#[derive(Clone, Debug)]
pub struct WebhookSettings {
    /// The secret tokens with which Zoom signs.
    pub secrets: Option<Secrets>,
    /// The old verification token, which whoever has seen one delivery knows.
    pub legacy_token: Option<SecretString>,
    /// How old, or how far in the future, a signature may be.
    pub max_age: TimeDelta,
}

impl Default for Limits {
    fn default() -> Self {
        Self { desks: 50_000, connections: 60_000 }
    }
}
