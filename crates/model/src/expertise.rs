//! What an organisation itself tells of a person, beside what Zoom tells: skills with levels, languages, working
//! hours, a note, other names.
//!
//! It is written by admins, in files and in the window. [`Expertise::fit`] is the one place that decides what may
//! stand in it; what does not fit is told by its part, with what is wrong about it.

use serde::{Deserialize, Serialize};

use crate::{Hours, search::folded};

/// What is told of one person. Texts are trimmed; each item of a list is there once.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Expertise {
    /// Skills, the most telling first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<Skill>,
    /// Languages spoken.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<String>,
    /// Working hours; empty when nothing is told of them.
    #[serde(skip_serializing_if = "Hours::is_empty")]
    pub hours: Hours,
    /// A note; may have several lines.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Names by which colleagues know them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Names that they had before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub former_names: Vec<String>,
}

/// Something that somebody knows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Skill {
    /// What it is called.
    pub name: String,
    /// How well they know it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
}

/// How well somebody knows something: from 1 (a beginner) to 5 (an expert).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Level(u8);

/// The number is none from 1 to 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a level is a number from 1 to 5")]
pub struct NoLevel;

/// A part of what is told of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// [`Expertise::skills`].
    Skills,
    /// [`Expertise::languages`].
    Languages,
    /// [`Expertise::hours`].
    Hours,
    /// [`Expertise::note`].
    Note,
    /// [`Expertise::aliases`].
    Aliases,
    /// [`Expertise::former_names`].
    FormerNames,
}

/// What is wrong about a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flaw {
    /// A text is longer than so many characters.
    TooLong(usize),
    /// There are more than so many items.
    TooMany(usize),
    /// A text has a character that it cannot have: control characters, and in lists what separates their items.
    BadText,
    /// One skill has two levels.
    TwoLevels,
}

/// A part that does not fit, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unfit {
    /// Which part.
    pub part: Part,
    /// What is wrong.
    pub flaw: Flaw,
}

/// How many skills one person has at most.
pub const MOST_SKILLS: usize = 64;
/// How many items every other list has at most.
pub const MOST_ITEMS: usize = 24;
/// How many characters an item has at most.
pub const LONGEST_ITEM: usize = 80;
/// How many characters a note has at most.
pub const LONGEST_NOTE: usize = 500;

/// What separates the items of a list where it is written as one text; no item has one of them.
pub const SEPARATORS: [char; 3] = [';', '|', ','];

impl Expertise {
    /// Of whom nothing is told.
    pub const NOTHING: Self = Self {
        skills: Vec::new(),
        languages: Vec::new(),
        hours: Hours::UNKNOWN,
        note: String::new(),
        aliases: Vec::new(),
        former_names: Vec::new(),
    };

    /// Whether nothing is told.
    pub fn is_empty(&self) -> bool {
        *self == Self::NOTHING
    }

    /// The same in order: texts trimmed, empty ones and repeats left out; or everything that does not fit.
    pub fn fit(self) -> Result<Self, Vec<Unfit>> {
        let mut unfit = Vec::new();
        let mut take = |part, flaw| unfit.push(Unfit { part, flaw });
        let fitting = Self {
            skills: skills(self.skills, &mut |flaw| take(Part::Skills, flaw)),
            languages: items(self.languages, &mut |flaw| take(Part::Languages, flaw)),
            note: note(&self.note, &mut |flaw| take(Part::Note, flaw)),
            aliases: items(self.aliases, &mut |flaw| take(Part::Aliases, flaw)),
            former_names: items(self.former_names, &mut |flaw| take(Part::FormerNames, flaw)),
            hours: self.hours,
        };
        if fitting.hours.spans().len() > Hours::MOST {
            take(Part::Hours, Flaw::TooMany(Hours::MOST));
        }
        unfit.sort_unstable();
        unfit.dedup();
        if unfit.is_empty() { Ok(fitting) } else { Err(unfit) }
    }
}

impl Skill {
    /// A skill of which it is not told how well it is known.
    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned(), level: None }
    }
}

impl Level {
    /// The highest.
    pub const HIGHEST: Self = Self(5);

    /// The number.
    pub const fn number(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Level {
    type Error = NoLevel;

    fn try_from(number: u8) -> Result<Self, NoLevel> {
        if (1..=Self::HIGHEST.0).contains(&number) { Ok(Self(number)) } else { Err(NoLevel) }
    }
}

impl From<Level> for u8 {
    fn from(level: Level) -> Self {
        level.0
    }
}

impl Part {
    /// Its name, as a field and as a column.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Skills => "skills",
            Self::Languages => "languages",
            Self::Hours => "hours",
            Self::Note => "note",
            Self::Aliases => "aliases",
            Self::FormerNames => "former_names",
        }
    }
}

