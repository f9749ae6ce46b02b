//! Telephone numbers that exist nowhere in particular and are valid everywhere.

use rand::{Rng, RngExt, seq::IndexedRandom};

use super::sites::{SITES, Site};

/// A number in full international form, digits only: country code and national number.
pub(crate) type E164 = u64;

/// A number of the profile: code and number apart, as `GET /users/{id}` writes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProfileNumber {
    pub(crate) label: &'static str,
    pub(crate) country: &'static str,
    pub(crate) code: &'static str,
    /// National digits, with blanks as people type them.
    pub(crate) number: Box<str>,
}

/// A fixed-line number of a site.
pub(crate) fn fixed(site: &Site, rng: &mut impl Rng) -> E164 {
    international(site, &national(site.fixed, rng))
}

/// A mobile number of a site's country.
pub(crate) fn mobile(site: &Site, rng: &mut impl Rng) -> E164 {
    international(site, &national(site.mobile, rng))
}

/// Some customer's number, somewhere in the world.
pub(crate) fn outside(rng: &mut impl Rng) -> E164 {
    let site = SITES.choose(rng).unwrap_or(&SITES[0]);
    if rng.random_bool(0.6) { mobile(site, rng) } else { fixed(site, rng) }
}

/// A profile number with the blanks people put into it.
pub(crate) fn profile(label: &'static str, site: &Site, rng: &mut impl Rng) -> ProfileNumber {
    let pattern = if label == "Mobile" { site.mobile } else { site.fixed };
    let digits = national(pattern, rng);
    let number = if rng.random_bool(0.6) { spaced(&digits) } else { digits };
    ProfileNumber { label, country: site.country, code: site.code, number: number.into() }
}

/// `+` and digits.
pub(crate) fn plus(number: E164) -> String {
    format!("+{number}")
}

/// The site whose country code begins this number, for country fields of records.
pub(crate) fn country_of(number: E164) -> Option<&'static Site> {
    let digits = number.to_string();
    SITES.iter().filter(|site| digits.starts_with(site.code)).max_by_key(|site| site.code.len())
}

fn national(patterns: &[&str], rng: &mut impl Rng) -> String {
    let pattern = patterns.choose(rng).copied().unwrap_or_default();
    pattern
        .chars()
        .map(|place| match place {
            'N' => digit(rng, 2),
            '#' => digit(rng, 0),
            literal => literal,
        })
        .collect()
}

fn digit(rng: &mut impl Rng, lowest: u8) -> char {
    char::from(b'0' + rng.random_range(lowest..10))
}

fn international(site: &Site, national: &str) -> E164 {
    format!("{}{national}", site.code).parse().unwrap_or_default()
}

fn spaced(digits: &str) -> String {
    let (area, rest) = digits.split_at(digits.len().min(3));
    let (middle, end) = rest.split_at(rest.len() / 2);
    format!("{area} {middle} {end}")
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;
    use rlibphonenumber::PHONE_NUMBER_UTIL;

    use super::*;

    #[test]
    fn every_pattern_makes_valid_numbers() {
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        for site in SITES {
            for _ in 0..200 {
                for number in [fixed(site, &mut rng), mobile(site, &mut rng)] {
                    let parsed = PHONE_NUMBER_UTIL.parse(plus(number), None).unwrap();
                    assert!(PHONE_NUMBER_UTIL.is_valid_number(&parsed), "{} +{number}", site.city);
                }
            }
        }
    }

    #[test]
    fn blanks_do_not_change_the_number() {
        let written = spaced("3022223333");

        assert!(written.contains(' '));
        assert_eq!(written.replace(' ', ""), "3022223333");
    }
}
