//! Telephone numbers: E.164 or nothing, and extensions, which are never dialled.

use std::{fmt, str::FromStr};

use rlibphonenumber::{
    NumberLengthType, PHONE_NUMBER_UTIL, ParseError, PhoneNumberFormat, Region, ValidationError,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A number in E.164 form, such as `+442071838750`.
///
/// Its 7 to 15 digits are kept in one word: the first digit is never zero, so nothing is lost, and a
/// number can be copied, compared and hashed for free. A value of this type is the proof that the
/// country code is assigned and the length is possible there; whether somebody answers is for the call
/// to find out. (Ranges newer than the metadata in this program must stay diallable, so the narrower
/// "assigned range" check of libphonenumber is left out on purpose.)
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneNumber(u64);

/// An internal extension, up to 64 bits as Zoom sends them. Shown and searched, never dialled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Extension(pub u64);

/// What a number of a person is for, in the order in which an expert is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberKind {
    /// A direct number of the organisation's phone system.
    Direct,
    /// The office number of the person's profile.
    Office,
    /// The mobile number of the person's profile.
    Mobile,
    /// The home number of the person's profile: shown, never offered first.
    Home,
}

/// One number of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Line {
    /// What it is for.
    pub kind: NumberKind,
    /// The number.
    pub number: PhoneNumber,
}

/// Why a text is not a number that can be dialled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotANumber {
    /// Nothing in it reads as a number.
    #[error("no number in the text")]
    Unreadable,
    /// It has no country code, and no region was given to complete it.
    #[error("the country code is missing or not assigned")]
    NoCountry,
    /// Too few digits for its country: an extension, or a number cut short.
    #[error("too short for its country")]
    TooShort,
    /// Too many digits for its country.
    #[error("too long for its country")]
    TooLong,
}

impl PhoneNumber {
    /// Reads a number as people and directories write it: spaces, brackets, `tel:`, `00`, `(0)`.
    ///
    /// A number without a country code is completed with `region` (ISO 3166, two letters) or refused.
    /// An extension after the number is read past.
    pub fn parse(text: &str, region: Option<&str>) -> Result<Self, NotANumber> {
        let region = region.and_then(|code| Region::from_str(code).ok());
        let text = text.trim();
        if text.len() > 64 {
            return Err(NotANumber::TooLong);
        }
        let number = PHONE_NUMBER_UTIL.parse(text, region).map_err(|refusal| not_a_number(text, &refusal))?;
        match number.is_possible_with_reason() {
            Ok(NumberLengthType::IsPossible) => {}
            Ok(NumberLengthType::IsPossibleLocalOnly) => return Err(NotANumber::TooShort),
            Err(reason) => return Err(wrong_length(reason)),
        }
        Self::from_e164(&number.format_as(PhoneNumberFormat::E164)).ok_or(NotANumber::Unreadable)
    }

    /// Reads a number that a directory wrote with or without its leading `+`, such as `14155550100`.
    pub fn parse_international(text: &str) -> Result<Self, NotANumber> {
        let text = text.trim();
        if text.starts_with('+') || text.starts_with("tel:") {
            return Self::parse(text, None);
        }
        Self::parse(&format!("+{text}"), None)
    }

    /// Reads `+` and 7 to 15 digits, checking the shape alone: for numbers that were parsed before.
    fn from_e164(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('+')?;
        let shaped = (7..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|digit| digit.is_ascii_digit());
        if shaped { digits.parse().ok().map(Self) } else { None }
    }

    /// The digits without the `+`, as one number.
    pub const fn digits(self) -> u64 {
        self.0
    }

    /// The number as people read it, grouped after the habit of its country, such as `+44 20 7183 8750`.
    pub fn grouped(self) -> String {
        let e164 = self.to_string();
        match PHONE_NUMBER_UTIL.parse(&e164, None) {
            Ok(number) => number.format_as(PhoneNumberFormat::International).into_owned(),
            Err(_) => e164,
        }
    }
}

