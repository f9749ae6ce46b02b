//! `rollcall-bench`: every performance figure that the project claims.
//!
//! Each subcommand prints one JSON object. Figures that depend on the machine stand beside a yardstick
//! taken in the same run, so that runs on different machines can be compared by their ratio.

mod failure;
mod organisation;
mod quality;
mod search;
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
}

impl Measure {
    fn run(&self) -> Result<Value, Failure> {
        match self {
            Self::Search(options) => Ok(search::run(options)),
            Self::Quality(options) => quality::run(options),
        }
    }
}

#[expect(clippy::print_stdout, reason = "the result is what the program prints")]
fn main() -> ExitCode {
    match Options::parse().measure.run() {
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
