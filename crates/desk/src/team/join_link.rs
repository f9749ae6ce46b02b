//! Links that lead to a relay: `rollcall://join?relay=…&code=…` and, from a browser, `rollcall://joined?…`.

use std::fmt;

use rollcall_wire::{Failure, session::Redeem, window::Invitation};
use secrecy::ExposeSecret as _;
use url::Url;

use super::{RelayAddress, sign_in::random};

/// How an invitation's link begins.
const JOIN: &str = "rollcall://join?";
/// What stands before the `?` of the link that ends a sign-in.
const JOINED: &str = "rollcall://joined";
/// The digits of a code, after the organisation's name.
const DIGITS: usize = 26;
/// The longest text that is looked at, in bytes.
const LONGEST: usize = 4_096;

/// An invitation to a relay.
#[derive(Clone, PartialEq, Eq)]
pub struct JoinLink {
    /// The relay.
    pub relay: RelayAddress,
    /// The one-time code; a link without one invites to sign in.
    pub code: Option<String>,
}

/// What a browser brings back from a sign-in.
#[derive(Clone, PartialEq, Eq)]
pub struct Joined {
    /// What the desk gave the browser to take along.
    pub state: String,
    /// The one-time code, unless the relay refused.
    pub code: Option<String>,
}

impl JoinLink {
    /// Reads a link, also one that was pasted with line breaks and with words before it.
    ///
    /// Fails with [`Failure::NotAnInvitation`] or as [`RelayAddress::parse`] does.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let link = cleaned(text).ok_or(Failure::NotAnInvitation)?;
        let url = Url::parse(&link).map_err(|_| Failure::NotAnInvitation)?;
        let relay = only(&url, "relay")?.ok_or(Failure::NotAnInvitation)?;
        let code = only(&url, "code")?.map(|code| read_code(&code)).transpose()?;
        Ok(Self { relay: RelayAddress::parse(&relay)?, code })
    }

    /// Reads what stands on the join screen: a whole link, or a code and an address beside it.
    pub fn of(typed: &Invitation) -> Result<Self, Failure> {
        if typed.code.to_ascii_lowercase().contains("rollcall:") {
            return Self::parse(&typed.code);
        }
        let code = read_code(&typed.code)?;
        Ok(Self { relay: RelayAddress::parse(&typed.relay)?, code: Some(code) })
    }

    /// What is redeemed at the relay, as a desk that it knows again when this is redeemed once more because the
    /// answer was lost.
    pub fn redeem(self) -> Result<(RelayAddress, Redeem), Failure> {
        let code = self.code.ok_or(Failure::NotAnInvitation)?;
        let verifier = Some(random()?.expose_secret().to_owned());
        Ok((self.relay, Redeem { code, verifier }))
    }
}

impl Joined {
    /// Reads the link that ends a sign-in; anything else is nothing.
    pub fn parse(link: &Url) -> Option<Self> {
        let plain = link.as_str().split('?').next().is_some_and(|it| it.trim_end_matches('/') == JOINED);
        let state = only(link, "state").ok()?.filter(|_| plain)?;
        Some(Self { state, code: only(link, "code").ok()? })
    }
}

/// What the join screen shows for a link.
impl From<JoinLink> for Invitation {
    fn from(link: JoinLink) -> Self {
        Self { code: link.code.unwrap_or_default(), relay: link.relay.to_string() }
    }
}

/// The code is not printed.
impl fmt::Debug for JoinLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinLink").field("code", &"redacted").finish_non_exhaustive()
    }
}

/// Nothing of it is printed.
impl fmt::Debug for Joined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Joined").finish_non_exhaustive()
    }
}

/// The link alone: without what stands before it, without white space and what mail programs put around.
fn cleaned(text: &str) -> Option<String> {
    let text: String = text.get(..LONGEST.min(text.len()))?.split_whitespace().collect();
    let start = text.to_ascii_lowercase().find(JOIN)?;
    let query = text.get(start + JOIN.len()..)?.replace("&amp;", "&");
    Some(format!("{JOIN}{}", query.trim_end_matches(['>', '"', '\'', ')', '.', ',', ';'])))
}

