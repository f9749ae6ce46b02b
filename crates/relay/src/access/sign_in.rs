//! Signing in with Zoom, from the desk's browser window to the one-time code that the desk redeems.
//!
//! A desk opens `/v1/signin/start` in the system's browser with a challenge of its own. The browser goes to Zoom
//! and comes back to `/v1/signin/callback`, maybe to another node: what is remembered meanwhile stands in the
//! store. It then goes to where the desk waits, on this computer, with a code that only the desk can use.

use std::net::IpAddr;

use chrono::TimeDelta;
use rollcall_model::Standing;
use rollcall_zoom::{
    ZoomError,
    oauth::{Consent, Identity},
};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;
use url::{Host, Url};

use super::{
    Access, StoreError,
    come_in::Guest,
    entry::{Entry, Kind, Why},
    secret::{self, FreshToken},
    store::SignInOnItsWay,
};

/// How long a sign-in may take.
pub(super) const PATIENCE: TimeDelta = TimeDelta::minutes(10);
/// How many sign-ins of one organisation may be on their way.
const MOST: i64 = 5_000;
/// The length of an S256 challenge.
const CHALLENGE: usize = 43;
/// The longest state of a desk, and the longest code of Zoom.
const LONGEST: usize = 2_048;

/// Where a desk waits for the end of a sign-in: on its own computer only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Redirect(Url);

/// What a desk wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    challenge: String,
    state: String,
    redirect: Redirect,
}

/// A sign-in that has begun.
#[derive(Debug)]
pub(super) struct Begun {
    /// Where the browser is sent.
    pub(super) address: Url,
    /// What the browser keeps until it comes back.
    pub(super) browser: SecretString,
}

/// What the browser brings back from Zoom.
#[derive(Clone, Debug)]
pub(super) struct Return {
    /// The state that went through Zoom.
    pub(super) state: String,
    /// Zoom's code; none when the person declined.
    pub(super) code: Option<String>,
    /// What the browser kept.
    pub(super) browser: Option<String>,
    /// From where.
    pub(super) address: Option<IpAddr>,
}

/// Why a sign-in ended without a code for the desk.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotSignedIn {
    /// The address was not made by a desk of this version.
    #[error("the address was not made by a desk")]
    BadAddress,
    /// This organisation does not offer it.
    #[error("signing in with Zoom is not offered")]
    NotOffered,
    /// Too many are on their way.
    #[error("too many sign-ins are on their way")]
    TooMany,
    /// The person, Zoom or the organisation's rules said no.
    #[error("the sign-in was refused")]
    Refused(Why),
    /// Zoom failed.
    #[error("Zoom failed")]
    Zoom(#[source] ZoomError),
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Redirect {
    /// Reads an address at which a desk may wait; nothing when it is any other.
    pub(super) fn read(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        // What is written in any other way than the plain one is not worth a second look.
        (url.as_str() == text && (is_loopback(&url) || text == "rollcall://joined")).then_some(Self(url))
    }

    fn with(self, code: &SecretString, state: &str) -> Url {
        let mut url = self.0;
        url.query_pairs_mut().append_pair("code", code.expose_secret()).append_pair("state", state);
        url
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = match url.host() {
        Some(Host::Ipv4(address)) => address == std::net::Ipv4Addr::LOCALHOST,
        Some(Host::Ipv6(address)) => address == std::net::Ipv6Addr::LOCALHOST,
        _ => false,
    };
    let plain = url.username().is_empty() && url.password().is_none();
    let bare = url.query().is_none() && url.fragment().is_none();
    host && plain && bare && url.scheme() == "http" && url.port().is_some() && url.path() == "/joined"
}

impl Wanted {
    /// Reads what a desk wrote into the address; nothing when it did not.
    pub(super) fn read(challenge: String, state: String, redirect: &str) -> Option<Self> {
        let url_safe =
            |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte));
        let fits = challenge.len() == CHALLENGE
            && url_safe(&challenge)
            && (1..=LONGEST).contains(&state.len())
            && url_safe(&state);
        let redirect = Redirect::read(redirect)?;
        fits.then_some(Self { challenge, state, redirect })
    }
}

impl Access {
    /// Begins a sign-in.
    pub(super) async fn begin_sign_in(&self, wanted: Wanted) -> Result<Begun, NotSignedIn> {
        let sign_in = self.settings.sign_in.as_ref().ok_or(NotSignedIn::NotOffered)?;
        let fresh = || FreshToken::of(&self.slug).map_err(StoreError::from);
        let (state, browser) = (fresh()?, fresh()?);
        let Consent { address, verifier } = sign_in.begin(state.text.expose_secret());
        let kept = SignInOnItsWay {
            state: state.digest,
            browser: browser.digest,
            verifier: verifier.expose_secret().to_owned(),
            challenge: wanted.challenge,
            desk_state: wanted.state,
            redirect: wanted.redirect.0.into(),
            expires_at: self.clock.now() + PATIENCE,
        };
        if !self.store.keep_sign_in(&kept, MOST).await? {
            tracing::warn!(organisation = %self.slug, "too many sign-ins are on their way");
            return Err(NotSignedIn::TooMany);
        }
        Ok(Begun { address, browser: browser.text })
    }

