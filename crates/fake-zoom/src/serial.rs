//! Zoom's way of writing JSON: raw UTF-8, but upper-case escapes for what lies beyond the basic plane.

use std::fmt::Write as _;

use serde_json::Value;

/// How a body is written.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Style {
    /// With line breaks and indentation.
    pub(crate) pretty: bool,
    /// Without the escapes.
    pub(crate) raw_astral: bool,
}

/// Writes a body.
pub(crate) fn write(body: &Value, style: Style) -> String {
    let text = if style.pretty { format!("{body:#}") } else { body.to_string() };
    if style.raw_astral { text } else { escape_astral(text) }
}

fn escape_astral(text: String) -> String {
    if text.chars().all(|letter| u32::from(letter) <= 0xffff) {
        return text;
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        if u32::from(letter) > 0xffff {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                let _ = write!(escaped, "\\u{unit:04X}");
            }
        } else {
            escaped.push(letter);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_characters_beyond_the_basic_plane_are_escaped() {
        let body = json!({ "name": "Łucja — ñ 陽 🚒" });

        let text = write(&body, Style::default());

        assert_eq!(text, r#"{"name":"Łucja — ñ 陽 \uD83D\uDE92"}"#);
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), body);
    }
}
