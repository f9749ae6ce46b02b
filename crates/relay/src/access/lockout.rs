//! Growing pauses for addresses that show wrong codes.
//!
//! A few slips are free. After that every wrong code doubles the pause until the next may be tried, up to a
//! quarter of an hour; an hour without a wrong one forgives all. The table is bounded: when it is full, the
//! address that was wrong longest ago is forgiven.

use std::{collections::HashMap, net::IpAddr};

use chrono::{DateTime, TimeDelta, Utc};

use super::address::Prefix;

/// How many wrong codes are free.
const FREE: u32 = 5;
const FIRST_PAUSE: TimeDelta = TimeDelta::seconds(1);
const LONGEST_PAUSE: TimeDelta = TimeDelta::minutes(15);
const FORGIVEN_AFTER: TimeDelta = TimeDelta::hours(1);
/// How many addresses are remembered.
const MOST: usize = 16_384;

/// Who showed wrong codes lately.
#[derive(Debug, Default)]
pub(super) struct Lockout {
    wrong: HashMap<Prefix, Wrong>,
}

#[derive(Clone, Copy, Debug)]
struct Wrong {
    times: u32,
    last: DateTime<Utc>,
}

impl Lockout {
    /// How long this address must wait before it may show a code.
    pub(super) fn pause(&self, address: IpAddr, now: DateTime<Utc>) -> Option<TimeDelta> {
        let wrong = self.wrong.get(&Prefix::of(address))?;
        let until = wrong.last + pause(wrong.times)?;
        (now < until).then(|| until - now)
    }

    /// This address showed a wrong code.
    pub(super) fn wrong(&mut self, address: IpAddr, now: DateTime<Utc>) {
        if self.wrong.len() >= MOST {
            self.make_room(now);
        }
        let entry = self.wrong.entry(Prefix::of(address)).or_insert(Wrong { times: 0, last: now });
        if now - entry.last > FORGIVEN_AFTER {
            entry.times = 0;
        }
        *entry = Wrong { times: entry.times.saturating_add(1), last: now };
    }

    /// This address showed a right code.
    pub(super) fn right(&mut self, address: IpAddr) {
        self.wrong.remove(&Prefix::of(address));
    }

    fn make_room(&mut self, now: DateTime<Utc>) {
        self.wrong.retain(|_, wrong| now - wrong.last <= FORGIVEN_AFTER);
        if self.wrong.len() >= MOST {
            let oldest = self.wrong.iter().min_by_key(|(_, wrong)| wrong.last).map(|(prefix, _)| *prefix);
            if let Some(oldest) = oldest {
                self.wrong.remove(&oldest);
            }
        }
    }
}

/// The pause after so many wrong codes.
fn pause(times: u32) -> Option<TimeDelta> {
    let doublings = times.checked_sub(FREE)?.min(16);
    let doubled = FIRST_PAUSE.checked_mul(1 << doublings).unwrap_or(LONGEST_PAUSE);
    Some(doubled.min(LONGEST_PAUSE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    fn address(number: u32) -> IpAddr {
        IpAddr::V4(number.into())
    }

    fn pauses(wrong: u32) -> Option<i64> {
        let mut lockout = Lockout::default();
        for _ in 0..wrong {
            lockout.wrong(address(1), at(0));
        }
        lockout.pause(address(1), at(0)).map(|pause| pause.num_seconds())
    }

    #[test]
    fn a_few_slips_are_free_and_then_every_pause_is_twice_the_last() {
        assert_eq!([0, 4, 5, 6, 7, 10].map(pauses), [None, None, Some(1), Some(2), Some(4), Some(32)]);
        assert_eq!(pauses(1_000), Some(15 * 60));
    }

    #[test]
    fn a_pause_ends_and_others_never_had_it() {
        let mut lockout = Lockout::default();
        for _ in 0..7 {
            lockout.wrong(address(1), at(0));
        }

        assert!(lockout.pause(address(1), at(3)).is_some());
        assert!(lockout.pause(address(1), at(4)).is_none());
        assert!(lockout.pause(address(2), at(0)).is_none());
    }

    #[test]
    fn a_right_code_or_an_hour_of_peace_forgives() {
        let mut lockout = Lockout::default();
        for number in [1, 2] {
            for _ in 0..20 {
                lockout.wrong(address(number), at(0));
            }
        }

        lockout.right(address(1));
        lockout.wrong(address(1), at(1));
        lockout.wrong(address(2), at(3_601));

        assert_eq!(lockout.pause(address(1), at(1)), None);
        assert_eq!(lockout.pause(address(2), at(3_601)), None);
    }

    #[test]
    fn the_table_is_bounded() {
        let mut lockout = Lockout::default();

        for number in 0..20_000 {
            lockout.wrong(address(number), at(i64::from(number) / 100));
        }

        assert_eq!(lockout.wrong.len(), MOST);
        assert!(lockout.wrong.contains_key(&Prefix::of(address(19_999))));
    }
}
