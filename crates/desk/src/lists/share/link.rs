//! A group as a link: `rollcall://group?name=Billing&text=billing&among=everyone`.

use rollcall_wire::{
    Failure,
    window::{GroupOffer, Only},
};
use serde_json::Value;
use url::{Url, form_urlencoded};

use crate::lists::{checked_name, checked_question};

/// How a link to a group begins.
const GROUP: &str = "rollcall://group";
/// The longest link that is looked at, in bytes.
const LONGEST: usize = 2_048;

/// The link that offers a group.
pub(crate) fn write_link(group: &GroupOffer) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("name", &group.name).append_pair("text", &group.text);
    if group.only != Only::Everyone {
        query.append_pair("among", &word(group.only));
    }
    // A plus is a space to some programs only.
    format!("{GROUP}?{}", query.finish().replace('+', "%20"))
}

/// The group that a link offers. What is not exactly such a link is [`Failure::NotAGroupLink`].
pub(crate) fn read_link(link: &str) -> Result<GroupOffer, Failure> {
    let refused = Failure::NotAGroupLink;
    let url = Some(link).filter(|link| link.len() <= LONGEST).and_then(|link| Url::parse(link).ok());
    let url = url.ok_or(Failure::NotAGroupLink)?;
    let place = url.as_str().split('?').next().unwrap_or_default().trim_end_matches('/');
    if place != GROUP || url.fragment().is_some() {
        return Err(refused);
    }
    let (mut name, mut text, mut among) = (None, None, None);
    for (key, value) in url.query_pairs() {
        let part = match &*key {
            "name" => &mut name,
            "text" => &mut text,
            "among" => &mut among,
            _ => return Err(refused),
        };
        if part.replace(value.into_owned()).is_some() {
            return Err(refused);
        }
    }
    let (Some(name), Some(text)) = (name, text) else { return Err(refused) };
    let only = among.map_or(Some(Only::Everyone), |among| read_word(&among)).ok_or(Failure::NotAGroupLink)?;
    // Letters that are not in the text, such as one that is no UTF-8, are not guessed at.
    if name.contains(char::REPLACEMENT_CHARACTER) || text.contains(char::REPLACEMENT_CHARACTER) {
        return Err(refused);
    }
    let name = checked_name(&name).map_err(|_| Failure::NotAGroupLink)?;
    let text = checked_question(&text).map_err(|_| Failure::NotAGroupLink)?;
    Ok(GroupOffer { name, text, only })
}

fn word(only: Only) -> String {
    let word = serde_json::to_value(only).ok();
    word.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn read_word(word: &str) -> Option<Only> {
    serde_json::from_value(Value::String(word.to_owned())).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(name: &str, text: &str, only: Only) -> GroupOffer {
        GroupOffer { name: name.to_owned(), text: text.to_owned(), only }
    }

    #[test]
    fn a_link_brings_the_group_as_it_was() {
        for group in [
            offer("Billing free", "billing in:\"new york\" free", Only::Everyone),
            offer("C++ & Zażółć = 100 %", "c++ & zażółć #1?", Only::Free),
        ] {
            let link = write_link(&group);
            assert_eq!(read_link(&link), Ok(group), "{link}");
        }
        assert_eq!(
            write_link(&offer("Billing", "in:madrid", Only::Favourites)),
            "rollcall://group?name=Billing&text=in%3Amadrid&among=favourites"
        );
    }

    #[test]
    fn a_link_that_is_not_exactly_one_is_refused() {
        let long = format!("rollcall://group?name=a&text={}", "b".repeat(300));
        let longer = format!("rollcall://group?name=a&text=b{}", "%20".repeat(1_000));
        for link in [
            "rollcall://group",
            "rollcall://group?name=Billing",
            "rollcall://group?text=billing",
            "rollcall://group?name=&text=billing",
            "rollcall://group?name=Billing&text=free",
            "rollcall://group?name=A&name=B&text=c",
            "rollcall://group?name=A&text=b&among=enemies",
            "rollcall://group?name=A&text=b&run=c",
            "rollcall://group?name=A%0AB&text=c",
            "rollcall://group?name=A&text=b%00",
            "rollcall://group?name=A%E2%80%AEB&text=c",
            "rollcall://group?name=%FF&text=b",
            "rollcall://group/other?name=A&text=b",
            "rollcall://group?name=A&text=b#c",
            "https://group?name=A&text=b",
            "group",
            &long,
            &longer,
        ] {
            assert_eq!(read_link(link), Err(Failure::NotAGroupLink), "{link}");
        }
    }
}
