//! Over people: Zoom requests, memory, the snapshot, and coming up again.

use secrecy::SecretString;
use serde_json::{Value, json};

use super::{Options, POINTS, curve};
use crate::{
    cores::Cores,
    failure::Failure,
    house,
    listed::{Listed, lists},
    relay::Relay,
    resume,
    stopwatch::{Stopwatch, millis},
};

/// The largest organisation.
const MOST: usize = 100_000;

pub(super) async fn draw(options: &Options, cores: &Cores) -> Result<Value, Failure> {
    let mut points = Vec::new();
    for size in POINTS {
        points.push(point(options, cores, MOST / 8 * size / options.smaller).await?);
    }
    Ok(curve("people", &["zoom_lists", "pss_mb", "snapshot_bytes", "snapshot_ms", "start_ms"], &points))
}

async fn point(options: &Options, cores: &Cores, people: usize) -> Result<Value, Failure> {
    let folder = house::folder()?;
    let listed = Listed::begin(people, options.seed, folder.path()).await?;
    let secret = SecretString::from(listed.webhook_secret());
    let setup = listed.setup(&secret).at(options.relay.as_deref());
    let relay = Relay::start(&setup, cores).await?;
    let asked = lists(&listed.listed().await?);
    relay.server.end().await?;
    let begun = Stopwatch::start();
    let relay = Relay::start(&setup, cores).await?;
    let start_ms = millis(begun.elapsed());
    let token = relay.session("person.0@example.com", "agent").await?;
    let pss_mb = relay.server.processes().pss_mb();
    let (snapshot_bytes, snapshot_ms) = resume::snapshot(&relay, &token).await?;
    relay.server.end().await?;
    listed.end().await;
    Ok(json!({
        "people": people,
        "zoom_lists": asked,
        "pss_mb": pss_mb,
        "snapshot_bytes": snapshot_bytes,
        "snapshot_ms": snapshot_ms,
        "start_ms": start_ms,
    }))
}
