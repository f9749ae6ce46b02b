//! Times as Zoom writes them.

use chrono::{DateTime, Utc};

/// UTC with whole seconds and `Z`.
pub(crate) fn stamp(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The same from Unix seconds.
pub(crate) fn stamp_seconds(at: i64) -> String {
    stamp(DateTime::from_timestamp(at, 0).unwrap_or_default())
}
