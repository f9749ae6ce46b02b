//! Asking the index.

use std::cmp::Ordering;

use super::{
    Answer, Hit, Index, Only, Question, Reason, Slot, SlotSet, Standing,
    asked::{Asked, Sieve},
    document::Document,
    fit,
    fold::Reading,
    marks::{marks, reasons},
    standing::{self, Words},
    top::Top,
    vocabulary::Wanted,
    word::Word,
};
use crate::PersonId;

/// A question whose words are known, and what everybody gains by them.
struct Rated {
    asked: Asked,
    /// The fit of everybody by slot, 0 for those who are not found; nothing when everybody is.
    fits: Option<Vec<u16>>,
}

impl Index {
    /// Answers a question: rows ranked by fit of the words in broad bands, then by `standing`, then by name and
    /// id. Words that nobody has are mended, and so are those of a filter that lets nobody pass.
    pub fn ask(&self, question: &Question, standing: &Standing) -> Answer {
        let standing = standing.words();
        let rated = self.rate(Asked::read(&question.text, &self.words), &standing);
        let (best, total) = self.best(question, &rated, &standing);
        let words = rated.asked.into_words();
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

    /// Everybody whom a question finds among some: whom [`Index::ask`] would count.
    pub fn matching(&self, text: &str, only: &Only, standing: &Standing) -> SlotSet {
        let standing = standing.words();
        let rated = self.rate(Asked::read(text, &self.words), &standing);
        let mut found = SlotSet::default();
        self.each(only, &standing, |slot| {
            if self.fit(&rated, slot).is_some() {
                found.insert(Slot(slot));
            }
        });
        found
    }

    /// Why a person is in the answer to a question: each word that was found, and where. Nothing for those who
    /// are not in it.
    pub fn why(&self, text: &str, standing: &Standing, person: &PersonId) -> Vec<Reason> {
        let rated = self.rate(Asked::read(text, &self.words), &standing.words());
        let slot = self.slot(person).filter(|slot| {
            let fits = rated.fits.as_ref();
            fits.is_some_and(|fits| fits[slot.index()] != 0)
        });
        let Some(document) = slot.and_then(|slot| self.documents.get(slot.index())) else {
            return Vec::new();
        };
        reasons(document, &rated.asked.into_words(), &mut Reading::default())
    }

    fn rate(&self, mut asked: Asked, standing: &Words) -> Rated {
        if asked.words.is_empty() && asked.filters.is_empty() {
            return Rated { asked, fits: None };
        }
        let mut fits = if asked.words.is_empty() {
            self.names.iter().map(|&name| if name == 0 { 0 } else { fit::UNASKED }).collect()
        } else {
            self.found(&mut asked.words, asked.open)
        };
        for filter in &mut asked.filters {
            self.sift(filter, standing, &mut fits);
        }
        Rated { asked, fits: Some(fits) }
    }

    /// The fit of everybody by words that must all be found, which are mended when nobody has them.
    fn found(&self, words: &mut Vec<Word>, open: bool) -> Vec<u16> {
        let mut fits = self.fits(words);
        if fits.iter().all(|&fit| fit == 0) {
            let plain = words.clone();
            for harder in fit::HARDER {
                words.clone_from(&plain);
                self.mend(words, open, harder);
                fits = self.fits(words);
                if fits.iter().any(|&fit| fit > 0) {
                    break;
                }
            }
        }
        fits
    }

    /// Leaves only those who pass.
    fn sift(&self, filter: &mut Sieve, standing: &Words, fits: &mut [u16]) {
        let key = filter.key;
        let passed = if filter.words.is_empty() {
            None
        } else if key.places() == 0 {
            Some(self.fits(&filter.words))
        } else {
            Some(self.found(&mut filter.words, true))
        };
        let slots = 0..Slot::at(fits.len()).0;
        for (slot, fit) in slots.zip(fits).filter(|(_, fit)| **fit != 0) {
            let by_words = passed.as_ref().map_or(0, |passed| passed[slot as usize]);
            if by_words != 0 {
                *fit = fit::sifted(*fit, by_words);
            } else if !key.admits(standing.of(slot)) {
                *fit = 0;
            }
        }
    }

    /// The slots of the best rows, best first, and how many there are in all.
    fn best(&self, question: &Question, rated: &Rated, standing: &Words) -> (Vec<u32>, usize) {
        let mut top =
            Top::new(question.skip.saturating_add(question.limit), |one, other| self.by_name(one, other));
        let mut total = 0;
        self.each(&question.only, standing, |slot| {
            let Some(fit) = self.fit(rated, slot) else { return };
            total += 1;
            top.offer(slot, u64::from(u16::MAX - fit) << 48 | standing.of(slot), || self.name(slot));
        });
        (top.best(), total)
    }

    /// How well somebody fits; nothing for those who are not found. Where nothing is asked everybody fits alike.
    fn fit(&self, rated: &Rated, slot: u32) -> Option<u16> {
        match &rated.fits {
            None => (self.name(slot) != 0).then_some(u16::MAX),
            Some(fits) => Some(fits[slot as usize]).filter(|&fit| fit != 0),
        }
    }

    /// Adds to each word what it may be meant for.
    fn mend(&self, words: &mut [Word], open: bool, harder: u8) {
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
        let name = |slot| document(slot).map(|document: &Document| (document.sort_name(), &document.id));
        name(one).cmp(&name(other))
    }
}
