//! How a text is read: accents, case and scripts folded, taken apart into words.

mod glyph;
mod terms;

use self::glyph::{is_foreign, spelt_out, transliterated};
pub(super) use self::terms::{Joins, Term};
use super::slot::narrow;

/// A text that was taken apart. Kept from text to text, so that reading allocates nothing once warm.
///
/// A *chunk* is what stands between spaces; a *part* is a word within it, ended by punctuation (`o'neil`
/// has two) or by a character that is a word of its own (each of `王小明`). Folded letters of neighbouring
/// parts lie side by side, so that a run of parts (`oneil`) is a slice as well.
#[derive(Debug, Default)]
pub(super) struct Reading {
    folded: String,
    native: String,
    spelt: String,
    /// Whether any letter of the text is spelt out.
    has_spelt: bool,
    letters: Vec<Letter>,
    parts: Vec<Part>,
    /// First letter of the part that is being read.
    open: Option<u32>,
    chunk: u32,
}

/// One character of the text that belongs to a word.
#[derive(Clone, Copy, Debug)]
struct Letter {
    /// Where its folded, native and spelt-out forms end.
    ends: [u32; 3],
    /// Whether it is spelt out in more than one letter.
    is_spelt: bool,
    /// Where it stands in the text, in UTF-16 units.
    start: u32,
    end: u32,
}

/// A word: its letters `first..last`.
#[derive(Clone, Copy, Debug)]
struct Part {
    first: u32,
    last: u32,
    chunk: u32,
}

/// How a word is written.
#[derive(Clone, Copy, Debug)]
enum Form {
    /// In plain Latin letters.
    Folded,
    /// In its own script, where that is not Latin.
    Native,
    /// With `ue` for `ü` and the like, where it has such a letter.
    Spelt,
}

/// The forms in which a word can be looked up; those that it does not have are empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Forms<'r> {
    pub(super) folded: &'r str,
    pub(super) native: &'r str,
    pub(super) spelt: &'r str,
}

/// What a character is in a text.
enum Glyph {
    /// Part of a word; `alone`, when it is one itself.
    Letter {
        alone: bool,
    },
    Silent,
    Break,
    Space,
}

/// Longer words are cut here, so that no record can bloat the dictionary.
const LONGEST: usize = 64;
const DIAERESIS: char = '\u{308}';

impl Reading {
    /// Takes `text` apart.
    pub(super) fn read(&mut self, text: &str) {
        self.folded.clear();
        self.native.clear();
        self.spelt.clear();
        self.has_spelt = false;
        self.letters.clear();
        self.parts.clear();
        self.open = None;
        self.chunk = 0;
        let mut start = 0;
        for c in text.chars() {
            let end = start + narrow(c.len_utf16());
            match self.fold(c) {
                Glyph::Letter { alone } => self.letter(c, start, end, alone),
                Glyph::Silent => self.widen(c, end),
                Glyph::Break => self.close(),
                Glyph::Space => {
                    self.close();
                    self.chunk += 1;
                }
            }
            start = end;
        }
        self.close();
    }

