//! Records as the window shows them.

use chrono::{DateTime, Utc, Weekday};
use rollcall_model::{
    Entry, Expertise, Hours, Level, Limit, Line, NumberKind, Person, PersonId, PhoneNumber, Roster, Shown,
    Skill,
    search::{self, Field, FilterKey},
};
use rollcall_wire::window::{
    Consult, ConsultsToday, DetailLine, FieldName, FilterName, FoundBy, HoursSpan, Mark, OwnExpertise,
    OwnSkill, PersonDetail, PresenceView, Row, TypedFilter,
};

use crate::lists::Lists;

/// The present moment by two clocks that may differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Now {
    /// Zoom's: presence and calls are dated by it.
    pub(crate) zoom: DateTime<Utc>,
    /// This computer's: the window reckons ages by it.
    pub(crate) own: DateTime<Utc>,
}

/// A person in a list, as of `now`.
pub(crate) fn row(roster: &Roster, entry: &Entry, now: Now, lists: &Lists, marks: &[search::Mark]) -> Row {
    let person = &entry.person;
    let profile = person.profile.as_ref().map(|profile| &profile.value);
    let (number, second) = offered(&person.lines());
    Row {
        id: person.id.clone(),
        name: person.name(),
        title: person.title().to_owned(),
        department: profile.map(|profile| profile.department.clone()).unwrap_or_default(),
        place: person.place().to_owned(),
        skills: person.skills().into_iter().map(|(skill, _)| skill.to_owned()).collect(),
        time_zone: profile.and_then(|profile| profile.time_zone),
        number,
        second,
        presence: presence(roster, &person.id, now),
        favourite: lists.contains(&person.id),
        folder: lists.folder_of(&person.id).map(|folder| folder.id.clone()),
        recent: None,
        marks: marks.iter().filter_map(mark).collect(),
    }
}

/// Everything about one person, as of `now`.
pub(crate) fn detail(entry: &Entry, row: Row, consults: Vec<Consult>) -> PersonDetail {
    let person = &entry.person;
    let profile = person.profile.as_ref().map(|profile| &profile.value);
    let extension = person.phone.as_ref().and_then(|phone| phone.value.extension);
    let expertise = person.expertise();
    PersonDetail {
        row,
        email: profile.map(|profile| profile.email.clone()).unwrap_or_default(),
        lines: person.lines().into_iter().map(detail_line).collect(),
        extension: extension.map(|extension| extension.0.to_string()),
        languages: person.languages().into_iter().map(str::to_owned).collect(),
        levels: person.skills().into_iter().map(|(_, level)| level.map(Level::number)).collect(),
        hours: hours(person.hours()),
        note: expertise.note.clone(),
        aliases: expertise.aliases.clone(),
        former_names: expertise.former_names.clone(),
        told: own_expertise(expertise),
        raw_presence: entry.presence.as_ref().map(|report| report.raw.clone()).unwrap_or_default(),
        record_as_of: record_as_of(person),
        consults,
    }
}

/// A person's presence as of `now`, its times by this computer's clock, and what the organisation's policy says of
/// calling them.
pub(crate) fn presence(roster: &Roster, id: &PersonId, now: Now) -> PresenceView {
    let shown = roster.shown(id, now.zoom);
    let Shown { state, last_heard, source, freshness, .. } = shown;
    let (policy, entry) = (roster.organisation().policy(), roster.get(id));
    let limit = entry.and_then(|entry| policy.limit(&entry.person, now.zoom));
    let today = |entry: &Entry| {
        let a_day = policy.consults_a_day?.get();
        Some(ConsultsToday { had: entry.person.consults_today(now.zoom), a_day })
    };
    PresenceView {
        state,
        last_heard,
        as_of: shown.as_of.map(|at| now.by_own_clock(at)),
        source,
        freshness,
        until: shown.until.map(|at| now.by_own_clock(at)),
        off_call_at: shown.off_call_at.map(|at| now.by_own_clock(at)),
        consults: entry.and_then(today),
        limit: limit.map(|limit| limited(limit, now)),
        action: state.first_action().under(limit),
    }
}

/// A limit, its time by this computer's clock.
pub(crate) fn limited(limit: Limit, now: Now) -> Limit {
    match limit {
        Limit::Consults { .. } => limit,
        Limit::Quiet { until } => Limit::Quiet { until: until.map(|at| now.by_own_clock(at)) },
    }
}

/// A call made from here, its times by this computer's clock.
pub(crate) fn consult(consult: &Consult, now: Now) -> Consult {
    Consult {
        dialled_at: now.by_own_clock(consult.dialled_at),
        answered_at: consult.answered_at.map(|at| now.by_own_clock(at)),
        ended_at: consult.ended_at.map(|at| now.by_own_clock(at)),
        ..consult.clone()
    }
}

