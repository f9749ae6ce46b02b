//! Over desks and over events: `fanout` and `ingest` at growing sizes, without their peers.

use serde_json::{Value, json};

use super::{Options, POINTS, curve};
use crate::{failure::Failure, fanout, ingest};

/// The most desks, and the most events.
const DESKS: usize = 10_000;
const EVENTS: usize = 400_000;
/// For how long events come to the desks.
const SECONDS: u32 = 8;

pub(super) async fn desks(options: &Options) -> Result<Value, Failure> {
    let asked = fanout::Options {
        desks: POINTS.map(|size| DESKS / 8 * size / options.smaller).to_vec(),
        seconds: SECONDS,
        rate: 200,
        without_peers: true,
        relay: options.relay.clone(),
        seed: options.seed,
    };
    let measured = fanout::run(&asked).await?;
    let points: Vec<Value> = measured["sizes"].as_array().into_iter().flatten().map(desk_point).collect();
    Ok(curve("desks", &["cpu_s_per_second", "rest_kib", "bytes_per_second"], &points))
}

/// Costs of all desks together, so that they are held against their number.
fn desk_point(size: &Value) -> Value {
    let (desks, relay) = (size["desks"].as_f64().unwrap_or(0.0), &size["relay"]);
    let whole = |name: &str| relay[name].as_f64().map(|each| each * desks);
    json!({
        "desks": size["desks"],
        "cpu_s_per_second": relay["server_busy"],
        "cpu_s_per_million": relay["cpu_s_per_million"],
        "p99_ms": relay["p99_ms"],
        "rest_kib": whole("idle_kib_per_desk"),
        "bytes_per_second": whole("bytes_per_desk_per_second"),
    })
}

pub(super) async fn events(options: &Options) -> Result<Value, Failure> {
    let mut points = Vec::new();
    for size in POINTS {
        let events = EVENTS / 8 * size / options.smaller;
        let asked = ingest::Options {
            events,
            rivet_events: 0,
            rounds: 1,
            people: 20_000 / options.smaller,
            connections: 256,
            desks: 100,
            relay: options.relay.clone(),
            seed: options.seed,
        };
        let taken = ingest::relay_alone(&asked).await?;
        let cpu = taken["cpu_s_per_100k"].as_f64().unwrap_or(0.0)
            * f64::from(u32::try_from(events).unwrap_or(0))
            / 1e5;
        points.push(json!({ "events": events, "cpu_s": cpu, "relay": taken }));
    }
    Ok(curve("events", &["cpu_s", "relay.seconds"], &points))
}
