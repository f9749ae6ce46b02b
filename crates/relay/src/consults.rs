//! How many consults people had today, told to the log where the organisation asks for a limit of them.
//!
//! Agents do not see who calls whom, so their desks cannot count. The node that leads counts after each answered call,
//! and everybody whose calls are known when a limit is set or when it begins to lead: what it says is then in the log,
//! and as old as the last consult.

use std::{collections::HashSet, sync::Arc};

use chrono::{DateTime, Utc};
use rollcall_model::{Entry, Event, PersonFact, PersonId, PersonReport, Roster, Side};

use crate::{
    core::Core,
    hub::zoom_now,
    noted::Whom,
    tell::{later, tell},
};

/// Counts until the relay stops.
pub(crate) async fn count(core: Arc<Core>) {
    let mut was_limited = false;
    loop {
        let answered = core.answered.take();
        let is_limited = core.fold.read(|roster| roster.organisation().policy().consults_a_day.is_some());
        if is_limited {
            let whom = if was_limited { answered } else { Whom::Many };
            let now = zoom_now(&core);
            let events = core.fold.read(|roster| counted(roster, whom, now));
            tell(&core, events).await;
        }
        was_limited = is_limited;
        tokio::select! {
            () = core.stop.cancelled() => return,
            () = core.answered.news.notified() => {}
        }
    }
}

/// Reports of those who had more consults today than is known.
fn counted(roster: &Roster, whom: Whom, now: DateTime<Utc>) -> Vec<Event> {
    let people = match whom {
        Whom::These(these) => these,
        Whom::Many => called(roster),
    };
    people.iter().filter_map(|person| more(roster, roster.get(person)?, now)).collect()
}

/// Everybody who was called, as far back as calls are known.
fn called(roster: &Roster) -> HashSet<PersonId> {
    let legs = roster.calls().flat_map(|call| &call.legs);
    legs.filter(|leg| leg.side == Side::Callee).map(|leg| leg.person.clone()).collect()
}

fn more(roster: &Roster, entry: &Entry, now: DateTime<Utc>) -> Option<Event> {
    let had = roster.count_consults(entry, now);
    let known = entry.person.consulted;
    let is_known = known.is_some_and(|known| known.value >= had);
    (had.times > 0 && !is_known).then(|| {
        Event::Person(PersonReport {
            id: entry.person.id.clone(),
            as_of: later(now, known.map(|known| known.as_of)),
            fact: PersonFact::Consulted(had),
        })
    })
}

#[cfg(test)]
mod tests {
    use rollcall_model::{CallId, CallReport, Consulted, Party, Step};

    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-11-20T14:00:00Z".parse().unwrap()
    }

    fn answer(roster: &mut Roster, call: &str) {
        roster.apply(Event::Call(CallReport {
            call: CallId::new(call),
            person: PersonId::new("ada"),
            side: Side::Callee,
            at: now(),
            step: Step::Answered,
            other: Party { person: Some(PersonId::new("bo")), ..Party::default() },
            queue: None,
        }));
    }

    fn told(events: &[Event]) -> Vec<(&str, u16)> {
        let told = |event: &Event| match event {
            Event::Person(PersonReport {
                id, fact: PersonFact::Consulted(Consulted { times, .. }), ..
            }) => (if *id == PersonId::new("ada") { "ada" } else { "another" }, *times),
            other => panic!("{other:?}"),
        };
        events.iter().map(told).collect()
    }

    #[test]
    fn only_what_is_more_than_known_is_told() {
        let mut roster = Roster::default();
        answer(&mut roster, "1");
        let first = counted(&roster, Whom::Many, now());
        assert_eq!(told(&first), [("ada", 1)]);

        for event in first {
            roster.apply(event);
        }
        assert!(counted(&roster, Whom::Many, now()).is_empty());

        answer(&mut roster, "2");
        let these = Whom::These([PersonId::new("ada"), PersonId::new("nobody")].into());
        let second = counted(&roster, these, now());
        assert_eq!(told(&second), [("ada", 2)]);
        for event in second {
            roster.apply(event);
        }
        let ada = &roster.get(&PersonId::new("ada")).unwrap().person;
        assert_eq!(ada.consults_today(now()), 2, "the later one, though the clock stood still");
    }
}