impl Now {
    /// When something was by this computer's clock that was at `at` by Zoom's.
    pub(crate) fn by_own_clock(self, at: DateTime<Utc>) -> DateTime<Utc> {
        at.checked_add_signed(self.own - self.zoom).unwrap_or(at)
    }
}

/// The number that is dialled first, and the next one. A home number is never offered first.
pub(crate) fn offered(lines: &[Line]) -> (Option<PhoneNumber>, Option<PhoneNumber>) {
    let first = lines.iter().find(|line| line.kind != NumberKind::Home).map(|line| line.number);
    let second = lines.iter().map(|line| line.number).find(|&number| Some(number) != first);
    (first, second)
}

/// What the organisation itself tells, as it can be changed.
pub(crate) fn own_expertise(told: &Expertise) -> OwnExpertise {
    let skill = |skill: &Skill| OwnSkill { name: skill.name.clone(), level: skill.level.map(Level::number) };
    OwnExpertise {
        skills: told.skills.iter().map(skill).collect(),
        languages: told.languages.clone(),
        hours: told.hours.to_string(),
        note: told.note.clone(),
        aliases: told.aliases.clone(),
        former_names: told.former_names.clone(),
    }
}

/// Working hours, one span after the other.
fn hours(hours: &Hours) -> Vec<HoursSpan> {
    let clock = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    let number = |day: &Weekday| u8::try_from(day.num_days_from_monday()).unwrap_or_default();
    let span = |(days, from, to): (Vec<Weekday>, u16, u16)| HoursSpan {
        days: days.iter().map(number).collect(),
        from: clock(from),
        to: clock(to),
    };
    hours.told().map(span).collect()
}

fn detail_line(line: Line) -> DetailLine {
    DetailLine { kind: line.kind, number: line.number, grouped: line.number.grouped() }
}

fn record_as_of(person: &Person) -> Option<DateTime<Utc>> {
    let profile = person.profile.as_ref().map(|profile| profile.as_of);
    profile.max(person.detail.as_ref().map(|detail| detail.as_of))
}

/// A mark on a text that the row shows; the other texts of a person are searched, not shown.
fn mark(mark: &search::Mark) -> Option<Mark> {
    let is_shown = match mark.field {
        Field::Name | Field::Place => mark.item == 0,
        field => field != Field::Extension,
    };
    let &search::Mark { field, item, start, end } = mark;
    is_shown.then(|| Mark { field: field_name(field), item, start, end })
}

/// Why somebody is in an answer.
pub(crate) fn found_by(reason: search::Reason) -> FoundBy {
    let search::Reason { word, how, field, text } = reason;
    FoundBy { word, how, field: field_name(field), text }
}

const fn field_name(field: Field) -> FieldName {
    match field {
        Field::Name => FieldName::Name,
        Field::Place => FieldName::Place,
        Field::Title => FieldName::Title,
        Field::Department => FieldName::Department,
        Field::Skill => FieldName::Skill,
        Field::Language => FieldName::Language,
        Field::Email => FieldName::Email,
        Field::Number | Field::Extension => FieldName::Number,
        Field::Alias => FieldName::Alias,
        Field::FormerName => FieldName::FormerName,
    }
}

/// A filter as it was typed.
pub(crate) fn filter(filter: search::Filter) -> TypedFilter {
    let key = match filter.key {
        FilterKey::Place => FilterName::Place,
        FilterKey::Language => FilterName::Language,
        FilterKey::Department => FilterName::Department,
        FilterKey::Skill => FilterName::Skill,
        FilterKey::Title => FilterName::Title,
        FilterKey::Name => FilterName::Name,
        FilterKey::Free => FilterName::Free,
        FilterKey::Awake => FilterName::Awake,
    };
    TypedFilter { key, value: filter.value, start: filter.start, end: filter.end }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn a_home_number_is_never_offered_first() {
        let line = |kind, number: &str| Line { kind, number: number.parse().unwrap() };
        let home = line(NumberKind::Home, "+442071838750");
        let mobile = line(NumberKind::Mobile, "+447700900123");

        assert_eq!(offered(&[home, mobile]), (Some(mobile.number), Some(home.number)));
        assert_eq!(offered(&[home]), (None, Some(home.number)));
    }

    #[test]
    fn what_zoom_dates_has_its_true_age_by_a_clock_that_is_wrong() {
        let zoom = DateTime::from_timestamp(1_795_000_000, 0).unwrap();
        let now = Now { zoom, own: zoom + TimeDelta::hours(1) };

        let heard = now.by_own_clock(zoom - TimeDelta::seconds(90));

        assert_eq!(now.own - heard, TimeDelta::seconds(90));
    }
}
