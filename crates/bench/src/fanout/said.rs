//! What the relay's desks heard, to be played to others.

use std::time::Duration;

use serde_json::Value;

use super::{Options, deliveries, float};
use crate::{
    failure::Failure,
    relay::{decoded, events},
};

/// How many frames the relay sends in a second while events come.
const FRAMES: usize = 20;
/// How hard made-up frames are compressed.
const LEVEL: i32 = 3;

/// Something to be published, and how many events it tells of.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) bytes: Vec<u8>,
    pub(super) events: usize,
}

/// Frames and events, in order.
pub(super) struct Said {
    /// The frames as they came.
    pub(super) frames: Vec<Piece>,
    /// Each event for itself.
    pub(super) each: Vec<Piece>,
    /// How far apart the events are.
    pub(super) pace: Duration,
}

impl Said {
    /// What these messages say.
    pub(super) fn of<'a>(messages: impl Iterator<Item = &'a [u8]>, pace: Duration) -> Result<Self, Failure> {
        let mut said = Self { frames: Vec::new(), each: Vec::new(), pace };
        for message in messages {
            let frame = decoded(message)?;
            let own = events(&frame);
            if !own.is_empty() {
                said.frames.push(Piece { bytes: message.to_vec(), events: own.len() });
            }
            said.each.extend(own.iter().map(event));
        }
        Ok(said)
    }

    /// What a relay might have said: Zoom's own bodies, a tick's worth in a frame.
    pub(super) fn made_up(options: &Options) -> Self {
        let made = deliveries(options);
        let text = |piece: &Piece| String::from_utf8_lossy(&piece.bytes).into_owned();
        let each: Vec<Piece> =
            made.all.iter().map(|one| Piece { bytes: one.body.to_vec(), events: 1 }).collect();
        let frames = each.chunks((options.rate as usize / FRAMES).max(1)).map(|tick| {
            let frame = format!("[{}]", tick.iter().map(text).collect::<Vec<_>>().join(","));
            // Memory takes everything.
            let bytes = zstd::stream::encode_all(frame.as_bytes(), LEVEL).unwrap_or_default();
            Piece { bytes, events: tick.len() }
        });
        Self { frames: frames.collect(), each, pace: Duration::from_secs(1) / options.rate }
    }

    /// On average.
    pub(super) fn events_per_frame(&self) -> f64 {
        let events: usize = self.frames.iter().map(|frame| frame.events).sum();
        float(events) / float(self.frames.len().max(1))
    }

    /// On average.
    pub(super) fn bytes_per_frame(&self) -> usize {
        self.frames.iter().map(|frame| frame.bytes.len()).sum::<usize>() / self.frames.len().max(1)
    }
}

fn event(event: &Value) -> Piece {
    Piece { bytes: event.to_string().into_bytes(), events: 1 }
}
