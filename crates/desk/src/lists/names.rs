//! What a folder or a group may be called, and what a group may ask.

use rollcall_wire::Failure;

use crate::question::without_free;

/// How many letters a name may have.
const LONGEST_NAME: u32 = 60;
/// How many bytes of a question count in the search.
const LONGEST_QUESTION: u32 = 256;

/// A name with its spaces put right.
pub(crate) fn checked_name(text: &str) -> Result<String, Failure> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let fits = (1..=LONGEST_NAME as usize).contains(&name.chars().count());
    let is_plain = !text.chars().any(|c| is_hidden(c) || c.is_control());
    if fits && is_plain { Ok(name) } else { Err(Failure::NotAName { most: LONGEST_NAME }) }
}

/// A question that finds somebody else than everybody who is free.
pub(crate) fn checked_question(text: &str) -> Result<String, Failure> {
    let asked = text.trim();
    let fits = asked.len() <= LONGEST_QUESTION as usize && !without_free(asked).is_empty();
    let is_plain = !asked.chars().any(|c| is_hidden(c) || c.is_control());
    if fits && is_plain {
        Ok(asked.to_owned())
    } else {
        Err(Failure::NotAQuestion { most: LONGEST_QUESTION })
    }
}

/// Whether two names are the same to a reader.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// Letters that are not seen and change how others are read: marks of direction, joins of nothing.
const fn is_hidden(c: char) -> bool {
    matches!(c, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_and_can_be_read() {
        assert_eq!(checked_name("  Billing \u{3000} free ").unwrap(), "Billing free");
        assert_eq!(checked_name(&"ż".repeat(60)).unwrap().chars().count(), 60);
        for wrong in ["", "   ", "a\u{7}b", "a\nb", "safe\u{202E}gnp", &"x".repeat(61)] {
            assert_eq!(checked_name(wrong), Err(Failure::NotAName { most: 60 }), "{wrong:?}");
        }
    }

    #[test]
    fn a_question_asks_for_more_than_who_is_free() {
        assert_eq!(checked_question(" in:madrid free ").unwrap(), "in:madrid free");
        for wrong in ["", " free ", "is:free", "a\u{0}b", &"ż".repeat(129)] {
            assert_eq!(checked_question(wrong), Err(Failure::NotAQuestion { most: 256 }), "{wrong:?}");
        }
    }
}
