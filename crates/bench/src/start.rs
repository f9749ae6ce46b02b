//! `start`: from process start to the first painted list, and what the app takes when nothing happens.
//!
//! The list comes from the desk's own replica: there is no Zoom and no secret in the keychain. Each start
//! stands beside one of an empty Tauri window. Files are in the system's cache after the first run.
//!
//! On a virtual display about every third WebKit window, an empty one too, stalls half a second before its
//! first frame. Medians of few runs fall on either side of that; the lower quartiles do not, so the mark is
//! held against their difference.

mod idle;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::time;

use crate::{
    cached::Cached,
    failure::Failure,
    house,
    launch::App,
    limit::{Limit, Mark, limits},
    machine::machine,
    stopwatch::Times,
};
use idle::Idle;

/// What is started, and how often.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// How many people are cached.
    #[arg(long, default_value_t = 100_000)]
    pub(crate) people: usize,
    /// How many starts of each are measured.
    #[arg(long, default_value_t = 9)]
    pub(crate) runs: usize,
    /// The app; the one that was built beside this program when nothing is said.
    #[arg(long)]
    pub(crate) app: Option<PathBuf>,
    /// The seed of the people.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
}

/// What a start may take on top of an empty window, in milliseconds.
const START_MS: f64 = 1_000.0;
/// An app that was left alone for so long is at rest.
const REST: Duration = Duration::from_secs(5);

/// What was measured of the starts.
#[derive(Default)]
struct Starts {
    list: Times,
    bare: Times,
    at_rest: Value,
}

/// Prepares a home and measures.
pub(crate) async fn run(options: &Options) -> Result<Value, Failure> {
    if let Some(reason) = house::without_desktop() {
        return Ok(json!({ "skipped": reason }));
    }
    let cached = Cached::prepare(options.people, options.seed).await?;
    measure(options, &cached).await
}

/// Measures with a home that was prepared.
pub(crate) async fn measure(options: &Options, cached: &Cached) -> Result<Value, Failure> {
    let path = house::app(options.app.as_deref())?;
    let opening_ms = cached.opening_ms().await?;
    let starts = Starts::measure(&path, cached, options.runs.max(1)).await?;
    let idle = Idle::measure(&path, options.seed).await?;
    Ok(json!({
        "machine": machine(),
        "people": options.people,
        "runs": options.runs,
        "list": told(&starts.list),
        "bare": told(&starts.bare),
        "on_top_ms": starts.on_top_ms(25),
        "on_top_median_ms": starts.on_top_ms(50),
        "desk_opening_ms": opening_ms,
        "at_rest": starts.at_rest,
        "idle": idle.told(),
        "learnt_ms": cached.learnt_ms,
        "limits": limits(&[
            Limit { figure: "on_top_ms", mark: Mark::Below(START_MS), measured: Some(starts.on_top_ms(25)) },
            idle.shown_limit(),
            idle.hidden_limit(),
        ]),
    }))
}

impl Starts {
    /// Empty window and list in turn; the last app is left alone for a while.
    async fn measure(path: &Path, cached: &Cached, runs: usize) -> Result<Self, Failure> {
        let home = cached.home().display().to_string();
        let mut starts = Self::default();
        for run in 1..=runs {
            let mut app = App::start(path, &["--bare"], &[])?;
            starts.bare.add_millis(app.painted(0).await?);
            app.end().await;
            let mut app = App::start(path, &["--home", &home], &[])?;
            starts.list.add_millis(app.painted(1).await?);
            if run == runs {
                starts.at_rest = at_rest(&app).await;
            }
            app.end().await;
        }
        Ok(starts)
    }

    /// What the list takes on top of an empty window, in whole milliseconds, both at this percentile.
    fn on_top_ms(&self, percent: usize) -> f64 {
        (self.list.percentile(percent) - self.bare.percentile(percent)).round()
    }
}

/// From the start of the process to the paint.
fn told(times: &Times) -> Value {
    json!({
        "quartile_ms": times.percentile(25),
        "median_ms": times.percentile(50),
        "worst_ms": times.percentile(100),
    })
}

/// Memory in MB (10^6 bytes) of proportional set size: with the window shown, and closed to the tray.
async fn at_rest(app: &App) -> Value {
    time::sleep(REST).await;
    let (shown, processes) = (app.processes().pss_mb(), app.processes().len());
    let closed = app.close_window().await;
    time::sleep(REST).await;
    let hidden = if closed { app.processes().pss_mb() } else { None };
    json!({ "shown_pss_mb": shown, "shown_processes": processes, "hidden_pss_mb": hidden })
}
