//! A proxy that ends TLS for Zoom's hosts and forwards to the fake Zoom.
//!
//! Zoom's own SDK knows no other address than Zoom's; with this as its `HTTPS_PROXY` and
//! [`TlsProxy::authority`] as an extra certificate authority it talks to the fake without a change.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use rcgen::{CertificateParams, CertifiedIssuer, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::{CancellationToken, DropGuard};

/// The hosts for which it speaks.
const HOSTS: [&str; 2] = ["zoom.us", "api.zoom.us"];

/// A running proxy; it stops when it is dropped.
#[derive(Debug)]
pub struct TlsProxy {
    address: SocketAddr,
    authority: String,
    _stop: DropGuard,
}

impl TlsProxy {
    /// Starts on a free port of loopback and forwards to `target`.
    pub async fn start(target: SocketAddr) -> io::Result<Self> {
        let (config, authority) = certificates().map_err(io::Error::other)?;
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        tokio::spawn(async move {
            let mut open = JoinSet::new();
            while let Some(Ok((client, _))) = stopped.run_until_cancelled(listener.accept()).await {
                open.spawn(tunnel(client, acceptor.clone(), target));
            }
        });
        Ok(Self { address, authority, _stop: stop.drop_guard() })
    }

    /// What `HTTPS_PROXY` must be.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The certificate authority that signed for the hosts, as PEM.
    pub fn authority(&self) -> &str {
        &self.authority
    }
}

fn certificates() -> Result<(rustls::ServerConfig, String), Box<dyn std::error::Error + Send + Sync>> {
    let mut params = CertificateParams::new(Vec::new())?;
    // A name of its own: a leaf whose issuer has its own name counts as self-signed.
    params.distinguished_name.push(rcgen::DnType::CommonName, "Rollcall test authority");
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
    let key = KeyPair::generate()?;
    let leaf = CertificateParams::new(HOSTS.map(String::from))?.signed_by(&key, &issuer)?;
    let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config =
        rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone()], private)?;
    Ok((config, issuer.pem()))
}

/// Answers one `CONNECT`, ends TLS and copies bytes both ways until either end closes.
async fn tunnel(mut client: TcpStream, acceptor: TlsAcceptor, target: SocketAddr) -> io::Result<()> {
    let head = read_head(&mut client).await?;
    let known = HOSTS.iter().any(|host| head.starts_with(&format!("CONNECT {host}:443 ")));
    if !known {
        return client.write_all(b"HTTP/1.1 403 Forbidden\r\n\r\n").await;
    }
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
    let mut plain = acceptor.accept(client).await?;
    let mut server = TcpStream::connect(target).await?;
    copy_bidirectional(&mut plain, &mut server).await.map(drop)
}

async fn read_head(client: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && head.len() < 8_192 {
        head.push(client.read_u8().await?);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}
