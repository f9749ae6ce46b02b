//! How people stand now: what orders rows that fit equally well, and changes all day.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use arc_swap::{ArcSwap, Guard};
use chrono::{DateTime, Utc};

use super::{Slot, SlotSet};
use crate::{Freshness, PresenceState};

const CHUNK: usize = 1024;
/// The parts of a word, each from its lowest bit: what is higher decides first.
const NOT_FREE: u64 = 1 << 47;
const RANK: u32 = 43;
const AGE: u32 = 41;
const NOT_AT_WORK: u64 = 1 << 40;
const ANSWERED: u32 = 24;
const CALLED: u32 = 16;
/// The bits of each.
const PRESENCE: u64 = NOT_FREE | 0xF << RANK | 0b11 << AGE | NOT_AT_WORK;
const NEVER_ANSWERED: u64 = 0xFFFF << ANSWERED;
const MOST_CALLED: u64 = 0xFF << CALLED;

type Chunk = Arc<[AtomicU64]>;

/// How somebody stands, as far as time and reports change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stand {
    /// The presence that is shown.
    pub state: PresenceState,
    /// How far it can be believed.
    pub freshness: Freshness,
    /// Whether it is working time where they are.
    pub at_work: bool,
}

/// Presence, working time, and what calls tell: one word per slot.
///
/// The writer sets words in place (relaxed atomics: a word stands for itself), any number of searches
/// read them, and nobody waits. It grows by itself: chunks are added to a list behind an atomic pointer
/// and never move. Of somebody who was never set nothing is known: [`PresenceState::Unknown`], not at work,
/// never answered, not called.
///
/// The word is the sort key itself, and the smaller word goes first. From the highest bit on: not free (1 bit),
/// [`PresenceState::rank`] (4), [`Freshness`] (2), not at work (1), days since the epoch of the last call that
/// they answered, counted backwards (16), how often they were called today (8).
#[derive(Debug, Default)]
pub struct Standing {
    chunks: ArcSwap<Vec<Chunk>>,
}

/// The words at the moment of a question.
pub(super) struct Words(Guard<Arc<Vec<Chunk>>>);

impl Standing {
    /// Sets how the person stands now.
    pub fn set(&self, slot: Slot, stand: impl Into<Stand>) {
        let presence = presence(stand.into());
        self.change(slot, |word| word & !PRESENCE | presence);
    }

    /// Tells that the person answered a call of the agent at `at`; an earlier one than the last changes nothing.
    pub fn answered(&self, slot: Slot, at: DateTime<Utc>) {
        const SECONDS_OF_DAY: i64 = 86_400;
        let day = u16::try_from((at.timestamp() / SECONDS_OF_DAY).max(0)).unwrap_or(u16::MAX);
        let backwards = u64::from(u16::MAX - day) << ANSWERED;
        self.change(slot, |word| word & !NEVER_ANSWERED | backwards.min(word & NEVER_ANSWERED));
    }

    /// Sets how often the person was called today.
    pub fn called_today(&self, slot: Slot, times: usize) {
        let times = u64::from(u8::try_from(times).unwrap_or(u8::MAX)) << CALLED;
        self.change(slot, |word| word & !MOST_CALLED | times);
    }

    /// Whether the person is free now.
    pub fn is_free(&self, slot: Slot) -> bool {
        is_free(self.words().of(slot.0))
    }

    /// How many of these people are free now.
    pub fn free_among(&self, people: &SlotSet) -> usize {
        let words = self.words();
        people.iter().filter(|slot| is_free(words.of(slot.0))).count()
    }

    pub(super) fn words(&self) -> Words {
        Words(self.chunks.load())
    }

    fn change(&self, slot: Slot, change: impl Fn(u64) -> u64) {
        let (chunk, place) = (slot.index() / CHUNK, slot.index() % CHUNK);
        if self.chunks.load().len() <= chunk {
            self.grow(chunk + 1);
        }
        let chunks = self.chunks.load();
        let word = &chunks[chunk][place];
        let mut known = word.load(Ordering::Relaxed);
        while let Err(other) =
            word.compare_exchange_weak(known, change(known), Ordering::Relaxed, Ordering::Relaxed)
        {
            known = other;
        }
    }

    fn grow(&self, length: usize) {
        self.chunks.rcu(|chunks| {
            let mut longer = Vec::clone(chunks);
            while longer.len() < length {
                longer.push((0..CHUNK).map(|_| AtomicU64::new(UNHEARD)).collect());
            }
            longer
        });
    }
}

