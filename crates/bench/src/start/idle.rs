//! What the app takes of the processors while one event a second comes in.

use std::{path::Path, time::Duration};

use rollcall_fake_zoom::FakeZoom;
use serde_json::{Value, json};
use tokio::time;

use crate::{failure::Failure, launch::App, live::Live};

/// A small organisation, so that the relay's questions about everybody are soon done.
const PEOPLE: usize = 200;
/// How long is measured.
const SECONDS: u32 = 10;
/// When Zoom was asked nothing for so long, the app has learnt what it wants to know.
const QUIET: Duration = Duration::from_secs(4);
/// How long learning may take.
const PATIENCE: Duration = Duration::from_secs(90);

/// Processor time in percent of one processor, all processes of the app together.
pub(super) struct Idle {
    pub(super) shown: Option<f64>,
    pub(super) hidden: Option<f64>,
    quiet: bool,
}

impl Idle {
    /// The figures. `quiet` tells whether Zoom was asked nothing any more when measuring began.
    pub(super) fn told(&self) -> Value {
        json!({
            "people": PEOPLE,
            "seconds": SECONDS,
            "shown_cpu_percent": self.shown,
            "hidden_cpu_percent": self.hidden,
            "quiet": self.quiet,
        })
    }
}

/// Measures with the window shown, then with the window closed.
pub(super) async fn measure(path: &Path, seed: u64) -> Result<Idle, Failure> {
    let live = Live::start(PEOPLE, seed).await?;
    let home = live.home().display().to_string();
    let mut app = App::start(path, &["--home", &home], &live.environment())?;
    app.painted(1).await?;
    let quiet = time::timeout(PATIENCE, until_quiet(&live.zoom)).await.is_ok();
    let shown = Some(percent(&app, &live.zoom).await?);
    let hidden = if app.close_window().await { Some(percent(&app, &live.zoom).await?) } else { None };
    app.end().await;
    live.end().await;
    Ok(Idle { shown, hidden, quiet })
}

async fn until_quiet(zoom: &FakeZoom) {
    let mut asked = zoom.requests().total;
    loop {
        time::sleep(QUIET).await;
        let now = zoom.requests().total;
        if now == asked && zoom.has_socket() {
            return;
        }
        asked = now;
    }
}

/// One person after the other changes, one a second.
async fn percent(app: &App, zoom: &FakeZoom) -> Result<f64, Failure> {
    let people = zoom.people();
    let mut seconds = time::interval(Duration::from_secs(1));
    seconds.tick().await;
    let before = app.processes().spent();
    for person in people.iter().filter(|person| person.status == "active").take(SECONDS as usize) {
        let status = if person.presence == "Away" { "Available" } else { "Away" };
        zoom.set_presence(&person.id, status).map_err(|refusal| Failure::Refused(refusal.to_string()))?;
        seconds.tick().await;
    }
    let spent = app.processes().spent().since(&before);
    Ok((spent / f64::from(SECONDS) * 1e4).round() / 100.0)
}
