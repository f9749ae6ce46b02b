//! "This computer" mode against a Zoom on loopback: set up, see, dial, links.

use std::{collections::HashSet, fs, path::PathBuf, time::Duration};

use rollcall_fake_zoom::{FakeZoom, Options, PersonView};
use rollcall_tests::{
    evidence,
    stage::PATIENCE,
    webdriver::keys,
    window::{App, desktop_is_here},
};
use serde_json::json;
use tempfile::TempDir;
use tokio::process::Command;

/// A handler of `zoomphonecall:` links that writes down what it is given.
pub(crate) struct Handler {
    heard: PathBuf,
    _folder: TempDir,
}

impl Handler {
    pub(crate) async fn register() -> Self {
        let folder = TempDir::new().unwrap();
        let heard = folder.path().join("heard");
        let script = folder.path().join("handler");
        fs::write(&script, format!("#!/bin/sh\nprintf '%s\\n' \"$@\" >> '{}'\n", heard.display())).unwrap();
        run("chmod", &["+x", script.to_str().unwrap()]).await;
        let applications = PathBuf::from(std::env::var_os("XDG_DATA_HOME").unwrap()).join("applications");
        fs::create_dir_all(&applications).unwrap();
        let entry = format!(
            "[Desktop Entry]\nType=Application\nName=Phone\nExec={} %u\nMimeType=x-scheme-handler/zoomphonecall;\n",
            script.display()
        );
        fs::write(applications.join("test-phone.desktop"), entry).unwrap();
        run("update-desktop-database", &[applications.to_str().unwrap()]).await;
        run("xdg-mime", &["default", "test-phone.desktop", "x-scheme-handler/zoomphonecall"]).await;
        Self { heard, _folder: folder }
    }

