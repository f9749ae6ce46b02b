//! One-time codes and session tokens: made from the operating system's randomness, kept as SHA-256 only.
//!
//! A code reads `SLUG.` and 26 letters of five bits each. The first six letters, the selector, find the row, so
//! that wrong tries can be counted against the code that they were meant for; the rest is known to nobody but its
//! holder. Letters that look like digits are not used, and are read as those digits. A token reads `SLUG.` and 64
//! hexadecimal digits.

use rand::{TryRng, rngs::SysRng};
use secrecy::SecretString;
use sha2::{Digest as _, Sha256};

use crate::{caller::Slug, options::NoRandomness};

/// SHA-256 of a secret.
pub(crate) type Digest = [u8; 32];

/// Crockford's alphabet: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Letters of a code: 130 bits.
const LETTERS: usize = 26;
/// How many of them are the selector: 30 bits.
const SELECTOR: usize = 6;

/// A one-time code that was just made.
pub(crate) struct FreshCode {
    /// The whole code.
    pub(crate) text: SecretString,
    /// Its public part.
    pub(crate) selector: String,
    /// What is kept of it.
    pub(crate) digest: Digest,
}

/// A code as somebody showed it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ShownCode {
    /// Its public part; of something that is no code, a text that no code has.
    pub(crate) selector: String,
    /// SHA-256 of the whole.
    pub(crate) digest: Digest,
}

/// A token, or another secret of 256 bits, that was just made.
pub(crate) struct FreshToken {
    /// The whole token.
    pub(crate) text: SecretString,
    /// What is kept of it.
    pub(crate) digest: Digest,
}

impl FreshCode {
    /// Makes a code of an organisation.
    pub(crate) fn of(slug: &Slug) -> Result<Self, NoRandomness> {
        let letters = &base32(&random::<17>()?)[..LETTERS];
        let text = format!("{slug}.{letters}");
        let selector = letters[..SELECTOR].to_owned();
        Ok(Self { digest: digest(&text), text: text.into(), selector })
    }
}

impl ShownCode {
    /// Reads a code. What is none is given a place all the same: it is looked for like any other.
    pub(crate) fn read(text: &str) -> Self {
        let text = normal(text);
        let selector = selector(&text).unwrap_or_default().to_owned();
        Self { selector, digest: digest(&text) }
    }
}

impl FreshToken {
    /// Makes a token of an organisation.
    pub(crate) fn of(slug: &Slug) -> Result<Self, NoRandomness> {
        let text = format!("{slug}.{}", hex::encode(random::<32>()?));
        Ok(Self { digest: digest(&text), text: text.into() })
    }
}

/// SHA-256 of a text.
pub(crate) fn digest(text: &str) -> Digest {
    Sha256::digest(text).into()
}

/// The organisation that a code or a token names.
pub(crate) fn slug(text: &str) -> Option<Slug> {
    text.trim().split_once('.')?.0.to_ascii_lowercase().parse().ok()
}

/// The code as it was made: the organisation in lower case, the rest in upper case without look-alikes.
fn normal(text: &str) -> String {
    let Some((slug, rest)) = text.trim().split_once('.') else { return String::new() };
    let rest = rest.chars().map(|letter| match letter.to_ascii_uppercase() {
        'I' | 'L' => '1',
        'O' => '0',
        other => other,
    });
    slug.to_ascii_lowercase().chars().chain(['.']).chain(rest).collect()
}

fn selector(normal: &str) -> Option<&str> {
    let letters = normal.split_once('.')?.1;
    let legal = letters.len() == LETTERS && letters.bytes().all(|letter| ALPHABET.contains(&letter));
    legal.then(|| &letters[..SELECTOR])
}

fn random<const BYTES: usize>() -> Result<[u8; BYTES], NoRandomness> {
    let mut bytes = [0; BYTES];
    SysRng.try_fill_bytes(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}

/// Five bits a letter; what is left over is left out.
fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    let (mut held, mut bits) = (0_u32, 0);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(letter(held >> bits));
        }
    }
    text
}

fn letter(value: u32) -> char {
    char::from(ALPHABET[(value & 31) as usize])
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn north() -> Slug {
        "north".parse().unwrap()
    }

    #[test]
    fn bits_become_letters_from_the_left() {
        assert_eq!(base32(&[0, 0, 0, 0, 0]), "00000000");
        assert_eq!(base32(&[0xff, 0xff, 0xff, 0xff, 0xff]), "ZZZZZZZZ");
        assert_eq!(base32(&[0b0000_1000, 0b1000_0110, 0, 0, 0]), "12300000");
        assert_eq!(base32(&[0x80; 17]).len(), LETTERS + 1);
    }

    #[test]
    fn a_code_is_read_as_it_was_made_however_it_was_typed() {
        let code = FreshCode::of(&north()).unwrap();
        let text = code.text.expose_secret();

        let typed = format!("  {} ", text.to_lowercase().replace('1', "l").replace('0', "o"));

        let expected = ShownCode { selector: code.selector.clone(), digest: code.digest };
        assert_eq!(ShownCode::read(text), expected);
        assert_eq!(ShownCode::read(&typed), expected);
        assert_eq!(slug(&typed), Some(north()));
    }

    #[test]
    fn a_code_has_130_bits() {
        let code = FreshCode::of(&north()).unwrap();
        let text = code.text.expose_secret();

        assert_eq!(text.len(), "north.".len() + LETTERS);
        assert_ne!(text, FreshCode::of(&north()).unwrap().text.expose_secret());
    }

    #[test]
    fn what_is_no_code_has_no_selector() {
        for text in ["", "north", "north.", "north.ABCDEF", &format!("north.{}", "U".repeat(26)), "é.é"] {
            assert_eq!(ShownCode::read(text).selector, "", "{text}");
        }
    }

    #[test]
    fn a_token_names_its_organisation_and_has_256_bits() {
        let token = FreshToken::of(&north()).unwrap();
        let text = token.text.expose_secret();

        assert_eq!((slug(text), text.len()), (Some(north()), "north.".len() + 64));
        assert_eq!(digest(text), token.digest);
    }
}
