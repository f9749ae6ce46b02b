//! What single characters become.

/// What a character is in ASCII. The schwa is no `@`: Əliyev is written Aliyev.
pub(super) fn transliterated(c: char) -> Option<&'static str> {
    match c {
        'ə' | 'Ə' => Some("a"),
        _ => deunicode::deunicode_char(c),
    }
}

/// How a letter with a sign is written by those who do not have it on their keys.
pub(super) fn spelt_out(c: char) -> Option<&'static str> {
    match c {
        'ä' | 'Ä' => Some("ae"),
        'ö' | 'Ö' | 'ø' | 'Ø' => Some("oe"),
        'ü' | 'Ü' => Some("ue"),
        'å' | 'Å' => Some("aa"),
        _ => None,
    }
}

/// Whether the character is of a script other than Latin, and so worth finding as it is.
pub(super) fn is_foreign(c: char) -> bool {
    let latin = matches!(c, '\0'..='\u{36F}' | '\u{1D00}'..='\u{1EFF}' | '\u{2C60}'..='\u{2C7F}'
        | '\u{A720}'..='\u{A7FF}' | '\u{AB30}'..='\u{AB6F}' | '\u{FF10}'..='\u{FF5A}');
    !latin
}
