//! Over days of log: the file, coming up again, and whether a day still costs what the first one cost.

use std::{fs, path::Path};

use rollcall_model::Clock;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::{Options, POINTS, curve};
use crate::{
    cores::Cores,
    deliveries::{Deliveries, Draft},
    drive::Load,
    failure::Failure,
    house,
    ingest::Taken,
    relay::{Relay, Setup, WEBHOOK},
    requests::Requests,
    stopwatch::{Stopwatch, millis},
};

/// How many people, and how many events they make in a day.
const PEOPLE: usize = 20_000;
const EVENTS: usize = 200_000;
const CONNECTIONS: usize = 64;
/// What webhooks are signed with, on all days.
const SECRET: &str = "made-up-token-of-all-days";

pub(super) async fn draw(options: &Options, cores: &Cores) -> Result<Value, Failure> {
    let (folder, mut points, mut lived) = (house::folder()?, Vec::new(), 0);
    let secret = SecretString::from(SECRET);
    let setup = Setup::alone(folder.path(), &secret).at(options.relay.as_deref());
    for days in POINTS {
        let mut cpu = 0.0;
        while lived < days {
            lived += 1;
            let relay = Relay::start(&setup, cores).await?;
            cpu = day(options, &relay, lived).await?.cpu_s_per_100k();
            relay.server.end().await?;
        }
        let begun = Stopwatch::start();
        let relay = Relay::start(&setup, cores).await?;
        let start_ms = millis(begun.elapsed());
        let pss_mb = relay.server.processes().pss_mb();
        relay.server.end().await?;
        let bytes = size(folder.path());
        points.push(json!({
            "days": days, "events": days * EVENTS / options.smaller, "log_bytes": bytes,
            "cpu_s_per_100k": cpu, "start_ms": start_ms, "pss_mb": pss_mb,
        }));
    }
    Ok(curve("days", &["log_bytes", "cpu_s_per_100k", "start_ms", "pss_mb"], &points))
}

async fn day(options: &Options, relay: &Relay, number: usize) -> Result<Taken, Failure> {
    let draft = Draft {
        count: EVENTS / options.smaller,
        people: PEOPLE / options.smaller,
        seed: options.seed ^ ((number as u64) << 32),
        ..Draft::default()
    };
    let made = Deliveries::signed_with(&draft, SECRET.to_owned(), Clock::system().now());
    let requests = Requests::to(WEBHOOK, &made, draft.seed);
    let load = Load {
        at: relay.at,
        requests: requests.into(),
        warm_up: 0,
        enough: usize::MAX,
        connections: CONNECTIONS,
    };
    Taken::by(&relay.server, load).await
}

/// How large all files of a folder are together.
fn size(folder: &Path) -> u64 {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    files.filter_map(|file| file.metadata().ok()).map(|file| file.len()).sum()
}
