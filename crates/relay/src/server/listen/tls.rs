//! The server's certificate and its key, which can be changed while it runs.

use std::{io, path::PathBuf, sync::Arc};

use arc_swap::ArcSwap;
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use tokio_rustls::TlsAcceptor;

/// Where the certificate and its key are, both in PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, and after it those that lead to a known authority.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// Why a certificate or its key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The file of the certificate cannot be read.
    #[error("the certificate in {} cannot be read; it must be PEM, and this user must be allowed to read it", path.display())]
    Certificate {
        /// Which.
        path: PathBuf,
    },
    /// The file of the key cannot be read.
    #[error("the key in {} cannot be read; it must be PEM without a passphrase, and this user must be allowed to read it", path.display())]
    Key {
        /// Which.
        path: PathBuf,
    },
    /// The two do not belong together, or are of a kind that is not supported.
    #[error("the certificate and the key do not belong together, or are of a kind that is not supported")]
    Pair(#[source] rustls::Error),
    /// A part of this process ended badly.
    #[error("the certificate was not read")]
    Read(#[source] io::Error),
}

/// The server's certificate and its key, as they are used.
#[derive(Debug)]
pub(crate) struct Tls {
    files: TlsFiles,
    used: ArcSwap<ServerConfig>,
}

impl TlsFiles {
    /// Whether both can be read and belong together.
    pub async fn check(self) -> Result<(), TlsError> {
        read(self).await.map(|_| ())
    }
}

impl Tls {
    /// Reads both.
    pub(crate) async fn open(files: TlsFiles) -> Result<Self, TlsError> {
        let used = ArcSwap::from(read(files.clone()).await?);
        Ok(Self { files, used })
    }

    /// Reads both again; who comes in from now on sees the new ones.
    pub(crate) async fn reload(&self) -> Result<(), TlsError> {
        self.used.store(read(self.files.clone()).await?);
        Ok(())
    }

    /// Exchanges keys with one client.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(self.used.load_full())
    }
}

async fn read(files: TlsFiles) -> Result<Arc<ServerConfig>, TlsError> {
    let reading = tokio::task::spawn_blocking(move || read_now(files)).await;
    reading.map_err(|error| TlsError::Read(io::Error::other(error)))?
}

fn read_now(TlsFiles { certificate, key }: TlsFiles) -> Result<Arc<ServerConfig>, TlsError> {
    let chain = CertificateDer::pem_file_iter(&certificate).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let chain = chain.ok().filter(|chain| !chain.is_empty());
    let chain = chain.ok_or(TlsError::Certificate { path: certificate })?;
    let private = PrivateKeyDer::from_pem_file(&key).map_err(|_| TlsError::Key { path: key })?;
    let mut config = ServerConfig::builder_with_provider(ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, private))
        .map_err(TlsError::Pair)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
