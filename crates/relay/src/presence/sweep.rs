//! Everybody in turn, oldest knowledge first, in the lane that never takes more than a quarter of the
//! account's budget.

use std::{collections::HashMap, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use rollcall_model::{Entry, Freshness, PersonId, Roster};
use rollcall_wire::relay::Repair;
use rollcall_zoom::Lane;

use super::{ask::ask, pace::Pace};
use crate::{
    core::Core,
    repair::Gap,
    wanted::{Asked, ask_all},
};

/// How many people are chosen at a time.
const BATCH: usize = 64;
/// How long to wait when everything that is known is fresh.
const QUIET: Duration = Duration::from_secs(15);

/// Whom to ask next, and how much is left of a repair.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Plan {
    /// Whom to ask, most urgent first.
    people: Vec<PersonId>,
    /// How far the repair after an outage is; nothing when nothing is left of it.
    repair: Option<Repair>,
}

/// Sweeps until the relay stops.
pub(crate) async fn run(core: Arc<Core>) {
    let mut failures = 0;
    let mut pace = Pace::default();
    loop {
        let now = core.clock.now();
        let (gap, declined) = (core.gap(), core.declined_presence.at(now));
        let plan = core.fold.read(|roster| plan(roster, now, gap, &declined));
        core.state.repair(plan.repair.map(|repair| pace.tell(now, gap, repair)));
        if plan.people.is_empty() {
            failures = 0;
            tokio::select! {
                () = core.stop.cancelled() => return,
                () = core.sweep_now.notified() => {}
                () = tokio::time::sleep(QUIET) => {}
            }
            continue;
        }
        let asked = ask_all(plan.people, |person| {
            let core = &core;
            async move {
                // Whoever is being asked about already needs no second question.
                let Some(claim) = core.presence.claim(&person) else { return Asked::Declined };
                ask(core, &claim, Lane::Sweep, failures + 1).await
            }
        });
        if !core.go_on(asked.await, &mut failures).await {
            return;
        }
    }
}

/// Chooses people who can be called and whose presence was never heard, may have been overtaken by a
/// lost event (heard before the end of `gap`), or is not fresh any more.
fn plan(
    roster: &Roster,
    now: DateTime<Utc>,
    gap: Option<Gap>,
    declined: &HashMap<PersonId, DateTime<Utc>>,
) -> Plan {
    let mut due: Vec<(Option<DateTime<Utc>>, &PersonId)> = Vec::new();
    let mut repair = Repair::default();
    let askable = |entry: &&Entry| entry.person.is_active() && !declined.contains_key(&entry.person.id);
    for entry in roster.entries().filter(askable) {
        let heard = entry.presence.as_ref();
        let suspect = heard.is_some_and(|heard| gap.is_some_and(|gap| heard.as_of < gap.end));
        if heard.is_some() {
            repair.of += 1;
            repair.done += u64::from(!suspect);
        }
        if suspect || heard.is_none_or(|heard| heard.freshness(now) != Freshness::Fresh) {
            due.push((heard.map(|heard| heard.as_of), &entry.person.id));
        }
    }
    let left = repair.of != repair.done;
    if due.len() > BATCH {
        due.select_nth_unstable(BATCH);
        due.truncate(BATCH);
    }
    due.sort_unstable();
    Plan { people: due.into_iter().map(|(_, id)| id.clone()).collect(), repair: left.then_some(repair) }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use rollcall_model::{
        Event, PersonFact, PersonReport, Presence, PresenceReport, PresenceState, Profile, Source,
    };

    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_000_000, 0).unwrap()
    }

    /// People, each with the age of their report in minutes, or none.
    fn roster_of(people: &[(&str, Option<i64>)]) -> Roster {
        let mut roster = Roster::default();
        for &(name, age) in people {
            let id = PersonId::new(name);
            let fact = PersonFact::Profile(Profile::default());
            roster.apply(Event::Person(PersonReport { id: id.clone(), as_of: now(), fact }));
            if let Some(age) = age {
                let presence = Presence {
                    as_of: now() - TimeDelta::minutes(age),
                    source: Source::Asked,
                    state: PresenceState::Away,
                    raw: String::new(),
                    until: None,
                };
                roster.apply(Event::Presence(PresenceReport { person: id, presence }));
            }
        }
        roster
    }

    fn names(plan: &Plan) -> Vec<&str> {
        plan.people.iter().map(PersonId::as_str).collect()
    }

    #[test]
    fn the_never_heard_come_first_then_the_oldest_and_the_fresh_not_at_all() {
        let roster = roster_of(&[("old", Some(40)), ("older", Some(90)), ("fresh", Some(5)), ("new", None)]);

        let plan = plan(&roster, now(), None, &HashMap::new());

        assert_eq!(names(&plan), ["new", "older", "old"]);
        assert_eq!(plan.repair, None);
    }

    #[test]
    fn after_an_outage_even_fresh_reports_are_asked_for_until_all_are_newer() {
        let roster = roster_of(&[("before", Some(5)), ("after", Some(1))]);
        let gap = Gap { begin: None, end: now() - TimeDelta::minutes(2) };

        let plan = plan(&roster, now(), Some(gap), &HashMap::new());

        assert_eq!(names(&plan), ["before"]);
        assert_eq!(plan.repair, Some(Repair { done: 1, of: 2, ..Repair::default() }));
    }

    #[test]
    fn who_gave_no_answer_is_left_in_peace() {
        let roster = roster_of(&[("mute", None)]);
        let declined = HashMap::from([(PersonId::new("mute"), now())]);

        assert!(plan(&roster, now(), None, &declined).people.is_empty());
    }

    #[test]
    fn a_large_organisation_is_planned_a_batch_at_a_time() {
        let names: Vec<String> = (0..1_000).map(|n| format!("p{n}")).collect();
        let people: Vec<(&str, Option<i64>)> =
            (0..).zip(&names).map(|(age, name)| (name.as_str(), Some(age))).collect();

        let plan = plan(&roster_of(&people), now(), None, &HashMap::new());

        assert_eq!(plan.people.len(), BATCH);
        assert_eq!(plan.people[0].as_str(), "p999");
    }
}
