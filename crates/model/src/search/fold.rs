//! How a text is read: accents, case and scripts folded, taken apart into words.

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
    letters: Vec<Letter>,
    parts: Vec<Part>,
    /// First letter of the part that is being read.
    open: Option<u32>,
    chunk: u32,
}

/// One character of the text that belongs to a word.
#[derive(Clone, Copy, Debug)]
struct Letter {
    folded_end: u32,
    native_end: u32,
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

/// A form under which a word, or a run of words, can be looked up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Term<'r> {
    pub(super) text: &'r str,
    /// Whether it is in the script of the text and not transliterated.
    pub(super) native: bool,
    first: usize,
}

enum Glyph {
    Letter { alone: bool },
    Silent,
    Break,
    Space,
}

/// Longer words are cut here, so that no record can bloat the dictionary.
const LONGEST: usize = 64;
/// In chunks of more parts than this, single parts and the whole are terms, but no other runs.
const MOST_RUNS: usize = 4;

impl Reading {
    /// Takes `text` apart.
    pub(super) fn read(&mut self, text: &str) {
        self.folded.clear();
        self.native.clear();
        self.letters.clear();
        self.parts.clear();
        self.open = None;
        self.chunk = 0;
        let mut start = 0;
        for c in text.chars() {
            let end = start + narrow(c.len_utf16());
            match self.fold(c) {
                Glyph::Letter { alone } => self.letter(start, end, alone),
                Glyph::Silent => self.widen(end),
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

    /// Every form under which something of the text is looked up; with `joined`, also runs of parts.
    pub(super) fn terms(&self, joined: bool) -> impl Iterator<Item = Term<'_>> {
        self.parts.chunk_by(|one, other| one.chunk == other.chunk).flat_map(move |parts| {
            let folded = runs(parts.len(), joined).map(|(from, to)| self.term(parts[from], parts[to], false));
            let native = (0..parts.len()).map(|from| self.term(parts[from], parts[parts.len() - 1], true));
            folded.chain(native).filter(|term| !term.text.is_empty())
        })
    }

    /// The parts one by one: transliterated, and in the script of the text where it is another one.
    pub(super) fn words(&self) -> impl Iterator<Item = (&str, &str)> {
        self.parts.iter().map(|&part| (self.term(part, part, false).text, self.term(part, part, true).text))
    }

    /// Where the first `bytes` bytes of `term` stand in the text, in UTF-16 units.
    pub(super) fn place(&self, term: &Term<'_>, bytes: usize) -> (u32, u32) {
        let goal = narrow(self.start_of(term.first, term.native) + bytes);
        let letters = &self.letters[term.first..];
        let reached =
            |letter: &&Letter| if term.native { letter.native_end } else { letter.folded_end } >= goal;
        let last = letters.iter().find(reached).or(letters.last());
        (letters.first().map_or(0, |letter| letter.start), last.map_or(0, |letter| letter.end))
    }

    fn term(&self, from: Part, to: Part, native: bool) -> Term<'_> {
        let (text, end) = if native {
            (&self.native, self.letters[to.last as usize - 1].native_end)
        } else {
            (&self.folded, self.letters[to.last as usize - 1].folded_end)
        };
        let start = self.start_of(from.first as usize, native);
        Term { text: cut(&text[start..end as usize]), native, first: from.first as usize }
    }

    fn start_of(&self, letter: usize, native: bool) -> usize {
        let Some(before) = letter.checked_sub(1).map(|before| self.letters[before]) else {
            return 0;
        };
        (if native { before.native_end } else { before.folded_end }) as usize
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

    fn letter(&mut self, start: u32, end: u32, alone: bool) {
        let place = narrow(self.letters.len());
        self.open.get_or_insert(place);
        let (folded_end, native_end) = (narrow(self.folded.len()), narrow(self.native.len()));
        self.letters.push(Letter { folded_end, native_end, start, end });
        if alone {
            self.close();
        }
    }

    /// Counts a combining mark to the letter before it.
    fn widen(&mut self, end: u32) {
        if let (Some(_), Some(letter)) = (self.open, self.letters.last_mut()) {
            letter.end = end;
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
    reading.words().map(|(folded, _)| folded).collect::<Vec<_>>().join(" ")
}

/// First and last part of every run of parts that is a term.
fn runs(parts: usize, joined: bool) -> impl Iterator<Item = (usize, usize)> {
    let all = (0..parts).flat_map(move |from| (from..parts).map(move |to| (from, to)));
    all.filter(move |&(from, to)| from == to || joined && (parts <= MOST_RUNS || to - from == parts - 1))
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

/// What a character is in ASCII. The schwa is no `@`: Əliyev is written Aliyev.
fn transliterated(c: char) -> Option<&'static str> {
    match c {
        'ə' | 'Ə' => Some("a"),
        _ => deunicode::deunicode_char(c),
    }
}

/// Whether the character is of a script other than Latin, and so worth finding as it is.
fn is_foreign(c: char) -> bool {
    let latin = matches!(c, '\0'..='\u{36F}' | '\u{1D00}'..='\u{1EFF}' | '\u{2C60}'..='\u{2C7F}'
        | '\u{A720}'..='\u{A7FF}' | '\u{AB30}'..='\u{AB6F}' | '\u{FF10}'..='\u{FF5A}');
    !latin
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(text: &str) -> Vec<String> {
        let mut reading = Reading::default();
        reading.read(text);
        reading.terms(true).map(|term| term.text.to_owned()).collect()
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
        assert_eq!(terms("王明"), ["wang", "wangming", "ming", "王明", "明"]);
    }

    #[test]
    fn a_word_with_punctuation_is_found_by_its_parts_and_as_one() {
        assert_eq!(terms("O'Neil"), ["o", "oneil", "neil"]);
        assert_eq!(terms("C++ C#"), ["c++", "c#"]);
        assert_eq!(terms(" - ' "), Vec::<String>::new());
    }

    #[test]
    fn a_place_is_counted_in_utf16_units() {
        let mut reading = Reading::default();
        reading.read("𝄞 Große");
        let term = reading.terms(true).find(|term| term.text == "grosse").unwrap();

        assert_eq!(reading.place(&term, 3), (3, 6));
        assert_eq!(reading.place(&term, 5), (3, 7));
        assert_eq!(reading.place(&term, 6), (3, 8));
    }
}
