//! Who asks: the organisation whose relay is asked, and what the asker may see.

use std::fmt;

use rollcall_model::PersonId;
use rollcall_wire::session::Role;

/// The short name of an organisation, as it stands in addresses, file names and tokens: 1 to 32 lower-case
/// letters, digits and hyphens, the first no hyphen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(String);

/// The text is no [`Slug`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an organisation's short name is 1 to 32 lower-case letters, digits and hyphens")]
pub struct NoSlug;

/// Somebody who was let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Whose relay they may ask.
    pub organisation: Slug,
    /// What they may see.
    pub role: Role,
    /// Who they are, once the directory knows them; nobody in particular for the app that holds the relay.
    pub person: Option<PersonId>,
}

impl Slug {
    /// The name of the only organisation of a relay that was told no other.
    pub fn only() -> Self {
        Self("main".to_owned())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for Slug {
    type Err = NoSlug;

    fn from_str(text: &str) -> Result<Self, NoSlug> {
        let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let fits = (1..=32).contains(&text.len()) && !text.starts_with('-') && text.bytes().all(legal);
        if fits { Ok(Self(text.to_owned())) } else { Err(NoSlug) }
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_name_fits_into_an_address_and_a_file_name() {
        assert_eq!("north-2".parse::<Slug>().unwrap().as_str(), "north-2");
        for wrong in ["", "-x", "North", "a/b", "..", "ü", &"x".repeat(33)] {
            assert_eq!(wrong.parse::<Slug>(), Err(NoSlug), "{wrong}");
        }
    }
}
