//! Where log lines go: to standard error, one JSON object a line.

use std::io;

use tracing_subscriber::EnvFilter;

use crate::wrong::{Failed, Wrong};

/// Starts logging.
pub(crate) fn start(filter: &str) -> Result<(), Failed> {
    let filter = EnvFilter::try_new(filter).map_err(|_| Wrong::LogFilter(filter.to_owned()))?;
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .init();
    Ok(())
}
