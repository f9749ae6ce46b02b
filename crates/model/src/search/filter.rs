//! Filters that are typed into a question: `in:madrid`, `speaks:pl`, `free`.

use super::{
    document::{Field, SECOND, SURNAME},
    slot::narrow,
    standing,
};

/// What a filter asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FilterKey {
    /// `in:`, `at:`, `place:`, `city:`, `site:`: the place of work.
    Place,
    /// `speaks:`, `language:`, `lang:`: a language.
    Language,
    /// `dept:`, `department:`, `team:`: the department.
    Department,
    /// `skill:`, `skills:`, `knows:`: a skill.
    Skill,
    /// `title:`, `role:`: the job title.
    Title,
    /// `name:`: the name.
    Name,
    /// `free`, `is:free`: can be called now.
    Free,
    /// `awake`, `is:awake`: it is working time where they are.
    Awake,
}

/// A filter as it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// What it asks for.
    pub key: FilterKey,
    /// What stands after the colon, without quotation marks; empty for `free` and `awake`.
    pub value: String,
    /// Where it starts in the question, in UTF-16 units.
    pub start: u32,
    /// Where it ends, in UTF-16 units.
    pub end: u32,
    /// Whether it stands alone as a word. Then those who have the word pass as well: `toll free` is a skill.
    pub(super) is_word: bool,
}

/// A piece of a question: a filter, or a text that is none.
pub(super) enum Piece<'q> {
    Filter(Filter),
    Text(&'q str),
}

/// The filters of a question, in their order. A key that is not known makes no filter: it is searched like
/// any text; neither does one without a value.
pub fn filters(text: &str) -> Vec<Filter> {
    pieces(text)
        .filter_map(|piece| match piece {
            Piece::Filter(filter) => Some(filter),
            Piece::Text(_) => None,
        })
        .collect()
}

/// Takes a question apart at its spaces; what stands in quotation marks after a colon stays together.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    let mut start = 0;
    std::iter::from_fn(move || {
        let trimmed = rest.trim_start();
        start += units(&rest[..rest.len() - trimmed.len()]);
        let (piece, after) = trimmed.split_at(length(trimmed));
        rest = after;
        let from = start;
        start += units(piece);
        (!piece.is_empty()).then(|| filter(piece, from, start).map_or(Piece::Text(piece), Piece::Filter))
    })
}

/// How long the first piece is, in bytes.
fn length(text: &str) -> usize {
    let space = text.find(char::is_whitespace).unwrap_or(text.len());
    match text[..space].find(":\"") {
        Some(colon) => {
            let open = colon + 2;
            text[open..].find('"').map_or(text.len(), |close| open + close + 1)
        }
        None => space,
    }
}

fn filter(piece: &str, start: u32, end: u32) -> Option<Filter> {
    let of = |key, value: &str, is_word| Filter { key, value: value.to_owned(), start, end, is_word };
    let Some((name, value)) = piece.split_once(':') else {
        return standing_key(piece).map(|key| of(key, "", true));
    };
    let value = value.trim_matches('"').trim();
    if value.is_empty() {
        return None;
    }
    if name.eq_ignore_ascii_case("is") {
        return standing_key(value).map(|key| of(key, "", false));
    }
    let (key, _) =
        KEYS.iter().find(|(_, names)| names.iter().any(|known| name.eq_ignore_ascii_case(known)))?;
    Some(of(*key, value, false))
}

fn standing_key(word: &str) -> Option<FilterKey> {
    [FilterKey::Free, FilterKey::Awake].into_iter().find(|key| word.eq_ignore_ascii_case(key.word()))
}

const KEYS: [(FilterKey, &[&str]); 6] = [
    (FilterKey::Place, &["in", "at", "place", "city", "site"]),
    (FilterKey::Language, &["speaks", "language", "lang"]),
    (FilterKey::Department, &["dept", "department", "team"]),
    (FilterKey::Skill, &["skill", "skills", "knows"]),
    (FilterKey::Title, &["title", "role"]),
    (FilterKey::Name, &["name"]),
];

impl FilterKey {
    /// The places ([`Field::place`]) in which its value is looked for, one bit each; none when it is not looked
    /// for in texts.
    pub(super) const fn places(self) -> u16 {
        match self {
            Self::Place => Field::Place.places(),
            Self::Language => Field::Language.places(),
            Self::Department => Field::Department.places(),
            Self::Skill => Field::Skill.places(),
            Self::Title => Field::Title.places(),
            Self::Name => {
                let others = Field::Alias.places() | Field::FormerName.places();
                Field::Name.places() | 1 << SURNAME | 1 << SECOND | others
            }
            Self::Free | Self::Awake => 0,
        }
    }

    /// The word by which a filter of the standing is asked for.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Awake => "awake",
            _ => "",
        }
    }

    /// Whether somebody whose standing is `word` passes.
    pub(super) const fn admits(self, word: u64) -> bool {
        match self {
            Self::Free => standing::is_free(word),
            Self::Awake => standing::is_at_work(word),
            _ => false,
        }
    }
}

fn units(text: &str) -> u32 {
    narrow(text.chars().map(char::len_utf16).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(FilterKey, String, u32, u32)> {
        filters(text).into_iter().map(|filter| (filter.key, filter.value, filter.start, filter.end)).collect()
    }

    #[test]
    fn filters_are_read_with_their_places() {
        assert_eq!(
            read("żółć In:madrid  is:FREE sepa"),
            [(FilterKey::Place, "madrid".to_owned(), 5, 14), (FilterKey::Free, String::new(), 16, 23)]
        );
        assert_eq!(read("in:\"new york\" awake")[0], (FilterKey::Place, "new york".to_owned(), 0, 13));
        assert_eq!(read("in:\"new y"), [(FilterKey::Place, "new y".to_owned(), 0, 9)]);
    }

    #[test]
    fn what_is_no_filter_is_text() {
        let texts = |text| {
            let texts = pieces(text).filter_map(|piece| match piece {
                Piece::Text(text) => Some(text.to_owned()),
                Piece::Filter(_) => None,
            });
            texts.collect::<Vec<_>>()
        };

        assert_eq!(texts("colour:red in: 14:30 is:odd"), ["colour:red", "in:", "14:30", "is:odd"]);
        assert!(filters("freeman carefree :free").is_empty());
    }
}
