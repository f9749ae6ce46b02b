//! What recognises a delivery that comes again.

use std::fmt;

use sha2::{Digest as _, Sha256};

/// The first half of a SHA-256: enough that no two deliveries ever share it by chance.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Digest([u8; Self::SIZE]);

/// The digests of one delivery; it is a repeat when either was heard before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Keys {
    body: Option<Digest>,
    request: Option<Digest>,
}

impl Digest {
    /// How many bytes it has.
    pub(crate) const SIZE: usize = 16;

    /// Its bytes, as they are stored.
    pub(crate) const fn bytes(self) -> [u8; Self::SIZE] {
        self.0
    }

    /// From stored bytes; nothing when they are no digest.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    fn of(parts: [&[u8]; 2]) -> Self {
        let whole = parts.iter().fold(Sha256::new(), Sha256::chain_update).finalize();
        let mut half = [0; Self::SIZE];
        half.copy_from_slice(&whole[..Self::SIZE]);
        Self(half)
    }
}

impl Keys {
    /// For what was asked for and cannot come again by itself.
    pub(crate) const NONE: Self = Self { body: None, request: None };

    /// For a delivery with this body.
    pub(crate) fn of_body(body: &[u8]) -> Self {
        Self { body: Some(Digest::of([b"", body])), request: None }
    }

    /// The same for a delivery that Zoom also gave an id: the id stays when Zoom sends it again, and a copy
    /// that came another way has the body in common.
    #[must_use]
    pub(crate) fn with_request(self, id: &str) -> Self {
        Self { request: Some(Digest::of([b"x-zm-request-id\0", id.as_bytes()])), ..self }
    }

    /// The digests.
    pub(crate) fn iter(self) -> impl Iterator<Item = Digest> {
        [self.request, self.body].into_iter().flatten()
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_id_is_never_taken_for_a_body() {
        let id = Keys::NONE.with_request("1").iter().next();

        assert_ne!(id, Keys::of_body(b"1").iter().next());
        assert_ne!(id, Keys::of_body(b"x-zm-request-id").iter().next());
    }

    #[test]
    fn a_stored_digest_is_the_one_that_it_was() {
        let digest = Keys::of_body(b"{}").iter().next().unwrap();

        assert_eq!(Digest::from_bytes(&digest.bytes()), Some(digest));
        assert_eq!(Digest::from_bytes(&[0; 32]), None);
    }
}
