//! A report of the requests that were served.

use std::collections::{BTreeMap, VecDeque};

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::limits::Label;

/// How many seconds the report goes back.
const SECONDS_KEPT: usize = 3_600;

/// Requests served so far, refused ones included.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Requests {
    /// All requests.
    pub total: u64,
    /// By endpoint, as in `GET /users/{}` and `POST /oauth/token`.
    pub by_endpoint: BTreeMap<String, u64>,
    /// By rate label, as in `Medium`; Zoom Phone's own pools as in `Medium phone`.
    pub by_label: BTreeMap<String, u64>,
    /// By HTTP status.
    pub by_status: BTreeMap<u16, u64>,
    /// By second, the oldest first; the last hour only.
    pub by_second: VecDeque<Second>,
}

/// The requests of one second.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Second {
    /// Unix time.
    pub at: i64,
    /// By rate label, as in [`Requests::by_label`].
    pub by_label: BTreeMap<String, u64>,
}

impl Requests {
    pub(crate) fn record(
        &mut self,
        endpoint: &str,
        label: Option<(Label, bool)>,
        status: u16,
        now: DateTime<Utc>,
    ) {
        self.total += 1;
        add(&mut self.by_endpoint, endpoint);
        *self.by_status.entry(status).or_default() += 1;
        let Some((label, phone)) = label else { return };
        let label = if phone { format!("{label:?} phone") } else { format!("{label:?}") };
        add(&mut self.by_label, &label);
        add(&mut self.second(now.timestamp()).by_label, &label);
    }

    fn second(&mut self, at: i64) -> &mut Second {
        if self.by_second.back().is_none_or(|last| last.at != at) {
            if self.by_second.len() == SECONDS_KEPT {
                self.by_second.pop_front();
            }
            self.by_second.push_back(Second { at, by_label: BTreeMap::new() });
        }
        let last = self.by_second.len() - 1;
        &mut self.by_second[last]
    }
}

fn add(counts: &mut BTreeMap<String, u64>, key: &str) {
    if let Some(count) = counts.get_mut(key) {
        *count += 1;
    } else {
        counts.insert(key.to_owned(), 1);
    }
}
