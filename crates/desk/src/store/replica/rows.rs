//! Records as rows: JSON arrays, the same on the way in and on the way out.

use std::borrow::Cow;

use rollcall_model::{
    Call, CallId, Consulted, Detail, Expertise, Latest, Leg, Person, PersonId, Phone, Presence, Profile,
    Source, Standing,
};
use serde::{Deserialize, Serialize};

use crate::store::time::{from_nanos, to_nanos};

/// A row of `people`.
#[derive(Serialize, Deserialize)]
pub(super) struct PersonRow<'a>(
    PersonId,
    Option<i64>,
    Option<Cow<'a, Profile>>,
    Option<i64>,
    Option<Cow<'a, Detail>>,
    Option<i64>,
    Option<Cow<'a, Phone>>,
    Option<i64>,
    Option<Cow<'a, Standing>>,
    Option<i64>,
    Option<i64>,
    Option<Cow<'a, Expertise>>,
    Option<i64>,
    Option<Cow<'a, Consulted>>,
);

/// A row of `presence`.
#[derive(Serialize, Deserialize)]
pub(super) struct PresenceRow<'a>(PersonId, i64, u8, Cow<'a, Presence>);

/// A row of `calls`.
#[derive(Serialize, Deserialize)]
pub(super) struct CallRow<'a>(CallId, i64, i64, Cow<'a, Call>);

impl<'a> PersonRow<'a> {
    pub(super) fn of(person: &'a Person) -> Self {
        let (profile_at, profile) = split(person.profile.as_ref());
        let (detail_at, detail) = split(person.detail.as_ref());
        let (phone_at, phone) = split(person.phone.as_ref());
        let (standing_at, standing) = split(person.standing.as_ref());
        let (expertise_at, expertise) = split(person.expertise.as_ref());
        let (consulted_at, consulted) = split(person.consulted.as_ref());
        Self(
            person.id.clone(),
            profile_at,
            profile,
            detail_at,
            detail,
            phone_at,
            phone,
            standing_at,
            standing,
            person.touched.map(to_nanos),
            expertise_at,
            expertise,
            consulted_at,
            consulted,
        )
    }

    pub(super) fn into_person(self) -> Person {
        Person {
            id: self.0,
            profile: join(self.1, self.2),
            detail: join(self.3, self.4),
            phone: join(self.5, self.6),
            standing: join(self.7, self.8),
            touched: self.9.map(from_nanos),
            expertise: join(self.10, self.11),
            consulted: join(self.12, self.13),
        }
    }
}

impl<'a> PresenceRow<'a> {
    pub(super) fn of(person: &PersonId, report: &'a Presence) -> Self {
        Self(person.clone(), to_nanos(report.as_of), weight(report.source), Cow::Borrowed(report))
    }

    pub(super) fn into_report(self) -> (PersonId, Presence) {
        (self.0, self.3.into_owned())
    }
}

impl<'a> CallRow<'a> {
    pub(super) fn of(call: &'a Call) -> Self {
        let changed_at = call.changed_at().map_or(0, to_nanos);
        Self(call.id.clone(), call.legs.iter().map(facts).sum(), changed_at, Cow::Borrowed(call))
    }

    pub(super) fn into_call(self) -> Call {
        self.3.into_owned()
    }
}

/// How much is known of a leg. What is known is improved and added to, never taken away.
fn facts(leg: &Leg) -> i64 {
    let known = [leg.rang_at.is_some(), leg.answered_at.is_some(), leg.held.is_some(), leg.ended.is_some()];
    1 + known.into_iter().map(i64::from).sum::<i64>()
}

/// Of two reports of one time the one of the greater weight wins (the order of [`Source`]).
const fn weight(source: Source) -> u8 {
    match source {
        Source::Inferred => 0,
        Source::Asked => 1,
        Source::Event => 2,
    }
}

fn split<T: Clone>(facet: Option<&Latest<T>>) -> (Option<i64>, Option<Cow<'_, T>>) {
    match facet {
        Some(facet) => (Some(to_nanos(facet.as_of)), Some(Cow::Borrowed(&facet.value))),
        None => (None, None),
    }
}

fn join<T: Clone>(as_of: Option<i64>, value: Option<Cow<'_, T>>) -> Option<Latest<T>> {
    Some(Latest::new(from_nanos(as_of?), value?.into_owned()))
}
