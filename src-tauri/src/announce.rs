//! Lines on standard output that say what the window has painted: for the demo's picture and for measuring.

use std::io::Write as _;

use chrono::{DateTime, Utc};
use serde::Serialize;

/// What the window has painted so far.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Painted {
    /// Rows on the screen.
    pub(crate) rows: u32,
    /// Changes of presence that were painted since the window was opened.
    pub(crate) moves: u32,
    /// When the shell heard of it.
    pub(crate) at: DateTime<Utc>,
}

/// Prints one line of JSON.
pub(crate) fn announce(painted: Painted) {
    if let Ok(line) = serde_json::to_string(&painted) {
        let mut out = std::io::stdout().lock();
        // Nobody reads any more: nothing is lost.
        let _ = writeln!(out, "{line}").and_then(|()| out.flush());
    }
}
