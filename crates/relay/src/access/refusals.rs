//! How many refusals a minute are written into the trail: somebody who knocks from ten thousand addresses must not
//! fill the disk.

use chrono::{DateTime, TimeDelta, Utc};

/// How many refusals of one minute are written down.
const A_MINUTE: u32 = 120;

/// The refusals of the present minute.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    since: Option<DateTime<Utc>>,
    count: u32,
}

impl Refusals {
    /// Whether one more may be written down.
    pub(super) fn have_room(&mut self, now: DateTime<Utc>) -> bool {
        let same_minute = self.since.is_some_and(|since| (now - since).abs() < TimeDelta::minutes(1));
        if !same_minute {
            *self = Self { since: Some(now), count: 0 };
        }
        self.count = self.count.saturating_add(1);
        self.count <= A_MINUTE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_written_down_in_part_and_the_next_minute_anew() {
        let mut refusals = Refusals::default();
        let (start, later) = (DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH + TimeDelta::minutes(1));

        let written = (0..10_000).filter(|_| refusals.have_room(start)).count();

        assert_eq!(written, 120);
        assert!(refusals.have_room(later));
    }
}
