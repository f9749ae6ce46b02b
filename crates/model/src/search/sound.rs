//! Words that sound alike, whatever the language in which somebody spells them.
//!
//! A word is rewritten by the rules of `data/sounds.tsv`, from left to right, the longest spelling first:
//! what sounds alike in some language is written alike. Where two languages disagree (`ch` of Christopher
//! and of Chávez) a rule gives a second way, and the word has a second key. The key of a word is what is
//! left of it when all vowels are one and no letter is doubled.

use std::sync::LazyLock;

use super::slip;

/// How one spelling sounds; the second way where languages disagree.
type Ways = [&'static str; 2];

/// The rules, by the first sign of their spelling; the longest first.
static RULES: LazyLock<Vec<Vec<(&'static str, Ways)>>> = LazyLock::new(|| {
    let mut rules = vec![Vec::new(); SIGNS];
    for line in include_str!("data/sounds.tsv").lines().filter(|line| !line.starts_with('#')) {
        let mut columns = line.split('\t');
        if let (Some(spelling), Some(sound)) = (columns.next(), columns.next()) {
            let first = spelling.bytes().next().map_or(0, usize::from) % SIGNS;
            rules[first].push((spelling, [sound, columns.next().unwrap_or(sound)]));
        }
    }
    for rules in &mut rules {
        rules.sort_by_key(|(spelling, _)| std::cmp::Reverse(spelling.len()));
    }
    rules
});

const SIGNS: usize = 128;

/// Alike in sound costs so much at least, and so much for each tenth of a slip between the sounds.
const ALIKE: u8 = 4;

/// The keys of a word of plain small letters: one or two.
pub(super) fn keys(word: &str) -> Vec<u32> {
    let (main, other) = (key(&sound(word, 0)), key(&sound(word, 1)));
    if main == other { vec![main] } else { vec![main, other] }
}

/// What it costs to believe that `typed` was meant for `meant`, which has a key in common with it; nothing
/// when they do not sound alike after all.
pub(super) fn cost(typed: &str, meant: &str) -> Option<u8> {
    let ways = |word| [sound(word, 0), sound(word, 1)];
    let (typed_ways, meant_ways) = (ways(typed), ways(meant));
    let pairs = typed_ways.iter().flat_map(|one| meant_ways.iter().map(move |other| (one, other)));
    let best = pairs.filter_map(|(one, other)| slip::cost(one, other)).min()?;
    let bound = if typed.len() <= 3 { 6 } else { slip::bound(typed.len()) };
    (best <= bound).then_some(ALIKE + best / 2)
}

/// How a word sounds, in one of the two ways.
fn sound(word: &str, way: usize) -> String {
    let mut sound = String::with_capacity(word.len() + 2);
    let marked = format!("^{word}$");
    let mut rest = marked.as_str();
    while let Some(sign) = rest.bytes().next() {
        let rules = &RULES[usize::from(sign) % SIGNS];
        let rule = rules.iter().find(|(spelling, _)| rest.starts_with(spelling));
        let (length, said) = rule.map_or((1, ""), |(spelling, ways)| (spelling.len(), ways[way]));
        for letter in said.chars() {
            if !sound.ends_with(letter) {
                sound.push(letter);
            }
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    sound
}

/// A number of the consonants of a sound, with one sign for the vowels between two.
fn key(sound: &str) -> u32 {
    let (mut key, mut last) = (0x811C_9DC5_u32, 0);
    for letter in sound.bytes() {
        let sign = if matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u') { b'1' } else { letter };
        if sign != last {
            key = (key ^ u32::from(sign)).wrapping_mul(0x0100_0193);
            last = sign;
        }
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_sound_share_a_key() {
        for (one, other) in [
            ("sergey", "serguei"),
            ("mohammed", "muhamad"),
            ("stephens", "stefenz"),
            ("schuster", "shustar"),
            ("kapoor", "capur"),
            ("xiong", "ksion"),
            ("jacquot", "yackwot"),
            ("wojton", "voyton"),
            ("johnston", "jonston"),
            ("christopher", "kristofer"),
            ("hendrik", "endrik"),
            ("guzman", "gusman"),
            ("tchaikovsky", "chaykovski"),
            ("zhang", "jang"),
            ("quispe", "kispe"),
        ] {
            let (mine, others) = (keys(one), keys(other));
            assert!(
                mine.iter().any(|key| others.contains(key)),
                "{one} {other}: {:?} {:?}",
                sound(one, 0),
                sound(other, 0)
            );
            assert!(cost(one, other).is_some(), "{one} {other}");
        }
    }

    #[test]
    fn other_names_have_other_keys() {
        for (one, other) in [("anna", "otto"), ("smith", "jones"), ("martin", "morton b"), ("lee", "li x")] {
            assert!(
                one != other && (cost(one, other).is_none() || keys(one) != keys(other)),
                "{one} {other}"
            );
        }
    }
}
