//! Presence that is asked for: when a desk looks at somebody, and of everybody in turn.

mod ask;
mod calls;
mod pace;
mod sweep;

use chrono::TimeDelta;
use rollcall_model::PersonId;

pub(crate) use ask::serve;
pub(crate) use sweep::run as sweep;

use crate::{
    core::Core,
    wanted::{Rank, Wish},
};

/// A report that is younger than this is not asked for again.
const JUST_HEARD: TimeDelta = TimeDelta::seconds(5);

/// A desk looks at these people, most wanted first; tells what became of each wish. People whom nobody
/// knows or who are gone are passed over.
pub(crate) fn want(core: &Core, people: &[PersonId]) -> Vec<Wish> {
    let known: Vec<&PersonId> = core.fold.read(|roster| {
        let is_here = |id: &PersonId| roster.get(id).is_some_and(|entry| !entry.person.is_gone());
        people.iter().filter(|id| is_here(id)).collect()
    });
    core.recent.note(known.iter().copied(), core.clock.now());
    (0..).zip(known).map(|(place, id)| core.presence.want(id, Rank::Looked(place))).collect()
}
