//! What the figures were taken on.

use std::{fs, thread};

use serde_json::{Value, json};

/// Processors, how many processes wanted one during the last minute, and how this program was built.
pub(crate) fn machine() -> Value {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load: Option<f64> = load.split(' ').next().and_then(|minute| minute.parse().ok());
    json!({
        "cores": thread::available_parallelism().map_or(0, usize::from),
        "load_1m": load,
        "build": if cfg!(debug_assertions) { "debug" } else { "release" },
    })
}
