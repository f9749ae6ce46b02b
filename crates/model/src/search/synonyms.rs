//! An organisation's own words for the same, beside those that everybody has (`data/`).
//!
//! They are written like those: each line a group of equals with commas between them; `a > b` leads from a to b
//! only.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::fold::folded;

/// All groups of an organisation.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Synonyms {
    /// The groups, in the order in which they were written.
    pub groups: Vec<SynonymGroup>,
}

/// Names of the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SynonymGroup {
    /// What is typed.
    names: Vec<String>,
    /// What that leads to; nothing when the names are equals.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    wider: Vec<String>,
}

/// Why a line is no group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum NotAGroup {
    /// It has one name only.
    #[error("a group has at least two names")]
    Alone,
    /// It has too many names.
    #[error("a group has at most {} names", SynonymGroup::MOST_NAMES)]
    TooManyNames,
    /// A name is too long.
    #[error("a name has at most {} characters", SynonymGroup::LONGEST_NAME)]
    TooLong,
    /// A name has more words than a phrase that is looked for.
    #[error("a name has at most {} words", SynonymGroup::MOST_WORDS)]
    TooManyWords,
    /// A name has nothing that could be typed or found.
    #[error("a name without a letter or digit")]
    NoWord,
    /// There are several `>`.
    #[error("a line has one > at most")]
    TwoArrows,
    /// A character that no name can have.
    #[error("a control character")]
    BadText,
}

impl Synonyms {
    /// More groups are not kept of one organisation.
    pub const MOST_GROUPS: usize = 5_000;
    /// More bytes of names are not kept of one organisation.
    pub const MOST_BYTES: usize = 256 << 10;

    /// Whether there are no more groups, and no longer ones, than are kept.
    pub fn fit(&self) -> bool {
        let names = self.groups.iter().flat_map(|group| group.names.iter().chain(&group.wider));
        self.groups.len() <= Self::MOST_GROUPS && names.map(String::len).sum::<usize>() <= Self::MOST_BYTES
    }
}

impl SynonymGroup {
    /// More names are not kept of one group.
    pub const MOST_NAMES: usize = 32;
    /// How many characters a name has at most.
    pub const LONGEST_NAME: usize = 80;
    /// How many words a name has at most: longer phrases are not looked for.
    pub const MOST_WORDS: usize = 4;

    /// From what to what it leads; of equals, from each to each.
    pub(super) fn leads(&self) -> (&[String], &[String]) {
        (&self.names, if self.wider.is_empty() { &self.names } else { &self.wider })
    }

    /// Whether its names are equals.
    pub(super) const fn is_mutual(&self) -> bool {
        self.wider.is_empty()
    }
}

impl FromStr for SynonymGroup {
    type Err = NotAGroup;

    fn from_str(line: &str) -> Result<Self, NotAGroup> {
        let mut sides = line.split('>');
        let names = names(sides.next().unwrap_or_default())?;
        let wider = sides.next().map(self::names).transpose()?;
        if sides.next().is_some() {
            return Err(NotAGroup::TwoArrows);
        }
        let total = names.len() + wider.as_ref().map_or(0, Vec::len);
        let is_alone = names.is_empty() || total < 2 || wider.as_ref().is_some_and(Vec::is_empty);
        match total {
            _ if is_alone => Err(NotAGroup::Alone),
            total if total > Self::MOST_NAMES => Err(NotAGroup::TooManyNames),
            _ => Ok(Self { names, wider: wider.unwrap_or_default() }),
        }
    }
}

impl fmt::Display for SynonymGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names.join(", "))?;
        if self.wider.is_empty() { Ok(()) } else { write!(f, " > {}", self.wider.join(", ")) }
    }
}

/// The names of one side, each once; a spreadsheet may have put semicolons, tabs or quotation marks.
fn names(side: &str) -> Result<Vec<String>, NotAGroup> {
    let mut names: Vec<String> = Vec::new();
    for name in side.split([',', ';', '\t']) {
        let name = name.trim().trim_matches('"');
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() {
            continue;
        }
        let plain = folded(&name);
        if name.chars().any(char::is_control) {
            return Err(NotAGroup::BadText);
        } else if name.chars().count() > SynonymGroup::LONGEST_NAME {
            return Err(NotAGroup::TooLong);
        } else if plain.is_empty() {
            return Err(NotAGroup::NoWord);
        } else if plain.split(' ').count() > SynonymGroup::MOST_WORDS {
            return Err(NotAGroup::TooManyWords);
        }
        if names.iter().all(|known| folded(known) != plain) {
            names.push(name);
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<String, NotAGroup> {
        line.parse::<SynonymGroup>().map(|group| group.to_string())
    }

    #[test]
    fn a_group_is_read_as_it_is_written() {
        for (line, told) in [
            ("black card, Infinite Visa,black  card", "black card, Infinite Visa"),
            ("\"goldie\";gold desk;", "goldie, gold desk"),
            ("blue team > billing, refunds", "blue team > billing, refunds"),
        ] {
            assert_eq!(read(line).as_deref(), Ok(told), "{line}");
            assert_eq!(read(told).as_deref(), Ok(told));
        }
    }

    #[test]
    fn what_is_no_group_is_refused_with_its_reason() {
        let many = (0..40).map(|n| format!("name{n}")).collect::<Vec<_>>().join(",");
        for (line, reason) in [
            ("alone", NotAGroup::Alone),
            ("alone,", NotAGroup::Alone),
            ("SEPA, sepa", NotAGroup::Alone),
            ("a > ", NotAGroup::Alone),
            (" > b, c", NotAGroup::Alone),
            ("a > b > c", NotAGroup::TwoArrows),
            ("a, ---", NotAGroup::NoWord),
            ("a, one two three four five", NotAGroup::TooManyWords),
            ("a, b\u{1}", NotAGroup::BadText),
            (&many, NotAGroup::TooManyNames),
            (&format!("a, {}", "x".repeat(81)), NotAGroup::TooLong),
        ] {
            assert_eq!(read(line), Err(reason), "{line}");
        }
    }
}
