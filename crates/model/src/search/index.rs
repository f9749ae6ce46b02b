//! The index: what is built once, updated, and asked.

use std::{borrow::Cow, cmp::Ordering, fmt, sync::Arc};

use super::{
    Answer, Field, Hit, Only, Question, Slot, Standing,
    column::Column,
    document::{self, Document},
    draft::Draft,
    fit,
    fold::{Reading, first_letters, folded},
    marks::marks,
    merge::merge,
    segment::Segment,
    standing::{self, Words},
    tables,
    top::Top,
    vocabulary::Wanted,
    word::{self, Word},
};
use crate::{Person, PersonId};

/// An immutable index of people by their words.
///
/// It is a short list of segments, each at least eight times as large as the next. A change is a new small
/// segment at the end, which is merged into its elder while that is smaller than the rule asks; merging is
/// linear and needs no reading of texts. At 100,000 people one change takes 0.04 ms at the median and 0.2 ms
/// at the 99th percentile; after some thousand changes one of them takes a few milliseconds, and once 12,500
/// different people have changed one change writes everything anew (25 ms). Over all, a change costs about
/// eight copies of a person's postings for each segment. A cloned index shares everything.
#[derive(Clone, Default)]
pub struct Index {
    /// Oldest and largest first; a younger one overrules its elders.
    segments: Vec<Arc<Segment>>,
    documents: Column<Document>,
    /// The first letters of each name, as a number that sorts like them; 0 for those not to be found.
    names: Column<u64>,
    active: usize,
}

/// How much memory an index takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Footprint {
    /// Everything that the index holds, in bytes; ids are shared with the records and not counted.
    pub index_bytes: usize,
    /// The texts under which people are found, in bytes; these are part of the above.
    pub text_bytes: usize,
}

/// How many times as large as the next a segment must be.
const GROWTH: usize = 8;

