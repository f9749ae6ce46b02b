//! `rollcall-bench`: every performance figure that the project claims.
//!
//! Each subcommand prints one JSON object. Figures that depend on the machine stand beside a yardstick
//! taken in the same run, so that runs on different machines can be compared by their ratio. A mark that
//! is missed is told under `limits` and fails nothing.

mod all;
mod cached;
mod failure;
mod fold;
mod house;
mod launch;
mod limit;
mod live;
mod machine;
mod organisation;
mod paint;
mod process;
mod quality;
mod search;
mod start;
mod stopwatch;

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
    /// Search, fold, start and paint, in sizes that take a few minutes.
    All(all::Options),
}

impl Measure {
    async fn run(&self) -> Result<Value, Failure> {
        match self {
            Self::Search(options) => Ok(search::run(options)),
            Self::Quality(options) => quality::run(options),
            Self::Fold(options) => fold::run(options).await,
            Self::Start(options) => start::run(options).await,
            Self::Paint(options) => paint::run(options).await,
            Self::All(options) => Ok(all::run(options).await),
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
