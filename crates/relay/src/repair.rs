//! After events were lost: ask again, first about those whom somebody looks at.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use rollcall_model::{CallId, Event, LegState, PersonId, Roster};
use rollcall_zoom::{Lane, ZoomError};

use crate::{core::Core, wanted::Rank};

/// Somebody looked at a person recently when it was within this time.
const RECENT: TimeDelta = TimeDelta::minutes(10);
/// How many people are remembered as recently looked at.
const MOST: usize = 1_000;
/// The calls of so many people are checked by their history; those of others end when they are free.
const HISTORIES: usize = 200;
/// How many records of a history are read: a call that was open is among the last.
const RECORDS: u16 = 20;

/// A time in which events may have been lost: reports of presence from before its end may be overtaken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Gap {
    /// Nothing was heard since then, where that is known.
    pub(crate) begin: Option<DateTime<Utc>>,
    /// Events come again.
    pub(crate) end: DateTime<Utc>,
}

impl Gap {
    /// How long it was, in whole seconds.
    pub(crate) fn seconds(&self) -> Option<u64> {
        u64::try_from((self.end - self.begin?).num_seconds()).ok()
    }
}

/// Whom desks looked at recently.
#[derive(Debug, Default)]
pub(crate) struct Recent(Mutex<HashMap<PersonId, DateTime<Utc>>>);

/// Whose calls were open when events were lost, since the last outage.
#[derive(Debug, Default)]
pub(crate) struct Unsure(Mutex<BTreeMap<PersonId, HashSet<CallId>>>);

impl Unsure {
    /// Whether a call of this person was open.
    pub(crate) fn is_about(&self, person: &PersonId) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains_key(person)
    }

    fn replace(&self, open: BTreeMap<PersonId, HashSet<CallId>>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = open;
    }

    fn first(&self, most: usize) -> Vec<(PersonId, HashSet<CallId>)> {
        let open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.iter().take(most).map(|(person, calls)| (person.clone(), calls.clone())).collect()
    }
}

impl Recent {
    /// Desks look at these people at `now`.
    pub(crate) fn note<'a>(&self, people: impl Iterator<Item = &'a PersonId>, now: DateTime<Utc>) {
        let mut recent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        recent.extend(people.map(|person| (person.clone(), now)));
        if recent.len() > MOST {
            let mut times: Vec<DateTime<Utc>> = recent.values().copied().collect();
            let surplus = times.len() - MOST;
            let (_, youngest_dropped, _) = times.select_nth_unstable(surplus - 1);
            let horizon = *youngest_dropped;
            recent.retain(|_, looked| *looked > horizon);
        }
    }

    /// Those who were looked at within the last [`RECENT`], the last first.
    fn at(&self, now: DateTime<Utc>) -> Vec<PersonId> {
        let recent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut people: Vec<(DateTime<Utc>, PersonId)> = recent
            .iter()
            .filter(|(_, looked)| now - **looked <= RECENT)
            .map(|(person, looked)| (*looked, person.clone()))
            .collect();
        people.sort_unstable_by(|one, other| other.cmp(one));
        people.into_iter().map(|(_, person)| person).collect()
    }
}

/// Events come again: whatever was heard before this moment may have been overtaken.
pub(crate) fn begin(core: &Core) {
    let now = core.clock.now();
    // A relay that was not there itself knows what it heard last.
    let begin = core.state.lost_since().or_else(|| core.fold.read(last_heard));
    core.note_gap(Gap { begin: begin.filter(|begin| *begin <= now), end: now });
    core.state.connected(now);
    let recent = core.recent.at(now);
    tracing::info!(recent = recent.len(), "events come; earlier reports are asked for again");
    for person in &recent {
        core.presence.want(person, Rank::Heard);
    }
    core.unsure.replace(core.fold.read(|roster| open_calls(roster, now)));
    core.sweep_now.notify_one();
    core.check_calls.notify_one();
}

/// Checks calls that were open when events were lost, after every outage, until the relay stops.
pub(crate) async fn check_calls(core: Arc<Core>) {
    loop {
        tokio::select! {
            () = core.stop.cancelled() => return,
            () = core.check_calls.notified() => {}
        }
        for (person, calls) in core.unsure.first(HISTORIES) {
            core.presence.want(&person, Rank::Heard);
            if check_history(&core, &person, &calls).await.is_err() {
                break;
            }
        }
    }
}

/// Reads one person's history for the ends of `calls`. An error means that no history can be read.
async fn check_history(core: &Core, person: &PersonId, calls: &HashSet<CallId>) -> Result<(), ZoomError> {
    let asked = tokio::select! {
        () = core.stop.cancelled() => return Err(ZoomError::Interrupted),
        asked = core.zoom.call_history_sync(person, None, RECORDS, Lane::Sweep) => asked,
    };
    let history = match asked {
        Ok(history) => history,
        Err(ZoomError::NotFound) => return Ok(()),
        Err(error) => {
            tracing::warn!(%error, "call histories cannot be read; open calls end when presence says so");
            return Err(error);
        }
    };
    let reports = history.reports(person).into_iter().filter(|report| calls.contains(&report.call));
    core.log.learn(core, reports.map(Event::Call).collect()).await.map_err(|_| ZoomError::Interrupted)
}

/// When anybody's presence was last heard of.
fn last_heard(roster: &Roster) -> Option<DateTime<Utc>> {
    roster.entries().filter_map(|entry| Some(entry.presence.as_ref()?.as_of)).max()
}

/// Calls with a leg that is open and of which nothing was heard since `gap`, by person.
fn open_calls(roster: &Roster, gap: DateTime<Utc>) -> BTreeMap<PersonId, HashSet<CallId>> {
    let mut open: BTreeMap<PersonId, HashSet<CallId>> = BTreeMap::new();
    for call in roster.calls() {
        for leg in &call.legs {
            if leg.state() != LegState::Ended && leg.changed_at().is_some_and(|heard| heard < gap) {
                open.entry(leg.person.clone()).or_default().insert(call.id.clone());
            }
        }
    }
    open
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn the_last_looked_at_come_first_and_the_forgotten_not_at_all() {
        let recent = Recent::default();
        let [ada, bo, cy] = ["ada", "bo", "cy"].map(PersonId::new);
        recent.note([&ada].into_iter(), at(0));
        recent.note([&bo].into_iter(), at(500));
        recent.note([&cy].into_iter(), at(900));

        assert_eq!(recent.at(at(1_000)), [cy, bo]);
    }

    #[test]
    fn only_so_many_are_remembered() {
        let recent = Recent::default();
        for n in 0..3_000_i64 {
            recent.note([&PersonId::new(&n.to_string())].into_iter(), at(n));
        }

        assert!(recent.0.lock().unwrap().len() <= MOST);
        assert_eq!(recent.at(at(3_000))[0].as_str(), "2999");
    }
}
