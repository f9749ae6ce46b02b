//! Bytes of a file as UTF-8, as far as they say by themselves what they are.

use std::borrow::Cow;

/// The bytes without the mark that some programs put first; from UTF-16, which has one, to UTF-8. What is no text is
/// left as it is, and told of where it stands.
pub(super) fn plain(bytes: &[u8]) -> Cow<'_, [u8]> {
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => Cow::Borrowed(rest),
        [0xFF, 0xFE, rest @ ..] => Cow::Owned(from_utf16(rest, u16::from_le_bytes)),
        [0xFE, 0xFF, rest @ ..] => Cow::Owned(from_utf16(rest, u16::from_be_bytes)),
        _ => Cow::Borrowed(bytes),
    }
}

fn from_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Vec<u8> {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    char::decode_utf16(units)
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect::<String>()
        .into_bytes()
}

/// Something that was written, short enough for a report.
pub(super) fn shortened(text: &str) -> String {
    const MOST: usize = 60;
    let mut short: String = text.trim().chars().take(MOST).collect();
    if text.trim().chars().count() > MOST {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_writes_is_read() {
        let text = "email;skills\nzoë@example.test;Zölle 𝄞";
        let le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();

        for (mark, bytes) in [
            (&b"\xEF\xBB\xBF"[..], text.as_bytes()),
            (b"\xFF\xFE", &le),
            (b"\xFE\xFF", &be),
            (b"", text.as_bytes()),
        ] {
            assert_eq!(plain(&[mark, bytes].concat()), text.as_bytes());
        }
    }
}