/// The one value of this name; a link that says it twice is none.
fn only(url: &Url, name: &str) -> Result<Option<String>, Failure> {
    let mut values = url.query_pairs().filter(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    let value = values.next().filter(|value| !value.is_empty());
    if values.next().is_some() { Err(Failure::NotAnInvitation) } else { Ok(value) }
}

/// An organisation's name, a dot, and the digits; checked here so that a slip costs no try at the relay.
fn read_code(text: &str) -> Result<String, Failure> {
    let code: String = text.split_whitespace().collect();
    let (organisation, digits) = code.split_once('.').ok_or(Failure::NotAnInvitation)?;
    let named = is_organisation(&organisation.to_ascii_lowercase());
    let counted = digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if named && counted { Ok(code) } else { Err(Failure::NotAnInvitation) }
}

/// Whether a text can be an organisation's short name.
pub(super) fn is_organisation(text: &str) -> bool {
    (1..=32).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "main.ABCDEFGHIJKLMNOPQRSTUVWX27";
    const LINK: &str =
        "rollcall://join?relay=https%3A%2F%2Frelay.example.org&code=main.ABCDEFGHIJKLMNOPQRSTUVWX27";

    fn invitation() -> JoinLink {
        let relay = RelayAddress::parse("https://relay.example.org").unwrap();
        JoinLink { relay, code: Some(CODE.to_owned()) }
    }

    #[test]
    fn a_link_is_read_however_it_was_pasted() {
        let broken = LINK.replace("&code", "\n  &code").replace("MNOP", "MN\r\nOP");
        let escaped = LINK.replace('&', "&amp;");
        for text in
            [LINK, &broken, &escaped, &format!("Please join:\n<{LINK}>."), &LINK.replace("%3A%2F%2F", "://")]
        {
            assert_eq!(JoinLink::parse(text).unwrap(), invitation(), "{text}");
        }
    }

    #[test]
    fn a_code_and_an_address_may_be_typed_apart() {
        let typed = Invitation { code: format!(" {CODE}\n"), relay: "relay.example.org".to_owned() };
        let pasted = Invitation { code: LINK.to_owned(), relay: String::new() };

        assert_eq!(JoinLink::of(&typed).unwrap(), invitation());
        assert_eq!(JoinLink::of(&pasted).unwrap(), invitation());
    }

    #[test]
    fn what_is_no_invitation_is_told_before_it_costs_a_try() {
        for text in [
            "",
            "rollcall://join",
            "rollcall://join?code=main.ABCDEFGHIJKLMNOPQRSTUVWX27",
            "rollcall://join?relay=https://a.example.org&relay=https://b.example.org",
            "rollcall://join?relay=https://a.example.org&code=main.ABC",
            "rollcall://join?relay=https://a.example.org&code=two words.ABCDEFGHIJKLMNOPQRSTUVWX27!",
            "rollcall://person/mia",
            "https://relay.example.org",
        ] {
            assert_eq!(JoinLink::parse(text), Err(Failure::NotAnInvitation), "{text}");
        }
        let unencrypted = "rollcall://join?relay=http://relay.example.org";
        assert_eq!(JoinLink::parse(unencrypted), Err(Failure::RelayNotEncrypted));
    }

    #[test]
    fn a_code_is_shown_with_what_only_this_desk_knows() {
        let verifier = || invitation().redeem().unwrap().1.verifier.unwrap();

        assert_eq!(verifier().len(), 43);
        assert_ne!(verifier(), verifier());
    }

    #[test]
    fn a_link_without_a_code_invites_to_sign_in() {
        let link = JoinLink::parse("rollcall://join?relay=https://relay.example.org&code=").unwrap();

        assert_eq!(link.code, None);
        assert_eq!(link.redeem(), Err(Failure::NotAnInvitation));
    }

    #[test]
    fn the_end_of_a_sign_in_is_read_and_nothing_else_is() {
        let read = |link: &str| Joined::parse(&Url::parse(link).unwrap());

        let joined = Joined { state: "s".to_owned(), code: Some("c".to_owned()) };
        assert_eq!(read("rollcall://joined?code=c&state=s"), Some(joined.clone()));
        assert_eq!(read("rollcall://joined/?code=c&state=s"), Some(joined));
        assert_eq!(read("rollcall://joined?state=s"), Some(Joined { state: "s".to_owned(), code: None }));
        for link in [
            "rollcall://joined?code=c",
            "rollcall://join?code=c&state=s",
            "rollcall://joined?state=a&state=b",
        ] {
            assert_eq!(read(link), None, "{link}");
        }
    }

    #[test]
    fn a_code_is_never_printed() {
        let printed = format!("{:?} {:?}", invitation(), Invitation::from(invitation()));

        assert!(!printed.contains("ABCDEF"), "{printed}");
    }
}
