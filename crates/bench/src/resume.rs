//! `resume`: what a desk that was away has to be told, and how long that takes.
//!
//! The relay's real server lists an organisation from a fake Zoom, then takes in a day's life of ten hours.
//! A desk comes back with the positions that it had a minute, an hour or a day ago and gets the tail, or is
//! sent for a snapshot. Decoding is not part of the time.

use std::time::Duration;

use chrono::TimeDelta;
use rollcall_model::Clock;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::{
    cores::{self, Cores},
    crowd::{Desk, Plan, Talk},
    deliveries::{Deliveries, Draft},
    drive::Load,
    failure::Failure,
    house,
    line::{get, once},
    listed::Listed,
    machine::machine,
    relay::{Relay, Setup, WEBHOOK, decoded, events},
    requests::Requests,
    stopwatch::{Stopwatch, millis},
};

/// Who was away from what.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Options {
    /// How many people.
    #[arg(long, default_value_t = 100_000)]
    pub(crate) people: usize,
    /// How many events a person has in a day.
    #[arg(long, default_value_t = 10)]
    pub(crate) events_each: usize,
    /// The relay's server; the one that was built beside this program when nothing is said.
    #[arg(long)]
    pub(crate) relay: Option<std::path::PathBuf>,
    /// The seed of the people and of their day.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
}

/// A day's life, in minutes.
const DAY: u64 = 600;
/// How long desks were away, in minutes.
const AWAY: [(&str, u64); 6] =
    [("1 minute", 1), ("5 minutes", 5), ("20 minutes", 20), ("1 hour", 60), ("4 hours", 240), ("1 day", DAY)];
/// When a desk hears nothing for so long, it has what it missed.
const QUIET: Duration = Duration::from_millis(400);
/// A desk that has not caught up by then is still on its way.
const ENOUGH: Duration = Duration::from_secs(30);
/// So many deliveries are made at a time.
const BATCH: usize = 100_000;
const CONNECTIONS: usize = 64;

/// Lets the organisation live for a day and desks come back.
pub(crate) async fn run(options: &Options) -> Result<Value, Failure> {
    cores::allow_many_sockets();
    let cores = Cores::ours();
    let machine = machine();
    let _apart = cores.apart();
    let folder = house::folder()?;
    let listed = Listed::begin(options.people, options.seed, folder.path()).await?;
    let secret = SecretString::from(listed.webhook_secret());
    let relay = Relay::start(&listed.setup(&secret).at(options.relay.as_deref()), &cores).await?;
    listed.listed().await?;
    let events = options.people * options.events_each;
    live(&relay, &listed, events, options.seed).await?;
    relay.server.end().await?;
    // Without a Zoom nothing is learnt any more: positions stay what they are.
    let account = listed.account();
    let mut alone = Setup::alone(folder.path(), &secret).at(options.relay.as_deref());
    alone.account = &account;
    let relay = Relay::start(&alone, &cores).await?;
    let token = relay.session("person.0@example.com", "agent").await?;
    let (snapshot_bytes, snapshot_ms) = snapshot(&relay, &token).await?;
    let head = hello(&relay, &token, u64::MAX).await?.0["head"].as_u64().unwrap_or(0);
    let mut points = Vec::new();
    for (name, minutes) in AWAY {
        let missed = events as u64 * minutes / DAY;
        points.push(
            point(&relay, &token, (name, head.saturating_sub(missed)), (snapshot_bytes, snapshot_ms)).await?,
        );
    }
    relay.server.end().await?;
    listed.end().await;
    Ok(json!({
        "machine": machine,
        "cores": cores.told(),
        "people": options.people,
        "events_in_the_day": events,
        "head": head,
        "snapshot": { "bytes": snapshot_bytes, "ms": snapshot_ms },
        "away": points,
    }))
}

/// Takes in what happens in a day, as fast as it goes.
pub(crate) async fn live(relay: &Relay, listed: &Listed, events: usize, seed: u64) -> Result<(), Failure> {
    let mut left = events;
    while left > 0 {
        let count = left.min(BATCH);
        let draft = Draft {
            count,
            seed: seed ^ left as u64,
            account: listed.account(),
            ids: listed.people(),
            people: listed.people().len(),
            over: Some(TimeDelta::minutes(5)),
            own_person: false,
        };
        let made = Deliveries::signed_with(&draft, listed.webhook_secret(), Clock::system().now());
        let requests = Requests::to(WEBHOOK, &made, draft.seed).into();
        let load = Load { at: relay.at, requests, warm_up: 0, enough: usize::MAX, connections: CONNECTIONS };
        let driven = load.drive(|| {}).await?;
        if driven.taken() < count as u64 {
            return Err(Failure::Refused(driven.told().to_string()));
        }
        left -= count;
    }
    Ok(())
}

/// What the whole organisation is in bytes, and how long reading it takes, in milliseconds.
pub(crate) async fn snapshot(relay: &Relay, token: &str) -> Result<(usize, f64), Failure> {
    let begun = Stopwatch::start();
    let (status, body) =
        once(relay.at, &get("/v1/snapshot", token)).await.map_err(Failure::system("a snapshot"))?;
    let time = millis(begun.elapsed());
    if status == 200 {
        Ok((body.len(), time))
    } else {
        Err(Failure::Refused(format!("HTTP status {status}")))
    }
}

/// Comes back with a position; the first frame that is heard, and the desk with everything after it.
async fn hello(relay: &Relay, token: &str, since: u64) -> Result<(Value, Desk), Failure> {
    let plan = Plan {
        at: relay.at,
        desks: 1,
        path: format!("/v1/stream?since={since}"),
        heads: vec![Relay::head(token)],
        talk: Talk::Frames,
        origin: Stopwatch::start(),
    };
    let mut desk = Desk::open(&plan).await.map_err(Failure::system("a desk"))?;
    desk.hear(QUIET, ENOUGH).await.map_err(Failure::system("a desk"))?;
    let first = desk.messages.first().ok_or_else(|| Failure::Refused("no hello".to_owned()))?;
    Ok((decoded(&first.message)?, desk))
}

async fn point(
    relay: &Relay,
    token: &str,
    (away, since): (&str, u64),
    (snapshot_bytes, snapshot_ms): (usize, f64),
) -> Result<Value, Failure> {
    let (hello, desk) = hello(relay, token, since).await?;
    let (head, what) = (hello["head"].as_u64().unwrap_or(0), hello["resume"].as_str().unwrap_or("unsaid"));
    let (mut bytes, mut time) = (0, 0.0);
    for told in &desk.messages {
        (bytes, time) = (told.bytes, millis(told.after));
        let last = events(&decoded(&told.message)?).last().and_then(|event| event["seq"].as_u64());
        if last.is_some_and(|seq| seq >= head) {
            break;
        }
    }
    if what != "tail" {
        bytes += snapshot_bytes as u64;
        time += snapshot_ms;
    }
    let part = |bytes: u64| u32::try_from(bytes).map_or(f64::INFINITY, f64::from);
    let share = part(bytes) / part(snapshot_bytes as u64).max(1.0);
    Ok(json!({
        "away": away,
        "events_missed": head.saturating_sub(since),
        "resume": what,
        "bytes": bytes,
        "ms": (time * 1e3).round() / 1e3,
        "bytes_to_snapshot": (share * 1e4).round() / 1e4,
    }))
}
