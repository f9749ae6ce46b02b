//! `fold`: how many events a second come in, durably.
//!
//! Three ways over the same deliveries: the relay's own (signature, parser, SQLite ledger with group
//! commit and `synchronous=FULL`, fold), the same without the ledger, and a bare HMAC of the bodies. They
//! are signed, distinct and in memory before the clock starts.

mod durable;

use chrono::{DateTime, TimeDelta, Utc};
use rollcall_model::{Clock, Roster};
use rollcall_zoom::{
    delivery::{self, Meaning},
    webhook::{self, Secrets},
};
use serde_json::{Value, json};

use crate::{
    deliveries::{Deliveries, Delivery, Draft},
    failure::Failure,
    limit::{Limit, Mark, limits},
    machine::machine,
    stopwatch::{per_second, timed},
};

/// How much comes in.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// How many deliveries.
    #[arg(long, default_value_t = 100_000)]
    pub(crate) events: usize,
    /// About how many people.
    #[arg(long, default_value_t = 20_000)]
    pub(crate) people: usize,
    /// The seed of the deliveries.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
}

/// How old a signature may be; as the relay's own receiver has it.
const MAX_AGE: TimeDelta = TimeDelta::minutes(5);
/// Three times of what comes in when each of 100,000 people changes every two minutes.
const MARK: f64 = 2_500.0;

/// Measures the three ways, the cheapest first.
pub(crate) async fn run(options: &Options) -> Result<Value, Failure> {
    let clock = Clock::system();
    let &Options { events: count, people, seed } = options;
    let made = Deliveries::generate(&Draft { count, people, seed, ..Draft::default() }, clock.now());
    let (macs, hmac) =
        timed(|| made.all.iter().map(|delivery| made.mac(delivery)[0]).fold(0, u8::wrapping_add));
    std::hint::black_box(macs);
    let (folded, in_memory) = timed(|| fold_in_memory(&made, clock.now()));
    let known = folded?.len();
    let relay = durable::run(&made, &clock).await?;
    let (events, bytes) =
        (made.all.len(), made.all.iter().map(|delivery| delivery.body.len()).sum::<usize>());
    let [hmac, in_memory, durably] = [hmac, in_memory, relay.time].map(|time| per_second(events, time));
    Ok(json!({
        "machine": machine(),
        "events": events,
        "people": known,
        "bytes_per_event": bytes / events.max(1),
        "durable_per_second": durably,
        "without_append_per_second": in_memory,
        "hmac_per_second": hmac,
        "durable_to_without_append": ratio(durably, in_memory),
        "durable_to_hmac": ratio(durably, hmac),
        "commits": relay.commits,
        "events_per_commit": events as u64 / relay.commits.max(1),
        "limits": limits(&[Limit {
            figure: "durable_per_second",
            mark: Mark::AtLeast(MARK),
            measured: Some(durably),
        }]),
    }))
}

/// Verify, parse and fold; nothing is kept.
fn fold_in_memory(made: &Deliveries, now: DateTime<Utc>) -> Result<Roster, Failure> {
    let mut roster = Roster::default();
    for delivery in &made.all {
        verify(delivery, &made.secrets, now)?;
        let read = delivery::parse(&delivery.body).map_err(|error| Failure::Refused(error.to_string()))?;
        if let Meaning::Events(events) = read.meaning {
            for event in events {
                roster.apply(event);
            }
        }
    }
    Ok(roster)
}

fn verify(delivery: &Delivery, secrets: &Secrets, now: DateTime<Utc>) -> Result<(), Failure> {
    webhook::verify(delivery.signed(), secrets, now, MAX_AGE)
        .map_err(|refusal| Failure::Refused(refusal.to_string()))
}

fn ratio(figure: f64, yardstick: f64) -> f64 {
    (figure / yardstick * 1e4).round() / 1e4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_delivery_reaches_the_ledger() {
        let figures = run(&Options { events: 500, people: 40, seed: 5 }).await.unwrap();

        assert_eq!(figures["events"], 500);
        for key in ["durable_per_second", "without_append_per_second", "hmac_per_second", "commits"] {
            assert!(figures[key].as_f64().is_some_and(|figure| figure > 0.0), "{key}: {figures}");
        }
    }
}
