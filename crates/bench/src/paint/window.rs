//! The app in its real window, and the driver that looks into it.

use std::{
    net::{Ipv4Addr, TcpListener},
    path::Path,
    process::Stdio,
    time::Duration,
};

use rollcall_tests::webdriver::{DriverError, Element, Session};
use serde_json::Value;
use tokio::{
    process::{Child, Command},
    time,
};

use crate::failure::Failure;

/// How often a session is asked for while the driver starts.
const TRIES: usize = 100;
/// The pause between.
const PAUSE: Duration = Duration::from_millis(50);

/// A driven window.
#[derive(Debug)]
pub(super) struct Window {
    page: Session,
    driver: Child,
}

impl Window {
    /// Starts a driver, and through it the app on a home.
    pub(super) async fn open(app: &Path, home: &Path, env: &[(&str, String)]) -> Result<Self, Failure> {
        let port = free_port()?;
        let driver = Command::new("WebKitWebDriver")
            .arg(format!("--port={port}"))
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .envs(env.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(Failure::system("WebKitWebDriver"))?;
        let args = ["--home".to_owned(), home.display().to_string()];
        let page = session(&format!("http://127.0.0.1:{port}"), &app.display().to_string(), &args).await?;
        Ok(Self { page, driver })
    }

    /// Ends the app and its driver.
    pub(super) async fn close(self) {
        let Self { page, mut driver } = self;
        page.end().await;
        // The driver may have ended by itself, which is as good.
        let _ = driver.kill().await;
    }

    /// Runs a script in the page; its `return` is the answer.
    pub(super) async fn run(&self, script: &str, args: &[Value]) -> Result<Value, Failure> {
        self.page.run(script, args).await.map_err(refused)
    }

    /// Runs a script that answers by calling its last argument.
    pub(super) async fn run_async(&self, script: &str, args: &[Value]) -> Result<Value, Failure> {
        self.page.run_async(script, args).await.map_err(refused)
    }

    /// Waits until a script gives something.
    pub(super) async fn until(&self, script: &str) -> Result<Value, Failure> {
        self.page.until(script, &[]).await.map_err(refused)
    }

    /// Waits for an element.
    pub(super) async fn find(&self, css: &str) -> Result<Element, Failure> {
        self.page.find(css).await.map_err(refused)
    }

    /// Presses keys in an element.
    pub(super) async fn press(&self, element: &Element, keys: &str) -> Result<(), Failure> {
        self.page.type_into(element, keys).await.map_err(refused)
    }
}

/// Asks for a session until the driver listens.
async fn session(driver: &str, app: &str, args: &[String]) -> Result<Session, Failure> {
    let mut tries = 0;
    loop {
        match Session::open(driver, app, args).await {
            Err(_) if tries < TRIES => tries += 1,
            opened => return opened.map_err(refused),
        }
        time::sleep(PAUSE).await;
    }
}

/// A port that was free a moment ago: the driver takes no "any".
fn free_port() -> Result<u16, Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(Failure::system("a port"))?;
    Ok(listener.local_addr().map_err(Failure::system("a port"))?.port())
}

fn refused(error: DriverError) -> Failure {
    Failure::Driver(error.0)
}
