//! The narrowest window in the language with the longest words: nothing is wider than the window, and a picture of each.

use serde_json::json;

use crate::{
    lists::{open, press, team},
    this_computer,
};
use rollcall_tests::{
    webdriver::keys,
    window::{App, desktop_is_here},
};

/// Texts that are cut off without dots where nobody can scroll to the rest, and everything that is wider than the window.
const OVERFLOWING: &str = "const wide = innerWidth;
    const shown = [...document.querySelectorAll('body *')].filter((e) => e.checkVisibility?.() ?? true);
    const beyond = shown.filter((e) => {
        const box = e.getBoundingClientRect();
        return box.width > 0 && !e.closest('.visually-hidden, svg') && (box.right > wide + 1 || box.left < -1)
            && getComputedStyle(e).position !== 'absolute';
    });
    const scrolls = [...document.querySelectorAll('dialog[open] .inside, main, [data-pane]')]
        .filter((e) => e.scrollWidth > e.clientWidth + 1);
    return [...beyond, ...scrolls].map((e) => `${e.tagName}.${e.className} ${e.dataset.testid ?? ''}`);";

/// What overflows on a screen, with its name; saves its picture.
async fn look(app: &App, name: &str, faults: &mut Vec<String>) {
    app.picture(&format!("narrow-{name}")).await;
    let found = app.page.run(OVERFLOWING, &[]).await.unwrap();
    let found = found.as_array().unwrap().iter();
    faults.extend(found.map(|what| format!("{name}: {what}")));
    faults.extend(app.accessibility().await.into_iter().map(|fault| format!("{name}: {fault}")));
}

/// Presses Enter in the field of the quiet hours.
async fn commit(app: &App) {
    let field = app.page.find("[data-testid=\"policy-quiet\"]").await.unwrap();
    app.page.type_into(&field, keys::ENTER).await.unwrap();
}

async fn close(app: &App) {
    app.until(
        "document.querySelector('dialog[open]')?.close(); return !document.querySelector('dialog[open]');",
        &[],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_narrowest_window_in_german_holds_every_screen() {
    if !desktop_is_here() {
        return;
    }
    let (fake, env) = this_computer::zoom().await;
    let person = team(&fake)[0].clone();
    let app = open(&fake, &env).await;
    let mut faults = Vec::new();
    app.click("rail-settings").await;
    app.choose("language-de").await;
    app.page.resize(380, 720).await.unwrap();
    app.until("return innerWidth <= 380;", &[]).await;
    look(&app, "settings", &mut faults).await;
    app.until("document.querySelector('[data-testid=\"policy\"]').scrollIntoView(); return true;", &[]).await;
    app.fill("policy-quiet", "nachts").await;
    commit(&app).await;
    app.until("return document.querySelector('#policy-quiet-wrong') !== null;", &[]).await;
    look(&app, "policy-wrong", &mut faults).await;
    app.fill("policy-quiet", "täglich 22-6").await;
    commit(&app).await;
    let kept = "return document.querySelector('[data-testid=\"policy-quiet\"]').value === arguments[0];";
    app.until(kept, &[json!("Mon-Sun 22:00-06:00")]).await;
    look(&app, "policy", &mut faults).await;
    app.fill("policy-quiet", "").await;
    commit(&app).await;
    app.until(kept, &[json!("")]).await;
    app.click("rail-people").await;

    app.type_search(&format!("dept:\"{}\"", person.department)).await;
    app.until("return document.querySelector('[data-testid=\"row\"]') !== null;", &[]).await;
    press(&app, &format!("{}s", keys::CONTROL)).await;
    app.text("group-question").await;
    look(&app, "save-group", &mut faults).await;
    app.fill("group-name", "Zahlungsverkehr und Rückbuchungen Süd").await;
    app.click("group-go").await;
    app.text("groups").await;
    look(&app, "group", &mut faults).await;
    press(&app, &format!("{}g", keys::ALT)).await;
    app.text("lists-dialog").await;
    look(&app, "lists", &mut faults).await;
    close(&app).await;

    app.type_search(&person.name).await;
    app.until_first(&person.id).await;
    press(&app, keys::DOWN).await;
    press(&app, &format!("{}f", keys::ALT)).await;
    press(&app, &format!("{}n", keys::ALT)).await;
    app.text("watch").await;
    look(&app, "watch", &mut faults).await;
    press(&app, &format!("{}e", keys::ALT)).await;
    app.text("tell-add").await;
    app.click("tell-add").await;
    app.fill("tell-skill", "Auslandszahlungsverkehrssachbearbeitung").await;
    look(&app, "skills", &mut faults).await;
    close(&app).await;
    press(&app, keys::ENTER).await;
    app.text("confirm").await;
    look(&app, "confirm", &mut faults).await;
    close(&app).await;
    app.click("row").await;
    app.text("detail").await;
    look(&app, "detail", &mut faults).await;
    app.click("detail-close").await;
    app.click("rail-calls").await;
    look(&app, "calls", &mut faults).await;

    assert!(faults.is_empty(), "{}", faults.join("\n"));
    app.end().await;
    fake.stop().await;
}