fn skills(given: Vec<Skill>, take: &mut impl FnMut(Flaw)) -> Vec<Skill> {
    let mut kept: Vec<Skill> = Vec::with_capacity(given.len());
    for Skill { name, level } in given {
        let Some(name) = item(&name, take) else { continue };
        match kept.iter_mut().find(|known| is_same(&known.name, &name)) {
            Some(known) if known.level.is_none() || level.is_none() => known.level = known.level.or(level),
            Some(known) if known.level == level => {}
            Some(_) => take(Flaw::TwoLevels),
            None => kept.push(Skill { name, level }),
        }
    }
    if kept.len() > MOST_SKILLS {
        take(Flaw::TooMany(MOST_SKILLS));
    }
    kept
}

fn items(given: Vec<String>, take: &mut impl FnMut(Flaw)) -> Vec<String> {
    let mut kept: Vec<String> = Vec::with_capacity(given.len());
    for name in given {
        let Some(name) = item(&name, take) else { continue };
        if kept.iter().all(|known| !is_same(known, &name)) {
            kept.push(name);
        }
    }
    if kept.len() > MOST_ITEMS {
        take(Flaw::TooMany(MOST_ITEMS));
    }
    kept
}

/// An item of a list with single spaces; nothing when it is empty or does not fit.
fn item(text: &str, take: &mut impl FnMut(Flaw)) -> Option<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().any(|c| c.is_control() || SEPARATORS.contains(&c)) {
        take(Flaw::BadText);
        return None;
    }
    if text.chars().count() > LONGEST_ITEM {
        take(Flaw::TooLong(LONGEST_ITEM));
        return None;
    }
    (!text.is_empty()).then_some(text)
}

/// A note with the line ends of every system as one.
fn note(text: &str, take: &mut impl FnMut(Flaw)) -> String {
    let text = text.replace("\r\n", "\n").replace(['\r', '\t'], " ");
    let text = text.trim();
    if text.chars().any(|c| c.is_control() && c != '\n') {
        take(Flaw::BadText);
    }
    if text.chars().count() > LONGEST_NOTE {
        take(Flaw::TooLong(LONGEST_NOTE));
    }
    text.to_owned()
}

/// Whether two texts are the same to whoever searches: without accents, case and punctuation.
pub(crate) fn is_same(one: &str, other: &str) -> bool {
    one == other || {
        let plain = folded(one);
        !plain.is_empty() && plain == folded(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(number: u8) -> Level {
        number.try_into().unwrap()
    }

    fn skill(name: &str, level: impl Into<Option<Level>>) -> Skill {
        Skill { name: name.into(), level: level.into() }
    }

    #[test]
    fn texts_are_put_in_order_and_repeats_left_out() {
        let given = Expertise {
            skills: vec![skill("  SEPA   refunds ", level(4)), skill("sepa refunds", None), skill(" ", None)],
            languages: vec!["Polish".into(), "polish".into(), "German".into()],
            note: " Ask for the ledger.\r\nNot on Fridays. ".into(),
            ..Expertise::default()
        };

        let fitting = given.fit().unwrap();

        assert_eq!(fitting.skills, [skill("SEPA refunds", level(4))]);
        assert_eq!(fitting.languages, ["Polish", "German"]);
        assert_eq!(fitting.note, "Ask for the ledger.\nNot on Fridays.");
        assert_eq!(fitting.clone().fit(), Ok(fitting));
    }

    #[test]
    fn everything_that_does_not_fit_is_told_by_its_part() {
        let given = Expertise {
            skills: vec![skill("KYC", level(1)), skill("kyc", level(2))],
            languages: (0..30).map(|n| format!("Language {n}")).collect(),
            aliases: vec!["Ann; Anna".into()],
            former_names: vec!["x".repeat(81)],
            note: "a bell \u{7}".into(),
            ..Expertise::default()
        };

        let unfit = given.fit().unwrap_err();

        let told = |part, flaw| Unfit { part, flaw };
        assert_eq!(
            unfit,
            [
                told(Part::Skills, Flaw::TwoLevels),
                told(Part::Languages, Flaw::TooMany(MOST_ITEMS)),
                told(Part::Note, Flaw::BadText),
                told(Part::Aliases, Flaw::BadText),
                told(Part::FormerNames, Flaw::TooLong(LONGEST_ITEM)),
            ]
        );
    }

    #[test]
    fn a_level_is_one_of_five() {
        assert_eq!([0, 6].map(Level::try_from), [Err(NoLevel), Err(NoLevel)]);
        assert_eq!(Level::try_from(5).map(Level::number), Ok(Level::HIGHEST.number()));
    }
}
