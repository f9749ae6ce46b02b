//! Two segments become one.

use std::cmp::Ordering;

use super::{
    segment::{Posting, Segment},
    slot::{Slot, SlotSet, narrow},
    vocabulary::{NOWHERE, Vocabulary},
};
use crate::PersonId;

/// Joins a segment with a younger one that overrules it. Linear in the size of both.
pub(super) fn merge(elder: &Segment, younger: &Segment) -> Segment {
    let overruled: SlotSet = younger.people.iter().map(|&(_, slot)| Slot(slot)).collect();
    let mut merged = Segment { people: people(&elder.people, &younger.people), ..Segment::default() };
    merged.arena.reserve(elder.arena.len() + younger.arena.len());
    merged.postings.reserve(elder.postings.len() + younger.postings.len());
    let (mut old, mut new) = (0, 0);
    let mut places = [vec![NOWHERE; elder.terms()], vec![NOWHERE; younger.terms()]];
    while old < elder.terms() || new < younger.terms() {
        let order = next(elder, old, younger, new);
        let term = if order == Ordering::Greater { younger.term(new) } else { elder.term(old) };
        let before = merged.postings.len();
        let place = narrow(merged.terms());
        let here = (order != Ordering::Greater).then_some(old);
        let there = (order != Ordering::Less).then_some(new);
        if order != Ordering::Greater {
            let kept = |posting: &&Posting| !overruled.contains(Slot(posting.slot()));
            merged.postings.extend(elder.postings_of(old..old + 1).iter().filter(kept));
            old += 1;
        }
        if order != Ordering::Less {
            merged.postings.extend(younger.postings_of(new..new + 1));
            new += 1;
        }
        if merged.postings.len() > before {
            merged.arena.push_str(term);
            merged.term_ends.push(narrow(merged.arena.len()));
            merged.posting_ends.push(narrow(merged.postings.len()));
            if let Some(old) = here {
                places[0][old] = place;
            }
            if let Some(new) = there {
                places[1][new] = place;
            }
        }
    }
    let kept = elder.digits.iter().filter(|&(slot, _)| !overruled.contains(Slot(slot)));
    for (slot, number) in kept.chain(younger.digits.iter()) {
        merged.digits.push_packed(slot, number);
    }
    merged.vocabulary =
        Vocabulary::merged([(&elder.vocabulary, &places[0]), (&younger.vocabulary, &places[1])]);
    merged
}

/// Which of the two terms comes first; one that has run out comes last.
fn next(elder: &Segment, old: usize, younger: &Segment, new: usize) -> Ordering {
    match (old < elder.terms(), new < younger.terms()) {
        (true, true) => elder.term(old).cmp(younger.term(new)),
        (true, false) => Ordering::Less,
        (false, _) => Ordering::Greater,
    }
}

/// Both lists in one, by id, each person once: a person has the same slot in both.
fn people(elder: &[(PersonId, u32)], younger: &[(PersonId, u32)]) -> Vec<(PersonId, u32)> {
    let mut all = Vec::with_capacity(elder.len() + younger.len());
    let (mut old, mut new) = (elder.iter().peekable(), younger.iter().peekable());
    while let (Some(one), Some(other)) = (old.peek(), new.peek()) {
        let order = one.0.cmp(&other.0);
        if order == Ordering::Equal {
            old.next();
        }
        all.extend(if order == Ordering::Less { old.next() } else { new.next() }.cloned());
    }
    all.extend(old.chain(new).cloned());
    all
}
