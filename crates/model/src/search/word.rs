//! The words of a question, as they are looked up.

use super::{
    digits::Pattern,
    fit::{self, Gains},
    fold::{Forms, Reading},
};

/// One word that must be found: in any of its spellings, or as digits of a number.
#[derive(Clone, Debug)]
pub(super) struct Word {
    pub(super) spellings: Vec<Spelling>,
    pub(super) numbers: Vec<Pattern>,
}

/// A form of a word, and what finding it is worth.
#[derive(Clone, Debug)]
pub(super) struct Spelling {
    pub(super) text: String,
    pub(super) exact: &'static Gains,
    pub(super) prefix: &'static Gains,
}

/// Characters of a question that count; nobody types more, and a pasted page costs no more.
const LONGEST: usize = 256;

/// Reads the words of a question. Of an e-mail address what stands before the `@` counts; a question of
/// nothing but digits and the signs people write into numbers is one number.
pub(super) fn words(text: &str) -> Vec<Word> {
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
    known.into_iter().take(fit::MOST_WORDS).map(Word::new).collect()
}

impl Word {
    fn new(forms: Forms<'_>) -> Self {
        let Forms { folded, native, spelt } = forms;
        let transliterated = !native.is_empty();
        let spelling = |text: &str, exact, prefix| Spelling { text: text.to_owned(), exact, prefix };
        let folded_spelling = if transliterated {
            spelling(folded, &fit::SOUNDS_EXACT, &fit::SOUNDS_PREFIX)
        } else {
            spelling(folded, &fit::EXACT, &fit::PREFIX)
        };
        let mut spellings = vec![
            spelling(native, &fit::EXACT, &fit::PREFIX),
            folded_spelling,
            spelling(spelt, &fit::EXACT, &fit::PREFIX),
        ];
        spellings.retain(|spelling| !spelling.text.is_empty());
        Self { spellings, numbers: Pattern::meanings(folded) }
    }
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
