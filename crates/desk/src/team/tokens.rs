//! A session's token, and the one before it for as long as that may still be needed.

use secrecy::{ExposeSecret as _, SecretString};

/// What the keychain keeps of a session: the newest token and, until that was used for the first time, the
/// one before. Whichever of them the relay holds for good, one of the two is let in.
#[derive(Clone, Debug)]
pub(super) struct Tokens {
    pub(super) newest: SecretString,
    pub(super) before: Option<SecretString>,
}

impl Tokens {
    pub(super) const fn one(newest: SecretString) -> Self {
        Self { newest, before: None }
    }

    /// Reads what the keychain kept: the newest first, one a line.
    pub(super) fn read(kept: &SecretString) -> Option<Self> {
        let mut lines = kept.expose_secret().lines().filter(|line| !line.is_empty()).map(SecretString::from);
        Some(Self { newest: lines.next()?, before: lines.next() })
    }

    /// What the keychain keeps.
    pub(super) fn written(&self) -> SecretString {
        let newest = self.newest.expose_secret();
        match &self.before {
            Some(before) => SecretString::from(format!("{newest}\n{}", before.expose_secret())),
            None => SecretString::from(newest),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read() {
        let two = Tokens { newest: "main.b".into(), before: Some("main.a".into()) };

        let read = Tokens::read(&two.written()).unwrap();
        let one = Tokens::read(&Tokens::one("main.b".into()).written()).unwrap();

        assert_eq!(read.newest.expose_secret(), "main.b");
        assert_eq!(read.before.unwrap().expose_secret(), "main.a");
        assert!(one.before.is_none());
        assert!(Tokens::read(&"".into()).is_none());
    }
}
