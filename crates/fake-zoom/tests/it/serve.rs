use std::process::Stdio;

use reqwest::Client;
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Command,
};

use crate::harness::PATIENCE;

#[tokio::test]
async fn serve_prints_one_line_when_ready_and_ends_at_sigterm() {
    // Another test of this process may have installed it first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut command = Command::new(env!("CARGO_BIN_EXE_rollcall-fake-zoom"));
    command.args([
        "serve",
        "--people",
        "50",
        "--events-per-second",
        "0",
        "--mischief",
        "short-tokens=30,extra-fields",
    ]);
    let mut child = command.stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();

    let line = tokio::time::timeout(PATIENCE, lines.next_line()).await.unwrap().unwrap().unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    let text = |key: &str| ready[key].as_str().unwrap().to_owned();
    for key in ["ws", "secret_token", "subscription_id", "agent_user_id", "agent_email"] {
        assert!(!text(key).is_empty(), "{key}");
    }
    let client = Client::builder().timeout(PATIENCE).no_proxy().build().unwrap();
    let request = client.post(format!("{}/oauth/token", text("base")));
    let form = [("grant_type", "account_credentials"), ("account_id", &text("account_id"))];
    let reply =
        request.basic_auth(text("client_id"), Some(text("client_secret"))).form(&form).send().await.unwrap();
    assert_eq!(reply.json::<Value>().await.unwrap()["expires_in"], 30);

    Command::new("kill").args(["-TERM", &child.id().unwrap().to_string()]).status().await.unwrap();
    let status = tokio::time::timeout(PATIENCE, child.wait()).await.unwrap().unwrap();

    assert!(status.success());
    assert_eq!(lines.next_line().await.unwrap(), None);
}
