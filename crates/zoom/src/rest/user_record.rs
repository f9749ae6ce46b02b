//! `GET /users/{id}`: one person's own record.

use chrono::{DateTime, Utc};
use rollcall_model::{Detail, Line, NumberKind, PersonFact, PersonId, PersonReport, PhoneNumber};
use serde::Deserialize;

use super::{
    segment,
    users::{ProfileFields, standing},
};
use crate::{
    Client, Lane, ZoomError,
    lenient::{de_list, de_text},
    pace::{Bucket, Label},
};

/// A person's own record. Texts are trimmed; what is missing is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct UserRecord {
    /// Zoom's user id.
    #[serde(deserialize_with = "de_text")]
    pub id: String,
    #[serde(flatten)]
    profile: ProfileFields,
    #[serde(deserialize_with = "de_text")]
    status: String,
    #[serde(deserialize_with = "de_text")]
    job_title: String,
    #[serde(deserialize_with = "de_text")]
    location: String,
    #[serde(deserialize_with = "de_text")]
    pic_url: String,
    #[serde(deserialize_with = "de_text")]
    phone_number: String,
    #[serde(deserialize_with = "de_list")]
    phone_numbers: Vec<ProfileNumber>,
}

/// A number of a profile: country code and the rest stand apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct ProfileNumber {
    #[serde(deserialize_with = "de_text")]
    code: String,
    #[serde(deserialize_with = "de_text")]
    country: String,
    #[serde(deserialize_with = "de_text")]
    label: String,
    #[serde(deserialize_with = "de_text")]
    number: String,
}

impl Client {
    /// One person's record (Light; `user:read:user:admin`).
    pub async fn user(&self, id: &PersonId, lane: Lane) -> Result<UserRecord, ZoomError> {
        self.user_at(id.as_str(), lane).await
    }

    /// The record of the token's own user; with Server-to-Server credentials, the app's owner.
    pub async fn me(&self, lane: Lane) -> Result<UserRecord, ZoomError> {
        self.user_at("me", lane).await
    }

    async fn user_at(&self, id: &str, lane: Lane) -> Result<UserRecord, ZoomError> {
        let ask = self.get(Bucket::core(Label::Light), &["users", &segment(id)?]);
        Ok(self.ask(ask, lane).await?.value)
    }
}

impl UserRecord {
    /// What this says about the person: details, profile and standing, as far as the record holds them.
    pub fn reports(&self, as_of: DateTime<Utc>) -> Vec<PersonReport> {
        if self.id.is_empty() {
            return Vec::new();
        }
        let id = PersonId::new(&self.id);
        let detail = PersonFact::Detail(self.detail());
        let profile = self.profile.is_told().then(|| PersonFact::Profile(self.profile.profile()));
        let standing = standing(&self.status).map(PersonFact::Standing);
        std::iter::once(detail)
            .chain(profile)
            .chain(standing)
            .map(|fact| PersonReport { id: id.clone(), as_of, fact })
            .collect()
    }

    fn detail(&self) -> Detail {
        Detail {
            title: self.job_title.clone(),
            location: self.location.clone(),
            picture: Some(self.pic_url.clone()).filter(|address| address.starts_with("https://")),
            lines: self.lines(),
        }
    }

    fn lines(&self) -> Vec<Line> {
        let mut lines: Vec<Line> = self.phone_numbers.iter().filter_map(ProfileNumber::line).collect();
        // Older profiles have the one number only, written with a space after the code.
        if let (true, Ok(number)) = (lines.is_empty(), PhoneNumber::parse(&self.phone_number, None)) {
            lines.push(Line { kind: NumberKind::Office, number });
        }
        lines
    }
}

impl ProfileNumber {
    /// The number as a line; nothing when it is a fax or no number.
    pub(super) fn line(&self) -> Option<Line> {
        let kind = match self.label.to_ascii_lowercase().as_str() {
            "fax" => return None,
            "mobile" => NumberKind::Mobile,
            "home" => NumberKind::Home,
            _ => NumberKind::Office,
        };
        let whole = if self.number.starts_with('+') {
            self.number.clone()
        } else if self.code.is_empty() {
            return Some(Line { kind, number: PhoneNumber::parse(&self.number, Some(&self.country)).ok()? });
        } else {
            format!("+{}{}", self.code.trim_start_matches('+'), self.number)
        };
        Some(Line { kind, number: PhoneNumber::parse(&whole, None).ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn detail(record: Value) -> Detail {
        let record: UserRecord = serde_json::from_value(record).unwrap();
        match record.reports(DateTime::UNIX_EPOCH).remove(0).fact {
            PersonFact::Detail(detail) => detail,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn numbers_are_joined_from_code_and_rest_and_faxes_left_out() {
        let number =
            |label, code, number| json!({ "label": label, "code": code, "country": "GB", "number": number });
        let detail = detail(json!({ "id": "u1", "job_title": "Payments lead", "phone_numbers": [
            number("Mobile", "+44", "7700 900123"), number("Fax", "+44", "2079460001"),
            number("Office", "44", "2079460000"), number("Home", "+44", "12"),
        ]}));

        let lines: Vec<String> = detail.lines.iter().map(|line| line.number.to_string()).collect();
        assert_eq!(lines, ["+447700900123", "+442079460000"]);
        assert_eq!(detail.lines[1].kind, NumberKind::Office);
        assert_eq!(detail.title, "Payments lead");
    }

    #[test]
    fn the_single_number_of_an_older_profile_is_read_past_its_space() {
        let detail =
            detail(json!({ "id": "u1", "phone_number": "+1 4155550100", "pic_url": "http://x.test/a.png" }));

        assert_eq!(detail.lines[0].number.to_string(), "+14155550100");
        assert_eq!(detail.picture, None);
    }
}
