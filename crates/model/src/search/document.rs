//! What of a person can be found.

use std::{borrow::Cow, sync::Arc};

use serde::{Deserialize, Serialize};

use super::fold::{Joins, Term, folded};
use crate::{Person, PersonId};

/// Where something was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Item 0: [`Person::name`]. Item 1, when it differs: first and last name with a space between.
    Name,
    /// The e-mail address; only what stands before the `@` is searched.
    Email,
    /// The department.
    Department,
    /// The job title.
    Title,
    /// Item 0: [`Person::place`]. Item 1, when it differs: the site of the phone.
    Place,
    /// The item is the place in [`Person::skills`].
    Skill,
    /// The item is the place in [`Person::languages`].
    Language,
    /// The number as it is displayed in E.164; the item is the place in [`Person::lines`].
    Number,
    /// The extension in decimal digits.
    Extension,
    /// A name by which colleagues know them; the item is the place in `Expertise::aliases`.
    Alias,
    /// A name that they had before; the item is the place in `Expertise::former_names`.
    FormerName,
}

/// Digits have no terms: their fields' places are those of other names.
pub(super) const ALIAS: u8 = Field::Number as u8;
pub(super) const FORMER_NAME: u8 = Field::Extension as u8;
/// Places beside those of [`Field`]: see [`Field::place`].
pub(super) const WHOLE_DEPARTMENT: u8 = 9;
pub(super) const WHOLE_TITLE: u8 = 10;
pub(super) const WHOLE_PLACE: u8 = 11;
pub(super) const WHOLE_SKILL: u8 = 12;
pub(super) const WHOLE_LANGUAGE: u8 = 13;
pub(super) const SURNAME: u8 = 14;
/// The second word of a name of two.
pub(super) const SECOND: u8 = 15;

/// One slot of the index: who it is, and what of them can be found.
#[derive(Clone, Debug)]
pub(super) struct Document {
    pub(super) id: PersonId,
    /// Nothing for people who are not shown.
    pub(super) texts: Option<Arc<str>>,
}

impl Field {
    const ALL: [Self; 11] = [
        Self::Name,
        Self::Email,
        Self::Department,
        Self::Title,
        Self::Place,
        Self::Skill,
        Self::Language,
        Self::Number,
        Self::Extension,
        Self::Alias,
        Self::FormerName,
    ];

    /// Whether its texts are digits, matched in any part, and no words.
    pub(super) const fn is_digits(self) -> bool {
        matches!(self, Self::Number | Self::Extension)
    }

    /// Whether many people share its texts.
    pub(super) const fn is_shared(self) -> bool {
        matches!(self, Self::Department | Self::Title | Self::Place | Self::Skill | Self::Language)
    }

    /// Which of its words can also be looked up as one.
    pub(super) const fn joins(self) -> Joins {
        match self {
            Self::Name | Self::Alias | Self::FormerName => Joins::Parts,
            Self::Email => Joins::Whole,
            _ => Joins::Words,
        }
    }

    /// Where `term` was found, in four bits: a field, the whole text of a shared field, or a later word of
    /// a name (which is more likely the surname).
    pub(super) const fn place(self, term: &Term<'_>) -> u8 {
        match self {
            Self::Name if term.is_second() => SECOND,
            Self::Name if term.is_later() => SURNAME,
            Self::Department if term.is_whole() => WHOLE_DEPARTMENT,
            Self::Title if term.is_whole() => WHOLE_TITLE,
            Self::Place if term.is_whole() => WHOLE_PLACE,
            Self::Skill if term.is_whole() => WHOLE_SKILL,
            Self::Language if term.is_whole() => WHOLE_LANGUAGE,
            Self::Alias => ALIAS,
            Self::FormerName => FORMER_NAME,
            _ => self as u8,
        }
    }

