//! A question taken apart: the words that must be found, and the filters that people must pass.

use super::{
    filter::{FilterKey, Piece, pieces},
    tables::OwnWords,
    word::{self, LONGEST, Word},
};

/// What is asked.
pub(super) struct Asked {
    /// Words that must be found, anywhere.
    pub(super) words: Vec<Word>,
    /// Whether the last word may go on: nothing was typed after it.
    pub(super) open: bool,
    pub(super) filters: Vec<Sieve>,
}

/// A filter: its words must be found in its field, or the standing must be as it says.
pub(super) struct Sieve {
    pub(super) key: FilterKey,
    pub(super) words: Vec<Word>,
}

/// More filters in one question do not count.
const MOST_FILTERS: usize = 8;

impl Asked {
    pub(super) fn read(text: &str, own: &OwnWords) -> Self {
        let text = &text[..text.floor_char_boundary(LONGEST)];
        let mut rest = Vec::new();
        let mut filters = Vec::new();
        for piece in pieces(text) {
            match piece {
                Piece::Text(text) => rest.push(text),
                Piece::Filter(filter) if filters.len() == MOST_FILTERS => drop(filter),
                Piece::Filter(filter) => {
                    let words = if filter.is_word {
                        word::exactly(filter.key.word())
                    } else {
                        word::within(&filter.value, filter.key.places(), own)
                    };
                    filters.push(Sieve { key: filter.key, words });
                }
            }
        }
        let open = !text.ends_with(char::is_whitespace);
        let words =
            if filters.is_empty() { word::words(text, own) } else { word::words(&rest.join(" "), own) };
        Self { words, open, filters }
    }

    /// All words, those of the filters last.
    pub(super) fn into_words(self) -> Vec<Word> {
        let filters = self.filters.into_iter().flat_map(|filter| filter.words);
        self.words.into_iter().chain(filters).collect()
    }
}