    /// Ends a sign-in; gives the address where the desk waits, with a code for it.
    pub(super) async fn finish_sign_in(&self, back: Return) -> Result<Url, NotSignedIn> {
        let address = back.address;
        let done = self.finish(back).await;
        if let Err(NotSignedIn::Refused(why)) = &done {
            self.note_refusal(*why, address).await?;
        }
        done
    }

    async fn finish(&self, back: Return) -> Result<Url, NotSignedIn> {
        let sign_in = self.settings.sign_in.as_ref().ok_or(NotSignedIn::NotOffered)?;
        let kept = self.store.take_sign_in(&secret::digest(&back.state)).await?;
        let kept = kept.filter(|kept| self.is_the_same(kept, back.browser.as_deref()));
        let kept = kept.ok_or(NotSignedIn::Refused(Why::UnknownSignIn))?;
        let redirect = Redirect::read(&kept.redirect).ok_or(StoreError::Value("redirect"))?;
        let code = back.code.filter(|code| !code.is_empty() && code.len() <= LONGEST);
        let code = code.ok_or(NotSignedIn::Refused(Why::Declined))?;
        let told = sign_in.identify(&code, &kept.verifier.into()).await;
        let identity = told.map_err(|error| match error {
            ZoomError::SignInRefused => NotSignedIn::Refused(Why::ZoomFailed),
            error => {
                tracing::warn!(organisation = %self.slug, %error, "Zoom did not tell who signs in");
                NotSignedIn::Zoom(error)
            }
        })?;
        let code = self.code_for(self.guest(identity)?, kept.challenge).await?;
        Ok(redirect.with(&code, &kept.desk_state))
    }

    /// Whether the sign-in is in time and comes back in the browser in which it began.
    fn is_the_same(&self, kept: &SignInOnItsWay, browser: Option<&str>) -> bool {
        let shown = secret::digest(browser.unwrap_or_default());
        bool::from(shown.ct_eq(&kept.browser)) && self.clock.now() < kept.expires_at
    }

    /// Who it is, if they may come in.
    fn guest(&self, identity: Identity) -> Result<Guest, NotSignedIn> {
        if identity.account_id != self.settings.account_id {
            return Err(NotSignedIn::Refused(Why::WrongAccount));
        }
        if matches!(identity.standing, Some(Standing::Inactive | Standing::Gone)) {
            return Err(NotSignedIn::Refused(Why::NotActive));
        }
        let role = self.settings.roles.of(&identity.email, &identity.role_name);
        Ok(Guest { email: identity.email, role, person: Some(identity.person) })
    }

    async fn note_refusal(&self, why: Why, address: Option<IpAddr>) -> Result<(), StoreError> {
        let now = self.clock.now();
        if !self.refusals.lock().unwrap_or_else(std::sync::PoisonError::into_inner).have_room(now) {
            return Ok(());
        }
        let entry = Entry::of(Kind::Refused, now).because(why).from(address);
        self.store.note(&entry.with("sign-in")).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_desk_waits_on_its_own_computer_only() {
        for right in ["http://127.0.0.1:4711/joined", "http://[::1]:4711/joined", "rollcall://joined"] {
            assert!(Redirect::read(right).is_some(), "{right}");
        }
        for wrong in [
            "https://127.0.0.1:4711/joined",
            "http://127.0.0.1/joined",
            "http://127.0.0.1:80/joined",
            "http://127.0.0.1:4711/joined/",
            "http://127.0.0.1:4711/other",
            "http://127.0.0.1:4711/joined?next=https://example.test",
            "http://127.0.0.1:4711/joined#x",
            "http://user@127.0.0.1:4711/joined",
            "http://127.0.0.1:4711@example.test/joined",
            "http://127.0.0.1.example.test:4711/joined",
            "http://127.1:4711/joined",
            "http://2130706433:4711/joined",
            "http://localhost:4711/joined",
            "http://127.0.0.2:4711/joined",
            "http://[::ffff:127.0.0.1]:4711/joined",
            "HTTP://127.0.0.1:4711/joined",
            "http://127.0.0.1:4711/./joined",
            "http://127.0.0.1:4711\\joined",
            " http://127.0.0.1:4711/joined",
            "rollcall://joined/",
            "rollcall://joined?x=1",
            "rollcall://call/+491",
            "https://example.test/joined",
            "javascript:alert(1)",
            "",
        ] {
            assert_eq!(Redirect::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_no_desk_wrote_is_not_begun() {
        let redirect = "rollcall://joined";
        let wanted = |challenge: &str, state: &str| {
            Wanted::read(challenge.to_owned(), state.to_owned(), redirect).is_some()
        };
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

        assert!(wanted(challenge, "abc-123"));
        assert!(!wanted(&challenge[1..], "abc") && !wanted(&challenge.replace('E', "+"), "abc"));
        assert!(
            !wanted(challenge, "") && !wanted(challenge, "a b") && !wanted(challenge, &"x".repeat(3_000))
        );
    }

    #[test]
    fn code_and_state_are_added_to_where_the_desk_waits() {
        let code = SecretString::from("main.ABC");

        let there = |redirect: &str| Redirect::read(redirect).unwrap().with(&code, "s1");

        assert_eq!(there("rollcall://joined").as_str(), "rollcall://joined?code=main.ABC&state=s1");
        assert_eq!(
            there("http://[::1]:4711/joined").as_str(),
            "http://[::1]:4711/joined?code=main.ABC&state=s1"
        );
    }
}
