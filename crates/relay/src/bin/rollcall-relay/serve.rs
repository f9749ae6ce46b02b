//! `rollcall-relay serve`.

use std::{net::SocketAddr, path::PathBuf};

use clap::Args;
use ipnet::IpNet;
use rand::{TryRng as _, rngs::SysRng};
use rollcall_model::Clock;
use rollcall_relay::server::{Limits, Server, Settings, TlsFiles};
use serde::Serialize;
use url::Url;

use crate::{
    organisations::{self, Common, OrganisationArgs},
    say,
    signals::{Asked, Signals},
    storage::StorageArgs,
    wrong::{Failed, Wrong},
    zoom::ZoomArgs,
};

/// What `serve` is told.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    address: AddressArgs,

    #[command(flatten)]
    storage: StorageArgs,

    #[command(flatten)]
    organisation: OrganisationArgs,

    /// A JSON list of organisations with the same fields as the flags above, written with _ for -
    #[arg(
        long,
        env = "ROLLCALL_RELAY_ORGANISATIONS",
        value_name = "FILE",
        help_heading = "Several organisations",
        conflicts_with_all = ["organisation", "account_id", "client_id"]
    )]
    organisations: Option<PathBuf>,

    #[command(flatten)]
    zoom: ZoomArgs,

    #[command(flatten)]
    limits: LimitArgs,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Addresses")]
struct AddressArgs {
    /// Where desks and Zoom come in
    #[arg(long, env = "ROLLCALL_RELAY_LISTEN", default_value = "127.0.0.1:8080", value_name = "IP:PORT")]
    listen: SocketAddr,

    /// Where figures are read, at /metrics; nowhere without this
    #[arg(long, env = "ROLLCALL_RELAY_METRICS_LISTEN", value_name = "IP:PORT")]
    metrics_listen: Option<SocketAddr>,

    /// The address under which desks reach this relay, when it is not the one that it listens on
    #[arg(long, env = "ROLLCALL_RELAY_PUBLIC_URL", value_name = "URL")]
    public_url: Option<Url>,

    /// The certificate and those above it, in PEM; read again on SIGHUP
    #[arg(long, env = "ROLLCALL_RELAY_TLS_CERTIFICATE", value_name = "FILE", requires = "tls_key")]
    tls_certificate: Option<PathBuf>,

    /// The certificate's private key, in PEM
    #[arg(long, env = "ROLLCALL_RELAY_TLS_KEY", value_name = "FILE", requires = "tls_certificate")]
    tls_key: Option<PathBuf>,

    /// A proxy whose X-Forwarded-For is believed; may be given more than once
    #[arg(long, env = "ROLLCALL_RELAY_TRUSTED_PROXY", value_delimiter = ',', value_name = "CIDR")]
    trusted_proxy: Vec<IpNet>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Limits")]
struct LimitArgs {
    /// How many desks may follow the stream at once
    #[arg(long, env = "ROLLCALL_RELAY_MAX_DESKS", default_value_t = 50_000, value_name = "COUNT")]
    max_desks: usize,

    /// How many connections may be open at once, those of desks included
    #[arg(long, env = "ROLLCALL_RELAY_MAX_CONNECTIONS", default_value_t = 60_000, value_name = "COUNT")]
    max_connections: usize,
}

/// The line that says that the server is ready.
#[derive(Debug, Serialize)]
struct Ready<'a> {
    base: &'a Url,
    metrics: Option<Url>,
}

impl Serve {
    /// Serves until a signal says that it is enough.
    pub(crate) async fn run(self) -> Result<(), Failed> {
        let mut signals = Signals::new()?;
        let server = Server::start(self.settings()?).await?;
        announce(&server)?;
        while signals.next().await == Asked::Reload {
            server.reload_certificate().await;
        }
        tracing::info!("the relay ends");
        server.stop().await;
        Ok(())
    }

    /// What a server is told.
    pub(crate) fn settings(&self) -> Result<Settings, Failed> {
        let (clock, seed) = (Clock::system(), SysRng.try_next_u64().map_err(std::io::Error::other)?);
        let common =
            Common { zoom: &self.zoom, public_url: self.address.public_url.as_ref(), clock: &clock, seed };
        let organisations = organisations::all(&self.organisation, self.organisations.as_deref(), &common)?;
        let AddressArgs { tls_certificate, tls_key, .. } = &self.address;
        let tls = tls_certificate.clone().zip(tls_key.clone());
        Ok(Settings {
            listen: self.address.listen,
            metrics_listen: self.address.metrics_listen,
            storage: self.storage.storage()?,
            organisations,
            tls: tls.map(|(certificate, key)| TlsFiles { certificate, key }),
            trusted_proxies: self.address.trusted_proxy.clone(),
            public_url: self.address.public_url.clone(),
            limits: self.limits.limits()?,
            seed,
            clock,
        })
    }
}

impl LimitArgs {
    fn limits(&self) -> Result<Limits, Wrong> {
        if self.max_connections == 0 {
            return Err(Wrong::BadField { field: "max_connections", wanted: "a number above 0" });
        }
        Ok(Limits { desks: self.max_desks, connections: self.max_connections })
    }
}

fn announce(server: &Server) -> Result<(), Failed> {
    let metrics = server.metrics().and_then(|url| url.join("metrics").ok());
    let ready = Ready { base: server.base(), metrics };
    say(&serde_json::to_string(&ready).map_err(std::io::Error::other)?);
    Ok(())
}
