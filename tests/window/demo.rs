//! Demo mode: type, see, Enter.

use rollcall_tests::{
    webdriver::keys,
    window::{App, desktop_is_here},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_sees_people_searches_and_calls() {
    if !desktop_is_here() {
        return;
    }
    let app = App::open(&["--demo", "--people", "400"], &[]).await;
    app.until("return document.querySelectorAll('[data-testid=\"row\"]').length >= 8;", &[]).await;
    app.picture("people-light").await;

    app.type_search("billing").await;
    app.until("return [...document.querySelectorAll('[data-testid=\"row\"]')].every((r) => /billing/i.test(r.innerText)) && document.querySelector('mark') !== null;", &[]).await;
    app.picture("search-light").await;

    let search = app.search().await;
    app.click("chip-free").await;
    app.until("return document.querySelector('[data-testid=\"row\"] [data-testid=\"presence\"]')?.dataset.state === 'available';", &[]).await;
    app.page.type_into(&search, keys::ENTER).await.unwrap();
    app.until("const s = document.querySelector('[data-testid=\"strip\"]')?.dataset.state; return s === 'ringing' || s === 'connected';", &[]).await;
    app.picture("call-light").await;
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_typed_filter_narrows_the_list_and_its_chip_takes_it_away() {
    if !desktop_is_here() {
        return;
    }
    let app = App::open(&["--demo", "--people", "400"], &[]).await;
    app.until("return document.querySelectorAll('[data-testid=\"row\"]').length >= 8;", &[]).await;

    app.type_search("in:madrid speaks:spanish").await;
    app.text("filter-place").await;
    app.until("const rows = [...document.querySelectorAll('[data-testid=\"row\"]')]; return rows.length > 0 && rows.every((r) => /madrid/i.test(r.innerText));", &[]).await;
    app.picture("filters-light").await;

    app.click("filter-place").await;
    app.until("return document.querySelector('[data-testid=\"search\"]').value === 'speaks:spanish' && document.querySelector('[data-testid=\"filter-place\"]') === null;", &[]).await;
    app.click("filter-language").await;
    app.until("return document.querySelector('[data-testid=\"search\"]').value === '';", &[]).await;
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn presence_moves_by_itself() {
    if !desktop_is_here() {
        return;
    }
    let app = App::open(&["--demo", "--people", "200", "--events-per-second", "50"], &[]).await;
    app.until("return document.querySelectorAll('[data-testid=\"row\"]').length >= 8;", &[]).await;

    let marks = "[...document.querySelectorAll('[data-testid=\"row\"] [data-testid=\"presence\"]')].map((m) => m.dataset.state).join()";
    let before = app.page.run(&format!("return {marks};"), &[]).await.unwrap();

    app.until(&format!("return {marks} !== arguments[0];"), &[before]).await;
    app.end().await;
}
