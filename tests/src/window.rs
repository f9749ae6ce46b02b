//! The built app in its real window, driven by WebKit's own driver.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Stdio,
};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::{
    evidence,
    webdriver::{DriverError, Element, Session},
};

/// The app with its window and its driver. Both end with [`App::end`], or when this is dropped.
pub struct App {
    /// The window's page.
    pub page: Session,
    driver: Driver,
    home: TempDir,
}

/// A driver and the apps that it started: one process group, ended when this is dropped.
struct Driver(Child);

impl Drop for Driver {
    fn drop(&mut self) {
        if let Some(group) = self.0.id() {
            // A group that has ended already is as good.
            let _ = std::process::Command::new("kill").args(["-KILL", "--", &format!("-{group}")]).status();
        }
    }
}

/// Whether there is a desktop to run on; says so where there is none.
pub fn desktop_is_here() -> bool {
    let here =
        std::env::var_os("DISPLAY").is_some() && std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some();
    if !here {
        eprintln!("skipped: no desktop here; run through scripts/with-desktop");
    }
    here
}

/// An executable that was built beside this test.
///
/// # Panics
/// When it is missing: `make test` builds it first.
pub fn executable(name: &str) -> PathBuf {
    let own = std::env::current_exe().unwrap_or_default();
    let found = own.ancestors().map(|folder| folder.join(name)).find(|path| path.is_file());
    found.unwrap_or_else(|| panic!("{name} is not built; run cargo build"))
}

#[expect(clippy::expect_used, clippy::missing_panics_doc, reason = "a test ends where its premise fails")]
impl App {
    /// Starts the app with an empty home.
    pub async fn open(args: &[&str], env: &[(&str, &str)]) -> Self {
        Self::open_at(TempDir::new().expect("a folder"), args, env).await
    }

    /// Starts the app with this home.
    pub async fn open_at(home: TempDir, args: &[&str], env: &[(&str, &str)]) -> Self {
        let port = free_port();
        let log = evidence::app_log();
        let driver = Command::new("WebKitWebDriver")
            .arg(format!("--port={port}"))
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("ROLLCALL_LOG", "warn,rollcall=trace,rollcall_lib=trace,rollcall_desk=trace,rollcall_relay=trace,rollcall_zoom=trace")
            .envs(env.iter().copied())
            .stdout(Stdio::from(log.try_clone().expect("a second handle")))
            .stderr(Stdio::from(log))
            .process_group(0)
            .spawn()
            .expect("WebKitWebDriver starts; it is in the package webkit2gtk-driver");
        let mut all = vec!["--home".to_owned(), home.path().display().to_string()];
        all.extend(args.iter().map(|&arg| arg.to_owned()));
        let binary = executable("rollcall").display().to_string();
        let page = session(&format!("http://127.0.0.1:{port}"), &binary, &all).await;
        Self { page, driver: Driver(driver), home }
    }

    /// Ends the window, the app and the driver; gives the home back.
    pub async fn end(self) -> TempDir {
        let Self { page, driver, home } = self;
        page.end().await;
        drop(driver);
        home
    }

