//! `rollcall-bench`: every performance figure that the project claims.
//!
//! Each subcommand prints one JSON object. Figures that depend on the machine stand beside a yardstick
//! taken in the same run, so that runs on different machines can be compared by their ratio. A mark that
//! is missed is told under `limits` and fails nothing.

mod all;
mod cached;
mod cores;
mod crowd;
mod curves;
mod deliveries;
mod drive;
mod failure;
mod fanout;
mod fold;
mod house;
mod ingest;
mod launch;
mod limit;
mod line;
mod listed;
mod live;
mod machine;
mod organisation;
mod paint;
mod peers;
mod process;
mod quality;
mod relay;
mod requests;
mod resume;
mod search;
mod server;
mod start;
mod stopwatch;
mod sync;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use failure::Failure;
use serde_json::Value;

#[derive(Debug, Parser)]
#[command(version, about)]
struct Options {
    #[command(subcommand)]
    measure: Measure,
}

#[derive(Debug, Subcommand)]
enum Measure {
    /// Time of a search per keystroke, of building and updating the index, and its size.
    Search(search::Options),
    /// How often a search puts the right person first, on labelled queries.
    Quality(quality::Options),
    /// Events per second through verify, parse, append and fold.
    Fold(fold::Options),
    /// From process start to the first painted list; memory and processor time at rest.
    Start(start::Options),
    /// From Zoom's send to the repainted row, and from a keystroke to the painted answer.
    Paint(paint::Options),
    /// Webhooks a second into the relay's server, beside a bare handler and Zoom's Rivet.
    Ingest(ingest::Options),
    /// Events to thousands of desks, beside a server of ready frames, nginx with nchan, and NATS.
    Fanout(fanout::Options),
    /// What a desk is told that was away for a minute, an hour or a day.
    Resume(resume::Options),
    /// Zoom requests of a first sync and of a quiet day.
    Sync(sync::Options),
    /// How costs grow with people, desks, events and days of log.
    Curves(curves::Options),
    /// All of these but the curves, in sizes that take some minutes.
    All(all::Options),
    /// The limit of `ingest`, as a server.
    #[command(hide = true)]
    Bare(ingest::BareOptions),
    /// The limit of `fanout`, as a server.
    #[command(hide = true)]
    Ready,
}

impl Measure {
    async fn run(&self) -> Result<Value, Failure> {
        match self {
            Self::Search(options) => Ok(search::run(options).await),
            Self::Quality(options) => quality::run(options),
            Self::Fold(options) => fold::run(options).await,
            Self::Start(options) => start::run(options).await,
            Self::Paint(options) => paint::run(options).await,
            Self::Ingest(options) => ingest::run(options).await,
            Self::Fanout(options) => fanout::run(options).await,
            Self::Resume(options) => resume::run(options).await,
            Self::Sync(options) => sync::run(options).await,
            Self::Curves(options) => curves::run(options).await,
            Self::All(options) => Ok(all::run(options).await),
            Self::Bare(options) => ingest::serve_bare(options).await.map(|()| Value::Null),
            Self::Ready => fanout::serve_ready().await.map(|()| Value::Null),
        }
    }
}

#[expect(clippy::print_stdout, reason = "the result is what the program prints")]
#[tokio::main]
async fn main() -> ExitCode {
    // Whoever makes a TLS client afterwards uses this; a second installation is refused and changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match Options::parse().measure.run().await {
        Ok(figures) => {
            println!("{figures:#}");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("rollcall-bench: {failure}");
            ExitCode::FAILURE
        }
    }
}
