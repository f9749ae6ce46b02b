//! All servers with one number of desks, and how they compare.

use serde_json::{Value, json};

use super::{Options, missing, nats, nchan, ours, ready, round::Round, rounded, said::Said};
use crate::{
    cores::Cores,
    failure::Failure,
    limit::{Limit, Mark, limits},
};

/// What the relay may cost, as a multiple of the limit.
const OF_READY: f64 = 1.3;
/// 99 of 100 deliveries, in milliseconds, where there are at most so many desks.
const P99_MS: (f64, usize) = (100.0, 5_000);
/// Memory of a desk at rest, in KiB.
const IDLE_KIB: f64 = 20.0;

/// Each event a message, and in the relay's frames.
type Twice = Result<(Round, Round), Failure>;

/// What was measured with one number of desks.
pub(super) struct Size {
    desks: usize,
    relay: Result<Round, Failure>,
    said: Said,
    ready: Result<Round, Failure>,
    nchan: Option<Twice>,
    nats: Option<Twice>,
}

impl Size {
    /// Measures one after the other; what cannot be measured says why. Without a relay the others get
    /// made-up frames.
    pub(super) async fn measure(options: &Options, cores: &Cores, desks: usize) -> Self {
        let (relay, said) = match ours::measure(options, cores, desks).await {
            Ok((round, said)) => (Ok(round), said),
            Err(failure) => (Err(failure), Said::made_up(options)),
        };
        let ready = ready::measure(cores, desks, &said.frames).await;
        let (mut nchan, mut nats) = (None, None);
        if !options.without_peers {
            nchan = Some(nchan::measure(cores, desks, &said).await);
            nats = Some(nats::measure(cores, desks, &said).await);
        }
        Self { desks, relay, said, ready, nchan, nats }
    }

    /// The figures.
    pub(super) fn told(&self) -> Value {
        json!({
            "desks": self.desks,
            "events_per_frame": rounded(self.said.events_per_frame()),
            "bytes_per_frame": self.said.bytes_per_frame(),
            "relay": self.relay.as_ref().map_or_else(missing, Round::told),
            "ready": self.ready.as_ref().map_or_else(missing, Round::told),
            "nchan": self.nchan.as_ref().map(|peer| self.twice(peer)),
            "nats": self.nats.as_ref().map(|peer| self.twice(peer)),
            "cpu_to_ready": self.cpu_to(self.ready.as_ref().ok()),
            "limits": limits(&self.marks()),
        })
    }

    fn twice(&self, peer: &Twice) -> Value {
        peer.as_ref().map_or_else(missing, |(each, gathered)| {
            json!({
                "each_event": each.told(),
                "in_frames": gathered.told(),
                "relay_cpu_to_each_event": self.cpu_to(Some(each)),
                "relay_cpu_to_in_frames": self.cpu_to(Some(gathered)),
            })
        })
    }

    fn marks(&self) -> [Limit; 7] {
        let relay = self.relay.as_ref().ok();
        let p99 = relay.filter(|_| self.desks <= P99_MS.1).map(|round| round.latency(99));
        let below = |figure, peer: &Option<Twice>, pick: fn(&(Round, Round)) -> &Round| {
            let peer = peer.as_ref().and_then(|peer| peer.as_ref().ok()).map(pick);
            Limit { figure, mark: Mark::Below(1.0), measured: self.cpu_to(peer) }
        };
        let to_ready = self.cpu_to(self.ready.as_ref().ok());
        let idle = relay.and_then(|round| round.idle_kib);
        [
            Limit { figure: "cpu_to_ready", mark: Mark::Below(OF_READY), measured: to_ready },
            below("nchan.relay_cpu_to_each_event", &self.nchan, |twice| &twice.0),
            below("nchan.relay_cpu_to_in_frames", &self.nchan, |twice| &twice.1),
            below("nats.relay_cpu_to_each_event", &self.nats, |twice| &twice.0),
            below("nats.relay_cpu_to_in_frames", &self.nats, |twice| &twice.1),
            Limit { figure: "relay.p99_ms", mark: Mark::Below(P99_MS.0), measured: p99 },
            Limit { figure: "relay.idle_kib_per_desk", mark: Mark::Below(IDLE_KIB), measured: idle },
        ]
    }

    /// What a million delivered events cost the relay in processor time, as a multiple of another's.
    fn cpu_to(&self, other: Option<&Round>) -> Option<f64> {
        let (relay, other) = (self.relay.as_ref().ok()?, other?);
        Some(rounded(relay.cpu_s_per_million() / other.cpu_s_per_million()))
    }
}
