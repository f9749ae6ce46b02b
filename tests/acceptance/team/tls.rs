//! A relay whose certificate an authority of the organisation's own has signed.

use std::sync::Arc;

use futures_util::StreamExt as _;
use rollcall_desk::team::JoinLink;
use rollcall_tests::team::TeamRelay;
use rollcall_wire::{Failure, relay::Way, window::Link};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject as _},
};
use secrecy::ExposeSecret as _;
use serde_json::json;
use tokio_tungstenite::{
    Connector, connect_async_tls_with_config, tungstenite::client::IntoClientRequest as _,
};

use super::{Desk, until, zoom};

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_that_was_not_told_of_the_authority_says_nothing_to_the_relay() {
    let (fake, _) = zoom().await;
    let relay = TeamRelay::encrypted(&fake).await;
    let (stranger, desk) =
        (Desk::open(json!({})).await, Desk::open(json!({"relay": {"ca": relay.authority}})).await);
    let link = JoinLink::parse(&relay.invite(&fake.ready().agent_email, "agent").await).unwrap();
    let (address, redeem) = link.redeem().unwrap();

    let refused = stranger.take_seat(address.clone(), &redeem).await;

    assert_eq!(refused.unwrap_err(), Failure::CertificateRefused);
    let seat = desk.take_seat(address, &redeem).await.expect("the code was not used up");
    until("the desk is linked", || desk.is_online()).await;
    let certificate = seat.about().await.certificate.unwrap();
    assert_eq!(
        (certificate.subject.as_str(), certificate.issuer.as_str()),
        ("relay.example.org", "Example Ltd authority")
    );
    stranger.engine.connect(seat.upstream().await);
    let is_told = || match stranger.engine.status().link {
        Link::Offline { failure, .. } => failure == Failure::CertificateRefused,
        _ => false,
    };
    until("the stranger is told why there is no link", is_told).await;
    desk.engine.stop().await;
    stranger.engine.stop().await;
    fake.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_desk_offers_is_answered_with_packed_frames() {
    let (fake, _) = zoom().await;
    let relay = TeamRelay::encrypted(&fake).await;
    let desk = Desk::open(json!({"relay": {"ca": relay.authority}})).await;
    let link = JoinLink::parse(&relay.invite(&fake.ready().agent_email, "agent").await).unwrap();
    let (address, redeem) = link.redeem().unwrap();
    let way = desk.take_seat(address, &redeem).await.unwrap().upstream().await;
    let mut authorities = RootCertStore::empty();
    authorities.add(CertificateDer::from_pem_file(relay.authority.as_ref().unwrap()).unwrap()).unwrap();
    let tls = ClientConfig::builder().with_root_certificates(authorities).with_no_client_auth();
    let mut stream = way.base.join("v1/stream?since=0").unwrap();
    stream.set_scheme("wss").unwrap();
    let mut request = stream.as_str().into_client_request().unwrap();
    let bearer = format!("Bearer {}", way.token.expose_secret());
    request.headers_mut().insert("authorization", bearer.parse().unwrap());
    request.headers_mut().insert("sec-websocket-protocol", Way::OFFER.parse().unwrap());

    let connector = Some(Connector::Rustls(Arc::new(tls)));
    let (mut socket, answer) = connect_async_tls_with_config(request, None, false, connector).await.unwrap();

    assert_eq!(answer.headers()["sec-websocket-protocol"], Way::Packed.name());
    assert!(socket.next().await.unwrap().is_ok(), "a hello");
    desk.engine.stop().await;
    fake.stop().await;
}
