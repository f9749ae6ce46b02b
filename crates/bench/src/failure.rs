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
}