    /// The search box.
    pub async fn search(&self) -> Element {
        self.page.find(r#"[data-testid="search"]"#).await.expect("the search box")
    }

    /// Puts this text, key by key, into the search box in place of what was there.
    pub async fn type_search(&self, text: &str) {
        self.fill("search", text).await;
    }

    /// Puts this text, key by key, into what carries this test id, in place of what was there.
    pub async fn fill(&self, testid: &str, text: &str) {
        let found =
            self.page.find(&format!(r#"[data-testid="{testid}"]"#)).await.expect("something to type into");
        let empty = "const e = document.querySelector(arguments[0]); if (e.value === '') return true;
            e.value = ''; e.dispatchEvent(new Event('input', { bubbles: true })); return true;";
        self.page.run(empty, &[selector(testid)]).await.expect("the field empties");
        if !text.is_empty() {
            self.page.type_into(&found, text).await.expect("typing");
        }
    }

    /// Clicks what carries this test id.
    pub async fn click(&self, testid: &str) {
        let found =
            self.page.find(&format!(r#"[data-testid="{testid}"]"#)).await.expect("something to click");
        self.page.click(&found).await.expect("a click");
    }

    /// Chooses one of a group whose inputs are drawn by their labels.
    pub async fn choose(&self, testid: &str) {
        self.until(
            "const e = document.querySelector(arguments[0]); e?.click(); return e !== null;",
            &[selector(testid)],
        )
        .await;
    }

    /// Waits until something carries this test id, and gives its text.
    pub async fn text(&self, testid: &str) -> String {
        self.until(
            "const e = document.querySelector(arguments[0]); return e && e.innerText;",
            &[selector(testid)],
        )
        .await
        .as_str()
        .unwrap_or_default()
        .to_owned()
    }

    /// Waits until a script gives something.
    pub async fn until(&self, script: &str, args: &[Value]) -> Value {
        match self.page.until(script, args).await {
            Ok(value) => value,
            Err(DriverError(why)) => panic!("{why}\npage: {}", self.body().await),
        }
    }

    /// Waits until the presence mark in this person's row shows this state.
    pub async fn until_state(&self, person: &str, state: &str) {
        let script = r#"const mark = document.querySelector(`[data-person="${arguments[0]}"] [data-testid="presence"]`);
            return mark && mark.dataset.state === arguments[1];"#;
        self.until(script, &[json!(person), json!(state)]).await;
    }

    /// Waits until this person's row is the first.
    pub async fn until_first(&self, person: &str) {
        let script = r#"const row = document.querySelector('[data-testid="row"]');
            return row && row.dataset.person === arguments[0];"#;
        self.until(script, &[json!(person)]).await;
    }

    /// Saves a picture of the page as `target/screens/NAME.png`.
    pub async fn picture(&self, name: &str) {
        // What moves has moved.
        let settled = "const done = arguments[arguments.length - 1];
            Promise.all(document.getAnimations().map((a) => a.finished.catch(() => 0)))
                .then(() => requestAnimationFrame(() => requestAnimationFrame(() => done(true))));";
        self.page.run_async(settled, &[]).await.expect("the page settles");
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screens");
        fs::create_dir_all(&folder).expect("target/screens can be made");
        // From the display, not from the driver: what a person sees, and the driver waits for a frame that a
        // page at rest never draws.
        let taken = Command::new("import")
            .args(["-window", "Rollcall"])
            .arg(folder.join(format!("{name}.png")))
            .status();
        assert!(
            taken.await.expect("import runs; it is in the package imagemagick").success(),
            "no picture {name}"
        );
    }

    /// What axe-core finds wrong on the page that is serious or critical, a line each.
    pub async fn accessibility(&self) -> Vec<String> {
        let axe = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/node_modules/axe-core/axe.min.js");
        let axe = fs::read_to_string(axe).expect("axe-core is installed by npm ci");
        self.page.run(&format!("{axe}; return true;"), &[]).await.expect("axe-core loads");
        let script = "const done = arguments[arguments.length - 1];
            axe.run(document, { resultTypes: ['violations'] }).then((found) => done(found.violations
                .filter((v) => ['serious', 'critical'].includes(v.impact))
                .map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`)));";
        let found = self.page.run_async(script, &[]).await.expect("axe-core runs");
        serde_json::from_value(found).expect("a list")
    }

    async fn body(&self) -> Value {
        self.page.run("return document.body.innerText;", &[]).await.unwrap_or_default()
    }
}

fn selector(testid: &str) -> Value {
    json!(format!(r#"[data-testid="{testid}"]"#))
}

/// A port that was free a moment ago: the driver takes no "any".
#[expect(clippy::expect_used, reason = "a machine without a free port runs no test")]
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port()
}

/// Opens a session as soon as the driver listens.
async fn session(driver: &str, binary: &str, args: &[String]) -> Session {
    let mut last = DriverError(String::new());
    for _ in 0..100 {
        match Session::open(driver, binary, args).await {
            Ok(session) => return session,
            Err(refusal) => last = refusal,
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the driver opens no session: {last:?}")
}
