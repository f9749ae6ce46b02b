//! Terms and who has them, for a part of the people.

use std::ops::Range;

use super::{
    digits::Digits,
    fit::{self, Gains},
    vocabulary::Vocabulary,
    word::Word,
};
use crate::PersonId;

/// Sorted terms in one arena, their postings in one array in the same order.
///
/// A segment speaks for its `people`, whole: whatever an older segment says about them is out of date.
/// Somebody with no posting here is somebody who is not to be found any more.
#[derive(Clone, Debug, Default)]
pub(super) struct Segment {
    pub(super) arena: String,
    /// Where each term ends in the arena.
    pub(super) term_ends: Vec<u32>,
    /// Where the postings of each term end.
    pub(super) posting_ends: Vec<u32>,
    pub(super) postings: Vec<Posting>,
    pub(super) digits: Digits,
    /// What a misspelt word is compared with.
    pub(super) vocabulary: Vocabulary,
    /// Whom it speaks for, by id.
    pub(super) people: Vec<(PersonId, u32)>,
}

/// Stands before several words that are one term, so that the beginning of a word never meets them.
pub(super) const JOINED: &str = "=";
/// Stands before the first letters of several words.
pub(super) const INITIALS: &str = "&";

/// A slot and a place at which it has the term ([`super::Field::place`]): 28 bits and 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Posting(pub(super) u32);

impl Posting {
    pub(super) const fn new(slot: u32, place: u8) -> Self {
        Self(slot << 4 | place as u32)
    }

    pub(super) const fn slot(self) -> u32 {
        self.0 >> 4
    }

    pub(super) const fn place(self) -> usize {
        (self.0 & 15) as usize
    }
}

impl Segment {
    pub(super) fn terms(&self) -> usize {
        self.term_ends.len()
    }

    pub(super) fn term(&self, place: usize) -> &str {
        &self.arena[start_of(&self.term_ends, place)..self.term_ends[place] as usize]
    }

    pub(super) fn postings_of(&self, terms: Range<usize>) -> &[Posting] {
        &self.postings[start_of(&self.posting_ends, terms.start)..start_of(&self.posting_ends, terms.end)]
    }

    /// The slot of a person for whom this segment speaks.
    pub(super) fn slot(&self, id: &PersonId) -> Option<u32> {
        let place = self.people.binary_search_by(|(known, _)| known.cmp(id)).ok()?;
        Some(self.people[place].1)
    }

    /// The same with each slot moved by as much.
    pub(super) fn moved(mut self, by: u32) -> Self {
        for posting in &mut self.postings {
            posting.0 += by << 4;
        }
        for (_, slot) in &mut self.people {
            *slot += by;
        }
        self.digits.moved(by);
        self
    }

    /// Takes back what older segments said about the people of this one.
    pub(super) fn silence(&self, gains: &mut [u8]) {
        for (_, slot) in &self.people {
            gains[*slot as usize] = 0;
        }
    }

    /// Raises each person's gain to the best way in which they have the word.
    pub(super) fn rate(&self, word: &Word, gains: &mut [u8]) {
        for spelling in &word.spellings {
            let (exact, longer) = self.reach(&spelling.text);
            raise(gains, self.postings_of(exact), &word.gains(spelling.exact));
            if let Some(prefix) = spelling.prefix {
                self.rate_longer(longer, word, &word.gains(prefix), gains);
            }
        }
        for pattern in &word.numbers {
            self.digits.rate(pattern, gains);
        }
    }

    /// Raises those who have a term that goes on after the word; less where it is that of a longer word.
    fn rate_longer(&self, terms: Range<usize>, word: &Word, prefix: &Gains, gains: &mut [u8]) {
        let mut start = terms.start;
        let mut echoes: Vec<Range<usize>> = word.longer.iter().map(|longer| self.begins(longer)).collect();
        echoes.sort_unstable_by_key(|echo| echo.start);
        for echo in echoes.iter().filter(|echo| !echo.is_empty()) {
            if echo.start >= start && echo.end <= terms.end {
                raise(gains, self.postings_of(start..echo.start), prefix);
                raise(gains, self.postings_of(echo.clone()), &word.gains(&fit::ECHO));
                start = echo.end;
            }
        }
        raise(gains, self.postings_of(start..terms.end), prefix);
    }

    /// The terms that begin with the text.
    fn begins(&self, text: &str) -> Range<usize> {
        let (exact, longer) = self.reach(text);
        exact.start..longer.end
    }

    /// Its size in memory, without the ids, which it shares with the records.
    pub(super) fn bytes(&self) -> usize {
        self.arena.len()
            + 4 * (self.term_ends.len() + self.posting_ends.len() + self.postings.len())
            + self.digits.bytes()
            + self.vocabulary.bytes()
            + size_of_val(self.people.as_slice())
    }

    /// The term that is `prefix`, and the terms that begin with it and go on.
    fn reach(&self, prefix: &str) -> (Range<usize>, Range<usize>) {
        let first = self.first_term(0, |term| term < prefix);
        let end = self.first_term(first, |term| term.starts_with(prefix));
        let whole = usize::from(first < end && self.term(first) == prefix);
        (first..first + whole, first + whole..end)
    }

    /// The first term from `from` on that is not `before`.
    fn first_term(&self, from: usize, before: impl Fn(&str) -> bool) -> usize {
        let (mut low, mut high) = (from, self.terms());
        while low < high {
            let middle = low.midpoint(high);
            if before(self.term(middle)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }
}

fn raise(gains: &mut [u8], postings: &[Posting], by_place: &Gains) {
    for posting in postings {
        let gain = &mut gains[posting.slot() as usize];
        *gain = (*gain).max(by_place[posting.place()]);
    }
}

fn start_of(ends: &[u32], place: usize) -> usize {
    place.checked_sub(1).map_or(0, |before| ends[before] as usize)
}
