//! Digits of telephone numbers and extensions, found in any part of the number.
//!
//! A number is one word of 64 bits, four for each digit, so that all places of a pattern in it are
//! compared at once; a plain walk over them is quicker than an index of their parts would be, and takes
//! twelve bytes for each number.

use super::{fit, slot::narrow};

/// The numbers of a segment, each with whom it belongs to.
#[derive(Clone, Debug, Default)]
pub(super) struct Digits {
    numbers: Vec<u64>,
    slots: Vec<u32>,
}

/// Digits that are looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    text: String,
    /// What is taken off the gain, because this is not quite what was typed.
    doubt: u8,
    /// For each digit, last first: the digit in all sixteen places.
    places: Vec<u64>,
}

const ONES: u64 = 0x1111_1111_1111_1111;
const MOST: usize = 16;

impl Digits {
    pub(super) fn push(&mut self, slot: u32, digits: u64) {
        self.numbers.push(pack(digits));
        self.slots.push(slot);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, u64)> {
        self.slots.iter().copied().zip(self.numbers.iter().copied())
    }

    /// Takes over what `iter` of another segment gave.
    pub(super) fn push_packed(&mut self, slot: u32, number: u64) {
        self.numbers.push(number);
        self.slots.push(slot);
    }

    /// Moves each slot by as much.
    pub(super) fn moved(&mut self, by: u32) {
        for slot in &mut self.slots {
            *slot += by;
        }
    }

    /// Raises everybody who has a number with the pattern in it.
    pub(super) fn rate(&self, pattern: &Pattern, gains: &mut [u8]) {
        for (number, slot) in self.numbers.iter().zip(&self.slots) {
            let found = pattern.occurrences(*number);
            if found != 0 {
                let gain = &mut gains[*slot as usize];
                *gain = (*gain).max(pattern.gain(*number, found));
            }
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.numbers.len() * 8 + self.slots.len() * 4
    }
}

impl Pattern {
    /// The patterns that a typed number may mean: as it is, without the zeros of a trunk or of `00`, and
    /// without `011`, by which North America dials abroad. Nothing when it is no number, or longer than
    /// any.
    pub(super) fn meanings(text: &str) -> Vec<Self> {
        let plain = Some(text.trim_start_matches('0')).filter(|rest| rest.len() < text.len());
        let abroad = text.strip_prefix("011").filter(|rest| rest.len() >= 4);
        let typed = Self::new(text, 0);
        typed
            .into_iter()
            .chain([plain, abroad].into_iter().flatten().filter_map(|rest| Self::new(rest, 1)))
            .collect()
    }

    fn new(text: &str, doubt: u8) -> Option<Self> {
        let digits = !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit());
        (digits && text.len() <= MOST).then(|| Self {
            text: text.to_owned(),
            doubt,
            places: text.bytes().rev().map(|digit| u64::from(digit - b'0' + 1) * ONES).collect(),
        })
    }

    /// Where the pattern stands in `text`, in characters; the digits of `text` are ASCII.
    pub(super) fn place_in(&self, text: &str) -> Option<(u32, u32)> {
        let start =
            if text.ends_with(&self.text) { text.len() - self.text.len() } else { text.find(&self.text)? };
        Some((narrow(start), narrow(start + self.text.len())))
    }

    /// How good it is to find the pattern in a number written `text`.
    pub(super) fn gain_in(&self, text: &str) -> Option<u8> {
        let number = text.trim_start_matches('+').parse().ok().map(pack)?;
        let found = self.occurrences(number);
        (found != 0).then(|| self.gain(number, found))
    }

    /// One bit for each place at which the pattern stands: bit `4 * n` when `n` digits come after it.
    fn occurrences(&self, number: u64) -> u64 {
        let mut found = ONES;
        for (nth, digit) in self.places.iter().enumerate() {
            let other = number ^ digit;
            let same = !(other | other >> 1 | other >> 2 | other >> 3) & ONES;
            found &= same >> (4 * nth);
            if found == 0 {
                break;
            }
        }
        found
    }

    fn gain(&self, number: u64, found: u64) -> u8 {
        let length = (67 - number.leading_zeros()) / 4;
        let ends = found & 1 == 1;
        let starts =
            length.checked_sub(narrow(self.places.len())).is_some_and(|rest| found >> (4 * rest) & 1 == 1);
        let gain = match (starts, ends) {
            (true, true) if length as usize == self.places.len() => fit::WHOLE_NUMBER,
            (_, true) => fit::END_OF_NUMBER,
            (true, false) => fit::BEGINNING_OF_NUMBER,
            (false, false) => fit::INSIDE_NUMBER,
        };
        gain - self.doubt
    }
}

/// Four bits for each digit, one more than the digit, the last digit lowest: so an empty place is no
/// zero. Of more than sixteen digits (only an extension can have them) the last sixteen count.
fn pack(digits: u64) -> u64 {
    let mut rest = digits;
    let mut packed = 0;
    for place in 0..MOST {
        packed |= (rest % 10 + 1) << (4 * place);
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    packed
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn gain(pattern: &str, number: &str) -> Option<u8> {
        Pattern::new(pattern, 0).unwrap().gain_in(number)
    }

    #[test]
    fn digits_are_found_anywhere_and_best_at_the_end() {
        assert_eq!(gain("2280", "2280"), Some(fit::WHOLE_NUMBER));
        assert_eq!(gain("8750", "+442071838750"), Some(fit::END_OF_NUMBER));
        assert_eq!(gain("4420", "+442071838750"), Some(fit::BEGINNING_OF_NUMBER));
        assert_eq!(gain("2071", "+442071838750"), Some(fit::INSIDE_NUMBER));
        assert_eq!(gain("0442", "+442071838750"), None);
    }

    #[test]
    fn a_trunk_zero_or_an_international_prefix_is_read_past() {
        let means = |typed: &str, number: &str| {
            Pattern::meanings(typed).iter().any(|pattern| pattern.gain_in(number).is_some())
        };
        assert!(means("02071838750", "+442071838750"));
        assert!(means("00442071838750", "+442071838750"));
        assert!(means("011442071838750", "+442071838750"));
        assert!(means("0669821234", "+390669821234"));
    }

    #[test]
    fn the_digits_as_they_were_typed_are_the_better_find() {
        let best =
            |number| Pattern::meanings("0999").iter().filter_map(|pattern| pattern.gain_in(number)).max();
        assert!(best("+4420710999") > best("+4420711999"));
    }

    proptest! {
        #[test]
        fn a_pattern_is_found_where_a_text_search_finds_it(number in 1_u64..=999_999_999_999_999, pattern in "[0-9]{1,6}") {
            let text = number.to_string();
            prop_assert_eq!(gain(&pattern, &text).is_some(), text.contains(&pattern));
        }
    }
}
