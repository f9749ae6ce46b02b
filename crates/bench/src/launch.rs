//! The app as a process that tells what it has painted.

use std::{path::Path, process::Stdio, time::Duration};

use serde::Deserialize;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    time,
};

use crate::{
    failure::Failure,
    process::Tree,
    stopwatch::{Stopwatch, millis},
};

/// How long the app may take to paint.
const PAINT: Duration = Duration::from_mins(1);
/// How long it may take to end when it is asked to.
const END: Duration = Duration::from_secs(15);
/// How long a window may take to close.
const CLOSE: Duration = Duration::from_secs(10);

/// A running app.
#[derive(Debug)]
pub(crate) struct App {
    started: Stopwatch,
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

/// A line of `--announce`.
#[derive(Debug, Deserialize)]
struct Painted {
    rows: u32,
}

impl App {
    /// Starts the app; what it prints besides is dropped.
    pub(crate) fn start(app: &Path, args: &[&str], env: &[(&str, String)]) -> Result<Self, Failure> {
        let started = Stopwatch::start();
        let mut child = Command::new(app)
            .args(args)
            .arg("--announce")
            .envs(env.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(Failure::system("the app"))?;
        let told = child.stdout.take().ok_or(Failure::Driver("the app has no output".to_owned()))?;
        Ok(Self { started, child, lines: BufReader::new(told).lines() })
    }

    /// Waits until so many rows are painted; tells how long that took from the start of the process, in
    /// milliseconds.
    pub(crate) async fn painted(&mut self, rows: u32) -> Result<f64, Failure> {
        let painted = async {
            while let Ok(Some(line)) = self.lines.next_line().await {
                if serde_json::from_str(&line).is_ok_and(|painted: Painted| painted.rows >= rows) {
                    return true;
                }
            }
            false
        };
        match time::timeout(PAINT, painted).await {
            Ok(true) => Ok(millis(self.started.elapsed())),
            Ok(false) => {
                Err(Failure::NoStart { what: "the app", why: "it ended before it painted".to_owned() })
            }
            Err(_) => Err(Failure::TooLate { what: "painting", within_secs: PAINT.as_secs() }),
        }
    }

    /// The app's processes.
    pub(crate) fn processes(&self) -> Tree {
        Tree::of(self.child.id().unwrap_or_default())
    }

    /// Closes the window with the window manager's own key, as a person does; the app stays in the tray.
    /// Tells whether the window is gone.
    pub(crate) async fn close_window(&self) -> bool {
        let Some(pid) = self.child.id() else { return false };
        let pid = pid.to_string();
        let closed = async {
            let Some(window) = visible_window(&pid).await else { return false };
            output("xdotool", &["windowactivate", "--sync", &window, "key", "alt+F4"]).await;
            while visible_window(&pid).await.is_some() {
                time::sleep(Duration::from_millis(100)).await;
            }
            true
        };
        time::timeout(CLOSE, closed).await.unwrap_or(false)
    }

    /// Asks the app to end, and waits until it has.
    pub(crate) async fn end(mut self) {
        if let Some(pid) = self.child.id() {
            output("kill", &["-TERM", &pid.to_string()]).await;
        }
        if time::timeout(END, self.child.wait()).await.is_err() {
            // It may have ended this very moment.
            let _ = self.child.kill().await;
        }
    }
}

/// The window of a process that can be seen, by its number; told of none, `xdotool` prints nothing.
async fn visible_window(pid: &str) -> Option<String> {
    let windows = output("xdotool", &["search", "--onlyvisible", "--pid", pid]).await?;
    String::from_utf8(windows).ok()?.lines().next().map(str::to_owned)
}

/// What a program prints; nothing when it cannot be run.
async fn output(program: &str, args: &[&str]) -> Option<Vec<u8>> {
    Some(Command::new(program).args(args).stdin(Stdio::null()).output().await.ok()?.stdout)
}
