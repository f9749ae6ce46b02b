//! The bodies of events, as Zoom writes them.

pub(crate) mod call;
pub(crate) mod record;
pub(crate) mod user;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value};

use crate::{
    mischief::{Mischief, Switches},
    time,
};

/// An event ready to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) body: Value,
}

/// How events are to be written at present.
#[derive(Clone, Debug, Default)]
pub(crate) struct Manner {
    pub(crate) account_id: String,
    /// How far the account's clock is ahead.
    pub(crate) ahead: TimeDelta,
    on: Vec<Mischief>,
}

/// What is added to an extension to take it beyond 32 bits.
const HUGE: u64 = 10_000_000_000;

impl Manner {
    /// The manner these switches ask for.
    pub(crate) fn of(switches: &Switches, account_id: &str) -> Self {
        Self {
            account_id: account_id.to_owned(),
            ahead: ahead(switches),
            on: switches.list().into_iter().map(|dose| dose.mischief).collect(),
        }
    }

    /// Whether this is to be got wrong.
    pub(crate) fn is(&self, mischief: Mischief) -> bool {
        self.on.contains(&mischief)
    }

    /// The time as the account's clock shows it.
    pub(crate) fn stamp(&self, at: DateTime<Utc>) -> String {
        time::stamp(at + self.ahead)
    }

    /// An extension number as a number.
    pub(crate) fn extension(&self, extension: u64) -> u64 {
        if self.is(Mischief::HugeExtensions) { extension + HUGE } else { extension }
    }

    /// A name, decorated when that was asked for.
    pub(crate) fn name(&self, name: &str) -> String {
        if self.is(Mischief::EscapedAstral) { format!("{name} 🚒") } else { name.to_owned() }
    }

    /// Wraps an object into an event's body.
    pub(crate) fn event(&self, name: &str, object: Value, at: DateTime<Utc>) -> Event {
        self.event_with(name, self.payload(object), at)
    }

    /// A payload with the account and the object an event is about.
    pub(crate) fn payload(&self, object: Value) -> Map<String, Value> {
        Map::from_iter([
            ("account_id".to_owned(), self.account_id.as_str().into()),
            ("object".to_owned(), object),
        ])
    }

    /// Wraps a whole payload into an event's body.
    pub(crate) fn event_with(&self, name: &str, payload: Map<String, Value>, at: DateTime<Utc>) -> Event {
        let body = Map::from_iter([
            ("event".to_owned(), name.into()),
            ("event_ts".to_owned(), (at + self.ahead).timestamp_millis().into()),
            ("payload".to_owned(), Value::Object(payload)),
        ]);
        Event { body: Value::Object(body) }
    }
}

/// How far the clock is ahead under these switches.
pub(crate) fn ahead(switches: &Switches) -> TimeDelta {
    #[expect(clippy::cast_possible_truncation, reason = "an hour or so, in milliseconds")]
    let millis = switches.amount(Mischief::ClockSkew).map_or(0, |seconds| (seconds * 1000.0) as i64);
    TimeDelta::milliseconds(millis)
}
