//! The words of a question, as they are looked up.

use std::collections::HashSet;

use super::{
    How,
    digits::Pattern,
    fit::{self, Gains},
    fold::{Forms, Reading},
    related,
    tables::OwnWords,
    vocabulary::Meant,
};

/// One word that must be found: in any of its spellings, or as digits of a number.
#[derive(Clone, Debug)]
pub(super) struct Word {
    /// In plain Latin letters.
    pub(super) text: String,
    pub(super) spellings: Vec<Spelling>,
    pub(super) numbers: Vec<Pattern>,
    /// Longer words of the question that begin with it: what they find is no find for this one.
    pub(super) longer: Vec<String>,
    /// Whether people are found who lack it.
    pub(super) optional: bool,
    /// The places ([`super::Field::place`]) in which it is looked for, one bit each.
    pub(super) places: u16,
}

/// A form of a word, and what finding it is worth: as a whole term, and as the beginning of one.
#[derive(Clone, Debug)]
pub(super) struct Spelling {
    pub(super) text: String,
    pub(super) exact: &'static Gains,
    pub(super) prefix: Option<&'static Gains>,
    pub(super) how: How,
}

/// Characters of a question that count; nobody types more, and a pasted page costs no more.
pub(super) const LONGEST: usize = 256;
/// Everywhere.
const ANYWHERE: u16 = u16::MAX;
/// In shorter questions every word counts: `and m` is somebody.
const SENTENCE: usize = 3;
/// Words around what is looked for.
const FILLERS: &str = "someone somebody anyone anybody who knows know speaks speaking for in at from with and the of on \
    about can does please team help need find is has person people expert experts works working looking contact near \
    around based experience experienced skilled";

/// Reads the words of a question. Of an e-mail address what stands before the `@` counts; a question of
/// nothing but digits and the signs people write into numbers is one number.
pub(super) fn words(text: &str, own: &OwnWords) -> Vec<Word> {
    let text = &text[..text.floor_char_boundary(LONGEST)];
    let digits: String = text.replace("(0)", "").chars().filter(char::is_ascii_digit).collect();
    if !digits.is_empty() && text.chars().all(|c| c.is_ascii_digit() || "+-()./ ".contains(c)) {
        return vec![Word::new(Forms { folded: &digits, native: "", spelt: "" })];
    }
    let chunks: Vec<&str> = text.split_whitespace().map(without_domain).collect();
    let mut reading = Reading::default();
    reading.read(&chunks.join(" "));
    let mut known = Vec::new();
    for forms in reading.words() {
        if !known.contains(&forms) {
            known.push(forms);
        }
    }
    let mut words: Vec<Word> = known.into_iter().take(fit::MOST_WORDS).map(Word::new).collect();
    if words.len() < SENTENCE || words.iter().all(|word| word.optional) {
        for word in &mut words {
            word.optional = false;
        }
    }
    note_neighbours(&mut words);
    related::widen(&mut words, own);
    if chunks.len() == 1 && words.len() > 1 {
        // What is written as one may be an address: `rolando_b`.
        let whole: String = reading.words().map(|forms| forms.folded).collect();
        for word in &mut words {
            word.add(How::AsTyped, &whole, &fit::ADDRESS, None);
        }
    }
    // Who lacks a word that must be found is out before one that may be missing is looked for.
    words.sort_by_key(|word| word.optional);
    words
}

/// The words of `text`, all of which must be found in these places.
pub(super) fn within(text: &str, places: u16, own: &OwnWords) -> Vec<Word> {
    let mut words = words(text, own);
    for word in &mut words {
        word.numbers.clear();
        word.optional = false;
        word.places = places;
    }
    words
}

/// A word that is looked for just as it is.
pub(super) fn exactly(text: &str) -> Vec<Word> {
    let mut words = within(text, ANYWHERE, &OwnWords::default());
    for word in &mut words {
        word.spellings.retain(|spelling| spelling.text == word.text);
        word.spellings.iter_mut().for_each(|spelling| spelling.prefix = None);
    }
    words
}

/// What a word may find depends on the others: on the first one, and on longer ones that begin like it.
fn note_neighbours(words: &mut [Word]) {
    let texts: Vec<String> = words.iter().map(|word| word.text.clone()).collect();
    for word in words.iter_mut() {
        let goes_on = |text: &&String| text.len() > word.text.len() && text.starts_with(&word.text);
        word.longer = texts.iter().filter(goes_on).cloned().collect();
    }
    if let [first, _, ..] = words {
        let exact = first.spellings.iter_mut().filter(|spelling| spelling.exact == &fit::EXACT);
        exact.for_each(|spelling| spelling.exact = &fit::EXACT_FIRST);
    }
}

