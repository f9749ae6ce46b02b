//! Coming in: invitations, codes and the renewal of tokens.

use std::{fmt, net::IpAddr, sync::PoisonError};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use rollcall_wire::session::{Admitted, Redeem, Role};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use url::Url;

use super::{
    Access, SessionId, StoreError,
    access::showing,
    entry::{Entry, Kind, Why},
    secret::{self, FreshCode, FreshToken, ShownCode},
    store::{Admission, Attempt, NewCode, Session, Whose},
};

/// How long an invitation can be used.
const INVITED: TimeDelta = TimeDelta::minutes(15);
/// How long the code of a sign-in can be used.
const SIGNED_IN: TimeDelta = TimeDelta::minutes(2);
/// The longest e-mail address.
const LONGEST_EMAIL: usize = 254;

/// An invitation that was just made.
#[derive(Clone)]
pub struct Invitation {
    /// The one-time code.
    pub code: SecretString,
    /// Until when it can be used.
    pub expires_at: DateTime<Utc>,
}

/// Why nobody was invited.
#[derive(Debug, thiserror::Error)]
pub enum NotInvited {
    /// This is no e-mail address.
    #[error("this is no e-mail address")]
    NoEmail,
    /// The directory says that this person is deactivated or gone.
    #[error("this person is not in use at Zoom")]
    HasLeft,
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Somebody of whom it is known who they are.
#[derive(Clone, Debug)]
pub(super) struct Guest {
    pub(super) email: String,
    pub(super) role: Role,
    pub(super) person: Option<rollcall_model::PersonId>,
}

impl Access {
    /// Makes an invitation. `by` is who invites, for the trail.
    pub async fn invite(&self, email: &str, role: Role, by: &str) -> Result<Invitation, NotInvited> {
        let email = read_email(email).ok_or(NotInvited::NoEmail)?;
        let known = self.people.by_email(&email);
        if known.as_ref().is_some_and(super::Known::has_left) {
            return Err(NotInvited::HasLeft);
        }
        let now = self.clock.now();
        let expires_at = now + INVITED;
        let entry = Entry::of(Kind::Invited, now).about(&email).by(by).with(role_name(role));
        let guest = Guest { email, role, person: known.map(|known| known.person) };
        let code = self.keep_code(guest, None, by, expires_at, Some(&entry)).await?;
        Ok(Invitation { code, expires_at })
    }

    /// Makes the code with which a sign-in ends; only the desk of `challenge` can use it.
    pub(super) async fn code_for(&self, guest: Guest, challenge: String) -> Result<SecretString, StoreError> {
        self.keep_code(guest, Some(challenge), "zoom", self.clock.now() + SIGNED_IN, None).await
    }

    async fn keep_code(
        &self,
        guest: Guest,
        challenge: Option<String>,
        by: &str,
        expires_at: DateTime<Utc>,
        entry: Option<&Entry>,
    ) -> Result<SecretString, StoreError> {
        let FreshCode { text, selector, digest } = FreshCode::of(&self.slug)?;
        let Guest { email, role, person } = guest;
        let by = by.to_owned();
        let code = NewCode { selector, digest, email, role, person, challenge, by, expires_at };
        self.store.keep_code(&code, entry).await?;
        Ok(text)
    }

    /// Opens a session by a one-time code; nothing when it opens none. Why it does not is only told in the trail,
    /// and costs the same in every case. See [`Organisations::redeem`](super::Organisations::redeem) for pauses.
    pub async fn redeem(
        &self,
        shown: &Redeem,
        address: Option<IpAddr>,
    ) -> Result<Option<Admitted>, StoreError> {
        let now = self.clock.now();
        let ShownCode { selector, digest } = ShownCode::read(&shown.code);
        let token = FreshToken::of(&self.slug)?;
        let challenge = shown.verifier.as_deref().map(challenge_of);
        let noted = self.refusals.lock().unwrap_or_else(PoisonError::into_inner).have_room(now);
        let session = SessionId::fresh();
        let attempt =
            Attempt { selector, digest, challenge, address, noted, session, token: token.digest, now };
        let Some(Admission { session, ended }) = self.store.redeem(&attempt).await? else { return Ok(None) };
        self.have_ended(&ended);
        if self.has_left(&session) {
            let entry = Entry::of(Kind::Ended, now).because(Why::NotActive).by("zoom");
            self.end(Whose::Session(session.id), &entry).await?;
            return Ok(None);
        }
        tracing::info!(organisation = %self.slug, session = %session.id, "a session was opened");
        Ok(Some(self.admitted(&token, &session)))
    }

    /// The next token of the session that `token` opens; nothing when it opens none. The old one works until the
    /// new one is used: the answer may get lost.
    pub async fn rotate(&self, token: &str, address: Option<IpAddr>) -> Result<Option<Admitted>, StoreError> {
        let next = FreshToken::of(&self.slug)?;
        let showing = showing(secret::digest(token), address, self.clock.now());
        let shown = self.store.rotate(&showing, &next.digest).await?;
        Ok(self.opened(shown).map(|session| self.admitted(&next, &session)))
    }

    /// Whether the directory says that the session's person has left.
    pub(super) fn has_left(&self, session: &Session) -> bool {
        let known = match &session.person {
            Some(person) => self.people.by_id(person),
            None => self.people.by_email(&session.email),
        };
        known.is_some_and(|known| known.has_left())
    }

    fn admitted(&self, token: &FreshToken, session: &Session) -> Admitted {
        let standing = self.standing(&self.caller(session));
        Admitted { token: token.text.expose_secret().to_owned(), standing }
    }
}

impl Invitation {
    /// The link that opens the app at the relay of this address.
    pub fn link(&self, relay: &Url) -> SecretString {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("relay", relay.as_str().trim_end_matches('/'))
            .append_pair("code", self.code.expose_secret())
            .finish();
        format!("rollcall://join?{query}").into()
    }
}

/// The code is not printed.
impl fmt::Debug for Invitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invitation").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// The challenge that a verifier makes (S256 of RFC 7636).
fn challenge_of(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

const fn role_name(role: Role) -> &'static str {
    match role {
        Role::Agent => "agent",
        Role::Supervisor => "supervisor",
        Role::Admin => "admin",
    }
}

/// An e-mail address in lower case; only its form is looked at, and that not closely.
fn read_email(text: &str) -> Option<String> {
    let email = text.trim().to_lowercase();
    let (local, domain) = email.rsplit_once('@')?;
    let whole = !local.is_empty() && !domain.is_empty() && email.len() <= LONGEST_EMAIL;
    let plain = !email.chars().any(|letter| letter.is_whitespace() || letter.is_control());
    (whole && plain).then_some(email)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_rfc_makes_its_challenge() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

        assert_eq!(challenge_of(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn an_address_is_read_in_lower_case_and_nonsense_is_not_read() {
        assert_eq!(read_email(" Ada@Example.test "), Some("ada@example.test".to_owned()));
        for wrong in ["", "ada", "@example.test", "ada@", "a da@example.test", "ada@example\n.test"] {
            assert_eq!(read_email(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_link_carries_relay_and_code() {
        let invitation = Invitation { code: "main.ABC".to_owned().into(), expires_at: DateTime::UNIX_EPOCH };

        let link = invitation.link(&"https://relay.example.org:8443/".parse().unwrap());

        let expected = "rollcall://join?relay=https%3A%2F%2Frelay.example.org%3A8443&code=main.ABC";
        assert_eq!(link.expose_secret(), expected);
        assert!(!format!("{invitation:?}").contains("ABC"));
    }
}
