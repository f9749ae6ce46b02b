//! Favourites, folders and recent people in the window: by pointer, by keys, undone, and as they were left.

use rollcall_fake_zoom::{FakeZoom, PersonView};
use rollcall_tests::{
    webdriver::keys,
    window::{App, desktop_is_here},
};
use serde_json::json;

use crate::this_computer;

/// People who can be called, none of them free.
pub(crate) fn team(fake: &FakeZoom) -> Vec<PersonView> {
    let agent = &fake.ready().agent_user_id;
    for person in fake.people() {
        fake.set_presence(&person.id, "Busy").unwrap();
    }
    let able =
        |person: &PersonView| person.status == "active" && person.number.is_some() && person.id != *agent;
    fake.people().into_iter().filter(able).collect()
}

pub(crate) async fn open(fake: &FakeZoom, env: &[(&'static str, String)]) -> App {
    let env: Vec<_> = env.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let app = App::open(&[], &env).await;
    this_computer::set_up(&app, fake, &fake.ready().client_secret.clone()).await;
    app.until("return document.querySelectorAll('[data-testid=\"row\"]').length >= 8;", &[]).await;
    app
}

/// Presses keys in the search box; held keys are let go at the end, by the driver itself.
pub(crate) async fn press(app: &App, keys: &str) {
    let search = app.search().await;
    app.page.type_into(&search, keys).await.unwrap();
}

/// Makes somebody a favourite by the keyboard.
async fn star(app: &App, person: &PersonView) {
    app.type_search(&person.name).await;
    app.until_first(&person.id).await;
    press(app, &format!("{}f", keys::ALT)).await;
    app.until(
        "return /is a favourite/.test(document.querySelector('[data-testid=\"notice\"]')?.innerText ?? '');",
        &[],
    )
    .await;
    press(app, keys::ESCAPE).await;
    app.until("return document.querySelector('[data-testid=\"search\"]').value === '';", &[]).await;
}

/// What stands in the list, from above: people, and the names of folders in brackets.
const ORDER: &str = "const all = [...document.querySelectorAll('[data-testid=\"list\"] [role=row]')];
    const word = (row) => row.dataset.person
        ?? `[${row.querySelector('.name')?.innerText ?? ''}]`;
    return JSON.stringify(all.map(word)) === JSON.stringify(arguments[0]);";

async fn until_order(app: &App, order: &[&str]) {
    app.until(ORDER, &[json!(order)]).await;
}

/// The middle of somebody's row, so much lower.
async fn place_of(app: &App, selector: &str, lower: f64) -> (f64, f64) {
    let script = "const r = document.querySelector(arguments[0])?.getBoundingClientRect();
        return r && [r.left + 120, (r.top + r.bottom) / 2];";
    let at = app.until(script, &[json!(selector)]).await;
    let [x, y] = [&at[0], &at[1]].map(|it| it.as_f64().unwrap());
    (x, y + lower)
}

fn row(person: &PersonView) -> String {
    format!("[data-person=\"{}\"]", person.id)
}

pub(crate) async fn wear(app: &App, theme: &str) {
    app.click("rail-settings").await;
    app.choose(&format!("theme-{theme}")).await;
    app.until("return document.documentElement.dataset.theme === arguments[0];", &[json!(theme)]).await;
    app.click("rail-people").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn favourites_are_dragged_filed_undone_and_found_as_they_were_left() {
    if !desktop_is_here() {
        return;
    }
    let (fake, env) = this_computer::zoom().await;
    let team = team(&fake);
    let [ann, ben, cem, ..] = &team[..] else { panic!("too small a team") };
    let [a, b, c] = [&ann.id, &ben.id, &cem.id].map(String::as_str);
    let app = open(&fake, &env).await;
    for person in [ann, ben, cem] {
        star(&app, person).await;
    }
    app.click("chip-favourites").await;
    until_order(&app, &[a, b, c]).await;

    // By the pointer: the last one before the first.
    let (from, to) = (place_of(&app, &row(cem), 0.0).await, place_of(&app, &row(ann), -14.0).await);
    app.page.drag(&[from, (from.0, from.1 - 12.0), (to.0, to.1 + 30.0), to]).await.unwrap();
    until_order(&app, &[c, a, b]).await;
    let opened =
        app.page.run("return document.querySelector('[data-testid=\"detail\"]') === null;", &[]).await;
    assert_eq!(opened.unwrap(), json!(true), "a drag is no click");
    // By the keyboard: undone, and done again.
    press(&app, &format!("{}z", keys::CONTROL)).await;
    until_order(&app, &[a, b, c]).await;
    press(&app, &format!("{}{}z", keys::CONTROL, keys::SHIFT)).await;
    until_order(&app, &[c, a, b]).await;
    app.click("notice-take").await;
    until_order(&app, &[a, b, c]).await;
    press(&app, &format!("{}{}", keys::DOWN, keys::ALT)).await;
    press(&app, &format!("{}{}", keys::ALT, keys::DOWN)).await;
    until_order(&app, &[b, a, c]).await;

    // A folder for the one who is active, and another by its head.
    press(&app, &format!("{}m", keys::ALT)).await;
    app.fill("folder-name", "Billing").await;
    app.click("folder-make").await;
    until_order(&app, &["[]", b, c, "[Billing]", a]).await;
    let (from, to) = (
        place_of(&app, &row(cem), 0.0).await,
        place_of(&app, "[data-testid=\"folder\"]:has(button)", 0.0).await,
    );
    app.page.drag(&[from, (from.0, from.1 + 12.0), to]).await.unwrap();
    until_order(&app, &["[]", b, "[Billing]", c, a]).await;
    app.picture("favourites-folders-light").await;
    let mut faults = app.accessibility().await;
    app.click("folder-fold").await;
    until_order(&app, &["[]", b, "[Billing]"]).await;

    let home = app.end().await;
    let env: Vec<_> = env.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let app = App::open_at(home, &[], &env).await;
    app.click("chip-favourites").await;
    until_order(&app, &["[]", b, "[Billing]"]).await;
    app.click("folder-fold").await;
    until_order(&app, &["[]", b, "[Billing]", c, a]).await;
    wear(&app, "dark").await;
    app.page.resize(1100, 720).await.unwrap();
    app.picture("favourites-folders-dark-wide").await;
    faults.extend(app.accessibility().await);

    assert!(faults.is_empty(), "{}", faults.join("\n"));
    app.end().await;
    fake.stop().await;
}

/// Whether the engine has noted that one had to do with somebody.
const NOTED: &str = "const person = arguments[0];
    const question = { number: 0, text: '', only: 'recents', group: null, skip: 0, limit: 9 };
    window.__TAURI_INTERNALS__.invoke('ask', { question })
        .then(({ rows }) => (window.noted = rows.some(({ id }) => id === person)));
    return window.noted === true;";

#[tokio::test(flavor = "multi_thread")]
async fn whom_one_opened_and_called_is_among_the_recent_until_they_are_cleared() {
    if !desktop_is_here() {
        return;
    }
    let handler = this_computer::Handler::register().await;
    let (fake, env) = this_computer::zoom().await;
    let team = team(&fake);
    let [ann, ben, ..] = &team[..] else { panic!("too small a team") };
    fake.set_presence(&ann.id, "Available").unwrap();
    let app = open(&fake, &env).await;
    app.type_search(&ann.name).await;
    app.until_state(&ann.id, "available").await;
    press(&app, keys::ENTER).await;
    assert_eq!(handler.heard().await.len(), 1);
    app.page.resize(1100, 720).await.unwrap();
    app.type_search(&ben.name).await;
    app.until_first(&ben.id).await;
    app.click("row").await;
    let read = "return document.querySelector('[data-testid=\"detail\"]')?.innerText.includes(arguments[0]);";
    app.until(read, &[json!(ben.name)]).await;
    let noted = "return document.querySelector('[data-person=\"' + arguments[0] + '\"] [data-testid=\"recent\"]') !== null;";
    // Who is passed over in a hurry is not noted: one reads for a moment.
    app.until(NOTED, &[json!(ben.id)]).await;
    press(&app, keys::ESCAPE).await;

    app.click("chip-recents").await;
    for person in [ann, ben] {
        app.until(noted, &[json!(person.id)]).await;
    }
    until_order(&app, &[&ben.id, &ann.id]).await;
    app.picture("recents-light").await;
    let faults = app.accessibility().await;
    app.click("clear-recents").await;
    app.text("empty").await;
    press(&app, &format!("{}z", keys::CONTROL)).await;
    until_order(&app, &[&ben.id, &ann.id]).await;

    assert!(faults.is_empty(), "{}", faults.join("\n"));
    app.end().await;
    fake.stop().await;
}