    /// The parts one by one.
    pub(super) fn words(&self) -> impl Iterator<Item = Forms<'_>> {
        self.parts.iter().map(|&part| {
            let text = |form| self.term(part, part, form).text;
            Forms { folded: text(Form::Folded), native: text(Form::Native), spelt: text(Form::Spelt) }
        })
    }

    /// Where the first `bytes` bytes of `term` stand in the text, in UTF-16 units.
    pub(super) fn place(&self, term: &Term<'_>, bytes: usize) -> (u32, u32) {
        let goal = narrow(self.start_of(term.first, term.form) + bytes);
        let letters = &self.letters[term.first..];
        let last = letters.iter().find(|letter| letter.ends[term.form as usize] >= goal).or(letters.last());
        (letters.first().map_or(0, |letter| letter.start), last.map_or(0, |letter| letter.end))
    }

    fn term(&self, from: Part, to: Part, form: Form) -> Term<'_> {
        let letters = &self.letters[from.first as usize..to.last as usize];
        let (text, exists) = match form {
            Form::Folded => (&self.folded, true),
            Form::Native => (&self.native, true),
            Form::Spelt => (&self.spelt, letters.iter().any(|letter| letter.is_spelt)),
        };
        let start = self.start_of(from.first as usize, form);
        let end =
            letters.last().filter(|_| exists).map_or(start, |letter| letter.ends[form as usize] as usize);
        Term {
            text: cut(&text[start..end]),
            joined: false,
            words: (0, 0, 0),
            form,
            first: from.first as usize,
        }
    }

    fn start_of(&self, letter: usize, form: Form) -> usize {
        letter.checked_sub(1).map_or(0, |before| self.letters[before].ends[form as usize] as usize)
    }

    /// Appends what `c` folds to; tells what `c` is in a word.
    fn fold(&mut self, c: char) -> Glyph {
        if c.is_ascii_alphanumeric() {
            self.folded.push(c.to_ascii_lowercase());
            return Glyph::Letter { alone: false };
        }
        if c.is_whitespace() {
            return Glyph::Space;
        }
        // `c++` and `c#` are words.
        if matches!(c, '+' | '#') && self.open.is_some() {
            self.folded.push(c);
            return Glyph::Letter { alone: false };
        }
        if c.is_ascii() {
            return Glyph::Break;
        }
        let ascii = transliterated(c);
        if !c.is_alphanumeric() {
            return if ascii == Some("") { Glyph::Silent } else { Glyph::Break };
        }
        if is_foreign(c) {
            self.native.extend(c.to_lowercase());
        }
        let Some(ascii) = ascii else {
            self.folded.extend(c.to_lowercase());
            return Glyph::Letter { alone: false };
        };
        let letters = ascii.chars().filter(char::is_ascii_alphanumeric);
        self.folded.extend(letters.map(|letter| letter.to_ascii_lowercase()));
        Glyph::Letter { alone: ascii.ends_with(' ') }
    }

    fn letter(&mut self, c: char, start: u32, end: u32, alone: bool) {
        if alone {
            self.close();
        }
        self.open.get_or_insert(narrow(self.letters.len()));
        let before = self.letters.last().map_or(0, |letter| letter.ends[Form::Folded as usize]);
        let spelt = spelt_out(c);
        self.has_spelt |= spelt.is_some();
        self.spelt.push_str(spelt.unwrap_or(&self.folded[before as usize..]));
        let ends = [narrow(self.folded.len()), narrow(self.native.len()), narrow(self.spelt.len())];
        self.letters.push(Letter { ends, is_spelt: spelt.is_some(), start, end });
        if alone {
            self.close();
        }
    }

    /// Counts a combining mark to the letter before it.
    fn widen(&mut self, mark: char, end: u32) {
        let Some(letter) = self.letters.last_mut().filter(|_| self.open.is_some()) else {
            return;
        };
        letter.end = end;
        if mark == DIAERESIS && self.spelt.ends_with(['a', 'o', 'u']) {
            self.spelt.push('e');
            letter.ends[Form::Spelt as usize] = narrow(self.spelt.len());
            letter.is_spelt = true;
            self.has_spelt = true;
        }
    }

    fn close(&mut self) {
        if let Some(first) = self.open.take() {
            self.parts.push(Part { first, last: narrow(self.letters.len()), chunk: self.chunk });
        }
    }
}

/// A text as it is compared: its words folded, one space between them.
pub fn folded(text: &str) -> String {
    let mut reading = Reading::default();
    reading.read(text);
    reading.words().map(|word| word.folded).collect::<Vec<_>>().join(" ")
}

/// The first eight bytes of a folded text, as a number that is ordered like them.
pub(super) fn first_letters(folded: &str) -> u64 {
    let mut letters = [0; 8];
    for (letter, byte) in letters.iter_mut().zip(folded.bytes()) {
        *letter = byte;
    }
    u64::from_be_bytes(letters)
}

fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(LONGEST)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(text: &str) -> Vec<String> {
        let mut reading = Reading::default();
        reading.read(text);
        reading.terms(Joins::Parts).map(|term| term.text.to_owned()).collect()
    }

    #[test]
    fn accents_and_case_are_folded() {
        for (text, expected) in [
            ("Łukasz Żółć", "lukasz zolc"),
            ("MÜLLER Straße", "muller strasse"),
            ("Nguyễn Thị Hương", "nguyen thi huong"),
            ("İpek Işık ılıca", "ipek isik ilica"),
            ("Søren Ångström", "soren angstrom"),
            ("Jose\u{301}  Ibe\u{301}n", "jose iben"),
            ("Əliyev", "aliyev"),
        ] {
            assert_eq!(folded(text), expected);
        }
    }

    #[test]
    fn a_word_in_another_script_is_kept_and_transliterated() {
        assert_eq!(terms("Иван"), ["ivan", "иван"]);
        assert_eq!(terms("A王"), ["a", "awang", "wang", "王", "王"]);
        assert_eq!(terms("王明"), ["wang", "wangming", "ming", "王明", "明"]);
    }

    #[test]
    fn an_umlaut_is_also_spelt_out() {
        assert_eq!(terms("Müller-Öz"), ["muller", "mulleroz", "oz", "mueller", "muelleroez", "oez"]);
        assert_eq!(terms("Mu\u{308}ller"), ["muller", "mueller"]);
        assert_eq!(terms("Miller"), ["miller"]);
    }

    #[test]
    fn a_word_with_punctuation_is_found_by_its_parts_and_as_one() {
        assert_eq!(terms("O'Neil"), ["o", "oneil", "neil"]);
        assert_eq!(terms("C++ C#"), ["c++", "c#"]);
        assert_eq!(terms(" - ' "), Vec::<String>::new());
        assert_eq!(terms("a-b-c-d-e"), ["a", "abcde", "b", "c", "d", "e"]);
    }

    #[test]
    fn a_place_is_counted_in_utf16_units() {
        let mut reading = Reading::default();
        reading.read("𝄞 Große");
        let term = reading.terms(Joins::Parts).find(|term| term.text == "grosse").unwrap();

        assert_eq!(reading.place(&term, 3), (3, 6));
        assert_eq!(reading.place(&term, 5), (3, 7));
        assert_eq!(reading.place(&term, 6), (3, 8));
    }
}
