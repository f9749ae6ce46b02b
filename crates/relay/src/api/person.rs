//! A person as other programs are told of them.

use chrono::{DateTime, Utc};
use rollcall_model::{Entry, PhoneNumber, Roster, Shown, search};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    expertise::Expertise,
    names::{Account, Field, Freshness, NumberKind, PresenceSource, PresenceState},
};

/// A person, with what is known of how they are.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct Person {
    /// Zoom's id of the user.
    id: String,
    /// The name that is shown.
    name: String,
    /// The job title; empty when none is known.
    title: String,
    /// The department; empty when none is known.
    department: String,
    /// The place of work, else the site of the phone; empty when none is known.
    place: String,
    /// The time zone by its IANA name.
    time_zone: Option<&'static str>,
    /// Languages spoken, those that Zoom tells and those that the organisation itself does.
    languages: Vec<String>,
    /// Skills, those that Zoom tells and those that the organisation itself does.
    skills: Vec<String>,
    /// What the organisation itself tells.
    told: Expertise,
    /// The e-mail address; empty when none is known.
    email: String,
    /// Numbers, the one to dial first first.
    numbers: Vec<Number>,
    /// The internal extension.
    extension: Option<String>,
    /// Whether the account is in use.
    account: Account,
    /// How they are.
    presence: Presence,
    /// What of the question was found in this person; left out where nothing was asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    matched: Vec<Match>,
}

/// A telephone number.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct Number {
    /// What it is for.
    kind: NumberKind,
    /// The number in E.164.
    #[schema(value_type = String, pattern = r"^\+[1-9][0-9]{6,14}$", example = "+442071838750")]
    number: PhoneNumber,
}

/// How somebody is, and how far that can be believed.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct Presence {
    /// The state to rely on; unknown once what was heard is too old.
    state: PresenceState,
    /// What was last heard, however long ago.
    last_heard: PresenceState,
    /// When it was true; nothing when nothing was ever heard.
    as_of: Option<DateTime<Utc>>,
    /// How it was heard.
    source: Option<PresenceSource>,
    /// How far it can be believed.
    freshness: Freshness,
    /// When Zoom says that the state ends.
    until: Option<DateTime<Utc>>,
}

/// A part of one of the person's texts in which words of the question were found.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct Match {
    /// In which field.
    field: Field,
    /// In which of its texts, such as the nth skill, counted from 0.
    item: u16,
    /// Where it starts in the text, in UTF-16 units.
    start: u32,
    /// Where it ends (exclusive), in UTF-16 units.
    end: u32,
}

impl Person {
    /// What is known of somebody at `now`, and where the words of a question were found.
    pub(super) fn told(roster: &Roster, entry: &Entry, now: DateTime<Utc>, marks: &[search::Mark]) -> Self {
        let person = &entry.person;
        let profile = person.profile.as_ref().map(|profile| profile.value.clone()).unwrap_or_default();
        let extension = person.phone.as_ref().and_then(|phone| phone.value.extension);
        let lines = person.lines().into_iter();
        let standing = person.standing.map_or(rollcall_model::Standing::Active, |standing| standing.value);
        Self {
            id: person.id.as_str().to_owned(),
            name: person.name(),
            title: person.title().to_owned(),
            department: profile.department,
            place: person.place().to_owned(),
            time_zone: profile.time_zone.map(rollcall_model::TimeZone::name),
            languages: person.languages().into_iter().map(str::to_owned).collect(),
            skills: person.skills().into_iter().map(|(skill, _)| skill.to_owned()).collect(),
            told: person.expertise().into(),
            email: profile.email,
            numbers: lines.map(|line| Number { kind: line.kind.into(), number: line.number }).collect(),
            extension: extension.map(|extension| extension.0.to_string()),
            account: standing.into(),
            presence: roster.shown(&person.id, now).into(),
            matched: marks.iter().filter_map(Match::told).collect(),
        }
    }
}

impl From<Shown> for Presence {
    fn from(shown: Shown) -> Self {
        Self {
            state: shown.state.into(),
            last_heard: shown.last_heard.into(),
            as_of: shown.as_of,
            source: shown.source.map(Into::into),
            freshness: shown.freshness.into(),
            until: shown.until,
        }
    }
}

impl Match {
    /// A mark on a text that is told; a second spelling of a name and a second place are searched, not told.
    fn told(mark: &search::Mark) -> Option<Self> {
        let search::Mark { field, item, start, end } = *mark;
        let untold = item > 0 && matches!(field, search::Field::Name | search::Field::Place);
        (!untold).then(|| Self { field: field.into(), item, start, end })
    }
}
