//! What it costs to believe that somebody slipped on the keys or misheard: a distance between words, in
//! tenths of a slip.

/// Longer words are not compared.
const LONGEST: usize = 24;
/// A letter too much or too few.
const LETTER: u8 = 10;
/// A letter doubled, or not.
const DOUBLE: u8 = 5;
/// A silent h.
const SILENT: u8 = 6;
/// Two letters in the wrong order.
const ORDER: u8 = 8;
/// A letter for one that sounds like it.
const ALIKE: u8 = 6;
/// The key beside.
const BESIDE: u8 = 8;
/// Any other letter.
const OTHER: u8 = 10;
/// The first letter is seldom wrong.
const FIRST: u8 = 2;

/// Letters that are taken for each other in one language or another.
const ALIKE_SETS: [&[u8]; 11] =
    [b"aeiouy", b"ckqg", b"szcx", b"vwfbu", b"ijyg", b"dt", b"bp", b"mn", b"lr", b"jhx", b"tzs"];
/// Rows of keys; those of other layouts differ in few letters.
const KEYS: [&[u8]; 3] = [b"qwertyuiop", b"asdfghjkl", b"zxcvbnm"];

/// How much may be mended in a word of so many letters.
pub(super) const fn bound(letters: usize) -> u8 {
    match letters {
        0..=2 => 0,
        3 => 10,
        4..=5 => 12,
        6..=8 => 22,
        _ => 26,
    }
}

/// The cost of `typed` for `meant`, at most 255; nothing for words that are too long.
pub(super) fn cost(typed: &str, meant: &str) -> Option<u8> {
    let rows = Rows::fill(typed.as_bytes(), meant.as_bytes())?;
    Some(rows.last[meant.len()])
}

/// The cost of `typed` for a beginning of `meant`, when that is one slip at most; a little dearer than a
/// whole word.
pub(super) fn cost_of_beginning(typed: &str, meant: &str) -> Option<u8> {
    let meant = &meant[..meant.len().min(typed.len() + 1)];
    let rows = Rows::fill(typed.as_bytes(), meant.as_bytes())?;
    let shortest = typed.len().saturating_sub(1);
    let best = rows.last.get(shortest..=meant.len())?.iter().min()?;
    (*best <= LETTER + FIRST).then_some(best + 4)
}

/// The last row of the table of costs.
struct Rows {
    last: [u8; LONGEST + 1],
}

impl Rows {
    fn fill(typed: &[u8], meant: &[u8]) -> Option<Self> {
        if typed.len() > LONGEST || meant.len() > LONGEST {
            return None;
        }
        let mut before = [0_u8; LONGEST + 1];
        let mut above = [0_u8; LONGEST + 1];
        for column in 1..=meant.len() {
            above[column] = above[column - 1] + extra(meant, column - 1) + first(column == 1);
        }
        for row in 1..=typed.len() {
            let mut current = [0_u8; LONGEST + 1];
            current[0] = above[0].saturating_add(extra(typed, row - 1) + first(row == 1));
            for column in 1..=meant.len() {
                let start = first(row == 1 && column == 1);
                let (one, other) = (typed[row - 1], meant[column - 1]);
                let swapped = row > 1 && column > 1 && one == meant[column - 2] && other == typed[row - 2];
                let order =
                    if swapped && one != other { before[column - 2].saturating_add(ORDER) } else { u8::MAX };
                let instead = instead(one, other) + start * u8::from(one != other);
                current[column] = (above[column - 1].saturating_add(instead))
                    .min(above[column].saturating_add(extra(typed, row - 1)))
                    .min(current[column - 1].saturating_add(extra(meant, column - 1)))
                    .min(order);
            }
            before = above;
            above = current;
        }
        Some(Self { last: above })
    }
}

const fn first(is_first: bool) -> u8 {
    if is_first { FIRST } else { 0 }
}

/// The cost of a letter that only one of the words has.
fn extra(word: &[u8], place: usize) -> u8 {
    let letter = word[place];
    let is_double = place > 0 && word[place - 1] == letter || word.get(place + 1) == Some(&letter);
    match letter {
        _ if is_double => DOUBLE,
        b'h' => SILENT,
        _ => LETTER,
    }
}

/// The cost of one letter for another; both are plain.
fn instead(one: u8, other: u8) -> u8 {
    let row = usize::from(one.wrapping_sub(b'a')) % LETTERS;
    INSTEAD[row][usize::from(other.wrapping_sub(b'a')) % LETTERS]
}

const LETTERS: usize = 26;

/// The cost of each letter for each other one.
static INSTEAD: [[u8; LETTERS]; LETTERS] = {
    let mut table = [[OTHER; LETTERS]; LETTERS];
    let mut row = 0;
    while row + 1 < KEYS.len() {
        near(&mut table, KEYS[row], KEYS[row + 1]);
        row += 1;
    }
    let mut row = 0;
    while row < KEYS.len() {
        near(&mut table, KEYS[row], KEYS[row]);
        row += 1;
    }
    let mut set = 0;
    while set < ALIKE_SETS.len() {
        all(&mut table, ALIKE_SETS[set], ALIKE);
        set += 1;
    }
    let mut letter = 0;
    while letter < LETTERS {
        table[letter][letter] = 0;
        letter += 1;
    }
    table
};

/// Keys of two rows that lie beside each other.
const fn near(table: &mut [[u8; LETTERS]; LETTERS], row: &[u8], other: &[u8]) {
    let mut one = 0;
    while one < row.len() {
        let mut beside = 0;
        while beside < other.len() {
            if one.abs_diff(beside) <= 1 {
                all(table, &[row[one], other[beside]], BESIDE);
            }
            beside += 1;
        }
        one += 1;
    }
}

/// Each letter of the set for each other one.
const fn all(table: &mut [[u8; LETTERS]; LETTERS], set: &[u8], cost: u8) {
    let mut one = 0;
    while one < set.len() {
        let mut other = 0;
        while other < set.len() {
            table[(set[one] - b'a') as usize][(set[other] - b'a') as usize] = cost;
            other += 1;
        }
        one += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likely_slips_are_cheap() {
        for (typed, meant, expected) in [
            ("anna", "anna", 0),
            ("ana", "anna", DOUBLE),
            ("jonson", "johnson", SILENT),
            ("thomsa", "thomas", ORDER),
            ("gusman", "guzman", ALIKE),
            ("wrifht", "wright", BESIDE),
            ("balkr", "bakr", LETTER),
        ] {
            assert_eq!(cost(typed, meant), Some(expected), "{typed} for {meant}");
        }
    }

    #[test]
    fn a_beginning_is_mended_by_one_slip_only() {
        assert!(cost_of_beginning("waltw", "walters").is_some());
        assert!(cost_of_beginning("xaltw", "walters").is_none());
    }

    #[test]
    fn very_different_words_cost_the_most_and_long_ones_nothing_is_said_about() {
        assert_eq!(cost("abcdefgh", "zzzzzzzz").map(|cost| cost > 60), Some(true));
        assert_eq!(cost(&"x".repeat(30), "anna"), None);
    }
}
