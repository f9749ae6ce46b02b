//! What is known beforehand of words that mean the same: forms of names, and synonyms.
//!
//! The tables are data (`data/`), read once, before the first index is built. Their words are kept as they
//! are looked up: folded, and several words written as one.

use std::{collections::HashMap, sync::LazyLock};

use super::{Synonyms, fold::folded};

/// Words related to a word.
type Related = HashMap<String, Vec<String>>;

/// Forms of first names.
pub(super) struct Names {
    /// From a short form to its full forms.
    full: Related,
    /// From a full form to its short forms.
    short: Related,
    /// From a form to the others of the same line.
    kindred: Related,
}

/// The forms of names: `data/names-*.tsv`.
pub(super) static NAMES: LazyLock<Names> = LazyLock::new(|| {
    let mut names = Names { full: Related::new(), short: Related::new(), kindred: Related::new() };
    for line in NAME_TABLES.iter().flat_map(|table| lines(table)) {
        if let Some((full, short)) = line.split_once(':') {
            let (full, short) = (forms(full, ' '), forms(short, ' '));
            relate(&mut names.full, &short, &full);
            relate(&mut names.short, &full, &short);
            relate(&mut names.kindred, &full, &full);
            relate(&mut names.kindred, &short, &short);
        }
    }
    names
});

/// What else a word or phrase of a department, title, skill, place or language is called:
/// `data/synonyms-*.csv`.
static SYNONYMS: LazyLock<Related> = LazyLock::new(|| {
    let mut synonyms = Related::new();
    for line in SYNONYM_TABLES.iter().flat_map(|table| lines(table)) {
        if let Some((narrow, wide)) = line.split_once('>') {
            relate(&mut synonyms, &forms(narrow, ','), &forms(wide, ','));
        } else {
            let group = forms(line, ',');
            relate(&mut synonyms, &group, &group);
        }
    }
    synonyms
});

/// An organisation's own words for the same.
#[derive(Debug, Default)]
pub(super) struct OwnWords(Related);

static NAME_TABLES: [&str; 2] = [include_str!("data/names-west.txt"), include_str!("data/names-world.txt")];
static SYNONYM_TABLES: [&str; 3] = [
    include_str!("data/synonyms-work.csv"),
    include_str!("data/synonyms-skills.csv"),
    include_str!("data/synonyms-places.csv"),
];

impl Names {
    /// The full forms of a short form.
    pub(super) fn full(&self, short: &str) -> &[String] {
        self.full.get(short).map_or(&[], Vec::as_slice)
    }

    /// The short forms of a full form.
    pub(super) fn short(&self, full: &str) -> &[String] {
        self.short.get(full).map_or(&[], Vec::as_slice)
    }

    /// Other forms of the same length.
    pub(super) fn kindred(&self, name: &str) -> &[String] {
        self.kindred.get(name).map_or(&[], Vec::as_slice)
    }
}

/// Other names of a phrase that everybody has; it is written as one folded word, and so are they.
fn synonyms(phrase: &str) -> &'static [String] {
    SYNONYMS.get(phrase).map_or(&[], Vec::as_slice)
}

impl OwnWords {
    /// The words of these groups. Each also leads to what everybody calls the others of its group, and back.
    pub(super) fn of(groups: &Synonyms) -> Self {
        let mut own = Related::new();
        for group in &groups.groups {
            let (from, to) = group.leads();
            let (from, to) = (as_looked_up(from), as_looked_up(to));
            let known =
                |names: &[String]| names.iter().flat_map(|name| synonyms(name)).cloned().collect::<Vec<_>>();
            relate(&mut own, &from, &to);
            relate(&mut own, &from, &known(&to));
            if group.is_mutual() {
                relate(&mut own, &known(&from), &from);
            }
        }
        Self(own)
    }

    /// Other names of a phrase, the organisation's own first.
    pub(super) fn synonyms(&self, phrase: &str) -> Vec<String> {
        let mut names = self.0.get(phrase).cloned().unwrap_or_default();
        let others =
            synonyms(phrase).iter().filter(|name| !names.contains(name)).cloned().collect::<Vec<_>>();
        names.extend(others);
        names
    }
}

/// Reads the tables now, so that the first question need not.
pub(super) fn read() {
    LazyLock::force(&NAMES);
    LazyLock::force(&SYNONYMS);
}

fn lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().filter(|line| !line.starts_with('#') && !line.is_empty())
}

fn as_looked_up(names: &[String]) -> Vec<String> {
    names.iter().map(|name| folded(name).replace(' ', "")).filter(|name| !name.is_empty()).collect()
}

fn forms(text: &str, separator: char) -> Vec<String> {
    as_looked_up(&text.split(separator).map(str::to_owned).collect::<Vec<_>>())
}

fn relate(related: &mut Related, from: &[String], to: &[String]) {
    for one in from {
        let known = related.entry(one.clone()).or_default();
        for other in to {
            if other != one && !known.contains(other) {
                known.push(other.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms_lead_to_full_ones_and_back() {
        assert!(NAMES.full("bob").contains(&"robert".to_owned()));
        assert!(NAMES.short("robert").contains(&"bob".to_owned()));
        assert!(NAMES.full("zzz").is_empty());
    }

    #[test]
    fn own_words_also_lead_to_what_everybody_says() {
        let group = |line: &str| line.parse().unwrap();
        let groups = vec![group("client vetting, kyc"), group("blue team > billing")];
        let own = OwnWords::of(&Synonyms { groups });
        let leads = |from: &str, to: &str| own.synonyms(from).contains(&to.to_owned());

        assert!(leads("clientvetting", "kyc") && leads("clientvetting", "knowyourcustomer"));
        assert!(leads("knowyourcustomer", "clientvetting") && leads("kyc", "clientvetting"));
        assert!(leads("blueteam", "billing") && !leads("billing", "blueteam"));
        assert_eq!(own.synonyms("sepa"), OwnWords::default().synonyms("sepa"));
    }

    #[test]
    fn there_are_three_hundred_groups_of_synonyms() {
        let groups: usize = SYNONYM_TABLES.iter().map(|table| lines(table).count()).sum();
        assert!(groups >= 300, "{groups}");
        let synonyms = |phrase| OwnWords::default().synonyms(phrase);
        assert!(synonyms("kyc").contains(&"knowyourcustomer".to_owned()));
    }
}
