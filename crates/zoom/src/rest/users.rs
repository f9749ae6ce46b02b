//! `GET /users` and `GET /users/summary`: who there is.

use chrono::{DateTime, Utc};
use rollcall_model::{PersonFact, PersonId, PersonReport, Profile, Standing};
use serde::Deserialize;

use super::{
    attributes::{self, Attribute},
    page::{Page, PageFields, PageToken},
};
use crate::{
    Client, Lane, ZoomError,
    lenient::{de_list, de_text},
    pace::{Bucket, Label},
};

/// A person as the directory list tells them. Texts are trimmed; what is missing is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ListedUser {
    /// Zoom's user id; people who have not accepted their invitation have none.
    #[serde(deserialize_with = "de_text")]
    pub id: String,
    #[serde(flatten)]
    pub(super) profile: ProfileFields,
    #[serde(deserialize_with = "de_text")]
    pub(super) status: String,
}

/// The fields that the list and the single record share.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct ProfileFields {
    #[serde(deserialize_with = "de_text")]
    display_name: String,
    #[serde(deserialize_with = "de_text")]
    first_name: String,
    #[serde(deserialize_with = "de_text")]
    last_name: String,
    #[serde(deserialize_with = "de_text")]
    email: String,
    #[serde(deserialize_with = "de_text")]
    dept: String,
    #[serde(deserialize_with = "de_text")]
    timezone: String,
    #[serde(deserialize_with = "de_list")]
    custom_attributes: Vec<Attribute>,
}

/// How many people the account has: a cheap check that a sweep was complete.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct UsersSummary {
    /// Everybody.
    #[serde(rename = "total_users_count")]
    pub total: u64,
    /// Those who have not accepted their invitation.
    #[serde(rename = "pending_users_count")]
    pub pending: u64,
}

#[derive(Deserialize)]
struct Body {
    #[serde(flatten)]
    page: PageFields,
    #[serde(deserialize_with = "de_list")]
    users: Vec<ListedUser>,
}

impl Client {
    /// One page of the people of one standing, with their custom attributes (Medium;
    /// `user:read:list_users:admin`). [`Standing::Gone`] lists nobody: Zoom forgets the deleted.
    pub async fn users(
        &self,
        standing: Standing,
        page: Option<&PageToken>,
        lane: Lane,
    ) -> Result<Page<ListedUser>, ZoomError> {
        let status = match standing {
            Standing::Active => "active",
            Standing::Pending => "pending",
            Standing::Inactive => "inactive",
            Standing::Gone => return Ok(Page::empty()),
        };
        let ask = self
            .get(Bucket::core(Label::Medium), &["users"])
            .with("status", status)
            .with("page_size", &self.page_size.to_string())
            .with("include_fields", "custom_attributes")
            .at_page(page);
        let Body { page, mut users } = self.ask(ask, lane).await?.value;
        for user in users.iter_mut().filter(|user| user.status.is_empty()) {
            // Who was listed by this standing has it.
            status.clone_into(&mut user.status);
        }
        Ok(page.page(users))
    }

    /// How many people there are (Medium; `user:read:summary:admin`).
    pub async fn users_summary(&self, lane: Lane) -> Result<UsersSummary, ZoomError> {
        let ask = self.get(Bucket::core(Label::Medium), &["users", "summary"]);
        Ok(self.ask(ask, lane).await?.value)
    }
}

impl ListedUser {
    /// What this says about the person: their profile, and their standing where it is told. Nothing for
    /// people without an id.
    pub fn reports(&self, as_of: DateTime<Utc>) -> Vec<PersonReport> {
        if self.id.is_empty() {
            return Vec::new();
        }
        let id = PersonId::new(&self.id);
        let profile = PersonFact::Profile(self.profile.profile());
        let standing = standing(&self.status).map(PersonFact::Standing);
        std::iter::once(profile)
            .chain(standing)
            .map(|fact| PersonReport { id: id.clone(), as_of, fact })
            .collect()
    }
}

impl ProfileFields {
    /// Whether the record holds a profile at all.
    pub(super) fn is_told(&self) -> bool {
        !self.email.is_empty() || !self.display_name.is_empty()
    }

    pub(super) fn profile(&self) -> Profile {
        Profile {
            display_name: self.display_name.clone(),
            first_name: self.first_name.clone(),
            last_name: self.last_name.clone(),
            email: self.email.to_lowercase(),
            department: self.dept.clone(),
            time_zone: self.timezone.parse().ok(),
            skills: attributes::skills(&self.custom_attributes),
            languages: attributes::languages(&self.custom_attributes),
        }
    }
}

/// A standing by Zoom's word for it.
pub(crate) fn standing(status: &str) -> Option<Standing> {
    match status {
        "active" => Some(Standing::Active),
        "pending" => Some(Standing::Pending),
        "inactive" => Some(Standing::Inactive),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn listed(value: serde_json::Value) -> ListedUser {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_listed_person_gives_profile_and_standing() {
        let person = listed(json!({
            "id": "u-maren", "email": "Maren.Ost@Example.test", "display_name": " Maren Ost ", "dept": "Payments",
            "timezone": "Europe/Berlin", "status": "inactive", "type": 99, "pmi": 3_542_471_135_u64,
            "custom_attributes": [{ "key": "c1", "name": "Skills", "value": "SEPA" }], "some_new_field": {},
        }));

        let reports = person.reports(DateTime::UNIX_EPOCH);

        let PersonFact::Profile(profile) = &reports[0].fact else { panic!("a profile") };
        assert_eq!(
            (profile.display_name.as_str(), profile.email.as_str()),
            ("Maren Ost", "maren.ost@example.test")
        );
        assert_eq!(profile.time_zone.unwrap().name(), "Europe/Berlin");
        assert_eq!(profile.skills, ["SEPA"]);
        assert_eq!(reports[1].fact, PersonFact::Standing(Standing::Inactive));
        assert_eq!(reports[0].id, PersonId::new("u-maren"));
    }

    #[test]
    fn an_invited_person_without_an_id_gives_nothing() {
        let person = listed(json!({ "email": "new@example.test", "status": "pending", "type": 1 }));

        assert_eq!(person.reports(DateTime::UNIX_EPOCH), []);
    }
}
