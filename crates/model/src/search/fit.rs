//! How well a word fits: the one place where the order of the bands is written.
//!
//! A word gains by the best place at which it is found; the gains of all words are added. The distance
//! between *in the name* and *elsewhere* is wider than all prefixes of a question together, so that all
//! words in the name beat any mixture, and the bands are:
//!
//! 1. every word a whole word of the name, then with one prefix, with two, ...
//! 2. one word elsewhere (a whole word before a prefix), the others in the name
//! 3. two words elsewhere, and so on.
//!
//! Within a band [`super::Standing`] decides, then the name.

use super::document::Field;

/// Gains of one way of finding a word, by [`Field`].
pub(super) type Gains = [u8; 16];

/// More words than this in one question do not count: the distance above holds up to here.
pub(super) const MOST_WORDS: usize = 12;

const NAME_WORD: u8 = 48;
const NAME_PREFIX: u8 = 47;
const OTHER_WORD: u8 = 16;
const OTHER_PREFIX: u8 = 15;

/// The whole of an extension or number.
pub(super) const WHOLE_NUMBER: u8 = OTHER_WORD;
/// The first or last digits.
pub(super) const END_OF_NUMBER: u8 = OTHER_PREFIX;
/// Digits in the middle.
pub(super) const INSIDE_NUMBER: u8 = OTHER_PREFIX - 1;

/// The term is the word.
pub(super) const EXACT: Gains = gains(NAME_WORD, OTHER_WORD);
/// The term begins with the word.
pub(super) const PREFIX: Gains = gains(NAME_PREFIX, OTHER_PREFIX);
/// The term is the word, but only after both were transliterated.
pub(super) const SOUNDS_EXACT: Gains = gains(NAME_PREFIX, OTHER_PREFIX);
/// The term begins with the word, but only after both were transliterated.
pub(super) const SOUNDS_PREFIX: Gains = gains(NAME_PREFIX - 1, OTHER_PREFIX - 1);

const fn gains(name: u8, other: u8) -> Gains {
    let mut gains = [other; 16];
    gains[Field::Name as usize] = name;
    gains
}
