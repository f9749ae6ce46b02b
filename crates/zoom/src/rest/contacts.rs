//! `GET /contacts`: Zoom's own search, for what the directory does not have yet.

use chrono::{DateTime, Utc};
use rollcall_model::{
    Extension, Line, NumberKind, PersonId, PhoneNumber, Presence, PresenceReport, PresenceState, Source,
};
use serde::Deserialize;

use super::{
    page::{Page, PageFields, PageToken},
    user_record::ProfileNumber,
};
use crate::{
    Client, Lane, ZoomError,
    client::Answer,
    lenient::{de_extension, de_list, de_text},
    pace::{Bucket, Label},
};

/// The most that Zoom gives at once (its default is 1).
const PAGE_SIZE: &str = "25";

/// A contact that a search found. Texts are trimmed; what is missing is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Contact {
    /// Zoom's user id; other kinds of contact have none.
    #[serde(deserialize_with = "de_text")]
    pub id: String,
    /// The name that is shown.
    #[serde(deserialize_with = "de_text")]
    pub display_name: String,
    /// E-mail address.
    #[serde(deserialize_with = "de_text")]
    pub email: String,
    /// Department.
    #[serde(rename = "dept", deserialize_with = "de_text")]
    pub department: String,
    /// Job title.
    #[serde(rename = "job_title", deserialize_with = "de_text")]
    pub title: String,
    /// Place of work.
    #[serde(deserialize_with = "de_text")]
    pub location: String,
    /// Internal extension.
    #[serde(rename = "extension_number", deserialize_with = "de_extension")]
    pub extension: Option<Extension>,
    #[serde(deserialize_with = "de_list")]
    direct_numbers: Vec<String>,
    #[serde(deserialize_with = "de_list")]
    phone_numbers: Vec<ProfileNumber>,
    #[serde(deserialize_with = "de_text")]
    presence_status: String,
    #[serde(skip)]
    asked_at: DateTime<Utc>,
}

#[derive(Deserialize)]
struct Body {
    #[serde(flatten)]
    page: PageFields,
    #[serde(deserialize_with = "de_list")]
    contacts: Vec<Contact>,
}

impl Client {
    /// People of the account whose name or e-mail matches `search`, with their presence (Medium;
    /// `contact:read:list_contacts:admin`).
    pub async fn contacts(
        &self,
        search: &str,
        page: Option<&PageToken>,
        lane: Lane,
    ) -> Result<Page<Contact>, ZoomError> {
        let ask = self
            .get(Bucket::core(Label::Medium), &["contacts"])
            .with("search_key", search)
            .with("query_presence_status", "true")
            .with("page_size", PAGE_SIZE)
            .at_page(page);
        let Answer { value: Body { page, mut contacts }, asked_at } = self.ask(ask, lane).await?;
        for contact in &mut contacts {
            contact.asked_at = asked_at;
        }
        Ok(page.page(contacts))
    }
}

impl Contact {
    /// The numbers that can be dialled: direct ones first. A number without a country is left out.
    pub fn lines(&self) -> Vec<Line> {
        let direct = self.direct_numbers.iter().filter_map(|text| PhoneNumber::parse(text, None).ok());
        let direct = direct.map(|number| Line { kind: NumberKind::Direct, number });
        direct.chain(self.phone_numbers.iter().filter_map(ProfileNumber::line)).collect()
    }

    /// The presence that came with the answer, where one did.
    pub fn presence(&self) -> Option<PresenceReport> {
        if self.id.is_empty() || self.presence_status.is_empty() {
            return None;
        }
        let presence = Presence {
            as_of: self.asked_at,
            source: Source::Asked,
            state: PresenceState::from_zoom(&self.presence_status),
            raw: self.presence_status.clone(),
            until: None,
        };
        Some(PresenceReport { person: PersonId::new(&self.id), presence })
    }
}
