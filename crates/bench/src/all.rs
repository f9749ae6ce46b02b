//! `all`: every figure in one run of a few minutes.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::{cached::Cached, fanout, fold, house, ingest, paint, resume, search, start, sync};

/// What is measured.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The app; the one that was built beside this program when nothing is said.
    #[arg(long)]
    app: Option<PathBuf>,
    /// The seed of everything that is made up.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// How many people are cached for the starts and for typing.
const PEOPLE: usize = 100_000;

/// Measures one after the other. What could not be measured says why, and the others are told all the same.
pub(crate) async fn run(options: &Options) -> Value {
    let Options { app, seed } = options;
    let seed = *seed;
    let search = search::run(&search::Options { people: None, seed, questions: 100, updates: 300 }).await;
    let fold = told(fold::run(&fold::Options { events: 50_000, people: 20_000, seed }).await);
    let starts = start::Options { people: PEOPLE, runs: 7, app: app.clone(), seed };
    let paints = paint::Options {
        events: 200,
        people: 2_000,
        typing_people: PEOPLE,
        keys: 100,
        app: app.clone(),
        seed,
    };
    let (start, paint) = in_windows(&starts, &paints).await;
    let mut all = json!({ "search": search, "fold": fold, "start": start, "paint": paint });
    for (name, figures) in ["ingest", "fanout", "resume", "sync"].into_iter().zip(of_the_server(seed).await) {
        all[name] = figures;
    }
    all
}

/// The relay's server, in sizes that take some minutes.
async fn of_the_server(seed: u64) -> [Value; 4] {
    let ingest = ingest::Options {
        events: 150_000,
        rivet_events: 40_000,
        rounds: 3,
        people: 20_000,
        connections: 256,
        desks: 100,
        relay: None,
        seed,
    };
    let fanout = fanout::Options {
        desks: vec![1_000, 5_000, 10_000],
        seconds: 5,
        rate: 200,
        without_peers: false,
        relay: None,
        seed,
    };
    let resume = resume::Options { people: 20_000, events_each: 10, relay: None, seed };
    let sync = sync::Options { people: 20_000, seconds: 30, speed: 120, relay: None, seed };
    [
        told(ingest::run(&ingest).await),
        told(fanout::run(&fanout).await),
        told(resume::run(&resume).await),
        told(sync::run(&sync).await),
    ]
}

/// What needs a window; both share the home that takes long to prepare.
async fn in_windows(starts: &start::Options, paints: &paint::Options) -> (Value, Value) {
    if let Some(reason) = house::without_desktop() {
        let skipped = json!({ "skipped": reason });
        return (skipped.clone(), skipped);
    }
    match Cached::prepare(PEOPLE, starts.seed).await {
        Ok(cached) => {
            let start = told(start::measure(starts, &cached).await);
            (start, told(paint::measure(paints, &cached).await))
        }
        Err(failure) => (told(Err(failure.to_string())), told(Err(failure))),
    }
}

fn told<E: std::fmt::Display>(measured: Result<Value, E>) -> Value {
    measured.unwrap_or_else(|failure| json!({ "failed": failure.to_string() }))
}
