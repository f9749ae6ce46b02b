//! The words of a segment as a misspelt word is compared with them.
//!
//! Two ways lead to the words that somebody may have meant. The letters of each word are bits of one
//! number, so a walk over these numbers drops nearly all words that are more than a slip or two away
//! before a letter is compared. And words that sound alike have the same key ([`super::sound`]), which is
//! looked up. Both are over different words, not over people.

use super::{document::Field, segment::Segment, slip, slot::narrow, sound};

/// Words of plain letters that stand elsewhere than in an address.
#[derive(Clone, Debug, Default)]
pub(super) struct Vocabulary {
    /// Which terms of the segment they are, each with its letters.
    words: Vec<(u32, Letters)>,
    /// Keys of their sounds, in order, each with the term.
    sounds: Vec<(u32, u32)>,
}

/// Which letters a word has (26 bits) and how many letters (6 bits).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Letters(u32);

/// A word that may be meant, and what it costs to believe so.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Meant {
    pub(super) cost: u8,
    pub(super) term: String,
}

/// A word that was typed and may be misspelt.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'q> {
    pub(super) typed: &'q str,
    /// Whether it may be the beginning of a word: nothing was typed after it.
    pub(super) open: bool,
    /// How much more than [`slip::bound`] it may cost.
    pub(super) harder: u8,
}

/// Shorter words are not mended: nearly everything is one slip away from them.
const SHORTEST: usize = 3;
/// The place of a term that is in the merged segment no more.
pub(super) const NOWHERE: u32 = u32::MAX;

impl Vocabulary {
    /// The vocabulary of a segment whose terms and postings are in place.
    pub(super) fn of(segment: &Segment) -> Self {
        let mut vocabulary = Self::default();
        for place in 0..segment.terms() {
            let term = segment.term(place);
            let Some(letters) = Letters::of(term).filter(|_| term.len() >= 2) else { continue };
            let mut postings = segment.postings_of(place..place + 1).iter();
            if postings.all(|posting| posting.place() == Field::Email as usize) {
                continue;
            }
            let place = narrow(place);
            vocabulary.words.push((place, letters));
            vocabulary.sounds.extend(sound::keys(term).into_iter().map(|key| (key, place)));
        }
        vocabulary.sounds.sort_unstable();
        vocabulary.sounds.dedup();
        vocabulary.words.shrink_to_fit();
        vocabulary.sounds.shrink_to_fit();
        vocabulary
    }

    /// One vocabulary of two, given where the terms of each went.
    pub(super) fn merged(both: [(&Self, &Vec<u32>); 2]) -> Self {
        let mut merged = Self::default();
        for (one, places) in both {
            let place = |term: u32| places.get(term as usize).copied().filter(|&place| place != NOWHERE);
            merged
                .words
                .extend(one.words.iter().filter_map(|&(term, letters)| Some((place(term)?, letters))));
            merged.sounds.extend(one.sounds.iter().filter_map(|&(key, term)| Some((key, place(term)?))));
        }
        // A stable sort is linear for two lists that are sorted already.
        merged.words.sort_by_key(|&(term, _)| term);
        merged.words.dedup();
        merged.sounds.sort_by_key(|&(key, _)| key);
        merged.sounds.dedup();
        merged
    }

    /// The words of `segment` that may be meant.
    pub(super) fn meant(&self, segment: &Segment, wanted: &Wanted<'_>, into: &mut Vec<Meant>) {
        let Wanted { typed, open, harder } = *wanted;
        let is_word = |letters: &Letters| typed.len() >= SHORTEST && letters.different() > 1;
        let Some(letters) = Letters::of(typed).filter(is_word) else { return };
        let bound = slip::bound(typed.len()) + if typed.len() > SHORTEST { harder } else { 0 };
        let slips = u32::from(bound) / 10;
        for &(term, other) in &self.words {
            if letters.may_be(other, slips) || open && letters.may_begin(other) {
                let term = segment.term(term as usize);
                let whole = slip::cost(typed, term).filter(|&cost| cost <= bound);
                let beginning = || open.then(|| slip::cost_of_beginning(typed, term)).flatten();
                if let Some(cost) = whole.or_else(beginning) {
                    into.push(Meant { cost, term: term.to_owned() });
                }
            }
        }
        self.alike(segment, typed, into);
    }

    /// The words of `segment` that sound like `typed`.
    fn alike(&self, segment: &Segment, typed: &str, into: &mut Vec<Meant>) {
        for key in sound::keys(typed) {
            let start = self.sounds.partition_point(|&(other, _)| other < key);
            let alike = self.sounds[start..].iter().take_while(|&&(other, _)| other == key);
            for &(_, term) in alike {
                let term = segment.term(term as usize);
                into.extend(sound::cost(typed, term).map(|cost| Meant { cost, term: term.to_owned() }));
            }
        }
    }

    pub(super) fn bytes(&self) -> usize {
        8 * (self.words.len() + self.sounds.len())
    }
}

impl Letters {
    const BITS: u32 = (1 << 26) - 1;

    /// Nothing for a word with anything but plain letters.
    fn of(word: &str) -> Option<Self> {
        let mut bits = 0;
        for letter in word.bytes() {
            if !letter.is_ascii_lowercase() {
                return None;
            }
            bits |= 1 << (letter - b'a');
        }
        Some(Self(bits | narrow(word.len().min(63)) << 26))
    }

    /// How many different letters it has: `qqqq` is no word.
    const fn different(self) -> u32 {
        (self.0 & Self::BITS).count_ones()
    }

    const fn count(self) -> u32 {
        self.0 >> 26
    }

    /// Whether so many slips may lead from one word to the other: each takes one letter away and brings
    /// one in at most.
    const fn may_be(self, other: Self, slips: u32) -> bool {
        let (mine, others) = (self.0 & Self::BITS, other.0 & Self::BITS);
        self.count().abs_diff(other.count()) <= slips
            && (mine & !others).count_ones() <= slips
            && (others & !mine).count_ones() <= slips
    }

    /// Whether this may be the beginning of the other, with one slip.
    const fn may_begin(self, other: Self) -> bool {
        self.count() >= 4
            && other.count() >= self.count()
            && (self.0 & Self::BITS & !other.0).count_ones() <= 1
    }
}
