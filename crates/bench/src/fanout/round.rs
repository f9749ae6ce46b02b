//! What came of publishing to many desks.

use std::{collections::HashMap, time::Duration};

use serde_json::{Value, json};

use super::{float, publish::Publisher, rounded, said::Piece, stage::Played};

/// The figures of one server.
#[derive(Debug)]
pub(super) struct Round {
    desks: usize,
    /// Memory of a desk at rest, in KiB.
    pub(super) idle_kib: Option<f64>,
    events: usize,
    /// Events times the desks that heard them.
    delivered: usize,
    frames: usize,
    bytes: u64,
    closed: usize,
    time: Duration,
    cpu: f64,
    /// From publishing to hearing, in microseconds, sorted.
    latencies: Vec<u32>,
}

impl Round {
    /// Puts the figures together; `events_of` tells when the events of a message were published.
    pub(super) fn new(
        (desks, idle_kib, events): (usize, Option<f64>, usize),
        played: &Played,
        mut events_of: impl FnMut(&[u8]) -> Vec<u32>,
    ) -> Self {
        let mut latencies = Vec::new();
        let begun = u32::try_from(played.begun.as_micros()).unwrap_or(u32::MAX);
        let mut last = begun;
        for message in &played.heard.messages {
            last = last.max(message.arrivals.iter().copied().max().unwrap_or(0));
            for published in events_of(&message.bytes) {
                latencies.extend(message.arrivals.iter().map(|at| at.saturating_sub(published)));
            }
        }
        latencies.sort_unstable();
        Self {
            desks,
            idle_kib,
            events,
            delivered: latencies.len(),
            frames: played.heard.count(),
            bytes: played.heard.bytes,
            closed: played.heard.closed,
            time: Duration::from_micros(u64::from(last - begun)),
            cpu: played.cpu,
            latencies,
        }
    }

    /// The figures of pieces that were played as they are, the first tenth as the warm-up.
    pub(super) fn of_pieces(desks: (usize, Option<f64>), pieces: &[Piece], played: &Played) -> Self {
        let pieces = &pieces[Publisher::warm_up_of(pieces.len())..];
        let known: HashMap<&[u8], (u32, usize)> = pieces
            .iter()
            .zip(&played.published)
            .map(|(piece, &at)| (piece.bytes.as_slice(), (at, piece.events)))
            .collect();
        let events = pieces.iter().map(|piece| piece.events).sum();
        Self::new((desks.0, desks.1, events), played, |message| {
            known.get(message).map_or_else(Vec::new, |&(at, events)| vec![at; events])
        })
    }

    /// Seconds of one processor for a million delivered events.
    pub(super) fn cpu_s_per_million(&self) -> f64 {
        self.cpu / float(self.delivered.max(1)) * 1e6
    }

    /// Within which time so many of 100 deliveries were made, in milliseconds.
    pub(super) fn latency(&self, percent: usize) -> f64 {
        let rank = (self.latencies.len() * percent).div_ceil(100).max(1);
        self.latencies.get(rank - 1).map_or(0.0, |&micros| f64::from(micros) / 1e3)
    }

    /// The figures in words.
    pub(super) fn told(&self) -> Value {
        let seconds = self.time.as_secs_f64();
        let desks = float(self.desks.max(1));
        json!({
            "deliveries_per_second": (float(self.delivered) / seconds).round(),
            "delivered_share": rounded(float(self.delivered) / (float(self.events) * desks)),
            "p50_ms": self.latency(50),
            "p99_ms": self.latency(99),
            "max_ms": self.latency(100),
            "cpu_s_per_million": rounded(self.cpu_s_per_million()),
            "server_busy": rounded(self.cpu / seconds),
            "idle_kib_per_desk": self.idle_kib,
            "bytes_per_desk_per_second": (float(usize::try_from(self.bytes).unwrap_or(0) / 1_000) * 1e3 / desks / seconds).round(),
            "messages_per_desk_per_second": rounded(float(self.frames) / desks / seconds),
            "closed_by_server": self.closed,
        })
    }
}