    /// All places of its terms but those of later words of a name, one bit each.
    pub(super) const fn places(self) -> u16 {
        let whole = match self {
            Self::Department => 1 << WHOLE_DEPARTMENT,
            Self::Title => 1 << WHOLE_TITLE,
            Self::Place => 1 << WHOLE_PLACE,
            Self::Skill => 1 << WHOLE_SKILL,
            Self::Language => 1 << WHOLE_LANGUAGE,
            _ => 0,
        };
        whole
            | match self {
                Self::Alias => 1 << ALIAS,
                Self::FormerName => 1 << FORMER_NAME,
                _ => 1 << self as u8,
            }
    }

    /// The part of `text` that is searched.
    pub(super) fn searched(self, text: &str) -> &str {
        match self {
            Self::Email => text.split('@').next().unwrap_or_default(),
            _ => text,
        }
    }
}

impl Document {
    /// The texts with their fields; the nth text of a field is its item n.
    pub(super) fn texts(&self) -> impl Iterator<Item = (Field, u16, &str)> {
        let mut items = [0_u16; Field::ALL.len()];
        let records = self.texts.iter().flat_map(|texts| texts.split_inclusive(is_mark));
        records.filter_map(move |record| {
            let mark = record.chars().next_back().filter(|&c| is_mark(c))?;
            let field = Field::ALL[mark as usize - 1];
            let item = items[field as usize];
            items[field as usize] = item.saturating_add(1);
            Some((field, item, &record[..record.len() - 1]))
        })
    }

    /// The name in the form in which rows of equal rank are ordered.
    pub(super) fn sort_name(&self) -> String {
        self.texts().next().map(|(_, _, name)| folded(name)).unwrap_or_default()
    }

    pub(super) fn bytes(&self) -> usize {
        self.texts.as_ref().map_or(0, |texts| texts.len())
    }
}

/// All texts of a person that can be found, in the order of [`Document::texts`].
pub(super) fn texts_of<'p>(person: &'p Person, into: &mut Vec<(Field, Cow<'p, str>)>) {
    into.clear();
    let Some(profile) = person.profile.as_ref().map(|profile| &profile.value) else {
        return;
    };
    let name = person.name();
    let full = format!("{} {}", profile.first_name, profile.last_name);
    let other = (full.trim() != name && full.trim() != "").then(|| full.trim().to_owned());
    into.push((Field::Name, name.into()));
    into.extend(other.map(|other| (Field::Name, other.into())));
    let expertise = person.expertise();
    into.extend(expertise.aliases.iter().map(|alias| (Field::Alias, alias.as_str().into())));
    into.extend(expertise.former_names.iter().map(|name| (Field::FormerName, name.as_str().into())));
    into.push((Field::Email, profile.email.as_str().into()));
    into.push((Field::Department, profile.department.as_str().into()));
    into.push((Field::Title, person.title().into()));
    into.push((Field::Place, person.place().into()));
    let site = person.phone.as_ref().map_or("", |phone| phone.value.site.as_str());
    if site != person.place() {
        into.push((Field::Place, site.into()));
    }
    into.extend(person.skills().into_iter().map(|(skill, _)| (Field::Skill, skill.into())));
    into.extend(person.languages().into_iter().map(|language| (Field::Language, language.into())));
    into.extend(person.lines().iter().map(|line| (Field::Number, line.number.to_string().into())));
    let extension = person.phone.as_ref().and_then(|phone| phone.value.extension);
    into.extend(extension.map(|extension| (Field::Extension, extension.0.to_string().into())));
}

/// Packs texts into one string: each is followed by a control character that tells its field.
pub(super) fn pack(texts: &[(Field, Cow<'_, str>)]) -> Arc<str> {
    let mut packed = String::with_capacity(texts.iter().map(|(_, text)| text.len() + 1).sum());
    for (field, text) in texts {
        packed.extend(text.chars().map(|c| if is_mark(c) { ' ' } else { c }));
        packed.push(char::from(*field as u8 + 1));
    }
    packed.into()
}

fn is_mark(c: char) -> bool {
    (1..=Field::ALL.len()).contains(&(c as usize))
}
