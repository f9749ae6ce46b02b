//! A relay behind a certificate of the organisation's own.

use std::{net::SocketAddr, sync::Arc};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rollcall_desk::{
    Engine, Home,
    team::{RelayAddress, Seat, Trust},
};
use rollcall_model::Clock;
use rollcall_wire::{Failure, session::Redeem};
use rustls::{
    ServerConfig,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use tokio::{
    io,
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use super::{Keychain, relay};
use crate::scene::morning;

/// Ends TLS in front of the relay.
struct TlsListener(TcpListener, TlsAcceptor);

impl axum::serve::Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let (plain, from) = self.0.accept().await.unwrap();
            // Whoever does not trust the certificate goes away here.
            if let Ok(open) = self.1.accept(plain).await {
                return (open, from);
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.0.local_addr()
    }
}

/// A relay with a certificate; gives its address, the certificate's authority, and a code.
async fn encrypted_relay() -> (RelayAddress, String, Redeem) {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.distinguished_name.push(DnType::CommonName, "Example Ltd authority");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let mut leaf = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    leaf.distinguished_name.push(DnType::CommonName, "relay.example.org");
    let leaf = leaf.signed_by(&key, &authority).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let book = Arc::<std::sync::Mutex<relay::Book>>::default();
    book.lock().unwrap().codes.insert("main.code".to_owned(), None);
    let app = relay::app(book);
    let listener = TlsListener(listener, TlsAcceptor::from(Arc::new(config)));
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    let redeem = Redeem { code: "main.code".to_owned(), verifier: None };
    (RelayAddress::parse(&address).unwrap(), authority.pem(), redeem)
}

/// The trust of a desk whose settings name this authority.
async fn trust(authority: &str) -> Trust {
    let folder = tempfile::tempdir().unwrap();
    let home = Home { data: folder.path().join("data"), config: folder.path().join("config") };
    let file = folder.path().join("authority.pem");
    std::fs::write(&file, authority).unwrap();
    std::fs::create_dir_all(&home.config).unwrap();
    let settings = serde_json::json!({"relay": {"ca": file}});
    std::fs::write(home.config.join("settings.json"), settings.to_string()).unwrap();
    let engine = Engine::open(home, Clock::still(morning()).0, 1).await.unwrap();
    let trust = engine.trust();
    engine.stop().await;
    trust
}

#[tokio::test]
async fn a_certificate_of_the_organisations_own_is_trusted_once_the_settings_name_it() {
    let (address, authority, redeem) = encrypted_relay().await;
    let keychain = Arc::<Keychain>::default();
    let stranger = Seat::take(address.clone(), &redeem, &Trust::default(), keychain.clone()).await;
    assert_eq!(stranger.unwrap_err(), Failure::CertificateRefused);

    let (seat, _) = Seat::take(address, &redeem, &trust(&authority).await, keychain).await.unwrap();

    let about = seat.about().await;
    let certificate = about.certificate.unwrap();
    assert_eq!(certificate.subject, "relay.example.org");
    assert_eq!(certificate.issuer, "Example Ltd authority");
    assert_eq!((certificate.sha256.len(), about.encrypted, about.failure), (64, true, None));
}
