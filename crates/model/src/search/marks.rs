//! Why somebody is in the answer: found again in the texts of the few people who are shown.

use super::{
    Field, How, Mark, Reason,
    document::Document,
    fit,
    fold::{Joins, Reading, Term},
    segment::{INITIALS, JOINED},
    word::Word,
};

/// A place where a word was found, and what that is worth.
struct Find {
    word: usize,
    gain: u8,
    how: How,
    mark: Mark,
}

/// What of `document` the words matched.
pub(super) fn marks(document: &Document, words: &[Word], reading: &mut Reading) -> Vec<Mark> {
    let finds = finds(document, words, reading);
    let best = |word| finds.iter().filter(|find| find.word == word).map(|find| find.gain).max();
    let best: Vec<_> = (0..words.len()).map(best).collect();
    let mut marks: Vec<Mark> =
        finds.iter().filter(|find| Some(find.gain) == best[find.word]).map(|find| find.mark).collect();
    marks.sort_unstable();
    join_overlapping(marks)
}

/// Where each of the words was found best, in the order of the words; the first of equals.
pub(super) fn reasons(document: &Document, words: &[Word], reading: &mut Reading) -> Vec<Reason> {
    let mut finds = finds(document, words, reading);
    // Stable: of equals the one in the first text stays first.
    finds.sort_by_key(|find| (find.word, u8::MAX - find.gain));
    finds.dedup_by_key(|find| find.word);
    let text_of =
        |mark: &Mark| document.texts().find(|&(field, item, _)| (field, item) == (mark.field, mark.item));
    let reason = |find: Find| {
        let (field, _, text) = text_of(&find.mark)?;
        let word = words[find.word].typed().to_owned();
        Some(Reason { word, how: find.how, field, text: text.to_owned() })
    };
    finds.into_iter().filter_map(reason).collect()
}

fn finds(document: &Document, words: &[Word], reading: &mut Reading) -> Vec<Find> {
    let mut finds = Vec::new();
    for (field, item, text) in document.texts() {
        if field.is_digits() {
            find_digits(words, field, item, text, &mut finds);
        } else {
            reading.read(field.searched(text));
            for term in reading.terms(field.joins()) {
                find_term(words, field, item, &term, reading, &mut finds);
            }
            if field.joins() == Joins::Words {
                find_initials(words, field, item, reading, &mut finds);
            }
        }
    }
    finds
}

fn find_digits(words: &[Word], field: Field, item: u16, text: &str, finds: &mut Vec<Find>) {
    for (word, patterns) in words.iter().map(|word| &word.numbers).enumerate() {
        for pattern in patterns {
            if let (Some(gain), Some((start, end))) = (pattern.gain_in(text), pattern.place_in(text)) {
                finds.push(Find { word, gain, how: How::Digits, mark: Mark { field, item, start, end } });
            }
        }
    }
}

fn find_term(
    words: &[Word],
    field: Field,
    item: u16,
    term: &Term<'_>,
    reading: &Reading,
    finds: &mut Vec<Find>,
) {
    for (word, spellings) in words.iter().map(|word| &word.spellings).enumerate() {
        for spelling in spellings {
            let text = if term.joined { spelling.text.strip_prefix(JOINED) } else { Some(&*spelling.text) };
            let Some(text) = text.filter(|text| term.text.starts_with(text)) else { continue };
            let whole = term.text.len() == text.len();
            let echo = words[word].longer.iter().any(|longer| term.text.starts_with(longer));
            let prefix = spelling.prefix.map(|prefix| if echo { &fit::ECHO } else { prefix });
            let gains = if whole { Some(spelling.exact) } else { prefix };
            let gain = gains.map_or(0, |gains| words[word].gains(gains)[field.place(term) as usize]);
            if gain > 0 {
                let (start, end) = reading.place(term, text.len());
                let how = if whole || spelling.how != How::AsTyped { spelling.how } else { How::Beginning };
                finds.push(Find { word, gain, how, mark: Mark { field, item, start, end } });
            }
        }
    }
}

fn find_initials(words: &[Word], field: Field, item: u16, reading: &Reading, finds: &mut Vec<Find>) {
    for (letters, term) in reading.initials() {
        for (word, spellings) in words.iter().map(|word| &word.spellings).enumerate() {
            let is_meant = |text: &str| text.strip_prefix(INITIALS) == Some(&*letters);
            for spelling in spellings.iter().filter(|spelling| is_meant(&spelling.text)) {
                let gain = words[word].gains(spelling.exact)[field.place(&term) as usize];
                if gain == 0 {
                    continue;
                }
                let (start, end) = reading.place(&term, term.text.len());
                finds.push(Find { word, gain, how: spelling.how, mark: Mark { field, item, start, end } });
            }
        }
    }
}

fn join_overlapping(sorted: Vec<Mark>) -> Vec<Mark> {
    let mut joined: Vec<Mark> = Vec::with_capacity(sorted.len());
    for mark in sorted {
        match joined.last_mut() {
            Some(last) if (last.field, last.item) == (mark.field, mark.item) && mark.start < last.end => {
                last.end = last.end.max(mark.end);
            }
            _ => joined.push(mark),
        }
    }
    joined
}
