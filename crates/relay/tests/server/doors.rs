use std::{fs, path::Path};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use reqwest::Certificate;
use rollcall_fake_zoom::{FakeZoom, Options as FakeOptions};
use tempfile::tempdir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    delivery::{Delivery, presence},
    process::{Relay, client, until},
};

/// The source in which all figures stand.
const FIGURES: &str = include_str!("../../src/metrics.rs");

/// A new certificate for this machine in the folder; its text.
fn certify(folder: &Path) -> String {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    fs::write(folder.join("key.pem"), signing_key.serialize_pem()).unwrap();
    fs::write(folder.join("cert.pem"), cert.pem()).unwrap();
    cert.pem()
}

/// Whether the relay shows this certificate.
async fn shows(relay: &Relay, certificate: &str) -> bool {
    let certificate = Certificate::from_pem(certificate.as_bytes()).unwrap();
    let client = client().tls_certs_only([certificate]).build().unwrap();
    let url = relay.base.replace("127.0.0.1", "localhost");
    client.get(format!("{url}v1/health/live")).send().await.is_ok_and(|answer| answer.status() == 204)
}

/// Says these bytes to the relay and hears what it answers until it closes.
async fn say(relay: &Relay, bytes: &[u8]) -> String {
    let mut socket = connect(relay).await;
    socket.write_all(bytes).await.unwrap();
    heard(&mut socket).await
}

async fn connect(relay: &Relay) -> TcpStream {
    let address = relay.base.trim_start_matches("http://").trim_end_matches('/');
    TcpStream::connect(address).await.unwrap()
}

async fn heard(socket: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    // A connection that is reset is closed, too.
    let _ = socket.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_new_certificate_is_shown_after_a_hangup_and_a_broken_one_never() {
    let data = tempdir().unwrap();
    let first = certify(data.path());
    let [certificate, key] = ["cert.pem", "key.pem"].map(|name| data.path().join(name).display().to_string());
    let relay = Relay::of(&data, &["--tls-certificate", &certificate, "--tls-key", &key]).await;
    assert!(relay.base.starts_with("https://"));
    assert!(shows(&relay, &first).await);

    fs::write(&certificate, "broken").unwrap();
    relay.signal("HUP").await;
    assert!(shows(&relay, &first).await);

    let second = certify(data.path());
    relay.signal("HUP").await;
    until("the new one is shown", async || shows(&relay, &second).await).await;
    assert!(!shows(&relay, &first).await);
}

#[tokio::test]
async fn beyond_the_last_place_a_client_is_told_to_come_later() {
    let data = tempdir().unwrap();
    let relay = Relay::of(&data, &["--max-connections", "2"]).await;
    let sockets = [connect(&relay).await, connect(&relay).await];
    until("both have a place", async || relay.figure("rollcall_connections").await == Some(2.0)).await;

    let answer = heard(&mut connect(&relay).await).await;

    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer:?}");
    assert!(answer.contains("retry-after"), "{answer:?}");
    drop(sockets);
    until("there is room again", async || relay.figure("rollcall_connections").await == Some(0.0)).await;
    assert_eq!(relay.get("v1/health/live").await.status(), 204);
}

#[tokio::test]
async fn garbage_harms_nobody() {
    let data = tempdir().unwrap();
    let relay = Relay::of(&data, &[]).await;
    let long = format!("GET / HTTP/1.1\r\nx: {}\r\n\r\n", "y".repeat(100_000));

    for garbage in
        [&b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n"[..], b"NONSENSE\r\n\r\n", long.as_bytes()]
    {
        let answer = say(&relay, garbage).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer:?}");
    }

    assert_eq!(relay.get("v1/health/live").await.status(), 204);
}

#[tokio::test]
async fn a_relay_that_can_do_its_work_is_ready() {
    let data = tempdir().unwrap();
    let relay = Relay::of(&data, &[]).await;

    let answer = relay.get("v1/health/ready").await;

    assert_eq!(answer.status(), 200);
    assert_eq!(answer.text().await.unwrap(), r#"{"ready":true}"#);
}

#[tokio::test]
async fn nobody_reads_without_a_right_to() {
    let data = tempdir().unwrap();
    let relay = Relay::of(&data, &[]).await;

    for path in ["v1/snapshot", "v1/stream?since=0"] {
        let answer = client().build().unwrap().get(format!("{}{path}", relay.base)).send().await.unwrap();
        assert_eq!(answer.status(), 401, "{path}");
    }
    assert_eq!(relay.get("metrics").await.status(), 404);
}

#[tokio::test]
async fn every_figure_is_shown_with_what_it_means() {
    let data = tempdir().unwrap();
    let zoom = FakeZoom::start(FakeOptions { people: 5, seed: 7, ..FakeOptions::default() }).await.unwrap();
    let relay = Relay::beside(&zoom, &data).await;
    let ready = zoom.ready().clone();
    let body = presence(&ready.account_id, &ready.agent_user_id, "Busy");
    assert_eq!(relay.deliver(&Delivery::signed(body, &ready.secret_token, 0)).await, 204);

    let names = FIGURES.lines().filter_map(|line| line.trim().split_once("= \"rollcall_"));
    let names: Vec<String> =
        names.map(|(_, rest)| format!("rollcall_{}", rest.trim_end_matches("\";"))).collect();
    assert!(names.len() > 10, "{names:?}");
    for name in names {
        until(&format!("{name} is shown"), async || {
            let figures = relay.figures().await;
            figures.contains(&format!("# HELP {name} ")) && figures.contains(&format!("\n{name}"))
        })
        .await;
    }
    zoom.stop().await;
}
