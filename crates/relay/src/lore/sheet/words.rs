//! An organisation's own words for the same: a group a line, with commas between its names.

use rollcall_model::search::{SynonymGroup, Synonyms};

use super::{
    misfit::{Misfit, Why},
    text,
};

/// What a file of synonyms tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// The groups that fit.
    pub synonyms: Synonyms,
    /// Everything that does not fit, in the order of lines.
    pub misfits: Vec<Misfit>,
    /// How many lines tell of a group.
    pub lines: u64,
}

/// Reads a file of synonyms. Empty lines, and those that begin with #, tell nothing.
pub fn read_words(bytes: &[u8]) -> Words {
    let mut words = Words::default();
    let bytes = text::plain(bytes);
    if bytes.trim_ascii().is_empty() {
        words.misfits.push(Misfit::of_file(Why::EmptyFile));
        return words;
    }
    for (number, line) in (1..).zip(bytes.split(|&byte| byte == b'\n')) {
        let Ok(line) = std::str::from_utf8(line) else {
            words.lines += 1;
            words.misfits.push(Misfit::at(number, Why::NotUtf8));
            continue;
        };
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        words.lines += 1;
        match line.parse::<SynonymGroup>() {
            Ok(group) => words.synonyms.groups.push(group),
            Err(reason) => words.misfits.push(Misfit::at(number, Why::NotAGroup(reason)).written(line)),
        }
    }
    if !words.synonyms.fit() {
        let (groups, kib) = (Synonyms::MOST_GROUPS, Synonyms::MOST_BYTES >> 10);
        words.misfits.push(Misfit::of_file(Why::TooManyGroups { groups, kib }));
    }
    words
}

/// The same as a file.
pub fn write_words(synonyms: &Synonyms) -> String {
    synonyms.groups.iter().fold(String::new(), |file, group| file + &group.to_string() + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_read_with_what_does_not_fit() {
        let file = b"\xEF\xBB\xBF# Our own\r\ngold desk, vip, black card\r\n\r\nalone\r\nblue team > billing\r\n\xe9, b\r\n";

        let words = read_words(file);

        assert_eq!(write_words(&words.synonyms), "gold desk, vip, black card\nblue team > billing\n");
        let told: Vec<_> = words.misfits.iter().map(|misfit| (misfit.line, misfit.why.code())).collect();
        assert_eq!(told, [(4, "not_a_group"), (6, "not_utf8")]);
        assert_eq!(words.lines, 4);
        assert_eq!(read_words(write_words(&words.synonyms).as_bytes()).synonyms, words.synonyms);
        assert_eq!(read_words(b" \n").misfits[0].why.code(), "empty_file");
    }

    #[test]
    fn more_than_is_kept_is_refused() {
        let file: Vec<String> = (0..=Synonyms::MOST_GROUPS).map(|n| format!("a{n}, b{n}")).collect();

        assert_eq!(read_words(file.join("\n").as_bytes()).misfits[0].why.code(), "too_many_groups");
    }
}
