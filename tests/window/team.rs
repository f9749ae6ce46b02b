//! Team mode in the real window: joined by a link and by signing in, at the relay as it is shipped.

use std::fs;

use rollcall_tests::{
    team::TeamRelay,
    window::{App, desktop_is_here},
};
use serde_json::json;
use tempfile::TempDir;

use crate::this_computer::{run, until_links_are_ours, zoom};

const ROWS: &str = "return document.querySelectorAll('[data-testid=\"row\"]').length >= 8;";
const MODE: &str = "return document.querySelector('[data-testid=\"status\"]')?.dataset.mode === 'team';";

/// A browser that opens what it is given, follows it to the end, and shows nothing.
async fn browser() -> TempDir {
    let folder = TempDir::new().unwrap();
    let (script, jar) = (folder.path().join("browser"), folder.path().join("jar"));
    let text = format!("#!/bin/sh\nexec curl -sL -m 20 -c '{0}' -b '{0}' \"$1\"\n", jar.display());
    fs::write(&script, text).unwrap();
    run("chmod", &["+x", script.to_str().unwrap()]).await;
    let data = std::path::PathBuf::from(std::env::var_os("XDG_DATA_HOME").unwrap());
    let applications = data.join("applications");
    fs::create_dir_all(&applications).unwrap();
    let entry = format!(
        "[Desktop Entry]\nType=Application\nName=Browser\nExec={} %u\nMimeType=x-scheme-handler/http;x-scheme-handler/https;text/html;\n",
        script.display()
    );
    fs::write(applications.join("test-browser.desktop"), entry).unwrap();
    run("update-desktop-database", &[applications.to_str().unwrap()]).await;
    for scheme in ["http", "https"] {
        run("xdg-mime", &["default", "test-browser.desktop", &format!("x-scheme-handler/{scheme}")]).await;
    }
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_fills_the_join_screen_and_joining_shows_everybody() {
    if !desktop_is_here() {
        return;
    }
    let (fake, _) = zoom().await;
    let relay = TeamRelay::encrypted(&fake).await;
    let authority = relay.authority.clone().unwrap().display().to_string();
    let app = App::open(&[], &[("ROLLCALL_RELAY_CA", &authority)]).await;
    app.text("setup").await;
    app.picture("setup-light").await;
    until_links_are_ours().await;

    run("xdg-open", &[&relay.invite(&fake.ready().agent_email, "agent").await]).await;
    app.text("join").await;
    app.picture("join-light").await;
    let filled = "return document.querySelector('[data-testid=\"join-relay\"]').value === arguments[0];";
    app.until(filled, &[json!(relay.address.as_str().trim_end_matches('/'))]).await;
    assert!(app.accessibility().await.is_empty());
    app.click("join-go").await;

    app.until(ROWS, &[]).await;
    app.until(MODE, &[]).await;
    app.click("rail-settings").await;
    let told = app.text("your-relay").await;
    for part in ["Example Ltd", &fake.ready().agent_email, "relay.example.org", "Example Ltd authority"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    app.picture("your-relay-light").await;
    assert!(app.accessibility().await.is_empty());

    // The next start sits down again; a session that is ended meanwhile is told, and the list stays.
    relay.end_sessions(&fake.ready().agent_email).await;
    app.click("rail-people").await;
    app.text("session-ended").await;
    app.until(ROWS, &[]).await;
    app.picture("session-ended-light").await;
    app.end().await;
    fake.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_an_unknown_authority_is_refused_in_one_sentence() {
    if !desktop_is_here() {
        return;
    }
    let (fake, _) = zoom().await;
    let relay = TeamRelay::encrypted(&fake).await;
    let app = App::open(&[], &[]).await;
    app.text("setup").await;
    until_links_are_ours().await;
    run("xdg-open", &[&relay.invite(&fake.ready().agent_email, "agent").await]).await;
    app.text("join").await;
    app.click("join-go").await;

    let told = app.text("join-failure").await;

    assert!(told.contains("does not trust the relay’s certificate; nothing was sent"), "{told}");
    app.picture("join-certificate-light").await;
    app.end().await;
    fake.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_goes_through_the_browser_and_signing_out_takes_the_directory_away() {
    if !desktop_is_here() {
        return;
    }
    let (fake, _) = zoom().await;
    let relay = TeamRelay::start(&fake).await;
    let _browser = browser().await;
    let app = App::open(&[], &[]).await;
    app.click("setup-join").await;
    app.click("join-turn").await;
    app.fill("join-relay", relay.address.as_str()).await;
    app.picture("sign-in-light").await;
    app.click("join-go").await;
    app.until(ROWS, &[]).await;
    let home = app.end().await;

    // The next start needs no sign-in: the token is in the keychain.
    let app = App::open_at(home, &[], &[]).await;
    app.until(ROWS, &[]).await;
    app.until(
        "return /live/i.test(document.querySelector('[data-testid=\"status-link\"]')?.innerText ?? '');",
        &[],
    )
    .await;
    app.click("rail-settings").await;
    app.click("leave").await;
    app.text("leave-dialog").await;
    app.picture("sign-out-light").await;
    app.click("leave-go").await;

    app.text("setup").await;
    let home = app.end().await;
    let app = App::open_at(home, &[], &[]).await;
    app.text("setup").await;
    app.end().await;
    fake.stop().await;
}
