//! The index: what is built once and updated. How it is asked: `super::ask`.

use std::{borrow::Cow, fmt, panic::resume_unwind, sync::Arc, thread};

use super::{
    Field, Slot, Synonyms,
    column::Column,
    document::{self, Document},
    draft::Draft,
    fold::{first_letters, folded},
    merge::merge,
    segment::Segment,
    slot::narrow,
    tables::{self, OwnWords},
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
    pub(super) segments: Vec<Arc<Segment>>,
    pub(super) documents: Column<Document>,
    /// The first letters of each name, as a number that sorts like them; 0 for those not to be found.
    pub(super) names: Column<u64>,
    active: usize,
    /// The organisation's own words for the same.
    pub(super) words: Arc<OwnWords>,
}

/// How much memory an index takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Footprint {
    /// Everything that the index holds, in bytes; ids are shared with the records and not counted.
    pub index_bytes: usize,
    /// The texts under which people are found, in bytes; these are part of the above.
    pub text_bytes: usize,
}

/// What is new of a person: how the id begins, the id, and the record unless they are gone.
type News<'p> = (u64, &'p PersonId, Option<&'p Person>);

/// How many times as large as the next a segment must be.
const GROWTH: usize = 8;

impl Index {
    /// Builds an index of everybody who is active; each of `people` gets a slot. Of two records with one
    /// id the later one counts.
    ///
    /// Two threads read half of the people each; joining the halves is linear and reads no text.
    pub fn build<'a>(people: impl IntoIterator<Item = &'a Person>) -> Self {
        tables::read();
        let news = news(people.into_iter().map(|person| (&person.id, Some(person))));
        let (one, other) = news.split_at(news.len() / 2);
        let (one, other) = thread::scope(|scope| {
            let other = scope.spawn(|| Self::default().after(other));
            (Self::default().after(one), other.join().unwrap_or_else(|panic| resume_unwind(panic)))
        });
        one.and(other)
    }

    /// An index with these records in place of older ones, and without those who are `gone`. Somebody
    /// who is no longer active is not found any more, but keeps the slot.
    #[must_use]
    pub fn with<'a>(&self, changed: impl IntoIterator<Item = &'a Person>, gone: &'a [PersonId]) -> Self {
        let changed = changed.into_iter().map(|person| (&person.id, Some(person)));
        self.after(&news(changed.chain(gone.iter().map(|id| (id, None)))))
    }

    /// The same for an organisation that has these words of its own, and no others.
    #[must_use]
    pub fn speaking(&self, synonyms: &Synonyms) -> Self {
        Self { words: Arc::new(OwnWords::of(synonyms)), ..self.clone() }
    }

    fn after(&self, news: &[News<'_>]) -> Self {
        let mut next = self.clone();
        let mut draft = Draft::default();
        let mut texts = Vec::new();
        let mut any = false;
        for &(_, id, person) in news {
            any |= next.take(id, person, &mut texts, &mut draft);
        }
        if any {
            next.append(draft.finish());
        }
        next
    }

    /// One index of two that have nobody in common; the slots of the other come after these.
    fn and(mut self, other: Self) -> Self {
        let first = self.documents.len();
        self.documents.extend(other.documents);
        self.names.extend(other.names);
        self.active += other.active;
        for segment in other.segments {
            self.append(Arc::unwrap_or_clone(segment).moved(narrow(first)));
        }
        self
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
}

/// In order of the ids; of several records of one person the last one is kept.
fn news<'p>(records: impl Iterator<Item = (&'p PersonId, Option<&'p Person>)>) -> Vec<News<'p>> {
    let mut news: Vec<News<'p>> =
        records.map(|(id, person)| (first_letters(id.as_str()), id, person)).collect();
    // Stable, so that the last of equals is the last that was given.
    news.sort_by(|one, other| one.0.cmp(&other.0).then_with(|| one.1.cmp(other.1)));
    news.chunk_by(|one, other| one.1 == other.1).filter_map(<[_]>::last).copied().collect()
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
