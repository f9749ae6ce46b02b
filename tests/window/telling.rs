//! Skills, hours and other names, written down in the window and found a moment later.

use rollcall_tests::{
    webdriver::keys,
    window::{App, desktop_is_here},
};
use serde_json::json;

use crate::{
    lists::{open, press, team, wear},
    this_computer,
};

/// Chooses the highest level for the last skill.
const EXPERT: &str = "const level = [...document.querySelectorAll('[data-testid=\"tell-level\"]')].at(-1);
    level.selectedIndex = level.options.length - 1;
    level.dispatchEvent(new Event('change', { bubbles: true }));
    return true;";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_of_somebody_is_in_the_detail_found_at_once_and_there_after_a_restart() {
    if !desktop_is_here() {
        return;
    }
    let (fake, env) = this_computer::zoom().await;
    let person = team(&fake)[0].clone();
    let app = open(&fake, &env).await;
    app.page.resize(1100, 720).await.unwrap();
    app.type_search(&person.name).await;
    app.until_first(&person.id).await;
    press(&app, keys::DOWN).await;
    app.text("tell-edit").await;

    press(&app, &format!("{}e", keys::ALT)).await;
    app.text("tell-add").await;
    app.click("tell-add").await;
    app.fill("tell-skill", "Quantum ledger").await;
    app.until(EXPERT, &[]).await;
    app.fill("tell-hours", "whenever").await;
    app.click("tell-save").await;
    app.until("return document.activeElement?.dataset.testid === 'tell-hours';", &[]).await;
    app.picture("skills-form-wrong-light").await;
    let mut faults = app.accessibility().await;
    app.fill("tell-hours", "Mon-Fri 07:00-15:30").await;
    app.fill("tell-aliases", "Zebulon").await;
    app.fill("tell-note", "Asks for the case number first").await;
    app.picture("skills-form-light").await;
    app.click("tell-save").await;
    app.until("return !document.querySelector('[data-testid=\"tell\"]');", &[]).await;
    app.until(
        "return document.querySelector('[data-testid=\"skills\"]').innerText.includes('Quantum ledger');",
        &[],
    )
    .await;
    app.picture("skills-detail-light").await;
    for question in ["skill:quantum", "zebulon"] {
        app.type_search(question).await;
        app.until_first(&person.id).await;
    }

    let home = app.end().await;
    let env: Vec<_> = env.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let app = App::open_at(home, &[], &env).await;
    wear(&app, "dark").await;
    app.page.resize(1100, 720).await.unwrap();
    app.type_search("skill:quantum").await;
    app.until_first(&person.id).await;
    press(&app, keys::DOWN).await;
    let told = "return document.querySelector('[data-testid=\"note\"]')?.innerText === arguments[0];";
    app.until(told, &[json!("Asks for the case number first")]).await;
    press(&app, &format!("{}e", keys::ALT)).await;
    app.text("tell-save").await;
    app.picture("skills-form-dark").await;
    faults.extend(app.accessibility().await);

    assert!(faults.is_empty(), "{faults:?}");
    app.end().await;
    fake.stop().await;
}