fn not_a_number(text: &str, refusal: &ParseError) -> NotANumber {
    match refusal {
        ParseError::InvalidCountryCode => NotANumber::NoCountry,
        ParseError::TooShortNsn | ParseError::TooShortAfterIdd => NotANumber::TooShort,
        ParseError::TooLongNsn => NotANumber::TooLong,
        _ if text.bytes().filter(u8::is_ascii_digit).count() > 15 => NotANumber::TooLong,
        ParseError::NotANumber(_) => NotANumber::Unreadable,
    }
}

fn wrong_length(reason: ValidationError) -> NotANumber {
    match reason {
        ValidationError::InvalidCountryCode => NotANumber::NoCountry,
        ValidationError::TooLong => NotANumber::TooLong,
        _ => NotANumber::TooShort,
    }
}

impl FromStr for PhoneNumber {
    type Err = NotANumber;

    fn from_str(text: &str) -> Result<Self, NotANumber> {
        Self::parse(text, None)
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+{}", self.0)
    }
}

/// Numbers are personal data: what is printed for debugging keeps the last two digits only.
impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhoneNumber(…{:02})", self.0 % 100)
    }
}

impl Serialize for PhoneNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PhoneNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::from_e164(&text).ok_or_else(|| D::Error::custom("not an E.164 number"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn e164(text: &str) -> Result<String, NotANumber> {
        PhoneNumber::parse(text, None).map(|number| number.to_string())
    }

    #[test]
    fn a_number_is_read_as_people_write_it() {
        for text in [
            "+44 20 7183 8750",
            "+44 (0)20 7183-8750",
            "tel:+44-20-7183-8750",
            " +442071838750 ",
            "+44 20 7183 8750 ext. 12",
        ] {
            assert_eq!(e164(text).as_deref(), Ok("+442071838750"), "{text}");
        }
    }

    #[test]
    fn a_national_number_needs_its_region() {
        assert_eq!(PhoneNumber::parse("020 7183 8750", None), Err(NotANumber::NoCountry));
        assert_eq!(PhoneNumber::parse("020 7183 8750", Some("GB")).unwrap().to_string(), "+442071838750");
    }

    #[test]
    fn a_number_without_its_plus_is_completed() {
        assert_eq!(PhoneNumber::parse_international("14155550100").unwrap().to_string(), "+14155550100");
        assert_eq!(PhoneNumber::parse_international("+14155550100").unwrap().to_string(), "+14155550100");
    }

    #[test]
    fn what_is_no_number_is_refused_with_a_reason() {
        assert_eq!(e164("1045"), Err(NotANumber::NoCountry));
        assert_eq!(e164("+1 800000000"), Err(NotANumber::TooShort));
        assert_eq!(e164("+999 123 456 789"), Err(NotANumber::NoCountry));
        assert_eq!(e164("+1415555010099"), Err(NotANumber::TooLong));
        assert_eq!(e164("call me"), Err(NotANumber::Unreadable));
        assert_eq!(e164(&"+1".repeat(400)), Err(NotANumber::TooLong));
        assert!(PhoneNumber::parse_international("1045").is_err());
    }

    #[test]
    fn a_leading_zero_after_the_country_code_is_kept() {
        assert_eq!(e164("+39 06 6982 1234").as_deref(), Ok("+390669821234"));
    }

    #[test]
    fn debug_output_hides_the_number() {
        let number: PhoneNumber = "+14155550123".parse().unwrap();
        assert_eq!(format!("{number:?}"), "PhoneNumber(…23)");
    }

    proptest! {
        #[test]
        fn whatever_is_read_has_the_shape_of_e164(text in "\\PC{0,40}") {
            if let Ok(number) = PhoneNumber::parse(&text, Some("DE")) {
                let shown = number.to_string();
                prop_assert!(PhoneNumber::from_e164(&shown) == Some(number));
                prop_assert_eq!(shown.parse::<PhoneNumber>(), Ok(number));
            }
        }
    }
}
