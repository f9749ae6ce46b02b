//! Watches, in the window and on the desktop: set by a key, told of by a toast, answered on it.

use std::{fs, path::PathBuf, process::Command as Blocking};

use rollcall_fake_zoom::{FakeZoom, PersonView};
use rollcall_tests::{
    stage::PATIENCE,
    webdriver::keys,
    window::{App, desktop_is_here},
};
use serde_json::json;

use crate::this_computer::{self, Handler};

/// People of one department who can be called, all of them busy.
fn team(fake: &FakeZoom) -> Vec<PersonView> {
    let agent = &fake.ready().agent_user_id;
    let callable =
        |person: &PersonView| person.status == "active" && person.number.is_some() && person.id != *agent;
    let people: Vec<PersonView> = fake.people().into_iter().filter(callable).collect();
    let of = |department: &str| people.iter().filter(|person| person.department == department).count();
    let department = &people.iter().max_by_key(|person| of(&person.department)).unwrap().department;
    for person in fake.people() {
        fake.set_presence(&person.id, "Busy").unwrap();
    }
    people.iter().filter(|person| person.department == *department).cloned().collect()
}

/// Pushes the button of the toast that is on the screen, as the desktop does.
fn push(button: &str) {
    fs::write(PathBuf::from(std::env::var_os("ROLLCALL_TEST_CHOICE").unwrap()), button).unwrap();
    let bus = format!("--address={}", std::env::var("DBUS_SESSION_BUS_ADDRESS").unwrap());
    let daemon = ["org.freedesktop.Notifications", "/org/freedesktop/Notifications", "org.dunstproject.cmd0"];
    let pushed = Blocking::new("busctl").args([&bus, "call"]).args(daemon).arg("ContextMenuCall").status();
    assert!(pushed.unwrap().success());
}

/// Waits until a toast says this.
async fn until_toast(text: &str) {
    let heard = PathBuf::from(std::env::var_os("ROLLCALL_TEST_NOTIFICATIONS").unwrap());
    let waited = tokio::time::timeout(PATIENCE, async {
        while !fs::read_to_string(&heard).is_ok_and(|shown| shown.contains(text)) {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    });
    assert!(waited.await.is_ok(), "no toast says {text}");
}

const RAISED: &str = "const watch = document.querySelector('[data-testid=\"watch\"]');
    return watch !== null && (watch.dataset.raised ?? null) === arguments[0];";

async fn open(fake: &FakeZoom, env: &[(&'static str, String)]) -> App {
    let env: Vec<_> = env.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let app = App::open(&[], &env).await;
    this_computer::set_up(&app, fake, &fake.ready().client_secret.clone()).await;
    app.until("return document.querySelectorAll('[data-testid=\"row\"]').length >= 8;", &[]).await;
    app
}

async fn wear(app: &App, theme: &str) {
    app.click("rail-settings").await;
    app.choose(&format!("theme-{theme}")).await;
    app.until("return document.documentElement.dataset.theme === arguments[0];", &[json!(theme)]).await;
    app.click("rail-people").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_watched_by_a_key_is_called_from_the_toast() {
    if !desktop_is_here() {
        return;
    }
    let handler = Handler::register().await;
    let (fake, env) = this_computer::zoom().await;
    let mia = team(&fake).remove(0);
    let app = open(&fake, &env).await;
    app.type_search(&mia.name).await;
    app.until_first(&mia.id).await;
    app.until_state(&mia.id, "busy").await;
    let search = app.search().await;

    app.page.type_into(&search, &format!("{}n{}", keys::ALT, keys::RELEASE)).await.unwrap();
    app.until(RAISED, &[json!(null)]).await;
    let marked = "return document.querySelector(`[data-person=\"${arguments[0]}\"] [data-testid=\"row-watched\"]`) !== null;";
    app.until(marked, &[json!(mia.id)]).await;
    app.picture("watch-person-light").await;

    fake.set_presence(&mia.id, "Available").unwrap();
    app.until(RAISED, &[json!(mia.id)]).await;
    until_toast(&format!("{} is free", mia.name)).await;
    app.picture("watch-person-free-light").await;
    push("Call");

    assert_eq!(handler.heard().await, [format!("zoomphonecall://{}", mia.number.unwrap())]);
    app.until("return document.querySelector('[data-testid=\"strip\"]') !== null;", &[]).await;
    app.end().await;
    fake.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watched_search_goes_on_to_the_next_and_is_stopped_on_the_toast() {
    if !desktop_is_here() {
        return;
    }
    let (fake, env) = this_computer::zoom().await;
    let team = team(&fake);
    let [mia, leo, ..] = &team[..] else { panic!("too small a team") };
    let app = open(&fake, &env).await;
    app.type_search(&mia.department).await;
    app.until_state(&mia.id, "busy").await;

    app.click("watch-search").await;
    app.until(RAISED, &[json!(null)]).await;
    app.click("chip-free").await;
    app.text("empty").await;
    let mut faults = app.accessibility().await;
    app.picture("watch-search-light").await;
    app.click("chip-everyone").await;

    fake.set_presence(&mia.id, "Available").unwrap();
    app.until(RAISED, &[json!(mia.id)]).await;
    until_toast(&format!("{} is free", mia.name)).await;
    app.picture("watch-free-light").await;
    faults.extend(app.accessibility().await);
    wear(&app, "dark").await;
    app.picture("watch-free-dark").await;
    faults.extend(app.accessibility().await);
    fake.set_presence(&leo.id, "Available").unwrap();
    push("Next");
    app.until(RAISED, &[json!(leo.id)]).await;

    // Who is busy again is told of no more, and the toast goes.
    fake.set_presence(&leo.id, "Busy").unwrap();
    app.until(RAISED, &[json!(null)]).await;
    app.picture("watch-search-dark").await;
    fake.set_presence(&leo.id, "Available").unwrap();
    app.until(RAISED, &[json!(leo.id)]).await;
    push("Stop");
    app.until("return document.querySelector('[data-testid=\"watch\"]') === null;", &[]).await;
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    app.end().await;
    fake.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_is_still_there_when_the_app_comes_back() {
    if !desktop_is_here() {
        return;
    }
    let (fake, env) = this_computer::zoom().await;
    let mia = team(&fake).remove(0);
    let app = open(&fake, &env).await;
    app.type_search(&mia.name).await;
    app.until_first(&mia.id).await;
    let search = app.search().await;
    app.page.type_into(&search, &format!("{}n{}", keys::ALT, keys::RELEASE)).await.unwrap();
    app.until(RAISED, &[json!(null)]).await;

    let home = app.end().await;
    let env: Vec<_> = env.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let app = App::open_at(home, &[], &env).await;

    app.until(RAISED, &[json!(null)]).await;
    let live = "return document.querySelector('[data-testid=\"status\"]')?.dataset.link === 'online';";
    app.until(live, &[]).await;
    fake.set_presence(&mia.id, "Available").unwrap();
    app.until(RAISED, &[json!(mia.id)]).await;
    app.click("watch-stop").await;
    app.until("return document.querySelector('[data-testid=\"watch\"]') === null;", &[]).await;
    app.end().await;
    fake.stop().await;
}
