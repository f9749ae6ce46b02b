//! Given and family names of fourteen language areas, in their own letters.

mod asia;
mod east;
mod north;
mod south;

use rand::{Rng, RngExt, seq::IndexedRandom};

/// Where a person's names come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Area {
    /// Arabic, romanised; some show their own script.
    Arabic,
    /// Chinese, romanised; some show their own script.
    Chinese,
    /// Czech and Slovak.
    Czech,
    /// English.
    English,
    /// French.
    French,
    /// German.
    German,
    /// Hindi, romanised; some show their own script.
    Hindi,
    /// Japanese, romanised; some show their own script.
    Japanese,
    /// Swedish, Norwegian, Danish, Finnish, Icelandic.
    Nordic,
    /// Polish.
    Polish,
    /// Portuguese.
    Portuguese,
    /// Spanish.
    Spanish,
    /// Turkish.
    Turkish,
    /// Vietnamese.
    Vietnamese,
}

/// The names of one area.
#[derive(Debug)]
pub(crate) struct Names {
    first: &'static [&'static str],
    last: &'static [&'static str],
    /// The same names in their own script, place by place; empty where the script is Latin.
    native_first: &'static [&'static str],
    native_last: &'static [&'static str],
    /// Family name in front, without a blank, in the native form.
    family_first: bool,
    /// The language people of this area speak.
    pub(crate) language: &'static str,
}

/// A drawn name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) first: &'static str,
    pub(crate) last: &'static str,
    /// The display name in the native script, for those who use it.
    pub(crate) native: Option<String>,
}

/// Every area.
pub(crate) const AREAS: &[Area] = &[
    Area::Arabic,
    Area::Chinese,
    Area::Czech,
    Area::English,
    Area::French,
    Area::German,
    Area::Hindi,
    Area::Japanese,
    Area::Nordic,
    Area::Polish,
    Area::Portuguese,
    Area::Spanish,
    Area::Turkish,
    Area::Vietnamese,
];

impl Area {
    /// The area's lists.
    pub(crate) fn names(self) -> &'static Names {
        match self {
            Self::Arabic => &east::ARABIC,
            Self::Chinese => &asia::CHINESE,
            Self::Czech => &east::CZECH,
            Self::English => &north::ENGLISH,
            Self::French => &south::FRENCH,
            Self::German => &north::GERMAN,
            Self::Hindi => &asia::HINDI,
            Self::Japanese => &asia::JAPANESE,
            Self::Nordic => &north::NORDIC,
            Self::Polish => &east::POLISH,
            Self::Portuguese => &south::PORTUGUESE,
            Self::Spanish => &south::SPANISH,
            Self::Turkish => &east::TURKISH,
            Self::Vietnamese => &asia::VIETNAMESE,
        }
    }

    /// One of all areas.
    pub(crate) fn any(rng: &mut impl Rng) -> Self {
        AREAS.choose(rng).copied().unwrap_or(Self::English)
    }
}

impl Names {
    /// Draws a name; about a third of those who have a script of their own show it.
    pub(crate) fn draw(&self, rng: &mut impl Rng) -> Name {
        let first = rng.random_range(0..self.first.len());
        let last = rng.random_range(0..self.last.len());
        let native = match (self.native_first.get(first), self.native_last.get(last)) {
            (Some(first), Some(last)) if rng.random_bool(0.35) => {
                Some(if self.family_first { format!("{last}{first}") } else { format!("{first} {last}") })
            }
            _ => None,
        };
        Name { first: self.first[first], last: self.last[last], native }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn native_lists_are_as_long_as_the_romanised_ones() {
        for names in AREAS.iter().map(|area| area.names()) {
            assert!(names.first.len() >= 18 && names.last.len() >= 18, "{}", names.language);
            if !names.native_first.is_empty() {
                assert_eq!(names.first.len(), names.native_first.len(), "{}", names.language);
                assert_eq!(names.last.len(), names.native_last.len(), "{}", names.language);
            }
        }
    }

    #[test]
    fn each_language_brings_its_own_letters() {
        let all: String = AREAS
            .iter()
            .flat_map(|area| area.names().first.iter().chain(area.names().last))
            .copied()
            .collect();
        for letter in "łńśżąęıİşğçßäöüñéèíúåøæřšžěďãõâễịươđô".chars() {
            assert!(all.contains(letter) || all.to_lowercase().contains(letter), "{letter}");
        }
    }
}
