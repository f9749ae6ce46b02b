//! Why a measurement could not be made.

use std::{io, path::PathBuf};

/// What went wrong, and where.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// A file could not be read.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A line of a file is not what it should be.
    #[error("{}:{line}: {source}", path.display())]
    Malformed {
        /// Which file.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// There is nothing to measure.
    #[error("{}: no lines", path.display())]
    Empty {
        /// Which file.
        path: PathBuf,
    },
    /// The operating system refused a file, a port or a process.
    #[error("{what}: {source}")]
    System {
        /// What was wanted.
        what: &'static str,
        /// Why it was refused.
        source: io::Error,
    },
    /// A generated delivery was not taken, so what is measured would not be the real way.
    #[error("a generated delivery was refused: {0}")]
    Refused(String),
    /// A part of the system under measurement did not start.
    #[error("{what} did not start: {why}")]
    NoStart {
        /// Which part.
        what: &'static str,
        /// Its own words.
        why: String,
    },
    /// A program of another maker, beside which something is to be measured, is not on this machine.
    #[error("not installed: {0}")]
    NotInstalled(&'static str),
    /// Something did not happen in time.
    #[error("{what} did not happen within {within_secs} s")]
    TooLate {
        /// What was waited for.
        what: &'static str,
        /// How long.
        within_secs: u64,
    },
    /// The window's driver refused.
    #[error("the window's driver: {0}")]
    Driver(String),
}

impl Failure {
    /// The operating system refused `what`.
    pub(crate) fn system(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::System { what, source }
    }

    /// `what` did not start.
    pub(crate) fn no_start<E: std::fmt::Debug>(what: &'static str) -> impl FnOnce(E) -> Self {
        move |why| Self::NoStart { what, why: format!("{why:?}") }
    }
}
