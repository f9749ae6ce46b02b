//! The fake Zoom seen by Zoom's own SDK.

use std::path::Path;

use rollcall_fake_zoom::{FakeZoom, Options};
use rollcall_tests::tls_proxy::TlsProxy;
use serde_json::Value;
use tokio::{net::TcpListener, process::Command};

#[tokio::test(flavor = "multi_thread")]
async fn zooms_own_sdk_lists_users_reads_presence_and_hears_signed_events() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rivet");
    assert!(folder.join("node_modules").exists(), "run scripts/setup tests");
    // The fake's webhook sender makes a TLS client.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let fake = FakeZoom::start(Options { people: 90, ..Options::default() }).await.unwrap();
    let proxy =
        TlsProxy::start(fake.ready().base.trim_start_matches("http://").parse().unwrap()).await.unwrap();
    let authority = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(authority.path(), proxy.authority()).unwrap();
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();

    let run = Command::new("node")
        .arg(folder.join("check.mjs"))
        .args([serde_json::to_string(fake.ready()).unwrap(), port.to_string()])
        .env("HTTPS_PROXY", proxy.url())
        .env("NODE_EXTRA_CA_CERTS", authority.path())
        .kill_on_drop(true)
        .output();
    let run = tokio::time::timeout(std::time::Duration::from_secs(40), run).await.unwrap().unwrap();

    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let seen: Value = serde_json::from_slice(&run.stdout).unwrap();
    assert!(seen["users"].as_u64().unwrap() > 60 && seen["pages"].as_u64().unwrap() > 1, "{seen}");
    assert!(seen["status"].is_string() && seen["validated"] == true, "{seen}");
    assert_eq!(seen["event"]["id"], seen["event"]["expected_id"]);
    assert_eq!(seen["event"]["presence_status"], "Do_Not_Disturb");
    fake.stop().await;
}
