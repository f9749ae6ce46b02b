//! What a code that somebody shows is worth: a pure decision, the same for every database.

use chrono::{DateTime, TimeDelta, Utc};
use rollcall_model::PersonId;
use rollcall_wire::session::Role;
use subtle::ConstantTimeEq;

use super::super::{SessionId, entry::Why, secret::Digest};

/// How many wrong tries lock a code.
pub(crate) const TRIES: i64 = 5;
/// So long after its use a code opens once more for the desk that used it: the answer may have been lost.
const LOST: TimeDelta = TimeDelta::minutes(1);

/// A code as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeptCode {
    /// SHA-256 of the whole.
    pub(crate) digest: Digest,
    /// Who comes in by it.
    pub(crate) email: String,
    /// What they may see.
    pub(crate) role: Role,
    /// The person, when it is known.
    pub(crate) person: Option<PersonId>,
    /// The challenge of the desk that began the sign-in; an invitation has none.
    pub(crate) challenge: Option<String>,
    /// Wrong tries so far.
    pub(crate) tries: i64,
    /// How it was used, if it was.
    pub(crate) used: Option<Use>,
    /// When it ends.
    pub(crate) expires_at: DateTime<Utc>,
}

/// How a code was used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Use {
    /// When, for the first time.
    pub(crate) at: DateTime<Utc>,
    /// The challenge of the desk that used it; older desks have none.
    pub(crate) by: Option<String>,
    /// The session that it opened, while that is open.
    pub(crate) opened: Option<SessionId>,
}

/// What is shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Evidence<'a> {
    /// SHA-256 of the code.
    pub(crate) digest: &'a Digest,
    /// The challenge that the shown verifier makes.
    pub(crate) challenge: Option<&'a str>,
    /// The time.
    pub(crate) now: DateTime<Utc>,
}

/// Says why the code does not open anything; nothing when it does. All parts are looked at in any case.
pub(crate) fn refusal(code: Option<&KeptCode>, shown: Evidence<'_>) -> Option<Why> {
    let Some(code) = code else { return Some(Why::UnknownCode) };
    let same_code = bool::from(code.digest.ct_eq(shown.digest));
    let same_desk = code.challenge.as_deref().is_none_or(|challenge| shown.is_by(challenge));
    let used_up = code.used.as_ref().is_some_and(|used| !used.answer_was_lost(shown));
    if !same_code {
        Some(Why::WrongCode)
    } else if code.tries >= TRIES {
        Some(Why::LockedCode)
    } else if used_up {
        Some(Why::UsedCode)
    } else if code.used.is_none() && code.expires_at <= shown.now {
        Some(Why::ExpiredCode)
    } else if !same_desk {
        Some(Why::WrongVerifier)
    } else {
        None
    }
}

impl Use {
    /// Whether whoever shows the code again is the desk that used it, and did not hear what it opened.
    fn answer_was_lost(&self, shown: Evidence<'_>) -> bool {
        let same_desk = self.by.as_deref().is_some_and(|by| shown.is_by(by));
        same_desk && self.opened.is_some() && shown.now - self.at < LOST
    }
}

impl Evidence<'_> {
    /// Whether the desk of this challenge shows it.
    fn is_by(self, challenge: &str) -> bool {
        self.challenge.unwrap_or_default().as_bytes().ct_eq(challenge.as_bytes()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RIGHT: Digest = [7; 32];

    fn code() -> KeptCode {
        KeptCode {
            digest: RIGHT,
            email: "ada@example.test".to_owned(),
            role: Role::Agent,
            person: None,
            challenge: None,
            tries: 0,
            used: None,
            expires_at: DateTime::UNIX_EPOCH + TimeDelta::minutes(15),
        }
    }

    fn used(by: Option<&str>, opened: Option<SessionId>) -> KeptCode {
        let used = Use { at: DateTime::UNIX_EPOCH, by: by.map(str::to_owned), opened };
        KeptCode { used: Some(used), ..code() }
    }

    fn judged(code: &KeptCode, digest: Digest, challenge: Option<&str>, minute: i64) -> Option<Why> {
        let now = DateTime::UNIX_EPOCH + TimeDelta::minutes(minute);
        refusal(Some(code), Evidence { digest: &digest, challenge, now })
    }

    #[test]
    fn a_code_opens_until_its_time_is_over() {
        assert_eq!(judged(&code(), RIGHT, None, 14), None);
        assert_eq!(judged(&code(), RIGHT, None, 15), Some(Why::ExpiredCode));
    }

    #[test]
    fn five_wrong_tries_lock_a_code_even_for_who_has_it() {
        assert_eq!(judged(&KeptCode { tries: TRIES - 1, ..code() }, RIGHT, None, 0), None);
        assert_eq!(judged(&KeptCode { tries: TRIES, ..code() }, RIGHT, None, 0), Some(Why::LockedCode));
        assert_eq!(judged(&code(), [8; 32], None, 0), Some(Why::WrongCode));
    }

    #[test]
    fn a_code_opens_once() {
        let used = used(None, Some(SessionId::fresh()));

        assert_eq!(judged(&used, RIGHT, None, 0), Some(Why::UsedCode));
        assert_eq!(judged(&used, RIGHT, Some("desk"), 0), Some(Why::UsedCode));
    }

    #[test]
    fn a_used_code_opens_once_more_for_its_desk_within_a_minute_while_its_session_is_open() {
        let mut code = used(Some("desk"), Some(SessionId::fresh()));

        assert_eq!(judged(&code, RIGHT, Some("desk"), 0), None);
        for other in [None, Some(""), Some("thief")] {
            assert_eq!(judged(&code, RIGHT, other, 0), Some(Why::UsedCode), "{other:?}");
        }
        assert_eq!(judged(&code, [8; 32], Some("desk"), 0), Some(Why::WrongCode));
        assert_eq!(judged(&code, RIGHT, Some("desk"), 1), Some(Why::UsedCode));
        code.expires_at = DateTime::UNIX_EPOCH;
        assert_eq!(judged(&code, RIGHT, Some("desk"), 0), None, "it was used in time");
        let ended = used(Some("desk"), None);
        assert_eq!(judged(&ended, RIGHT, Some("desk"), 0), Some(Why::UsedCode));
    }

    #[test]
    fn the_code_of_a_sign_in_opens_only_for_the_desk_that_began_it() {
        let bound = KeptCode { challenge: Some("desk".to_owned()), ..code() };

        assert_eq!(judged(&bound, RIGHT, Some("desk"), 0), None);
        assert_eq!(judged(&bound, RIGHT, Some("thief"), 0), Some(Why::WrongVerifier));
        assert_eq!(judged(&bound, RIGHT, None, 0), Some(Why::WrongVerifier));
    }
}
