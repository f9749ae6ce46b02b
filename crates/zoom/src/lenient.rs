//! Reading what Zoom writes in more than one way: numbers as text, text as numbers, empty for absent.

use chrono::{DateTime, NaiveDateTime, Utc};
use rollcall_model::Extension;
use serde::{Deserialize, Deserializer};
use serde_json::{Number, Value};
use serde_json_borrow::Value as Borrowed;

/// A value of JSON that is no list and no object, of which more than one form is taken.
#[derive(Clone, Debug)]
pub(crate) enum Plain<'a> {
    /// A string.
    Text(&'a str),
    /// A number.
    Number(Number),
    /// Anything else says nothing.
    Nothing,
}

impl<'a> From<&'a Value> for Plain<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::String(text) => Self::Text(text),
            Value::Number(number) => Self::Number(number.clone()),
            _ => Self::Nothing,
        }
    }
}

impl<'a> From<&'a Borrowed<'_>> for Plain<'a> {
    fn from(value: &'a Borrowed<'_>) -> Self {
        match value {
            Borrowed::Str(text) => Self::Text(text),
            Borrowed::Number(number) => Self::Number((*number).into()),
            _ => Self::Nothing,
        }
    }
}

/// A moment: RFC 3339 as everywhere, or `2024-09-08 15:58:40` as in one event; empty is absent.
pub(crate) fn moment(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let standard = DateTime::parse_from_rfc3339(text).map(|at| at.with_timezone(&Utc));
    standard.or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").map(|at| at.and_utc())).ok()
}

/// Milliseconds since 1970, written as an integer, a float or a text.
pub(crate) fn millis<'a>(value: impl Into<Plain<'a>>) -> Option<DateTime<Utc>> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a cast from float saturates; the date check follows"
    )]
    let from_float =
        |number: &Number| number.as_f64().filter(|millis| millis.is_finite()).map(|millis| millis as i64);
    let millis = match value.into() {
        Plain::Text(text) => text.trim().parse().ok(),
        Plain::Number(number) => number.as_i64().or_else(|| from_float(&number)),
        Plain::Nothing => None,
    }?;
    DateTime::from_timestamp_millis(millis)
}

/// A text that is not empty: a string, or a number as it is written.
pub(crate) fn text<'a>(value: impl Into<Plain<'a>>) -> Option<String> {
    let text = match value.into() {
        Plain::Text(text) => text.trim().to_owned(),
        Plain::Number(number) => number.to_string(),
        Plain::Nothing => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// An extension: up to 64 bits, as a number or as a text of digits.
pub(crate) fn extension<'a>(value: impl Into<Plain<'a>>) -> Option<Extension> {
    let extension = match value.into() {
        Plain::Text(text) => text.trim().parse().ok(),
        Plain::Number(number) => number.as_u64(),
        Plain::Nothing => None,
    };
    extension.map(Extension)
}

/// For `#[serde(deserialize_with)]`: a text that may be missing, `null`, or a number.
pub(crate) fn de_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(text(&Value::deserialize(deserializer)?).unwrap_or_default())
}

/// For `#[serde(deserialize_with)]`: an extension or nothing.
pub(crate) fn de_extension<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Extension>, D::Error> {
    Ok(extension(&Value::deserialize(deserializer)?))
}

/// For `#[serde(deserialize_with)]`: a moment or nothing.
pub(crate) fn de_moment<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<DateTime<Utc>>, D::Error> {
    Ok(text(&Value::deserialize(deserializer)?).as_deref().and_then(moment))
}

/// For `#[serde(deserialize_with)]`: a list whose unreadable members are left out; `null` is empty.
pub(crate) fn de_list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: serde::de::DeserializeOwned,
{
    let Value::Array(members) = Value::deserialize(deserializer)? else {
        return Ok(Vec::new());
    };
    Ok(members.into_iter().filter_map(|member| serde_json::from_value(member).ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_moment_is_read_in_each_form() {
        let expected = DateTime::from_timestamp(1_725_811_120, 0);

        assert_eq!(moment("2024-09-08T15:58:40Z"), expected);
        assert_eq!(moment("2024-09-08T17:58:40+02:00"), expected);
        assert_eq!(moment("2024-09-08 15:58:40"), expected);
        assert_eq!(moment(""), None);
        assert_eq!(moment("2022-09-09T08:11:387Z"), None);
    }

    #[test]
    fn milliseconds_are_read_as_integer_float_and_text() {
        let expected = DateTime::from_timestamp_millis(1_767_225_600_123);

        assert_eq!(millis(&json!(1_767_225_600_123_i64)), expected);
        assert_eq!(millis(&json!(1_767_225_600_123.0)), expected);
        assert_eq!(millis(&json!("1767225600123")), expected);
        assert_eq!(millis(&json!(u64::MAX)), None);
        assert_eq!(millis(&json!(1e300)), None);
    }

    #[test]
    fn an_extension_may_be_text_and_may_need_64_bits() {
        assert_eq!(extension(&json!("1022")), Some(Extension(1022)));
        assert_eq!(extension(&json!(u64::MAX)), Some(Extension(u64::MAX)));
        assert_eq!(extension(&json!(-4)), None);
        assert_eq!(extension(&json!("front desk")), None);
        assert_eq!(extension(&json!(null)), None);
    }
}
