//! The app on the desktop: its tray, its toasts, one of it.

use std::{
    fs,
    path::PathBuf,
    process::{Command as Blocking, Stdio},
    time::Duration,
};

use rollcall_tests::{
    stage::PATIENCE,
    webdriver::keys,
    window::{App, desktop_is_here, executable},
};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::this_computer;

/// A panel with a tray: the host that the app's icon goes to.
fn panel() -> Child {
    let folder =
        PathBuf::from(std::env::var_os("XDG_CONFIG_HOME").unwrap()).join("xfce4/xfconf/xfce-perchannel-xml");
    fs::create_dir_all(&folder).unwrap();
    let config = r#"<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array"><value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="size" type="uint" value="28"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/></property>
    </property>
  </property>
  <property name="plugins" type="empty"><property name="plugin-1" type="string" value="systray"/></property>
</channel>"#;
    fs::write(folder.join("xfce4-panel.xml"), config).unwrap();
    Command::new("xfce4-panel")
        .arg("--disable-wm-check")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

/// Calls a method on the session bus; its answer as JSON.
fn call(arguments: &[&str]) -> Option<Value> {
    let bus = format!("--address={}", std::env::var("DBUS_SESSION_BUS_ADDRESS").ok()?);
    let answer =
        Blocking::new("busctl").args([&bus, "--json=short", "call"]).args(arguments).output().ok()?;
    serde_json::from_slice(&answer.stdout).ok()
}

/// Waits until something is there.
async fn until<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    let waited = tokio::time::timeout(PATIENCE, async {
        loop {
            if let Some(found) = found() {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    waited.await.unwrap_or_else(|_| panic!("it never came: {what}"))
}

/// A property of the desktop's watcher of tray icons.
fn watcher(property: &str) -> Option<Value> {
    let watcher =
        ["org.kde.StatusNotifierWatcher", "/StatusNotifierWatcher", "org.freedesktop.DBus.Properties", "Get"];
    call(&[&watcher[..], &["ss", "org.kde.StatusNotifierWatcher", property]].concat())
}

/// Whether the panel takes tray icons yet; before that an icon would be a small window of its own.
fn tray_is_there() -> Option<()> {
    let registered = watcher("IsStatusNotifierHostRegistered")?;
    (registered.pointer("/data/0/data")? == &Value::Bool(true)).then_some(())
}

/// The bus name and the path of the app's tray icon.
fn tray_item() -> Option<(String, String)> {
    let items = watcher("RegisteredStatusNotifierItems")?;
    let item = items.pointer("/data/0/data/0")?.as_str()?.to_owned();
    let (name, path) = item.split_once('/')?;
    Some((name.to_owned(), format!("/{path}")))
}

/// The entries of the tray menu: id and label.
fn menu(name: &str, path: &str) -> Option<Vec<(i64, String)>> {
    let path = format!("{path}/Menu");
    let answer = call(&[name, &path, "com.canonical.dbusmenu", "GetLayout", "iias", "0", "--", "-1", "0"])?;
    let entries = answer.pointer("/data/1/2")?.as_array()?;
    let read = |entry: &Value| {
        let entry = entry.get("data").unwrap_or(entry);
        let label = entry.pointer("/1/label/data")?.as_str()?;
        Some((entry.pointer("/0")?.as_i64()?, label.to_owned()))
    };
    Some(entries.iter().filter_map(read).collect())
}

/// How many windows of this process are on the screen.
fn windows(process: u32) -> usize {
    let process = process.to_string();
    let wanted = ["search", "--onlyvisible", "--all", "--pid", &process, "--name", "^Rollcall$"];
    let found = Blocking::new("xdotool").args(wanted).output().unwrap();
    String::from_utf8_lossy(&found.stdout).lines().count()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tray_opens_the_window_and_quits_the_app() {
    if !desktop_is_here() {
        return;
    }
    let _panel = panel();
    until("the tray", tray_is_there).await;
    let home = TempDir::new().unwrap();
    let log = rollcall_tests::evidence::app_log();
    let mut app = Command::new(executable("rollcall"))
        .args(["--demo", "--people", "50", "--hidden", "--home"])
        .arg(home.path())
        .stderr(log)
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let (name, path) = until("the tray icon", tray_item).await;
    let process = app.id().unwrap();
    assert_eq!(windows(process), 0);

    let entries = until("the menu", || menu(&name, &path).filter(|entries| entries.len() >= 4)).await;
    let labels: Vec<&str> = entries.iter().map(|(_, label)| label.as_str()).collect();
    assert_eq!(labels, ["Open Rollcall", "No favourite is free", "Settings", "Quit"]);
    // The menu may be made anew at any moment, with other ids: what is clicked is what it says now.
    let choose = |label: &str| {
        let entry = menu(&name, &path)?.into_iter().find(|(_, shown)| shown == label)?;
        click(&name, &path, entry.0);
        Some(())
    };
    until("the window", || {
        (windows(process) == 1).then_some(()).or_else(|| choose("Open Rollcall").and(None))
    })
    .await;
    until("the last entry", || choose("Quit")).await;

    let ended = tokio::time::timeout(PATIENCE, app.wait()).await.unwrap().unwrap();
    assert!(ended.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tray_shows_who_is_waited_for_and_stops_it() {
    if !desktop_is_here() {
        return;
    }
    let _panel = panel();
    until("the tray", tray_is_there).await;
    let app = App::open(&["--demo", "--people", "60", "--events-per-second", "0.1"], &[]).await;
    app.until("return document.querySelectorAll('[data-testid=\"row\"]').length >= 8;", &[]).await;
    let (name, path) = until("the tray icon", tray_item).await;
    let icon = || {
        call(&[
            &name,
            &path,
            "org.freedesktop.DBus.Properties",
            "Get",
            "ss",
            "org.kde.StatusNotifierItem",
            "IconName",
        ])
    };
    app.type_search("a").await;
    app.until(
        "return document.querySelector('[data-testid=\"row\"][aria-selected=\"true\"]') !== null;",
        &[],
    )
    .await;
    let before = until("the icon", icon).await;
    let search = app.search().await;

    app.page.type_into(&search, &format!("{}n{}", keys::ALT, keys::RELEASE)).await.unwrap();
    app.until("return document.querySelector('[data-testid=\"watch\"]') !== null;", &[]).await;

    let offered = |entries: Vec<(i64, String)>| {
        let watched =
            |label: &str| label.starts_with("Stop waiting for ") || label.ends_with(" is free: call…");
        entries.into_iter().find(|(_, label)| watched(label))
    };
    let entry = || menu(&name, &path).and_then(offered);
    until("the entry", entry).await;
    until("the mark", || icon().filter(|icon| *icon != before)).await;
    // Who is free by now is offered to be called; the watch itself is stopped in the window.
    let (id, label) = until("the entry", entry).await;
    if label.starts_with("Stop") {
        click(&name, &path, id);
    } else {
        app.click("watch-stop").await;
    }
    app.until("return document.querySelector('[data-testid=\"watch\"]') === null;", &[]).await;
    until("a menu without it", || entry().is_none().then_some(())).await;
    app.end().await;
}

fn click(name: &str, path: &str, id: i64) {
    let path = format!("{path}/Menu");
    let id = id.to_string();
    call(&[name, &path, "com.canonical.dbusmenu", "Event", "isvu", &id, "clicked", "s", "", "0"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_is_told_once_by_a_toast() {
    if !desktop_is_here() {
        return;
    }
    let (fake, env) = this_computer::zoom().await;
    let env: Vec<_> = env.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let app = App::open(&["--toast-after", "1"], &env).await;
    this_computer::set_up(&app, &fake, &fake.ready().client_secret.clone()).await;
    app.until("return document.querySelectorAll('[data-testid=\"row\"]').length >= 8;", &[]).await;

    fake.stop().await;

    let heard = PathBuf::from(std::env::var_os("ROLLCALL_TEST_NOTIFICATIONS").unwrap());
    let told = || fs::read_to_string(&heard).is_ok_and(|shown| shown.contains("Connection lost"));
    until("the toast", || told().then_some(())).await;
    app.until("return document.querySelector('[data-testid=\"status\"]')?.dataset.link === 'offline';", &[])
        .await;
    app.picture("offline-light").await;
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tray_offers_free_favourites_and_asks_before_it_calls() {
    if !desktop_is_here() {
        return;
    }
    let _panel = panel();
    until("the tray", tray_is_there).await;
    let (fake, env) = this_computer::zoom().await;
    let agent = fake.ready().agent_user_id.clone();
    let people = fake.people();
    let able = people.iter().filter(|it| it.status == "active" && it.number.is_some() && it.id != agent);
    let people: Vec<_> = able.take(2).collect();
    let [ann, ben] = people[..] else { panic!("too few people") };
    let env: Vec<_> = env.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let app = App::open(&[], &env).await;
    this_computer::set_up(&app, &fake, &fake.ready().client_secret.clone()).await;
    app.until("return document.querySelectorAll('[data-testid=\"row\"]').length >= 8;", &[]).await;
    let search = app.search().await;
    for person in [ann, ben] {
        fake.set_presence(&person.id, "Available").unwrap();
        app.type_search(&person.name).await;
        app.until_first(&person.id).await;
        app.page.type_into(&search, &format!("{}f{}", keys::ALT, keys::RELEASE)).await.unwrap();
        app.until_state(&person.id, "available").await;
    }
    app.type_search("").await;
    app.click("chip-favourites").await;
    app.until_first(&ann.id).await;
    app.page.type_into(&search, &format!("{}{}{}", keys::DOWN, keys::ALT, keys::DOWN)).await.unwrap();
    app.until_first(&ben.id).await;

    let (name, path) = until("the tray icon", tray_item).await;
    let offered = || {
        let labels: Vec<String> = menu(&name, &path)?.into_iter().map(|(_, label)| label).collect();
        let at = labels.iter().position(|label| label == "Free favourites")?;
        (labels.get(at + 1..at + 3)? == [ben.name.clone(), ann.name.clone()]).then_some(())
    };
    until("both in the order of the list", offered).await;
    let choose = || {
        let entry = menu(&name, &path)?.into_iter().find(|(_, label)| *label == ann.name)?;
        click(&name, &path, entry.0);
        Some(())
    };
    until("the entry", choose).await;

    let asked = app.text("confirm").await;
    assert!(asked.contains(&ann.name), "{asked}");
    app.click("confirm-back").await;
    fake.set_presence(&ann.id, "Busy").unwrap();
    let gone = || menu(&name, &path)?.iter().all(|(_, label)| *label != ann.name).then_some(());
    until("a menu without who is busy", gone).await;
    app.end().await;
    fake.stop().await;
}
