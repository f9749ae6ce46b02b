//! Links that others may open: `rollcall://person/<id>`, `rollcall://call/<E.164>`, an invitation to a relay
//! (`rollcall://join?…`), the end of a sign-in (`rollcall://joined?…`) and a group (`rollcall://group?…`).
//!
//! A link never calls anybody, joins nothing and adds nothing; the most it does is to ask whether to.

use rollcall_desk::team::Joined;
use rollcall_model::{PersonId, PhoneNumber};
use url::Url;

/// What a link asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    /// Show this person.
    Person(PersonId),
    /// Ask whether to call this number.
    Call(PhoneNumber),
    /// Show the join screen, filled in from this link.
    Join(Url),
    /// Ask whether to add the group of this link.
    Group(Url),
    /// Go on with a sign-in that was started here.
    Joined(Joined),
}

/// Reads a link; anything that is not exactly one of the forms is nothing.
pub(crate) fn read(link: &Url) -> Option<Link> {
    match (link.scheme(), link.host_str()) {
        ("rollcall", Some("join")) => return Some(Link::Join(link.clone())),
        ("rollcall", Some("group")) => return Some(Link::Group(link.clone())),
        ("rollcall", Some("joined")) => return Joined::parse(link).map(Link::Joined),
        _ => {}
    }
    let plain = link.query().is_none() && link.fragment().is_none() && link.port().is_none();
    if link.scheme() != "rollcall" || !plain {
        return None;
    }
    let mut parts = link.path_segments()?;
    let (Some(last), None) = (parts.next(), parts.next()) else {
        return None;
    };
    match link.host_str()? {
        "person" if is_id(last) => Some(Link::Person(PersonId::new(last))),
        "call" if last.starts_with('+') => last.parse().ok().map(Link::Call),
        _ => None,
    }
}

/// Zoom's ids are base64url; a little more length than they have today does no harm.
fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(link: &str) -> Option<Link> {
        Url::parse(link).ok().and_then(|url| read(&url))
    }

    #[test]
    fn a_link_names_a_person_or_a_number() {
        assert_eq!(
            read_text("rollcall://person/KDcuGIm1QgePTO8WbOqwIQ"),
            Some(Link::Person(PersonId::new("KDcuGIm1QgePTO8WbOqwIQ")))
        );
        let number = "+442071838750".parse().unwrap();
        assert_eq!(read_text("rollcall://call/+442071838750"), Some(Link::Call(number)));
    }

    #[test]
    fn a_link_leads_to_a_relay_or_back_from_its_sign_in() {
        let invitation = "rollcall://join?relay=https://relay.example.org&code=main.ABC";
        assert_eq!(read_text(invitation), Some(Link::Join(Url::parse(invitation).unwrap())));

        let joined = Joined { state: "s".to_owned(), code: Some("main.ABC".to_owned()) };
        assert_eq!(read_text("rollcall://joined?code=main.ABC&state=s"), Some(Link::Joined(joined)));
    }

    #[test]
    fn anything_else_is_nothing() {
        for link in [
            "rollcall://call/442071838750",
            "rollcall://call/+1045",
            "rollcall://call/+442071838750?callerid=+4930901820",
            "rollcall://call/+442071838750/extra",
            "rollcall://call/%2B442071838750%0A",
            "rollcall://person/",
            "rollcall://person/a%20b",
            "rollcall://erase/everything",
            "rollcall://joined?code=main.ABC",
            "https://join?relay=https://relay.example.org",
            "https://person/KDcuGIm1QgePTO8WbOqwIQ",
        ] {
            assert_eq!(read_text(link), None, "{link}");
        }
    }
}
