//! How people stand now: what orders rows that fit equally well, and changes all day.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use arc_swap::{ArcSwap, Guard};
use chrono::{DateTime, Utc};

use super::Slot;
use crate::PresenceState;

const CHUNK: usize = 1024;
const NEVER_CALLED: u64 = u32::MAX as u64;
const NOT_FREE: u64 = 1 << 40;

type Chunk = Arc<[AtomicU64]>;

/// Presence and the agent's last call to each person: one word per slot.
///
/// The writer sets words in place (relaxed atomics: a word stands for itself), any number of searches
/// read them, and nobody waits. It grows by itself: chunks are added to a list behind an atomic pointer
/// and never move. Of somebody who was never set nothing is known: [`PresenceState::Unknown`], never
/// called.
///
/// The word is the sort key itself: not free (1 bit), [`PresenceState::rank`] (8), seconds since the
/// epoch of the last call counted backwards (32). The smaller word goes first.
#[derive(Debug, Default)]
pub struct Standing {
    chunks: ArcSwap<Vec<Chunk>>,
}

/// The words at the moment of a question.
pub(super) struct Words(Guard<Arc<Vec<Chunk>>>);

impl Standing {
    /// Sets the presence by which the person is ranked.
    pub fn set(&self, slot: Slot, state: PresenceState) {
        self.change(slot, |word| word & NEVER_CALLED | presence(state));
    }

    /// Tells that the agent called the person at `at`; an earlier call than the last known one changes
    /// nothing.
    pub fn called(&self, slot: Slot, at: DateTime<Utc>) {
        let seconds = u32::try_from(at.timestamp().max(0)).unwrap_or(u32::MAX);
        let backwards = u64::from(u32::MAX - seconds);
        self.change(slot, |word| word & !NEVER_CALLED | backwards.min(word & NEVER_CALLED));
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

impl Words {
    /// The sort key of a slot; the smaller one goes first.
    pub(super) fn of(&self, slot: u32) -> u64 {
        let chunk = self.0.get(slot as usize / CHUNK);
        chunk.map_or(UNHEARD, |chunk| chunk[slot as usize % CHUNK].load(Ordering::Relaxed))
    }
}

/// Whether a word says that the person is free.
pub(super) const fn is_free(word: u64) -> bool {
    word & NOT_FREE == 0
}

const UNHEARD: u64 = presence(PresenceState::Unknown) | NEVER_CALLED;

const fn presence(state: PresenceState) -> u64 {
    (if state.is_free() { 0 } else { NOT_FREE }) | (state.rank() as u64) << 32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn the_free_go_before_the_busy_and_the_recently_called_before_others() {
        let standing = Standing::default();
        standing.set(Slot(5000), PresenceState::Available);
        standing.set(Slot(1), PresenceState::Available);
        standing.set(Slot(2), PresenceState::Busy);
        standing.called(Slot(1), at(100));
        standing.called(Slot(1), at(50));
        standing.called(Slot(2), at(900));

        let words = standing.words();

        assert!(words.of(1) < words.of(5000));
        assert!(words.of(5000) < words.of(7));
        assert!(words.of(7) < words.of(2));
        assert!(is_free(words.of(1)) && !is_free(words.of(7)));
    }

    #[test]
    fn a_new_presence_keeps_the_last_call() {
        let standing = Standing::default();
        standing.called(Slot(0), at(100));
        standing.called(Slot(1), at(99));

        for slot in [Slot(0), Slot(1)] {
            standing.set(slot, PresenceState::Away);
        }

        assert!(standing.words().of(0) < standing.words().of(1));
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