    pub(crate) async fn heard(&self) -> Vec<String> {
        let lines = || fs::read_to_string(&self.heard).unwrap_or_default();
        let waited = tokio::time::timeout(PATIENCE, async {
            while lines().is_empty() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        waited.await.unwrap();
        lines().lines().map(str::to_owned).collect()
    }
}

pub(crate) async fn run(program: &str, args: &[&str]) {
    let status = Command::new(program).args(args).status().await.unwrap();
    assert!(status.success(), "{program} {args:?}");
}

pub(crate) async fn zoom() -> (FakeZoom, Vec<(&'static str, String)>) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let fake = FakeZoom::start(Options { people: 120, ..Options::default() }).await.unwrap();
    evidence::forbid(&fake);
    let ready = fake.ready();
    let env = vec![
        ("ROLLCALL_ZOOM_OAUTH", ready.base.clone()),
        ("ROLLCALL_ZOOM_API", format!("{}/v2", ready.base)),
        ("ROLLCALL_ZOOM_WEBSOCKET", ready.ws.clone()),
    ];
    (fake, env)
}

pub(crate) async fn set_up(app: &App, fake: &FakeZoom, secret: &str) {
    let ready = fake.ready();
    let form = "return document.querySelector('[data-testid=\"setup-account_id\"]') !== null;";
    if app.page.run(form, &[]).await.unwrap() == json!(false) {
        app.click("setup-connect").await;
    }
    for (field, value) in [
        ("account_id", ready.account_id.as_str()),
        ("client_id", &ready.client_id),
        ("client_secret", secret),
        ("subscription_id", &ready.subscription_id),
        ("email", &ready.agent_email),
    ] {
        app.fill(&format!("setup-{field}"), value).await;
    }
    app.click("setup-go").await;
}

fn expert(fake: &FakeZoom) -> PersonView {
    let agent = &fake.ready().agent_user_id;
    let person = fake
        .people()
        .into_iter()
        .find(|person| person.status == "active" && person.number.is_some() && person.id != *agent)
        .unwrap();
    fake.set_presence(&person.id, "Available").unwrap();
    person
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_sets_it_up_and_the_dialled_address_is_exactly_the_number() {
    if !desktop_is_here() {
        return;
    }
    let handler = Handler::register().await;
    let (fake, env) = zoom().await;
    let env: Vec<_> = env.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let app = App::open(&[], &env).await;
    app.text("setup").await;
    app.picture("setup-light").await;
    set_up(&app, &fake, "not-the-secret").await;
    app.text("setup-failure").await;
    app.picture("setup-refused").await;
    set_up(&app, &fake, &fake.ready().client_secret.clone()).await;

    let expert = expert(&fake);
    app.type_search(&expert.name).await;
    app.until_first(&expert.id).await;
    app.until_state(&expert.id, "available").await;
    let search = app.search().await;
    app.page.type_into(&search, keys::ENTER).await.unwrap();

    assert_eq!(handler.heard().await, [format!("zoomphonecall://{}", expert.number.unwrap())]);

    // The next start needs no set-up: the secret is in the keychain.
    let home = app.end().await;
    let app = App::open_at(home, &[], &env).await;
    app.until("return document.querySelector('[data-testid=\"row\"]') !== null;", &[]).await;
    app.until(
        "return /live/i.test(document.querySelector('[data-testid=\"status-link\"]')?.innerText ?? '');",
        &[],
    )
    .await;
    app.end().await;
    fake.stop().await;
}

/// Waits until the desktop knows that `rollcall:` links are for the app.
pub(crate) async fn until_links_are_ours() {
    let waited = tokio::time::timeout(PATIENCE, async {
        loop {
            let asked = ["query", "default", "x-scheme-handler/rollcall"];
            let answer = Command::new("xdg-mime").args(asked).output().await.unwrap();
            if !answer.stdout.trim_ascii().is_empty() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    waited.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn presence_events_repaint_the_row_and_a_link_asks_before_it_calls() {
    if !desktop_is_here() {
        return;
    }
    let (fake, env) = zoom().await;
    let env: Vec<_> = env.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let app = App::open(&[], &env).await;
    set_up(&app, &fake, &fake.ready().client_secret.clone()).await;
    let expert = expert(&fake);
    app.type_search(&expert.name).await;
    app.until_state(&expert.id, "available").await;

    for (status, state) in
        [("Busy", "busy"), ("In_Meeting", "in_meeting"), ("Do_Not_Disturb", "do_not_disturb")]
    {
        fake.set_presence(&expert.id, status).unwrap();
        app.until_state(&expert.id, state).await;
    }

    let link = format!("rollcall://call/{}", expert.number.as_ref().unwrap());
    until_links_are_ours().await;
    run("xdg-open", &[&link]).await;
    app.until("return document.querySelector('[data-testid=\"confirm-go\"]') !== null;", &[]).await;
    app.picture("confirm-link").await;
    app.click("confirm-back").await;
    app.until("return document.querySelector('[data-testid=\"confirm-go\"]') === null;", &[]).await;
    let link = format!("rollcall://person/{}", expert.id);
    run("xdg-open", &[&link]).await;
    let shows =
        "return document.querySelector('[data-testid=\"detail\"]')?.innerText.includes(arguments[0]);";
    app.until(shows, &[json!(expert.name)]).await;

    app.end().await;
    fake.stop().await;
}

/// Two people of the same skill, of whom the first has a number that can be called.
fn two_who_know_the_same(fake: &FakeZoom) -> (PersonView, PersonView) {
    let agent = &fake.ready().agent_user_id;
    let able = |person: &PersonView| {
        person.status == "active"
            && person.number.is_some()
            && !person.skills.is_empty()
            && person.id != *agent
    };
    let people: Vec<PersonView> = fake.people().into_iter().filter(able).collect();
    let skills =
        |person: &PersonView| person.skills.split(',').map(|skill| skill.trim().to_owned()).collect();
    let pairs = people
        .iter()
        .enumerate()
        .flat_map(|(nth, one)| people[nth + 1..].iter().map(move |other| (one, other)));
    let share = |(one, other): &(&PersonView, &PersonView)| {
        let (one, other): (HashSet<String>, HashSet<String>) = (skills(one), skills(other));
        !one.is_disjoint(&other)
    };
    let (one, other) = pairs.into_iter().find(share).unwrap();
    (one.clone(), other.clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_want_a_call_is_asked_about_and_who_knows_the_same_is_called_instead() {
    if !desktop_is_here() {
        return;
    }
    let handler = Handler::register().await;
    let (fake, env) = zoom().await;
    let env: Vec<_> = env.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let (busy, free) = two_who_know_the_same(&fake);
    for person in fake.people() {
        fake.set_presence(&person.id, "Offline").unwrap();
    }
    fake.set_presence(&busy.id, "Do_Not_Disturb").unwrap();
    fake.set_presence(&free.id, "Available").unwrap();
    let app = App::open(&[], &env).await;
    set_up(&app, &fake, &fake.ready().client_secret.clone()).await;
    for (person, state) in [(&free, "available"), (&busy, "do_not_disturb")] {
        app.type_search(&person.name).await;
        app.until_state(&person.id, state).await;
    }

    app.page.type_into(&app.search().await, keys::ENTER).await.unwrap();
    let offered = app.text("instead").await;
    assert!(offered.contains(&free.name), "{offered}");
    let faults = app.accessibility().await;
    assert!(faults.is_empty(), "{faults:?}");
    app.picture("confirm-instead").await;
    app.click("instead-call").await;
    assert_eq!(handler.heard().await, [format!("zoomphonecall://{}", free.number.unwrap())]);

    app.end().await;
    fake.stop().await;
}
