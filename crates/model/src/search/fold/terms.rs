//! The terms of a text: its words, and runs of words that can be looked up as one.

use super::{Form, Part, Reading};

/// A form under which a word, or a run of words, can be looked up.
#[derive(Clone, Copy, Debug)]
pub(in crate::search) struct Term<'r> {
    pub(in crate::search) text: &'r str,
    /// Whether it is several words of a text written as one: [`Joins::Words`].
    pub(in crate::search) joined: bool,
    /// Its first and last word in the text, and how many words that has.
    pub(in crate::search) words: (usize, usize, usize),
    pub(super) form: Form,
    pub(super) first: usize,
}

/// Which runs of parts are terms, beside the parts themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::search) enum Joins {
    /// All of them: `rolando_b` is also one term.
    Whole,
    /// Those of one chunk, and those over the short words before a surname: `oneil`, `delafuente`.
    Parts,
    /// Up to five neighbouring words.
    Words,
}

/// In chunks of more parts than this, single parts and the whole are terms, but no other runs.
const MOST_RUNS: usize = 4;
/// As many words are joined at most.
const MOST_JOINED: usize = 5;
/// A word before a surname (`van`, `de`, `mac`) has at most so many letters.
const SHORT: usize = 3;
/// Words that are left out of initials.
const SMALL_WORDS: [&str; 5] = ["of", "and", "the", "for", "to"];

impl Term<'_> {
    /// Whether it is all of the text.
    pub(in crate::search) const fn is_whole(&self) -> bool {
        self.words.0 == 0 && self.words.1 + 1 == self.words.2
    }

    /// Whether words stand before it.
    pub(in crate::search) const fn is_later(&self) -> bool {
        self.words.0 > 0
    }

    /// Whether it is the second of two words.
    pub(in crate::search) const fn is_second(&self) -> bool {
        self.words.0 == 1 && self.words.2 == 2
    }
}

impl Reading {
    /// Every form under which something of the text is looked up.
    pub(in crate::search) fn terms(&self, joins: Joins) -> impl Iterator<Item = Term<'_>> {
        let run = move |form| {
            move |(from, to): (usize, usize)| {
                let joined = joins == Joins::Words && from < to;
                let term = self.term(self.parts[from], self.parts[to], form);
                Term { joined, words: (from, to, self.parts.len()), ..term }
            }
        };
        let folded = self.runs(self.parts.len(), joins).map(run(Form::Folded));
        let spelt = if self.has_spelt { self.parts.len() } else { 0 };
        let spelt = self.runs(spelt, joins).map(run(Form::Spelt));
        let native = if self.native.is_empty() { 0 } else { self.parts.len() };
        let native = (0..native).map(|from| (from, self.last_of_chunk(from))).map(run(Form::Native));
        folded.chain(spelt).chain(native).filter(|term| !term.text.is_empty())
    }

    /// The first letters of the words from each word on, with what they stand for: `sre`.
    pub(in crate::search) fn initials(&self) -> impl Iterator<Item = (String, Term<'_>)> {
        let count = self.parts.len();
        (0..count.saturating_sub(1)).map(move |from| {
            let words = self.parts[from..].iter().map(|&part| self.term(part, part, Form::Folded).text);
            let telling = words.filter(|word| !SMALL_WORDS.contains(word));
            let letters = telling.filter_map(|word| word.chars().next()).take(MOST_JOINED).collect();
            let run = self.term(self.parts[from], self.parts[count - 1], Form::Folded);
            (letters, Term { joined: true, words: (from, count - 1, count), ..run })
        })
    }

    /// First and last part of every run of parts that is a term.
    fn runs(&self, parts: usize, joins: Joins) -> impl Iterator<Item = (usize, usize)> + '_ {
        (0..parts).flat_map(move |from| {
            let last = match joins {
                Joins::Whole => from,
                Joins::Words => parts.min(from + MOST_JOINED) - 1,
                Joins::Parts => self.last_joined(from),
            };
            let whole = match joins {
                Joins::Whole => (from == 0 && parts > 1).then(|| parts - 1),
                Joins::Parts if self.is_long_chunk(from) && self.starts_chunk(from) => {
                    Some(self.last_of_chunk(from))
                }
                Joins::Parts | Joins::Words => None,
            };
            (from..=last).chain(whole).map(move |to| (from, to))
        })
    }

    /// The last part to which a run of [`Joins::Parts`] from `from` goes.
    fn last_joined(&self, from: usize) -> usize {
        let is_short = |part: &Part| {
            let letters = self.term(*part, *part, Form::Folded).text;
            letters.len() <= SHORT && letters.bytes().all(|letter| letter.is_ascii_lowercase())
        };
        let goes_on = |to: &usize| {
            let (before, part) = (&self.parts[*to - 1], &self.parts[*to]);
            if before.chunk == part.chunk { !self.is_long_chunk(*to) } else { is_short(before) }
        };
        let most = self.parts.len().min(from + MOST_RUNS);
        (from + 1..most).take_while(goes_on).last().unwrap_or(from)
    }

    fn is_long_chunk(&self, part: usize) -> bool {
        let chunk = self.parts[part].chunk;
        self.parts.iter().filter(|part| part.chunk == chunk).count() > MOST_RUNS
    }

    fn starts_chunk(&self, part: usize) -> bool {
        part == 0 || self.parts[part - 1].chunk != self.parts[part].chunk
    }

    fn last_of_chunk(&self, from: usize) -> usize {
        let chunk = self.parts[from].chunk;
        from + self.parts[from..].iter().take_while(|part| part.chunk == chunk).count() - 1
    }
}
