//! How well somebody fits a question: the one place where the order of the bands is written.
//!
//! Each word of a question gains by the best way in which it is found ([`Gains`]), and a person who lacks a
//! word is not found. [`joined`] makes one number of the gains; the larger one goes first. The bands are:
//!
//! 1. Every word as it was typed, or as a known other word for it, goes before any mended word; with a
//!    mended word only the points count.
//! 2. Every word in the name goes before a mixture with other fields. Other names, those that colleagues use and
//!    those that somebody had before, are names too, and worth a little less than the one that is shown.
//! 3. The points of all words together. A whole word of the name has more than two beginnings have over
//!    nothing, so: every word a whole word of the name, then with one beginning, with two, ...
//!
//! Within a band [`super::Standing`] decides, then the name. `docs/SEARCH.md` tells the same in a page.

use super::document::{
    ALIAS, FORMER_NAME, Field, SECOND, SURNAME, WHOLE_DEPARTMENT, WHOLE_LANGUAGE, WHOLE_PLACE, WHOLE_SKILL,
    WHOLE_TITLE,
};

/// Gains of one way of finding a word, by [`Field::place`]; 0 where it does not count.
///
/// The upper bits are the bands ([`AS_MEANT`], [`IN_NAME`]), the lower six the points.
pub(super) type Gains = [u8; 16];

/// More words than this in one question do not count.
pub(super) const MOST_WORDS: usize = 12;

const AS_MEANT: u8 = 0x80;
const IN_NAME: u8 = 0x40;
const POINTS: u8 = 0x3F;
const BANDS: u16 = 0xC000;

/// The fit of somebody of whom no word was looked for yet.
pub(super) const UNASKED: u16 = BANDS;

/// The fit with one more word: in both bands only when all words are; the points are added.
/// Somebody without the word is not found: 0.
pub(super) const fn joined(fit: u16, gain: u8) -> u16 {
    let bands = fit & (gain as u16) << 8 & BANDS;
    let sum = bands | ((fit & !BANDS) + (gain & POINTS) as u16);
    if fit == 0 || gain == 0 { 0 } else { sum }
}

/// The fit with a word that may be missing (`someone`, `for`).
pub(super) const fn joined_if_found(fit: u16, gain: u8) -> u16 {
    if fit == 0 || gain == 0 { fit } else { fit + 1 }
}

/// The fit of somebody whom a filter lets pass: whose whole text it is goes a little before those who have it
/// among other words, and they before those who have a beginning.
pub(super) const fn sifted(fit: u16, by_words: u16) -> u16 {
    let points = by_words & !BANDS;
    fit + (points >= 40) as u16 + (points >= 52) as u16
}

/// The whole of an extension or number.
pub(super) const WHOLE_NUMBER: u8 = AS_MEANT + 50;
/// The last digits: by these people know a number.
pub(super) const END_OF_NUMBER: u8 = AS_MEANT + 37;
/// The first digits.
pub(super) const BEGINNING_OF_NUMBER: u8 = END_OF_NUMBER - 2;
/// Digits in the middle.
pub(super) const INSIDE_NUMBER: u8 = END_OF_NUMBER - 3;

