//! Why somebody is in the answer: found again in the texts of the few people who are shown.

use super::{
    Field, Mark,
    document::Document,
    fold::{Reading, Term},
    word::Word,
};

/// A place where a word was found, and what that is worth.
struct Find {
    word: usize,
    gain: u8,
    mark: Mark,
}

/// What of `document` the words matched.
pub(super) fn marks(document: &Document, words: &[Word], reading: &mut Reading) -> Vec<Mark> {
    let mut finds = Vec::new();
    for (field, item, text) in document.texts() {
        if field.is_digits() {
            find_digits(words, field, item, text, &mut finds);
        } else {
            reading.read(field.searched(text));
            for term in reading.terms(field.joins_parts()) {
                find_term(words, field, item, &term, reading, &mut finds);
            }
        }
    }
    let best = |word| finds.iter().filter(|find: &&Find| find.word == word).map(|find| find.gain).max();
    let best: Vec<_> = (0..words.len()).map(best).collect();
    let mut marks: Vec<Mark> =
        finds.iter().filter(|find| Some(find.gain) == best[find.word]).map(|find| find.mark).collect();
    marks.sort_unstable();
    join_overlapping(marks)
}

fn find_digits(words: &[Word], field: Field, item: u16, text: &str, finds: &mut Vec<Find>) {
    for (word, patterns) in words.iter().map(|word| &word.numbers).enumerate() {
        for pattern in patterns {
            if let (Some(gain), Some((start, end))) = (pattern.gain_in(text), pattern.place_in(text)) {
                finds.push(Find { word, gain, mark: Mark { field, item, start, end } });
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
        for spelling in spellings.iter().filter(|spelling| term.text.starts_with(&spelling.text)) {
            let whole = term.text.len() == spelling.text.len();
            let gains = if whole { spelling.exact } else { spelling.prefix };
            let (start, end) = reading.place(term, spelling.text.len());
            finds.push(Find { word, gain: gains[field as usize], mark: Mark { field, item, start, end } });
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
