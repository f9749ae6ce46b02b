//! Every main screen, in light and dark, narrow and wide: a picture of each, and nothing that keeps anybody out.

use rollcall_tests::window::{App, desktop_is_here};
use serde_json::json;

/// What is on the screen was asked for and is known, and the free stand before the others.
const ALL_KNOWN: &str =
    "const marks = [...document.querySelectorAll('[data-testid=\"row\"] [data-testid=\"presence\"]')];
    const states = marks.map((mark) => mark.dataset.state);
    const free = states.map((state) => state === 'available' || state === 'mobile');
    return states.length > 0 && !states.includes('unknown') && free.lastIndexOf(true) < free.filter(Boolean).length;";

/// Goes through the screens of one theme; gives what axe-core finds on them.
async fn tour(app: &App, theme: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut look = async |name: &str| {
        app.picture(&format!("{name}-{theme}")).await;
        faults.extend(app.accessibility().await.into_iter().map(|fault| format!("{name}-{theme}: {fault}")));
    };
    app.click("rail-settings").await;
    app.choose(&format!("theme-{theme}")).await;
    app.until("return document.documentElement.dataset.theme === arguments[0];", &[json!(theme)]).await;
    look("settings").await;

    app.click("rail-people").await;
    app.type_search("").await;
    app.until("return document.querySelectorAll('[data-testid=\"row\"]').length >= 8;", &[]).await;
    app.until(ALL_KNOWN, &[]).await;
    look("people").await;
    app.type_search("qqqqqq").await;
    app.text("empty").await;
    look("nobody").await;
    app.type_search("sepa").await;
    app.until("return document.querySelector('[data-testid=\"row\"] mark') !== null;", &[]).await;
    app.until(ALL_KNOWN, &[]).await;
    look("search").await;

    app.page.resize(1100, 720).await.unwrap();
    app.click("row").await;
    app.text("why").await;
    look("detail-wide").await;
    app.page.resize(420, 760).await.unwrap();
    app.click("row").await;
    app.text("detail").await;
    look("detail-narrow").await;
    app.click("detail-close").await;

    app.click("rail-calls").await;
    look("calls").await;
    faults
}

#[tokio::test(flavor = "multi_thread")]
async fn every_screen_is_open_to_everybody_in_both_themes() {
    if !desktop_is_here() {
        return;
    }
    let app = App::open(&["--demo", "--people", "300"], &[]).await;

    let mut faults = tour(&app, "light").await;
    faults.extend(tour(&app, "dark").await);

    assert!(faults.is_empty(), "{}", faults.join("\n"));
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_action_can_be_done_by_keys_and_is_on_the_sheet() {
    use rollcall_tests::webdriver::keys;
    if !desktop_is_here() {
        return;
    }
    let app = App::open(&["--demo", "--people", "200"], &[]).await;
    app.until("return document.querySelectorAll('[data-testid=\"row\"]').length >= 8;", &[]).await;
    let search = app.search().await;

    app.page.type_into(&search, keys::DOWN).await.unwrap();
    app.page.type_into(&search, keys::DOWN).await.unwrap();
    app.until(
        "const rows = [...document.querySelectorAll('[data-testid=\"row\"]')];
        return rows.findIndex((r) => r.getAttribute('aria-selected') === 'true') >= 1;",
        &[],
    )
    .await;
    app.page.type_into(&search, "?").await.unwrap();
    app.until("return document.querySelector('dialog[open]')?.innerText.length > 100;", &[]).await;
    app.picture("keys-light").await;
    app.end().await;
}