impl Index {
    /// Builds an index of everybody who is active; each of `people` gets a slot. Of two records with one
    /// id the later one counts.
    pub fn build<'a>(people: impl IntoIterator<Item = &'a Person>) -> Self {
        tables::read();
        Self::default().with(people, &[])
    }

    /// An index with these records in place of older ones, and without those who are `gone`. Somebody
    /// who is no longer active is not found any more, but keeps the slot.
    #[must_use]
    pub fn with<'a>(&self, changed: impl IntoIterator<Item = &'a Person>, gone: &'a [PersonId]) -> Self {
        let keyed = |id: &'a PersonId, person| (first_letters(id.as_str()), id, person);
        let changed = changed.into_iter().map(|person| keyed(&person.id, Some(person)));
        let mut news: Vec<_> = changed.chain(gone.iter().map(|id| keyed(id, None))).collect();
        // Stable: of several records of one person the last one is kept.
        news.sort_by(|one, other| one.0.cmp(&other.0).then_with(|| one.1.cmp(other.1)));
        let last_of_each = news.chunk_by(|one, other| one.1 == other.1).filter_map(<[_]>::last);
        let mut next = self.clone();
        let mut draft = Draft::default();
        let mut texts = Vec::new();
        let mut any = false;
        for &(_, id, person) in last_of_each {
            any |= next.take(id, person, &mut texts, &mut draft);
        }
        if any {
            next.append(draft.finish());
        }
        next
    }

    /// Where a person stands; nothing for one who was never given to the index.
    pub fn slot(&self, id: &PersonId) -> Option<Slot> {
        self.segments.iter().rev().find_map(|segment| segment.slot(id)).map(Slot)
    }

    /// Whose slot it is; nothing for a slot that no person has.
    pub fn person(&self, slot: Slot) -> Option<&PersonId> {
        self.documents.get(slot.index()).map(|document| &document.id)
    }

    /// Everybody who was ever given to the index, by slot.
    pub fn people(&self) -> impl Iterator<Item = (Slot, &PersonId)> {
        self.documents.iter().enumerate().map(|(place, document)| (Slot::at(place), &document.id))
    }

    /// How many people can be found.
    pub const fn len(&self) -> usize {
        self.active
    }

    /// Whether nobody can be found.
    pub const fn is_empty(&self) -> bool {
        self.active == 0
    }

    /// How much memory it takes.
    pub fn footprint(&self) -> Footprint {
        let text_bytes = self.documents.iter().map(Document::bytes).sum();
        let segments: usize = self.segments.iter().map(|segment| segment.bytes()).sum();
        let columns = self.documents.len() * (size_of::<Document>() + size_of::<u64>());
        // Each text lies in an allocation of its own with two counters.
        let counters = self.active * 2 * size_of::<usize>();
        Footprint { index_bytes: text_bytes + segments + columns + counters, text_bytes }
    }

    /// Answers a question: rows ranked by fit of the words in broad bands, then by `standing` (free
    /// first, then recently called), then by name and id.
    pub fn ask(&self, question: &Question, standing: &Standing) -> Answer {
        let mut words = word::words(&question.text);
        let standing = standing.words();
        let (mut best, mut total) = self.best(question, &words, &standing);
        let plain = words.clone();
        for harder in fit::HARDER {
            if total == 0 && !plain.is_empty() {
                words.clone_from(&plain);
                self.mend(question, harder, &mut words);
                (best, total) = self.best(question, &words, &standing);
            }
        }
        let mut reading = Reading::default();
        let best = best.into_iter().skip(question.skip);
        let best = best.filter_map(|slot| Some((slot, self.documents.get(slot as usize)?)));
        let hits = best.map(|(slot, document)| Hit {
            person: document.id.clone(),
            slot: Slot(slot),
            marks: marks(document, &words, &mut reading),
        });
        Answer { hits: hits.collect(), total }
    }

    /// The slots of the best rows, best first, and how many there are in all.
    fn best(&self, question: &Question, words: &[Word], standing: &Words) -> (Vec<u32>, usize) {
        let fits = if words.is_empty() { None } else { Some(self.fits(words)) };
        let mut top =
            Top::new(question.skip.saturating_add(question.limit), |one, other| self.by_name(one, other));
        let mut total = 0;
        self.each(&question.only, standing, |slot| {
            let fit = match &fits {
                None if self.name(slot) == 0 => return,
                None => 0,
                Some(fits) if fits[slot as usize] == 0 => return,
                Some(fits) => u64::from(u16::MAX - fits[slot as usize]),
            };
            total += 1;
            top.offer(slot, fit << 48 | standing.of(slot), || self.name(slot));
        });
        (top.best(), total)
    }

    /// Adds to each word what it may be meant for.
    fn mend(&self, question: &Question, harder: u8, words: &mut [Word]) {
        let open = !question.text.ends_with(char::is_whitespace);
        let last = words.len().saturating_sub(1);
        for (nth, word) in words.iter_mut().enumerate().filter(|(_, word)| !word.optional) {
            let wanted = Wanted { typed: &word.text, open: open && nth == last, harder };
            let mut meant = Vec::new();
            for segment in &self.segments {
                segment.vocabulary.meant(segment, &wanted, &mut meant);
            }
            word.mend(meant);
        }
    }

    /// Takes in what is now known of one person; tells whether that changes what is found.
    fn take<'p>(
        &mut self,
        id: &'p PersonId,
        person: Option<&'p Person>,
        texts: &mut Vec<(Field, Cow<'p, str>)>,
        draft: &mut Draft<'p>,
    ) -> bool {
        let slot = self.slot(id);
        texts.clear();
        if let Some(person) = person.filter(|person| person.is_active()) {
            document::texts_of(person, texts);
        }
        let packed = (!texts.is_empty()).then(|| document::pack(texts));
        let known = slot.and_then(|slot| self.documents.get(slot.index()));
        match known {
            Some(known) if known.texts == packed => return false,
            None if person.is_none() => return false,
            _ => {}
        }
        self.active -= usize::from(known.is_some_and(|known| known.texts.is_some()));
        self.active += usize::from(packed.is_some());
        let slot = slot.unwrap_or_else(|| Slot::at(self.documents.len()));
        draft.add(id, slot.0, texts);
        let name = if packed.is_some() {
            texts.first().map_or(1, |(_, name)| first_letters(&folded(name)).max(1))
        } else {
            0
        };
        self.names.set(slot.index(), name);
        self.documents.set(slot.index(), Document { id: id.clone(), texts: packed });
        true
    }

    /// Adds a segment, merged into its elders as far as the rule of [`Index`] asks.
    fn append(&mut self, mut segment: Segment) {
        while let Some(elder) =
            self.segments.pop_if(|elder| elder.people.len() < GROWTH * segment.people.len())
        {
            segment = merge(&elder, &segment);
        }
        self.segments.push(Arc::new(segment));
    }

    /// The fit of everybody, by slot; 0 for those who lack a word.
    fn fits(&self, words: &[Word]) -> Vec<u16> {
        let mut fits = vec![fit::UNASKED; self.documents.len()];
        let mut gains = vec![0_u8; self.documents.len()];
        for word in words {
            for (age, segment) in self.segments.iter().enumerate() {
                if age > 0 {
                    segment.silence(&mut gains);
                }
                segment.rate(word, &mut gains);
            }
            let both = fits.iter_mut().zip(&gains);
            if word.optional {
                both.for_each(|(fit, gain)| *fit = fit::joined_if_found(*fit, *gain));
            } else {
                both.for_each(|(fit, gain)| *fit = fit::joined(*fit, *gain));
            }
            gains.fill(0);
        }
        fits
    }

    fn each(&self, only: &Only, standing: &Words, mut visit: impl FnMut(u32)) {
        let slots = 0..Slot::at(self.documents.len()).0;
        match only {
            Only::Everyone => slots.for_each(visit),
            Only::Free => slots.filter(|&slot| standing::is_free(standing.of(slot))).for_each(visit),
            Only::These(these) => {
                let here = these.iter().take_while(|slot| slot.0 < slots.end);
                here.for_each(|slot| visit(slot.0));
            }
        }
    }

    fn name(&self, slot: u32) -> u64 {
        self.names.get(slot as usize).copied().unwrap_or_default()
    }

    fn by_name(&self, one: u32, other: u32) -> Ordering {
        let document = |slot: u32| self.documents.get(slot as usize);
        let name = |slot| document(slot).map(|document| (document.sort_name(), &document.id));
        name(one).cmp(&name(other))
    }
}

impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let segments: Vec<usize> = self.segments.iter().map(|segment| segment.people.len()).collect();
        f.debug_struct("Index")
            .field("active", &self.active)
            .field("segments", &segments)
            .finish_non_exhaustive()
    }
}