/// The term is the word.
pub(super) const EXACT: Gains = places(name(52, 52), other(50));
/// The term is the first word of the question: given names are mostly typed first.
pub(super) const EXACT_FIRST: Gains = places(name(54, 52), other(50));
/// The term begins with the word, but also with another word of the question, which is longer.
pub(super) const ECHO: Gains = places([AS_MEANT + 20; 2], other(20));
/// The term begins with the word. Who types a part of a name rather types that of the surname.
pub(super) const PREFIX: Gains = places(name(42, 43), other(34));
/// The term begins with the word, which is a single letter: rather the initial of the first name.
pub(super) const INITIAL: Gains = places(name(44, 41), other(34));
/// The term is the word, but only after both were transliterated.
pub(super) const SOUNDS_EXACT: Gains = places(name(42, 43), other(33));
/// The term begins with the word, but only after both were transliterated.
pub(super) const SOUNDS_PREFIX: Gains = places(name(41, 42), other(32));
/// Neighbouring words of the question stand side by side in the text too.
pub(super) const PHRASE: Gains = places(name(41, 41), other(54));
/// The text goes on where the last of the neighbouring words ends.
pub(super) const PHRASE_PREFIX: Gains = places([0, 0], other(46));
/// The question, written as one, is the whole of an address before its `@`: nobody else is meant.
pub(super) const ADDRESS: Gains = {
    let mut gains = [0; 16];
    gains[Field::Email as usize] = name(56, 56)[0];
    gains
};
/// Another word for it, or its short or long form.
pub(super) const SYNONYM: Gains = places([0, 0], other(45));
/// The text begins with another word for it.
pub(super) const SYNONYM_PREFIX: Gains = places([0, 0], other(33));
/// As [`PHRASE`], with another word for one of the words.
pub(super) const SYNONYM_PHRASE: Gains = places([0, 0], other(48));
/// The first letters of several words.
pub(super) const FIRST_LETTERS: Gains = places([0, 0], other(36));
/// The full form of a short name that begins like it.
pub(super) const SHORT_FORM: Gains = places(name(44, 43), NONE);
/// Another form of the same name.
pub(super) const OTHER_FORM: Gains = places(name(40, 38), NONE);
/// Another form of the same name, in another language or two steps away.
pub(super) const KINDRED_FORM: Gains = places(name(37, 35), NONE);
/// The same word with another ending.
pub(super) const OTHER_ENDING: Gains = mended_places(0, 26);
/// The name begins like a pet form (`sammy`).
pub(super) const PET_FORM: Gains = mended_places(26, 0);

/// When nobody is found, misspelt words are mended; when still nobody is, by so many tenths of a slip more.
pub(super) const HARDER: [u8; 2] = [0, 9];

/// The worth of a mended word, by what mending it cost; the dearest count the same.
pub(super) const fn mended(cost: u8) -> &'static Gains {
    let most = MENDED.len() - 1;
    &MENDED[if (cost as usize) < most { cost as usize } else { most }]
}

const NONE: Other = Other { title: 0, department: 0, skill: 0, language: 0 };
const DEAREST: usize = 35;
/// Outside the name one slip is mended, not two: its words are few and common.
const DEAREST_ELSEWHERE: usize = 14;

static MENDED: [Gains; DEAREST] = {
    let mut table = [[0; 16]; DEAREST];
    let (mut cost, mut points) = (0, 36);
    while cost < DEAREST {
        table[cost] = mended_places(points + 2, if cost <= DEAREST_ELSEWHERE { points } else { 0 });
        cost += 1;
        points -= 1;
    }
    table
};

/// Points outside the name; places are worth as much as skills.
#[derive(Clone, Copy)]
struct Other {
    title: u8,
    department: u8,
    skill: u8,
    language: u8,
}

/// In a title a word tells more than in a department, in a skill or place more than in a language.
const fn other(points: u8) -> Other {
    let gain = AS_MEANT | points;
    Other { title: gain + 2, department: gain + 1, skill: gain, language: gain - 1 }
}

/// Points of the first word of a name and of the later ones.
const fn name(first: u8, later: u8) -> [u8; 2] {
    [AS_MEANT | IN_NAME | first, AS_MEANT | IN_NAME | later]
}

const fn mended_places(name: u8, other: u8) -> Gains {
    let mut gains =
        places([name, name], Other { title: other, department: other, skill: other, language: other });
    gains[Field::Email as usize] = 0;
    gains
}

/// So many points less; what is worth nothing stays so.
const fn less(gain: u8, points: u8) -> u8 {
    if gain & POINTS > points { gain - points } else { 0 }
}

const fn places(name: [u8; 2], other: Other) -> Gains {
    let mut gains = [other.skill; 16];
    gains[Field::Name as usize] = name[0];
    gains[SURNAME as usize] = name[1];
    gains[SECOND as usize] = name[1] + if name[1] == 0 { 0 } else { 1 };
    gains[ALIAS as usize] = less(name[0], 6);
    gains[FORMER_NAME as usize] = less(name[0], 10);
    gains[Field::Title as usize] = other.title;
    gains[Field::Department as usize] = other.department;
    gains[Field::Language as usize] = other.language;
    let more = if other.skill == 0 { 0 } else { 3 };
    gains[WHOLE_TITLE as usize] = other.title + more;
    gains[WHOLE_DEPARTMENT as usize] = other.department + more;
    gains[WHOLE_PLACE as usize] = other.skill + more;
    gains[WHOLE_SKILL as usize] = other.skill + more;
    gains[WHOLE_LANGUAGE as usize] = other.language + more;
    gains
}