impl Word {
    fn new(forms: Forms<'_>) -> Self {
        let Forms { folded, native, spelt } = forms;
        let transliterated = !native.is_empty();
        let folded_gains = if transliterated {
            (&fit::SOUNDS_EXACT, &fit::SOUNDS_PREFIX)
        } else {
            (&fit::EXACT, if folded.len() == 1 { &fit::INITIAL } else { &fit::PREFIX })
        };
        let mut word = Self {
            text: folded.to_owned(),
            spellings: Vec::new(),
            numbers: Pattern::meanings(folded),
            longer: Vec::new(),
            optional: FILLERS.split(' ').any(|filler| filler == folded),
            places: ANYWHERE,
        };
        word.add(How::AsTyped, native, &fit::EXACT, Some(&fit::PREFIX));
        word.add(How::AsTyped, folded, folded_gains.0, Some(folded_gains.1));
        word.add(How::AsTyped, spelt, &fit::EXACT, Some(&fit::PREFIX));
        word
    }

    /// The word as it was typed, folded; in its own script when it has another one.
    pub(super) fn typed(&self) -> &str {
        self.spellings.first().map_or(&self.text, |spelling| &spelling.text)
    }

    /// These gains where the word is looked for, and nothing elsewhere.
    pub(super) fn gains(&self, gains: &Gains) -> Gains {
        std::array::from_fn(|place| if self.places >> place & 1 == 1 { gains[place] } else { 0 })
    }

    /// Adds a spelling; an empty one is none.
    pub(super) fn add(
        &mut self,
        how: How,
        text: &str,
        exact: &'static Gains,
        prefix: Option<&'static Gains>,
    ) {
        if !text.is_empty() {
            self.spellings.push(Spelling { text: text.to_owned(), exact, prefix, how });
        }
    }

    /// Adds what may be meant by it, should it be misspelt.
    pub(super) fn mend(&mut self, mut meant: Vec<Meant>) {
        meant.sort_unstable();
        let mut known: HashSet<String> =
            self.spellings.iter().map(|spelling| spelling.text.clone()).collect();
        meant.retain(|meant| known.insert(meant.term.clone()));
        for Meant { cost, term } in meant.into_iter().take(MOST_MEANT) {
            self.add(How::Mended, &term, fit::mended(cost), None);
        }
        let stem = stem(&self.text).to_owned();
        if stem != self.text {
            self.add(How::Mended, &stem, &fit::OTHER_ENDING, Some(&fit::OTHER_ENDING));
            self.add(How::OtherName, &stem, &fit::PET_FORM, Some(&fit::PET_FORM));
        }
    }
}

/// More words than this are not tried for a misspelt one.
const MOST_MEANT: usize = 96;
/// Endings of words and of pet names.
const ENDINGS: [&str; 19] = [
    "ization", "isation", "ments", "ment", "ings", "ing", "ers", "er", "ies", "ed", "es", "ito", "ita",
    "inho", "s", "y", "ie", "i", "ek",
];
/// So much of a word is left of it at least.
const STEM: usize = 3;

/// A word without its ending.
fn stem(word: &str) -> &str {
    let ending = ENDINGS.iter().find_map(|ending| word.strip_suffix(ending));
    let Some(stem) = ending.filter(|stem| stem.len() >= STEM && stem.is_ascii()) else { return word };
    let letters = stem.as_bytes();
    let doubled = letters.len() > STEM && letters[letters.len() - 1] == letters[letters.len() - 2];
    if doubled { &stem[..stem.len() - 1] } else { stem }
}

fn without_domain(chunk: &str) -> &str {
    match chunk.split_once('@') {
        Some((local, _)) if !local.is_empty() => local,
        _ => chunk,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<Word> {
        super::words(text, &OwnWords::default())
    }

    fn spellings(text: &str) -> Vec<String> {
        words(text).iter().map(|word| word.spellings[0].text.clone()).collect()
    }

    #[test]
    fn a_question_is_read_like_a_text() {
        assert_eq!(spellings("  Żółć,  o'neil "), ["zolc", "o", "neil"]);
        assert_eq!(spellings("anna.kowalska@example.com madrid"), ["anna", "kowalska", "madrid"]);
        assert_eq!(spellings("anna anna"), ["anna"]);
        assert!(words(" ... ").is_empty());
    }

    #[test]
    fn a_written_number_is_one_word() {
        assert_eq!(spellings("(303) 555-29.48"), ["3035552948"]);
        assert_eq!(spellings("+44 (0)20 7183"), ["44207183"]);
        assert_eq!(spellings("anna 555"), ["anna", "555"]);
    }

    #[test]
    fn a_pasted_page_is_cut() {
        assert_eq!(words(&"lorem7 é ipsum ".repeat(500)).len(), 3);
        let many: Vec<String> = (0..500).map(|n| format!("w{n}")).collect();
        assert_eq!(words(&many.join(" ")).len(), fit::MOST_WORDS);
    }
}
