//! What is found.

use serde::{Deserialize, Serialize};

use super::{Field, Slot};
use crate::PersonId;

/// The best rows of an answer, best first, and how many there are in all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// At most as many as were asked for.
    pub hits: Vec<Hit>,
    /// Everybody who matches.
    pub total: usize,
}

/// Somebody who matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Who.
    pub person: PersonId,
    /// Where they stand in [`super::Standing`].
    pub slot: Slot,
    /// What matched, in order of field, item and place; ranges do not overlap.
    pub marks: Vec<Mark>,
}

/// A range of one of the person's texts that matched.
///
/// For each word of the question only the places that decided its rank are marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Mark {
    /// Which text; [`Field`] tells which text exactly.
    pub field: Field,
    /// Which of several texts of that field: the nth skill, the nth number.
    pub item: u16,
    /// First marked UTF-16 unit of the text.
    pub start: u32,
    /// One past the last marked UTF-16 unit.
    pub end: u32,
}

/// How a word of the question was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// As it was typed: a whole word, or several side by side.
    AsTyped,
    /// A word begins with it.
    Beginning,
    /// The digits, in a number.
    Digits,
    /// The first letters of several words.
    Initials,
    /// Another form of a first name.
    OtherName,
    /// Another word for the same.
    OtherWord,
    /// It was taken for misspelt or misheard.
    Mended,
}

/// Why somebody is in an answer: a word of the question, and where it was found best.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The word, folded; in its own script when it has another one.
    pub word: String,
    /// How it was found.
    pub how: How,
    /// In which kind of text.
    pub field: Field,
    /// The whole text.
    pub text: String,
}
