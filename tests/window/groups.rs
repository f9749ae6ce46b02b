//! Groups in the window: made of a question, counted, arranged, shared, and as they were left.

use std::{path::Path, time::Duration};

use rollcall_fake_zoom::PersonView;
use rollcall_tests::{
    stage::PATIENCE,
    webdriver::keys,
    window::{App, desktop_is_here},
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;

use crate::{
    lists::{open, press, team, wear},
    this_computer,
};

/// Makes a group of a question by the keyboard.
async fn save_group(app: &App, question: &str, name: &str) {
    app.type_search(question).await;
    press(app, &format!("{}s", keys::CONTROL)).await;
    app.fill("group-name", name).await;
    app.click("group-go").await;
    let there = "return [...document.querySelectorAll('[data-testid=\"group\"]')].some((g) => g.innerText.startsWith(arguments[0]));";
    app.until(there, &[json!(name)]).await;
}

const FREE: &str = "const group = [...document.querySelectorAll('[data-testid=\"group\"]')]
        .find((g) => g.innerText.startsWith(arguments[0]));
    return group?.querySelector('[data-testid=\"group-free\"]')?.innerText === String(arguments[1]);";

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_made_of_a_question_counts_who_is_free_and_is_there_again() {
    if !desktop_is_here() {
        return;
    }
    let (fake, env) = this_computer::zoom().await;
    let team = team(&fake);
    let department = &team[0].department;
    let members: Vec<&PersonView> = team.iter().filter(|person| person.department == *department).collect();
    let app = open(&fake, &env).await;

    save_group(&app, &format!("dept:\"{department}\""), "My team").await;
    app.until(FREE, &[json!("My team"), json!(0)]).await;
    fake.set_presence(&members[0].id, "Available").unwrap();
    app.until(FREE, &[json!("My team"), json!(1)]).await;
    press(&app, keys::ESCAPE).await;
    press(&app, &format!("{}1", keys::CONTROL)).await;
    app.until(
        "return document.querySelector('[data-testid=\"group\"]').getAttribute('aria-pressed') === 'true';",
        &[],
    )
    .await;
    app.until_first(&members[0].id).await;
    app.picture("group-light").await;
    let mut faults = app.accessibility().await;
    fake.set_presence(&members[0].id, "Busy").unwrap();
    app.until(FREE, &[json!("My team"), json!(0)]).await;

    // Ten more, as one has them after a year.
    for (nth, question) in
        ["sepa", "iban", "tax", "fraud", "cards", "spanish", "german", "lead", "support", "sales"]
            .iter()
            .enumerate()
    {
        save_group(&app, question, &format!("{} {}", question, nth + 2)).await;
    }
    press(&app, keys::ESCAPE).await;
    app.page.resize(420, 760).await.unwrap();
    app.picture("groups-many-light").await;
    faults.extend(app.accessibility().await);
    press(&app, &format!("{}g", keys::ALT)).await;
    app.text("lists-dialog").await;
    app.picture("lists-dialog-light").await;
    faults.extend(app.accessibility().await);
    // The second goes to the front, and the last is removed and comes back.
    app.until("document.querySelectorAll('[data-testid=\"list-up\"]')[1].click(); return true;", &[]).await;
    let first =
        "return document.querySelector('[data-testid=\"own-group\"] .name').innerText === arguments[0];";
    app.until(first, &[json!("sepa 2")]).await;
    let count = "return document.querySelectorAll('[data-testid=\"own-group\"]').length === arguments[0];";
    app.until(
        "[...document.querySelectorAll('[data-testid=\"list-remove\"]')].at(-1).click(); return true;",
        &[],
    )
    .await;
    app.until(count, &[json!(10)]).await;
    app.click("lists-undo").await;
    app.until(count, &[json!(11)]).await;

    let home = app.end().await;
    let env: Vec<_> = env.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let app = App::open_at(home, &[], &env).await;
    let names = app
        .until("const all = [...document.querySelectorAll('[data-testid=\"group\"] .name')].map((n) => n.innerText); return all.length === 11 && all;", &[])
        .await;
    assert_eq!(
        names.as_array().map(|names| names[..2].to_vec()),
        Some(vec![json!("sepa 2"), json!("My team")])
    );
    wear(&app, "dark").await;
    app.page.resize(1100, 720).await.unwrap();
    app.picture("groups-many-dark-wide").await;
    faults.extend(app.accessibility().await);
    press(&app, &format!("{}g", keys::ALT)).await;
    app.text("lists-dialog").await;
    app.picture("lists-dialog-dark").await;
    faults.extend(app.accessibility().await);

    assert!(faults.is_empty(), "{}", faults.join("\n"));
    app.end().await;
    fake.stop().await;
}

/// Gives a file input this text as if the person had chosen a file.
const CHOOSE_FILE: &str = "const input = document.querySelector('[data-testid=\"groups-file\"]');
    const files = new DataTransfer();
    files.items.add(new File([arguments[0]], 'groups.json', { type: 'application/json' }));
    input.files = files.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
    return true;";

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_offered_by_a_link_or_a_file_and_added_only_when_one_says_so() {
    if !desktop_is_here() {
        return;
    }
    let (fake, env) = this_computer::zoom().await;
    let app = open(&fake, &env).await;
    this_computer::until_links_are_ours().await;
    let none = "return document.querySelector('[data-testid=\"group\"]') === null;";

    this_computer::run("xdg-open", &["rollcall://group?name=Billing%20free&text=billing%20free"]).await;
    let offered = app.text("group-dialog").await;
    assert!(offered.contains("Billing free") && offered.contains("billing free"), "{offered}");
    let mut faults = app.accessibility().await;
    app.picture("group-offered-light").await;
    app.click("group-back").await;
    app.until(none, &[]).await;
    this_computer::run("xdg-open", &["rollcall://group?name=Billing%20free&text=billing%20free"]).await;
    app.click("group-go").await;
    app.until(
        "return document.querySelector('[data-testid=\"group\"] .name')?.innerText === 'Billing free';",
        &[],
    )
    .await;
    this_computer::run("xdg-open", &["rollcall://group?name=A&text=b&dial=1"]).await;
    app.until(
        "return document.querySelector('[data-testid=\"problem\"]')?.dataset.code === 'not_a_group_link';",
        &[],
    )
    .await;

    let file = r#"{"rollcall_groups": 1, "groups": [{"name": "billing free", "text": "x"}, {"name": "SEPA", "text": "sepa"}]}"#;
    press(&app, &format!("{}g", keys::ALT)).await;
    app.text("lists-dialog").await;
    app.until(CHOOSE_FILE, &[json!(file)]).await;
    let misfits = app.text("offer-misfits").await;
    assert!(misfits.contains("billing free"), "{misfits}");
    app.picture("groups-offered-light").await;
    faults.extend(app.accessibility().await);
    app.click("group-go").await;
    app.until("return document.querySelectorAll('[data-testid=\"group\"]').length === 2;", &[]).await;
    press(&app, &format!("{}z", keys::CONTROL)).await;
    app.until("return document.querySelectorAll('[data-testid=\"group\"]').length === 1;", &[]).await;

    assert!(faults.is_empty(), "{}", faults.join("\n"));
    app.end().await;
    fake.stop().await;
}

/// Answers the desktop's own dialog for saving a file by typing a path.
async fn save_as(path: &Path) {
    let path = path.display().to_string();
    let waited = tokio::time::timeout(PATIENCE, async {
        let search = ["search", "--onlyvisible", "--class", "rollcall"];
        loop {
            let found = Command::new("xdotool").args(search).output().await.unwrap();
            if String::from_utf8_lossy(&found.stdout).lines().count() > 1 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    waited.await.unwrap();
    this_computer::run("xdotool", &["key", "ctrl+a"]).await;
    this_computer::run("xdotool", &["type", &path]).await;
    this_computer::run("xdotool", &["key", "Return"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_saved_to_the_file_that_one_chooses() {
    if !desktop_is_here() {
        return;
    }
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("mine.json");
    let app = App::open(&["--demo", "--people", "60"], &[]).await;
    app.until("return document.querySelectorAll('[data-testid=\"row\"]').length >= 8;", &[]).await;
    save_group(&app, "sepa", "Payments").await;
    press(&app, &format!("{}g", keys::ALT)).await;

    app.click("group-file").await;
    save_as(&file).await;

    let saved = tokio::time::timeout(PATIENCE, async {
        while !file.exists() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        std::fs::read_to_string(&file).unwrap()
    });
    let saved: Value = serde_json::from_str(&saved.await.unwrap()).unwrap();
    assert_eq!(saved["groups"][0], json!({"name": "Payments", "text": "sepa", "only": "everyone"}));
    app.end().await;
}
