//! `start`: from process start to the first painted list, and what the app takes when nothing happens.
//!
//! The list comes from the desk's own replica: there is no Zoom and no secret in the keychain. Each start
//! stands beside one of an empty Tauri window. Files are in the system's cache after the first run.

mod idle;

use std::{path::PathBuf, time::Duration};

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

/// What is started, and how often.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// How many people are cached.
    #[arg(long, default_value_t = 100_000)]
    pub(crate) people: usize,
    /// How many starts of each are measured.
    #[arg(long, default_value_t = 5)]
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
/// What an app may take of one processor when one event a second comes in.
const IDLE_PERCENT: f64 = 1.0;
/// An app that was left alone for so long is at rest.
const REST: Duration = Duration::from_secs(5);

/// What the app takes of memory, in MB (10^6 bytes) of proportional set size.
struct Memory {
    shown: Option<f64>,
    shown_processes: usize,
    hidden: Option<f64>,
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
    let home = cached.home().display().to_string();
    let (mut list, mut bare) = (Times::default(), Times::default());
    let mut memory = None;
    for run in 1..=options.runs.max(1) {
        let mut app = App::start(&path, &["--bare"], &[])?;
        bare.add_millis(app.painted(0).await?);
        app.end().await;
        let mut app = App::start(&path, &["--home", &home], &[])?;
        list.add_millis(app.painted(1).await?);
        if run == options.runs.max(1) {
            memory = Some(at_rest(&app).await);
        }
        app.end().await;
    }
    let idle = idle::measure(&path, options.seed).await?;
    let on_top = list.percentile(50) - bare.percentile(50);
    let memory = memory.map(|memory| {
        json!({
            "shown_pss_mb": memory.shown,
            "shown_processes": memory.shown_processes,
            "hidden_pss_mb": memory.hidden,
        })
    });
    Ok(json!({
        "machine": machine(),
        "people": options.people,
        "runs": options.runs,
        "list_median_ms": list.percentile(50),
        "list_worst_ms": list.percentile(100),
        "bare_median_ms": bare.percentile(50),
        "bare_worst_ms": bare.percentile(100),
        "on_top_ms": on_top.round(),
        "at_rest": memory,
        "idle": idle.told(),
        "learnt_ms": cached.learnt_ms,
        "limits": limits(&[
            Limit { figure: "on_top_ms", mark: Mark::Below(START_MS), measured: Some(on_top) },
            Limit { figure: "idle.shown_cpu_percent", mark: Mark::Below(IDLE_PERCENT), measured: Some(idle.shown.all) },
            Limit { figure: "idle.hidden_cpu_percent", mark: Mark::Below(IDLE_PERCENT), measured: idle.hidden.map(|taken| taken.all) },
        ]),
    }))
}

async fn at_rest(app: &App) -> Memory {
    time::sleep(REST).await;
    let (shown, shown_processes) = (app.processes().pss_mb(), app.processes().len());
    let hidden = if app.close_window().await {
        time::sleep(REST).await;
        app.processes().pss_mb()
    } else {
        None
    };
    Memory { shown, shown_processes, hidden }
}
