//! What the app takes of the processors while one event a second comes in.

use std::{path::Path, time::Duration};

use rollcall_fake_zoom::FakeZoom;
use serde_json::{Value, json};
use tokio::time;

use crate::{
    failure::Failure,
    launch::App,
    limit::{Limit, Mark},
    live::Live,
};

/// A small organisation, so that the relay's questions about everybody are soon done.
const PEOPLE: usize = 200;
/// What an app may take of one processor when one event a second comes in.
const MARK_PERCENT: f64 = 1.0;
/// How long is measured.
const SECONDS: u32 = 10;
/// When Zoom was asked nothing for so long, the app has learnt what it wants to know.
const QUIET: Duration = Duration::from_secs(4);
/// How long learning may take.
const PATIENCE: Duration = Duration::from_secs(90);

/// What the app takes with and without its window.
pub(super) struct Idle {
    shown: Taken,
    hidden: Option<Taken>,
    quiet: bool,
}

/// Processor time in percent of one processor.
#[derive(Clone, Copy, Debug)]
struct Taken {
    /// All processes of the app together.
    all: f64,
    /// The shell's own process; the others are those of the page.
    own: f64,
}

impl Idle {
    /// Measures with the window shown, then with the window closed.
    pub(super) async fn measure(path: &Path, seed: u64) -> Result<Self, Failure> {
        let live = Live::start(PEOPLE, seed).await?;
        let home = live.home().display().to_string();
        let mut app = App::start(path, &["--home", &home], &live.environment())?;
        app.painted(1).await?;
        let quiet = time::timeout(PATIENCE, until_quiet(&live.zoom)).await.is_ok();
        let shown = taken(&app, &live.zoom).await?;
        let hidden = if app.close_window().await { Some(taken(&app, &live.zoom).await?) } else { None };
        app.end().await;
        live.end().await;
        Ok(Self { shown, hidden, quiet })
    }

    /// The mark for the window shown.
    pub(super) fn shown_limit(&self) -> Limit {
        limit("idle.shown_cpu_percent", Some(self.shown))
    }

    /// The mark for the window closed.
    pub(super) fn hidden_limit(&self) -> Limit {
        limit("idle.hidden_cpu_percent", self.hidden)
    }

    /// The figures. `quiet` tells whether Zoom was asked nothing any more when measuring began.
    pub(super) fn told(&self) -> Value {
        json!({
            "people": PEOPLE,
            "seconds": SECONDS,
            "shown_cpu_percent": self.shown.all,
            "shown_shell_percent": self.shown.own,
            "hidden_cpu_percent": self.hidden.map(|taken| taken.all),
            "hidden_shell_percent": self.hidden.map(|taken| taken.own),
            "quiet": self.quiet,
        })
    }
}

fn limit(figure: &'static str, taken: Option<Taken>) -> Limit {
    Limit { figure, mark: Mark::Below(MARK_PERCENT), measured: taken.map(|taken| taken.all) }
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
async fn taken(app: &App, zoom: &FakeZoom) -> Result<Taken, Failure> {
    let people = zoom.people();
    let mut seconds = time::interval(Duration::from_secs(1));
    seconds.tick().await;
    let before = app.processes().spent();
    for person in people.iter().filter(|person| person.status == "active").take(SECONDS as usize) {
        let status = if person.presence == "Away" { "Available" } else { "Away" };
        zoom.set_presence(&person.id, status).map_err(|refusal| Failure::Refused(refusal.to_string()))?;
        seconds.tick().await;
    }
    let spent = app.processes().spent();
    let own = percent(spent.of_since(app.processes().root(), &before));
    Ok(Taken { all: percent(spent.since(&before)), own })
}

fn percent(seconds: f64) -> f64 {
    (seconds / f64::from(SECONDS) * 1e4).round() / 100.0
}