impl From<PresenceState> for Stand {
    /// Heard just now, in working time.
    fn from(state: PresenceState) -> Self {
        Self { state, freshness: Freshness::Fresh, at_work: true }
    }
}

impl Words {
    /// The sort key of a slot, of 48 bits; the smaller one goes first.
    pub(super) fn of(&self, slot: u32) -> u64 {
        let chunk = self.0.get(slot as usize / CHUNK);
        chunk.map_or(UNHEARD, |chunk| chunk[slot as usize % CHUNK].load(Ordering::Relaxed))
    }
}

/// Whether a word says that the person is free.
pub(super) const fn is_free(word: u64) -> bool {
    word & NOT_FREE == 0
}

/// Whether a word says that it is working time where the person is.
pub(super) const fn is_at_work(word: u64) -> bool {
    word & NOT_AT_WORK == 0
}

const UNHEARD: u64 = NEVER_ANSWERED
    | presence(Stand { state: PresenceState::Unknown, freshness: Freshness::Expired, at_work: false });

const fn presence(stand: Stand) -> u64 {
    let Stand { state, freshness, at_work } = stand;
    let age = match freshness {
        Freshness::Fresh => 0,
        Freshness::Old => 1,
        Freshness::Expired => 2,
    };
    (if state.is_free() { 0 } else { NOT_FREE })
        | (state.rank() as u64) << RANK
        | age << AGE
        | (if at_work { 0 } else { NOT_AT_WORK })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(day * 86_400, 0).unwrap()
    }

    fn stands(stand: impl Into<Stand>) -> u64 {
        let standing = Standing::default();
        standing.set(Slot(0), stand);
        standing.words().of(0)
    }

    #[test]
    fn the_parts_decide_in_their_order() {
        let free = Stand::from(PresenceState::Available);
        let [old, late] = [Stand { freshness: Freshness::Old, ..free }, Stand { at_work: false, ..free }];

        let order = [stands(free), stands(late), stands(old), stands(PresenceState::Mobile)];

        assert!(order.is_sorted_by(|one, other| one < other), "{order:x?}");
        assert!(stands(PresenceState::Mobile) < stands(PresenceState::Away));
        assert!(stands(PresenceState::Offline) < 1 << 48);
        assert!(is_free(stands(old)) && !is_free(stands(PresenceState::Away)));
        assert!(is_at_work(stands(old)) && !is_at_work(stands(late)));
    }

    #[test]
    fn who_answered_goes_first_and_who_was_called_most_today_last() {
        let standing = Standing::default();
        for slot in 0..4 {
            standing.set(Slot(slot), PresenceState::Available);
        }
        standing.answered(Slot(0), day(100));
        standing.answered(Slot(0), day(50));
        standing.answered(Slot(1), day(99));
        standing.called_today(Slot(0), 300);
        standing.called_today(Slot(3), 1);

        let order = [0, 1, 2, 3].map(|slot| standing.words().of(slot));

        assert!(order.is_sorted_by(|one, other| one < other), "{order:x?}");
    }

    #[test]
    fn a_new_presence_keeps_what_calls_told() {
        let standing = Standing::default();
        standing.answered(Slot(0), day(100));
        standing.answered(Slot(1), day(99));
        standing.called_today(Slot(1), 7);

        for slot in [Slot(0), Slot(1)] {
            standing.set(slot, PresenceState::Away);
        }

        assert!(standing.words().of(0) < standing.words().of(1));
        assert_eq!(standing.words().of(1) >> CALLED & 0xFF, 7);
    }

    #[test]
    fn of_whom_nothing_was_heard_nothing_is_believed() {
        let words = Standing::default().words();

        assert!(!is_free(words.of(7)) && !is_at_work(words.of(7)));
        assert!(stands(PresenceState::Away) < words.of(7) && words.of(7) < stands(PresenceState::Busy));
    }

    #[test]
    fn searches_read_while_the_writer_makes_it_longer() {
        let standing = Standing::default();
        let last = Slot(20 * 1024);

        std::thread::scope(|threads| {
            let reader = threads.spawn(|| {
                while !is_free(standing.words().of(last.0)) {
                    std::hint::spin_loop();
                }
            });
            for slot in (0..=last.0).map(Slot) {
                standing.set(slot, PresenceState::Mobile);
            }
            reader.join().unwrap();
        });

        assert!((0..=last.0).all(|slot| is_free(standing.words().of(slot))));
    }
}
