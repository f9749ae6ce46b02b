//! Finding people and reading about one.

use chrono::{DateTime, Utc};
use rollcall_model::{
    FirstAction, Freshness, Limit, PersonId, PhoneNumber, PresenceState, Source, TimeZone, search::How,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Consult, Recent};

/// A question to the list. The window numbers its questions and drops answers that were overtaken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Question {
    /// The window's number of this question.
    pub number: u32,
    /// What was typed.
    pub text: String,
    /// Among whom.
    pub only: Only,
    /// Within which group; `only` is then the group's own.
    #[serde(default)]
    pub group: Option<String>,
    /// How many of the best rows the window has already.
    pub skip: u32,
    /// How many rows after them are wanted.
    pub limit: u32,
}

/// Among whom to look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Only {
    /// Everybody.
    #[default]
    Everyone,
    /// Those who can be called now.
    Free,
    /// The favourites; without a text in their own order.
    Favourites,
    /// Whom the person at the desk had to do with; without a text the last of them first.
    Recents,
}

/// The answer to a [`Question`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Answer {
    /// The question's number.
    pub number: u32,
    /// The best rows after those that were left out, best first.
    pub rows: Vec<Row>,
    /// How many people match in all.
    pub total: u32,
    /// How many people there are to look among.
    pub among: u32,
    /// The filters that were typed, in their order.
    pub filters: Vec<TypedFilter>,
}

/// A filter that was typed into the question: `in:madrid`, `free`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TypedFilter {
    /// What it asks for.
    pub key: FilterName,
    /// What stands after the colon; empty for `free` and `awake`.
    pub value: String,
    /// Where it starts in the text, in UTF-16 units.
    pub start: u32,
    /// Where it ends (exclusive), in UTF-16 units.
    pub end: u32,
}

/// What a filter asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FilterName {
    /// A place of work.
    Place,
    /// A language.
    Language,
    /// A department.
    Department,
    /// A skill.
    Skill,
    /// A job title.
    Title,
    /// A name.
    Name,
    /// Can be called now.
    Free,
    /// It is working time where they are.
    Awake,
}

/// A person in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Row {
    /// Who.
    #[ts(type = "string")]
    pub id: PersonId,
    /// The name.
    pub name: String,
    /// The job title, or nothing.
    pub title: String,
    /// The department, or nothing.
    pub department: String,
    /// The place of work, or nothing.
    pub place: String,
    /// Skills.
    pub skills: Vec<String>,
    /// The time zone by its IANA name.
    #[ts(type = "string | null")]
    pub time_zone: Option<TimeZone>,
    /// The number that the first action dials.
    #[ts(type = "string | null")]
    pub number: Option<PhoneNumber>,
    /// The number that Shift+Enter dials.
    #[ts(type = "string | null")]
    pub second: Option<PhoneNumber>,
    /// Presence.
    pub presence: PresenceView,
    /// Whether the person is a favourite.
    pub favourite: bool,
    /// The folder in which they are a favourite, by its id.
    pub folder: Option<String>,
    /// When they were last had to do with; told among [`Only::Recents`].
    pub recent: Option<Recent>,
    /// What matched.
    pub marks: Vec<Mark>,
}

/// Presence as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PresenceView {
    /// The state to show.
    #[ts(type = "PresenceState")]
    pub state: PresenceState,
    /// What was last heard, however long ago; differs from `state` when that has expired.
    #[ts(type = "PresenceState")]
    pub last_heard: PresenceState,
    /// When it was true (ISO 8601, UTC); nothing when nothing was ever heard.
    #[ts(type = "string | null")]
    pub as_of: Option<DateTime<Utc>>,
    /// How it was heard.
    #[ts(type = "\"event\" | \"asked\" | \"inferred\" | null")]
    pub source: Option<Source>,
    /// How far it can be believed.
    #[ts(type = "\"fresh\" | \"old\" | \"expired\"")]
    pub freshness: Freshness,
    /// When Zoom says that the state ends.
    #[ts(type = "string | null")]
    pub until: Option<DateTime<Utc>>,
    /// When the person's last call ended, if that was a moment ago.
    #[ts(type = "string | null")]
    pub off_call_at: Option<DateTime<Utc>>,
    /// How many consults they had today, where the organisation asks for a limit.
    pub consults: Option<ConsultsToday>,
    /// Why they are not to be called now, by the organisation's policy.
    #[ts(type = "Limit | null")]
    pub limit: Option<Limit>,
    /// What Enter does.
    #[ts(type = "FirstAction")]
    pub action: FirstAction,
}

