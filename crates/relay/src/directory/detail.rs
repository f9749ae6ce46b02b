//! People's own records: title, place and numbers, which the lists do not tell.

use std::{collections::HashMap, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use rollcall_model::{Event, PersonFact, PersonId, PersonReport, Roster, Standing};
use rollcall_zoom::Lane;

use crate::{
    core::Core,
    failure::Next,
    state::Part,
    wanted::{Asked, Claim, Rank, ask_all},
};

/// How many people are chosen at a time.
const BATCH: usize = 256;
/// How often to look again when every record is known or was declined.
const QUIET: Duration = Duration::from_mins(1);

/// Wants the records of people at whom somebody looks, where they are missing: those first, then the sweep.
pub(crate) fn want(core: &Core, people: &[PersonId]) {
    let declined = core.declined_details.at(core.clock.now());
    for (place, person) in (0..).zip(people) {
        if !declined.contains_key(person) && wants_detail(core, person) {
            core.details.want(person, Rank::Looked(place));
        }
    }
}

/// Asks for the records of people whom an event touched or somebody looks at, until the relay stops.
pub(crate) async fn serve(core: Arc<Core>) {
    let mut failures = 0;
    loop {
        let claim = tokio::select! {
            () = core.stop.cancelled() => return,
            claim = core.details.next() => claim,
        };
        match ask(&core, &claim, Lane::Now, failures + 1).await {
            Asked::Answered => {
                failures = 0;
                // Touched again meanwhile: the answer may be older than that.
                if wants_detail(&core, &claim.person) {
                    claim.put_back();
                }
            }
            Asked::Declined => failures = 0,
            Asked::Rest(pause) => {
                failures += 1;
                claim.put_back();
                if !core.rest(pause).await {
                    return;
                }
            }
        }
    }
}

/// Asks for all records that are missing, a batch at a time, until the relay stops.
pub(crate) async fn sweep(core: Arc<Core>) {
    let mut failures = 0;
    loop {
        let declined = core.declined_details.at(core.clock.now());
        let missing = core.fold.read(|roster| missing(roster, &declined));
        if missing.is_empty() {
            failures = 0;
            tokio::select! {
                () = core.stop.cancelled() => return,
                () = core.records_missing.notified() => {}
                () = tokio::time::sleep(QUIET) => {}
            }
            continue;
        }
        let asked = ask_all(missing, |person| {
            let core = &core;
            async move {
                // Whoever is being asked about already needs no second question.
                let Some(claim) = core.details.claim(&person) else { return Asked::Declined };
                ask(core, &claim, Lane::Sweep, failures + 1).await
            }
        });
        if !core.go_on(asked.await, &mut failures).await {
            return;
        }
    }
}

/// Some of the people who can be called and whose record is missing.
fn missing(roster: &Roster, declined: &HashMap<PersonId, DateTime<Utc>>) -> Vec<PersonId> {
    let people = roster.entries().map(|entry| &entry.person);
    people
        .filter(|person| person.is_active() && person.wants_detail() && !declined.contains_key(&person.id))
        .map(|person| person.id.clone())
        .take(BATCH)
        .collect()
}

/// Asks about one person and appends what is new.
async fn ask(core: &Core, claim: &Claim, lane: Lane, failures: u32) -> Asked {
    let person = &claim.person;
    if !wants_detail(core, person) {
        return Asked::Declined;
    }
    let now = core.clock.now();
    let asked = tokio::select! {
        () = core.stop.cancelled() => return Asked::Rest(Duration::ZERO),
        asked = core.zoom.user(person, lane) => asked,
    };
    let heard: Vec<PersonReport> = match asked {
        Ok(record) => {
            core.state.works(Part::Details);
            // Asked for by one id, answered under another: what it says is about nobody we know.
            record.reports(now).into_iter().filter(|report| report.id == *person).collect()
        }
        Err(error) => match core.refused(Part::Details, &error, failures) {
            Next::Pause(pause) => return Asked::Rest(pause),
            Next::Skip => Vec::new(),
            Next::Gone => {
                let fact = PersonFact::Standing(Standing::Gone);
                vec![PersonReport { id: person.clone(), as_of: now, fact }]
            }
        },
    };
    if heard.is_empty() {
        core.declined_details.note(person, now);
        return Asked::Declined;
    }
    // When the relay stops, the record is asked for again at the next start.
    let _ = core.log.learn(core, heard.into_iter().map(Event::Person).collect()).await;
    Asked::Answered
}

/// Whether the record is still missing. A person whom an event touched may not be in any list yet.
fn wants_detail(core: &Core, person: &PersonId) -> bool {
    core.fold.read(|roster| {
        roster.get(person).is_some_and(|entry| entry.person.wants_detail() && !entry.person.is_gone())
    })
}
