//! `GET /phone/users`: direct numbers, extensions and sites, in bulk.

use chrono::{DateTime, Utc};
use rollcall_model::{Extension, PersonFact, PersonId, PersonReport, Phone, PhoneNumber};
use serde::Deserialize;

use super::page::{Page, PageFields, PageToken};
use crate::{
    Client, Lane, ZoomError,
    lenient::{de_extension, de_list, de_text},
    pace::{Bucket, Label},
};

/// The most that Zoom gives at once.
const PAGE_SIZE: &str = "100";

/// A person as the phone system knows them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct PhoneUser {
    /// Zoom's user id.
    #[serde(deserialize_with = "de_text")]
    pub id: String,
    #[serde(deserialize_with = "de_extension")]
    extension_number: Option<Extension>,
    #[serde(deserialize_with = "de_list")]
    phone_numbers: Vec<Direct>,
    site: Site,
}

/// A direct number, which Zoom writes without its `+` in some lists and with it in others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Direct {
    #[serde(deserialize_with = "de_text")]
    number: String,
}

/// A site, of which the name is of interest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Site {
    #[serde(deserialize_with = "de_text")]
    pub(super) name: String,
}

#[derive(Deserialize)]
struct Body {
    #[serde(flatten)]
    page: PageFields,
    #[serde(deserialize_with = "de_list")]
    users: Vec<PhoneUser>,
}

impl Client {
    /// One page of the people who have a phone (Medium; `phone:read:list_users:admin`).
    pub async fn phone_users(
        &self,
        page: Option<&PageToken>,
        lane: Lane,
    ) -> Result<Page<PhoneUser>, ZoomError> {
        let ask = self
            .get(Bucket::phone(Label::Medium), &["phone", "users"])
            .with("page_size", PAGE_SIZE)
            .at_page(page);
        let Body { page, users } = self.ask(ask, lane).await?.value;
        Ok(page.page(users))
    }
}

impl PhoneUser {
    /// What this says about the person: their direct numbers, extension and site.
    pub fn reports(&self, as_of: DateTime<Utc>) -> Vec<PersonReport> {
        if self.id.is_empty() {
            return Vec::new();
        }
        let phone = Phone {
            direct: numbers(&self.phone_numbers),
            extension: self.extension_number,
            site: self.site.name.clone(),
        };
        vec![PersonReport { id: PersonId::new(&self.id), as_of, fact: PersonFact::Phone(phone) }]
    }
}

/// The numbers that are numbers, each once, in Zoom's order.
pub(super) fn numbers(direct: &[Direct]) -> Vec<PhoneNumber> {
    let mut numbers = Vec::with_capacity(direct.len());
    for number in direct.iter().filter_map(|direct| PhoneNumber::parse_international(&direct.number).ok()) {
        if !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_without_their_plus_and_long_extensions_are_read() {
        let user: PhoneUser = serde_json::from_value(json!({
            "id": "u1", "extension_number": 26_000_026_001_u64, "site": { "id": "s", "name": "Lisboa" },
            "phone_numbers": [{ "id": "n", "number": "14155550100" }, { "number": "+14155550100" }, { "number": "77" }],
            "status": "activate",
        }))
        .unwrap();

        let reports = user.reports(DateTime::UNIX_EPOCH);

        let PersonFact::Phone(phone) = &reports[0].fact else { panic!("a phone") };
        assert_eq!(phone.direct, ["+14155550100".parse().unwrap()]);
        assert_eq!(phone.extension, Some(Extension(26_000_026_001)));
        assert_eq!(phone.site, "Lisboa");
    }
}
