//! A policy of the organisation in the real window: who had enough consults, who waits, and what is asked before a call.

use rollcall_fake_zoom::{CallMove, FakeZoom};
use rollcall_tests::{
    team::TeamRelay,
    webdriver::keys,
    window::{App, desktop_is_here},
};
use serde_json::json;

use crate::{
    lists::{press, team},
    this_computer::{run, until_links_are_ours, zoom},
};

const ROWS: &str = "return document.querySelectorAll('[data-testid=\"row\"]').length >= 8;";

/// Joins the relay by an invitation that is opened as a link.
async fn join(relay: &TeamRelay, fake: &FakeZoom) -> App {
    let app = App::open(&[], &[]).await;
    app.text("setup").await;
    until_links_are_ours().await;
    run("xdg-open", &[&relay.invite(&fake.ready().agent_email, "agent").await]).await;
    app.click("join-go").await;
    app.until(ROWS, &[]).await;
    app
}

async fn says(app: &App, testid: &str, words: &str) {
    let says = "return document.querySelector(`[data-testid=\"${arguments[0]}\"]`)?.innerText.includes(arguments[1]);";
    app.until(says, &[json!(testid), json!(words)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_had_enough_today_is_shown_and_asked_about_and_who_waits_is_named() {
    if !desktop_is_here() {
        return;
    }
    let (fake, _) = zoom().await;
    let people = team(&fake);
    let (expert, colleague) = (&people[0], &people[1]);
    fake.set_presence(&expert.id, "Available").unwrap();
    let relay = TeamRelay::start(&fake).await;
    relay.set_policy(&["--consults-a-day", "1", "--watchers-shown", "true"]).await;
    let app = join(&relay, &fake).await;
    let call = fake.place_call_by_hand(&colleague.id, expert.number.as_ref().unwrap()).unwrap();
    fake.move_call(call, &CallMove::Answer { by: None }).unwrap();
    fake.move_call(call, &CallMove::End).unwrap();
    fake.set_presence(&expert.id, "Available").unwrap();

    app.type_search(&expert.name).await;
    app.until_first(&expert.id).await;
    says(&app, "limit", "1/1 today").await;
    let token = relay.come_in(&colleague.email).await;
    relay.wait_for(&token, &[&fake.ready().agent_user_id]).await;
    says(&app, "waited-by", &colleague.name).await;
    app.picture("limit-light").await;
    let mut faults = app.accessibility().await;

    press(&app, keys::DOWN).await;
    press(&app, keys::ENTER).await;
    says(&app, "confirm-limit", "asks for no more").await;
    app.picture("limit-confirm-light").await;
    faults.extend(app.accessibility().await);
    app.click("confirm-back").await;

    app.click("rail-settings").await;
    app.choose("theme-dark").await;
    app.choose("language-de").await;
    app.click("rail-people").await;
    app.page.resize(380, 700).await.unwrap();
    says(&app, "limit", "1/1 heute").await;
    app.picture("limit-dark-german-380").await;
    app.click("row").await;
    says(&app, "detail-limit", "1 von 1").await;
    app.picture("limit-detail-dark-german-380").await;
    faults.extend(app.accessibility().await);

    assert!(faults.is_empty(), "{faults:?}");
    app.end().await;
    fake.stop().await;
}
