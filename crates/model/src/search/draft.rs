//! A segment in the making.

use std::{borrow::Cow, ops::Range};

use foldhash::HashMap;

use super::{
    document::Field,
    fold::{Joins, Reading, first_letters},
    segment::{INITIALS, JOINED, Posting, Segment},
    slot::narrow,
    vocabulary::Vocabulary,
};
use crate::PersonId;

/// Collects people; [`Draft::finish`] puts the terms in order.
///
/// Terms get a number when they are first met; postings are put in order of their terms at the end by
/// counting, so nothing is sorted but the terms themselves. Texts that many people share (a department,
/// a skill) are read once.
#[derive(Default)]
pub(super) struct Draft<'p> {
    terms: HashMap<Box<str>, u32>,
    /// The posting that each term got last: a repeat within one person is dropped.
    last: Vec<Posting>,
    postings: Vec<(u32, Posting)>,
    shared: HashMap<(Field, &'p str), Range<usize>>,
    /// Terms of the shared texts, and at the end of the text that is being added, each with its place.
    found: Vec<(u32, u8)>,
    joined: String,
    reading: Reading,
    segment: Segment,
}

const NONE: Posting = Posting(u32::MAX);

impl<'p> Draft<'p> {
    /// Adds a person with the texts under which they are found; no texts for one who is not. People are
    /// added in order of their ids.
    pub(super) fn add(&mut self, id: &PersonId, slot: u32, texts: &[(Field, Cow<'p, str>)]) {
        self.segment.people.push((id.clone(), slot));
        for (field, text) in texts {
            if field.is_digits() {
                if let Ok(digits) = text.trim_start_matches('+').parse() {
                    self.segment.digits.push(slot, digits);
                }
                continue;
            }
            let read = self.found.len();
            let found = match text {
                Cow::Borrowed(text) if field.is_shared() => self.terms_of_shared(*field, text),
                text => self.terms_of(*field, text),
            };
            for place in found {
                let (term, place) = self.found[place];
                self.post(term, Posting::new(slot, place));
            }
            if !field.is_shared() {
                self.found.truncate(read);
            }
        }
    }

    /// Puts everything in order.
    pub(super) fn finish(self) -> Segment {
        let mut segment = self.segment;
        let keyed = |(text, number): (Box<str>, u32)| (first_letters(&text), text, number);
        let mut terms: Vec<_> = self.terms.into_iter().map(keyed).collect();
        terms.sort_unstable();
        let mut rank = vec![0; terms.len()];
        for (place, (_, text, number)) in terms.iter().enumerate() {
            rank[*number as usize] = place;
            segment.arena.push_str(text);
            segment.term_ends.push(narrow(segment.arena.len()));
        }
        let mut next = vec![0_u32; terms.len() + 1];
        for (number, _) in &self.postings {
            next[rank[*number as usize] + 1] += 1;
        }
        for place in 1..next.len() {
            next[place] += next[place - 1];
        }
        segment.arena.shrink_to_fit();
        segment.term_ends.shrink_to_fit();
        segment.posting_ends = next[1..].to_vec();
        segment.postings = vec![NONE; self.postings.len()];
        for (number, posting) in self.postings {
            let place = &mut next[rank[number as usize]];
            segment.postings[*place as usize] = posting;
            *place += 1;
        }
        segment.vocabulary = Vocabulary::of(&segment);
        segment
    }

    fn post(&mut self, term: u32, posting: Posting) {
        let last = &mut self.last[term as usize];
        if *last != posting {
            *last = posting;
            self.postings.push((term, posting));
        }
    }

    fn number(&mut self, term: &str) -> u32 {
        if let Some(&number) = self.terms.get(term) {
            return number;
        }
        let number = narrow(self.last.len());
        self.terms.insert(term.into(), number);
        self.last.push(NONE);
        number
    }

    /// Reads a text that others have too; tells where its terms are in `found`.
    fn terms_of_shared(&mut self, field: Field, text: &'p str) -> Range<usize> {
        if let Some(known) = self.shared.get(&(field, text)) {
            return known.clone();
        }
        let found = self.terms_of(field, text);
        self.shared.insert((field, text), found.clone());
        found
    }

    /// Reads a text; tells where its terms are in `found`.
    fn terms_of(&mut self, field: Field, text: &str) -> Range<usize> {
        let start = self.found.len();
        let mut reading = std::mem::take(&mut self.reading);
        let mut joined = std::mem::take(&mut self.joined);
        reading.read(field.searched(text));
        for term in reading.terms(field.joins()) {
            let number = if term.joined {
                joined.clear();
                joined.extend([JOINED, term.text]);
                self.number(&joined)
            } else {
                self.number(term.text)
            };
            self.found.push((number, field.place(&term)));
        }
        if field.joins() == Joins::Words {
            for (letters, term) in reading.initials() {
                joined.clear();
                joined.extend([INITIALS, &letters]);
                let number = self.number(&joined);
                self.found.push((number, field.place(&term)));
            }
        }
        self.reading = reading;
        self.joined = joined;
        start..self.found.len()
    }
}