/// How many consults somebody had on their day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ConsultsToday {
    /// How many they had.
    pub had: u16,
    /// How many the organisation asks for at most.
    pub a_day: u16,
}

/// A part of a row that matched the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Mark {
    /// In which field.
    pub field: FieldName,
    /// Which skill, number or language of the field, counted from 0; 0 elsewhere.
    pub item: u16,
    /// Where it starts, in UTF-16 units.
    pub start: u32,
    /// Where it ends (exclusive), in UTF-16 units.
    pub end: u32,
}

/// A searchable field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FieldName {
    /// The name.
    Name,
    /// The job title.
    Title,
    /// The department.
    Department,
    /// The place of work.
    Place,
    /// A skill.
    Skill,
    /// A language.
    Language,
    /// The e-mail address.
    Email,
    /// A number or the extension.
    Number,
    /// A name by which colleagues know them.
    Alias,
    /// A name that they had before.
    FormerName,
}

/// Everything about one person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct PersonDetail {
    /// As in the list.
    pub row: Row,
    /// The e-mail address, or nothing.
    pub email: String,
    /// All numbers, in the order in which they are offered.
    pub lines: Vec<DetailLine>,
    /// The internal extension. Never dialled.
    #[ts(type = "string | null")]
    pub extension: Option<String>,
    /// Languages.
    pub languages: Vec<String>,
    /// How well each skill of the row is known, from 1 to 5, in the same order; nothing where it is not told.
    pub levels: Vec<Option<u8>>,
    /// Working hours, as far as the organisation tells them.
    pub hours: Vec<HoursSpan>,
    /// A note of the organisation; may have several lines.
    pub note: String,
    /// Names by which colleagues know them.
    pub aliases: Vec<String>,
    /// Names that they had before.
    pub former_names: Vec<String>,
    /// What the organisation itself tells, as it can be changed.
    pub told: OwnExpertise,
    /// Zoom's own word for the presence.
    pub raw_presence: String,
    /// When the record itself was read from Zoom.
    #[ts(type = "string | null")]
    pub record_as_of: Option<DateTime<Utc>>,
    /// The last calls with this person, newest first.
    pub consults: Vec<Consult>,
}

/// What the organisation itself tells of somebody. A relay reads and writes the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OwnExpertise {
    /// Skills, the most telling first.
    pub skills: Vec<OwnSkill>,
    /// Languages.
    pub languages: Vec<String>,
    /// Working hours as people write them, such as `Mon-Fri 08:00-18:00`; English and German days are read.
    pub hours: String,
    /// A note; may have several lines.
    pub note: String,
    /// Names by which colleagues know them.
    pub aliases: Vec<String>,
    /// Names that they had before.
    pub former_names: Vec<String>,
}

/// Something that somebody knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OwnSkill {
    /// What it is called.
    pub name: String,
    /// How well, from 1 (a beginner) to 5 (an expert); nothing where it is not told.
    pub level: Option<u8>,
}

/// Working hours on some days, by the person's own clock on the wall.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HoursSpan {
    /// The days, 0 for Monday.
    pub days: Vec<u8>,
    /// From when, such as `08:00`.
    pub from: String,
    /// Until when, such as `18:00`; before `from`, it is on the next day.
    pub to: String,
}

/// Why somebody is in an answer: a word of the question, and where it was found best.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FoundBy {
    /// The word, in small letters without accents, or in its own script.
    pub word: String,
    /// How it was found.
    #[ts(
        type = "\"as_typed\" | \"beginning\" | \"digits\" | \"initials\" | \"other_name\" | \"other_word\" | \"mended\""
    )]
    pub how: How,
    /// In which kind of text.
    pub field: FieldName,
    /// The whole text.
    pub text: String,
}

/// One number of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DetailLine {
    /// What it is for.
    #[ts(type = "\"direct\" | \"office\" | \"mobile\" | \"home\"")]
    pub kind: rollcall_model::NumberKind,
    /// The number that is dialled.
    #[ts(type = "string")]
    pub number: PhoneNumber,
    /// The number as people read it.
    pub grouped: String,
}

/// Why the window reports that it shows people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// They are on the screen: ask again for those whose presence is old.
    Visible,
    /// One was opened: ask again unless it was just heard.
    Opened,
}
