//! Other words for the words of a question: forms of names, synonyms, and neighbours that are one phrase.

use std::ops::Range;

use super::{
    How,
    fit::{self, Gains},
    segment::{INITIALS, JOINED},
    tables::{NAMES, OwnWords},
    word::Word,
};

/// Neighbouring words of a question that are one thing, with its names.
struct Piece {
    words: Range<usize>,
    /// As it was typed, written as one word; then its synonyms.
    names: Vec<String>,
}

/// A phrase has at most so many words.
const LONGEST: usize = 4;
/// Of a piece so many names are tried beside its neighbours.
const MOST_NAMES: usize = 8;
/// Of a shorter synonym the beginning tells nothing.
const TELLING: usize = 6;

/// Adds to each word what else it may be called.
pub(super) fn widen(words: &mut [Word], own: &OwnWords) {
    words.iter_mut().for_each(name_forms);
    let pieces = pieces(words, own);
    for piece in &pieces {
        let typed = joined_word(&piece.names[0]);
        if piece.words.len() > 1 {
            give(words, &piece.words, How::AsTyped, &piece.names[0], &fit::PHRASE, None);
            give(words, &piece.words, How::AsTyped, &typed, &fit::PHRASE, None);
        } else if piece.names[0].len() > 1 {
            // Two words that were written as one, or the first letters of several.
            give(words, &piece.words, How::AsTyped, &typed, &fit::SYNONYM, None);
            let letters = format!("{INITIALS}{}", piece.names[0]);
            give(words, &piece.words, How::Initials, &letters, &fit::FIRST_LETTERS, None);
        }
        for name in &piece.names[1..] {
            let prefix = (name.len() >= TELLING).then_some(&fit::SYNONYM_PREFIX);
            give(words, &piece.words, How::OtherWord, name, &fit::SYNONYM, prefix);
            give(words, &piece.words, How::OtherWord, &joined_word(name), &fit::SYNONYM_PHRASE, None);
        }
    }
    for pair in pieces.windows(2) {
        neighbours(words, &pair[0], &pair[1]);
    }
    for three in pieces.windows(3).filter(|three| three.iter().all(|piece| piece.words.len() == 1)) {
        let text = format!("{}{}{}", three[0].names[0], three[1].names[0], three[2].names[0]);
        let range = three[0].words.start..three[2].words.end;
        give(words, &range, How::AsTyped, &joined_word(&text), &fit::PHRASE, None);
    }
}

/// Two pieces that stand side by side in a text as well.
fn neighbours(words: &mut [Word], one: &Piece, other: &Piece) {
    let range = one.words.start..other.words.end;
    for (nth, name) in one.names.iter().take(MOST_NAMES).enumerate() {
        for (other_nth, other_name) in other.names.iter().take(MOST_NAMES).enumerate() {
            let text = format!("{name}{other_name}");
            let typed = nth == 0 && other_nth == 0;
            let (how, gains) =
                if typed { (How::AsTyped, &fit::PHRASE) } else { (How::OtherWord, &fit::SYNONYM_PHRASE) };
            if typed && name.len() > 1 && other_name.len() > 1 {
                give(words, &range, how, &text, gains, None);
            }
            let prefix = typed.then_some(&fit::PHRASE_PREFIX);
            give(words, &range, how, &joined_word(&text), gains, prefix);
        }
    }
}

/// Other forms of a first name.
fn name_forms(word: &mut Word) {
    let name = word.text.clone();
    for full in NAMES.full(&name) {
        let gains = if full.starts_with(&name) { &fit::SHORT_FORM } else { &fit::OTHER_FORM };
        word.add(How::OtherName, full, gains, None);
    }
    for short in NAMES.short(&name) {
        word.add(How::OtherName, short, &fit::OTHER_FORM, None);
    }
    for kindred in NAMES.kindred(&name) {
        word.add(How::OtherName, kindred, &fit::KINDRED_FORM, None);
    }
}

/// Takes the question apart; the longest phrase with synonyms first.
fn pieces(words: &[Word], own: &OwnWords) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut start = 0;
    while start < words.len() {
        let longest = LONGEST.min(words.len() - start);
        let phrase = |length: usize| {
            let typed: String = words[start..start + length].iter().map(|word| word.text.as_str()).collect();
            let synonyms = own.synonyms(&typed);
            (length == 1 || !synonyms.is_empty()).then(|| {
                let names = std::iter::once(typed).chain(synonyms).collect();
                Piece { words: start..start + length, names }
            })
        };
        let piece = (1..=longest).rev().find_map(phrase);
        start += piece.as_ref().map_or(1, |piece| piece.words.len());
        pieces.extend(piece);
    }
    pieces
}

fn joined_word(text: &str) -> String {
    format!("{JOINED}{text}")
}

fn give(
    words: &mut [Word],
    range: &Range<usize>,
    how: How,
    text: &str,
    exact: &'static Gains,
    prefix: Option<&'static Gains>,
) {
    for word in &mut words[range.clone()] {
        word.add(how, text, exact, prefix);
    }
}
