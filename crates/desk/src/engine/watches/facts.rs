//! What watches need to know of the world and of the calls made from here.

use chrono::{DateTime, Utc};
use rollcall_model::{PersonId, Roster};
use rollcall_wire::window::{ConsultState, Raised, WatchWish};

use crate::{
    consult::Track,
    rows,
    watch::{Fate, Sight, Whom},
};

/// What the window calls it.
pub(super) fn wish(whom: &Whom) -> WatchWish {
    match whom.clone() {
        Whom::Person(person) => WatchWish::Person { person },
        Whom::Search { text, only } => WatchWish::Search { text, only },
    }
}

/// How somebody is seen who is active and free.
pub(super) fn sight(roster: &Roster, person: &PersonId, now: DateTime<Utc>) -> Option<Sight> {
    let entry = roster.get(person).filter(|entry| entry.person.is_active())?;
    Sight::of(&roster.shown_of(entry, now))
}

/// A person's name.
pub(super) fn name(roster: &Roster, person: &PersonId) -> String {
    roster.get(person).map(|entry| entry.person.name()).unwrap_or_default()
}

/// Somebody who is told of.
pub(super) fn raised(roster: &Roster, id: &PersonId) -> Option<Raised> {
    let person = &roster.get(id)?.person;
    let profile = person.profile.as_ref().map(|profile| &profile.value);
    Some(Raised {
        person: id.clone(),
        name: person.name(),
        title: person.title().to_owned(),
        department: profile.map(|profile| profile.department.clone()).unwrap_or_default(),
        number: rows::offered(&person.lines()).0,
    })
}

/// What became of a call made from here.
pub(super) fn fate(tracks: &[Track], id: &str) -> Fate {
    let Some(consult) = tracks.iter().map(|track| &track.consult).find(|consult| consult.id == id) else {
        return Fate::Unanswered;
    };
    match consult.state {
        ConsultState::Dialling | ConsultState::Ringing => Fate::Open,
        ConsultState::Connected | ConsultState::Held => Fate::Answered,
        ConsultState::Ended if consult.answered_at.is_some() => Fate::Answered,
        ConsultState::Ended | ConsultState::Unheard => Fate::Unanswered,
    }
}

/// When the person at the desk stopped talking, by Zoom's clock; nothing while they talk.
pub(super) fn hung_up_at(roster: &Roster, me: Option<&PersonId>, tracks: &[Track]) -> Option<DateTime<Utc>> {
    let calls = me.into_iter().flat_map(|me| roster.calls_of(me));
    let legs = calls.flat_map(|call| &call.legs).filter(|leg| Some(&leg.person) == me);
    let legs = legs.filter(|leg| leg.answered_at.is_some()).map(|leg| leg.ended.map(|ending| ending.at));
    let consults = tracks.iter().map(|track| &track.consult).filter_map(|consult| match consult.state {
        ConsultState::Connected | ConsultState::Held => Some(None),
        ConsultState::Ended if consult.answered_at.is_some() => Some(consult.ended_at),
        _ => None,
    });
    let ends: Option<Vec<DateTime<Utc>>> = legs.chain(consults).collect();
    ends?.into_iter().max()
}
