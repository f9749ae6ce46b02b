//! Proof key for code exchange (RFC 7636).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// What the client showed when it asked for a code.
#[cfg_attr(test, derive(Debug, PartialEq, Eq))]
pub(super) enum Challenge {
    Plain(String),
    S256(String),
}

impl Challenge {
    /// Reads `code_challenge` and `code_challenge_method`; Zoom's default method is `plain`.
    pub(super) fn read(challenge: &str, method: Option<&str>) -> Option<Self> {
        match method {
            Some("S256") => Some(Self::S256(challenge.to_owned())),
            None | Some("plain") => Some(Self::Plain(challenge.to_owned())),
            Some(_) => None,
        }
    }

    /// Whether this verifier is the one the challenge was made of.
    pub(super) fn is_met_by(&self, verifier: &str) -> bool {
        match self {
            Self::Plain(challenge) => challenge == verifier,
            Self::S256(challenge) => *challenge == URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_rfc_is_met() {
        let challenge = Challenge::read("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", Some("S256")).unwrap();

        assert!(challenge.is_met_by("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
        assert!(!challenge.is_met_by("another"));
    }

    #[test]
    fn without_a_method_the_challenge_is_the_verifier() {
        assert!(Challenge::read("abc", None).unwrap().is_met_by("abc"));
        assert_eq!(Challenge::read("abc", Some("S512")), None);
    }
}
