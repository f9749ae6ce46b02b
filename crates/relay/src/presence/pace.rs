//! How fast a repair comes on, and so how long its rest takes.

use chrono::{DateTime, TimeDelta, Utc};
use rollcall_wire::relay::Repair;

use crate::repair::Gap;

/// Before so much of a repair was seen nothing is told of the rest: the first answers come in bursts.
const SEEN: TimeDelta = TimeDelta::seconds(3);

/// Where the repair of the last gap began.
#[derive(Debug, Default)]
pub(super) struct Pace(Option<Start>);

#[derive(Debug)]
struct Start {
    gap: Option<Gap>,
    at: DateTime<Utc>,
    done: u64,
}

impl Pace {
    /// A repair as it is told at `now`: with how long the gap was, and how long the rest takes when it goes on as
    /// it has since it began.
    pub(super) fn tell(&mut self, now: DateTime<Utc>, gap: Option<Gap>, repair: Repair) -> Repair {
        if self.0.as_ref().is_none_or(|start| start.gap != gap || repair.done < start.done) {
            self.0 = Some(Start { gap, at: now, done: repair.done });
        }
        let left_secs = self.0.as_ref().and_then(|start| start.left(now, &repair));
        Repair { away_secs: gap.and_then(|gap| gap.seconds()), left_secs, ..repair }
    }
}

impl Start {
    /// In whole seconds, rounded up.
    fn left(&self, now: DateTime<Utc>, repair: &Repair) -> Option<u64> {
        let (took, done) = (now - self.at, repair.done - self.done);
        if took < SEEN || done == 0 {
            return None;
        }
        let millis = u128::try_from(took.num_milliseconds()).ok()?;
        let left = u128::from(repair.of.saturating_sub(repair.done)) * millis / u128::from(done);
        u64::try_from(left.div_ceil(1_000)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_000_000 + seconds, 0).unwrap()
    }

    fn done(done: u64) -> Repair {
        Repair { done, of: 1_000, ..Repair::default() }
    }

    #[test]
    fn the_rest_takes_as_long_as_it_did_until_now() {
        let gap = Some(Gap { begin: Some(at(-90)), end: at(0) });
        let mut pace = Pace::default();

        let told = [(0, 100), (1, 120), (10, 200), (20, 300)].map(|(now, count)| {
            let Repair { away_secs, left_secs, .. } = pace.tell(at(now), gap, done(count));
            (away_secs, left_secs)
        });

        assert_eq!(told, [(Some(90), None), (Some(90), None), (Some(90), Some(80)), (Some(90), Some(70))]);
    }

    #[test]
    fn another_gap_begins_anew() {
        let mut pace = Pace::default();
        let gap = |end| Some(Gap { begin: None, end: at(end) });
        pace.tell(at(0), gap(0), done(0));
        pace.tell(at(10), gap(0), done(500));

        let told = pace.tell(at(20), gap(20), done(0));

        assert_eq!((told.away_secs, told.left_secs), (None, None));
        assert_eq!(pace.tell(at(30), gap(20), done(500)).left_secs, Some(10));
    }

    #[test]
    fn while_nobody_answers_nothing_is_told_of_the_rest() {
        let mut pace = Pace::default();
        pace.tell(at(0), None, done(7));

        assert_eq!(pace.tell(at(60), None, done(7)).left_secs, None);
    }
}
