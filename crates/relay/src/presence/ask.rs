//! Asking for the presence of people whom somebody waits for.

use std::{sync::Arc, time::Duration};

use rollcall_model::{Event, PersonFact, PersonId, PersonReport, PresenceReport, Standing};
use rollcall_zoom::Lane;

use super::{JUST_HEARD, calls};
use crate::{
    core::Core,
    failure::Next,
    state::Part,
    wanted::{Asked, Claim},
};

/// Serves the queue of the wanted, one person at a time; several of these run side by side.
pub(crate) async fn serve(core: Arc<Core>) {
    let mut failures = 0;
    loop {
        let claim = tokio::select! {
            () = core.stop.cancelled() => return,
            claim = core.presence.next() => claim,
        };
        if just_heard(&core, &claim.person) {
            continue;
        }
        match ask(&core, &claim, Lane::Now, failures + 1).await {
            Asked::Answered | Asked::Declined => failures = 0,
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

fn just_heard(core: &Core, person: &PersonId) -> bool {
    let now = core.clock.now();
    let heard = core.fold.read(|roster| Some(roster.get(person)?.presence.as_ref()?.as_of));
    // What was heard long after now, was heard before this machine's clock was set back.
    heard.is_some_and(|heard| {
        (now - heard).abs() < JUST_HEARD && core.suspect_before().is_none_or(|gap| heard >= gap)
    })
}

/// Asks about one person and appends the answer.
pub(super) async fn ask(core: &Core, claim: &Claim, lane: Lane, failures: u32) -> Asked {
    let person = &claim.person;
    let now = core.clock.now();
    let asked = tokio::select! {
        () = core.stop.cancelled() => return Asked::Rest(Duration::ZERO),
        asked = core.zoom.presence(person, lane) => asked,
    };
    let heard = match asked {
        Ok(presence) => {
            core.presence_works();
            let over = match core.suspect_before().filter(|_| core.unsure.is_about(person)) {
                Some(gap) => core.fold.read(|roster| calls::ended_by(roster, person, &presence, gap)),
                None => Vec::new(),
            };
            let report = PresenceReport { person: person.clone(), presence };
            std::iter::once(Event::Presence(report)).chain(over).collect()
        }
        Err(error) => match core.refused(Part::Presence, &error, failures) {
            Next::Pause(pause) => return Asked::Rest(pause),
            Next::Skip => {
                core.declined_presence.note(person, now);
                return Asked::Declined;
            }
            Next::Gone => {
                let fact = PersonFact::Standing(Standing::Gone);
                vec![Event::Person(PersonReport { id: person.clone(), as_of: now, fact })]
            }
        },
    };
    // When the relay stops, the answer is asked for again at the next start.
    let _ = core.log.learn(core, heard).await;
    Asked::Answered
}
