//! The relay's real server, with desks connected that receive everything it takes in.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time;

use super::Taken;
use crate::{
    cores::Cores,
    crowd::{Crowd, Heard, Plan, Talk},
    deliveries::Deliveries,
    failure::Failure,
    house,
    relay::{Relay, Setup, WEBHOOK, decoded, events},
    stopwatch::{Stopwatch, millis},
};

/// How long the desks may take to connect, and to hear the last event.
const PATIENCE: Duration = Duration::from_mins(1);
/// When the desks heard nothing for so long, they have heard everything.
const QUIET: Duration = Duration::from_millis(500);

/// What the relay made of its load.
#[derive(Debug)]
pub(super) struct Ours {
    taken: Taken,
    desks: usize,
    /// How many events the log has, by what desks heard.
    in_log: u64,
    /// How many desks heard the last of them.
    heard_last: usize,
    bytes_per_desk: u64,
    /// From the last answer to the last desk's last frame.
    behind_ms: f64,
}

/// Measures it.
pub(super) async fn measure(
    options: &super::Options,
    cores: &Cores,
    made: &Deliveries,
) -> Result<Ours, Failure> {
    let folder = house::folder()?;
    let setup = Setup::alone(folder.path(), &made.secrets.current).at(options.relay.as_deref());
    let relay = Relay::start(&setup, cores).await?;
    let origin = Stopwatch::start();
    let crowd = Crowd::gather(Plan {
        at: relay.at,
        desks: options.desks,
        path: "/v1/stream?since=0".to_owned(),
        heads: relay.admissions("agent", options.desks).await?,
        talk: Talk::Frames,
        origin,
    });
    let refused = crowd.here(PATIENCE).await?;
    if refused > 0 {
        return Err(Failure::Refused(format!("{refused} desks")));
    }
    let taken = Taken::by(&relay.server, options.load(relay.at, WEBHOOK, made)).await?;
    let answered = millis(origin.elapsed());
    let heard = heard_out(crowd).await?;
    relay.server.end().await?;
    Ours::new(taken, options.desks, &heard, answered)
}

/// Waits until the desks hear nothing more.
async fn heard_out(crowd: Crowd) -> Result<Heard, Failure> {
    let quiet = async {
        let mut bytes = crowd.bytes();
        loop {
            time::sleep(QUIET).await;
            let now = crowd.bytes();
            if now == bytes {
                return;
            }
            bytes = now;
        }
    };
    time::timeout(PATIENCE, quiet).await.map_err(|_| Failure::TooLate {
        what: "the last event at every desk",
        within_secs: PATIENCE.as_secs(),
    })?;
    crowd.leave().await
}

impl Ours {
    fn new(taken: Taken, desks: usize, heard: &Heard, answered_ms: f64) -> Result<Self, Failure> {
        let (mut in_log, mut heard_last, mut last_ms) = (0, 0, answered_ms);
        for message in &heard.messages {
            if let Some(seq) =
                events(&decoded(&message.bytes)?).last().and_then(|event| event["seq"].as_u64())
                && seq > in_log
            {
                (in_log, heard_last) = (seq, message.arrivals.len());
                last_ms = message.arrivals.iter().max().map_or(last_ms, |&micros| f64::from(micros) / 1e3);
            }
        }
        let bytes_per_desk = heard.bytes / desks.max(1) as u64;
        let behind_ms = (last_ms - answered_ms).max(0.0).round();
        Ok(Self { taken, desks, in_log, heard_last, bytes_per_desk, behind_ms })
    }

    /// What it took and what that cost.
    pub(super) const fn taken(&self) -> &Taken {
        &self.taken
    }

    /// The figures.
    pub(super) fn told(&self) -> Value {
        let mut told = self.taken.told();
        told["desks"] = json!({
            "connected": self.desks,
            "events_in_log": self.in_log,
            "heard_the_last": self.heard_last,
            "bytes_each": self.bytes_per_desk,
            "behind_ms": self.behind_ms,
        });
        told
    }
}
