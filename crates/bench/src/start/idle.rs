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
const SECONDS: u8 = 30;
/// So far apart in the list are two people who change one after the other.
const STEP: usize = 17;
/// When Zoom was asked nothing for so long, the app has learnt what it wants to know.
const QUIET: Duration = Duration::from_secs(4);
/// How long learning may take.
const PATIENCE: Duration = Duration::from_secs(90);

/// What the app takes with and without its window.
pub(super) struct Idle {
    still: Taken,
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
    /// Measures with the window shown, without events and with one a second; then with the window closed.
    pub(super) async fn measure(path: &Path, seed: u64) -> Result<Self, Failure> {
        let live = Live::start(PEOPLE, seed).await?;
        let home = live.home().display().to_string();
        let mut app = App::start(path, &["--home", &home], &live.environment())?;
        app.painted(1).await?;
        let quiet = time::timeout(PATIENCE, until_quiet(&live.zoom)).await.is_ok();
        let still = taken(&app, async |_| Ok(())).await?;
        let shown = taken(&app, async |second| one_changes(&live.zoom, second)).await?;
        let hidden = if app.close_window().await {
            Some(taken(&app, async |second| one_changes(&live.zoom, second)).await?)
        } else {
            None
        };
        app.end().await;
        live.end().await;
        Ok(Self { still, shown, hidden, quiet })
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
            "still_cpu_percent": self.still.all,
            "still_shell_percent": self.still.own,
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

/// What the app takes while something happens each second.
async fn taken(app: &App, mut happens: impl AsyncFnMut(u8) -> Result<(), Failure>) -> Result<Taken, Failure> {
    let mut seconds = time::interval(Duration::from_secs(1));
    seconds.tick().await;
    let before = app.processes().spent();
    for second in 0..SECONDS {
        happens(second).await?;
        seconds.tick().await;
    }
    let spent = app.processes().spent();
    let own = percent(spent.of_since(app.processes().root(), &before));
    Ok(Taken { all: percent(spent.since(&before)), own })
}

/// Somebody comes or goes: another person each second, from all over the list.
fn one_changes(zoom: &FakeZoom, second: u8) -> Result<(), Failure> {
    let active: Vec<_> = zoom.people().into_iter().filter(|person| person.status == "active").collect();
    let Some(person) = active.get(usize::from(second) * STEP % active.len().max(1)) else { return Ok(()) };
    let status = if person.presence == "Away" { "Available" } else { "Away" };
    zoom.set_presence(&person.id, status).map_err(|refusal| Failure::Refused(refusal.to_string()))
}

fn percent(seconds: f64) -> f64 {
    (seconds / f64::from(SECONDS) * 1e4).round() / 100.0
}
