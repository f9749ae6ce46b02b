//! The engine's patience.

use std::time::Duration;

/// How long the engine waits for what. Clocks of the wall are read through [`rollcall_model::Clock`]; these are pauses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// A relay that is silent for longer counts as gone (it sends a heartbeat every 15 s).
    pub silence: Duration,
    /// The pause before the first new try.
    pub first_pause: Duration,
    /// The same for a relay that has other desks, too: over so much time they come back to it.
    pub spread: Duration,
    /// The longest pause before a new try.
    pub longest_pause: Duration,
    /// The least time between two batches to the window.
    pub batch: Duration,
    /// How often it is looked whose presence has faded.
    pub fade: Duration,
    /// How long scrolling must rest before the relay is asked for those who are visible.
    pub rest: Duration,
    /// How long a call waits for news of a person whose presence is unknown.
    pub news: Duration,
    /// The least time between two counts of the groups.
    pub count: Duration,
    /// The pause before a disk that could not be written is tried again.
    pub disk: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            silence: Duration::from_secs(40),
            first_pause: Duration::from_millis(500),
            spread: Duration::from_secs(4),
            longest_pause: Duration::from_secs(30),
            batch: Duration::from_millis(50),
            fade: Duration::from_secs(15),
            rest: Duration::from_millis(150),
            news: Duration::from_secs(1),
            count: Duration::from_millis(200),
            disk: Duration::from_secs(5),
        }
    }
}
