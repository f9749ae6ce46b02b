//! Calls whose end was lost: a person who is free is not on a call.

use chrono::{DateTime, Utc};
use rollcall_model::{CallReport, Event, LegState, Outcome, PersonId, Presence, PresenceState, Roster, Step};

/// The ends of this person's calls that `answer` proves: open legs of which nothing was heard since
/// events were lost, while the person is in a state that Zoom never shows during a call.
pub(super) fn ended_by(
    roster: &Roster,
    person: &PersonId,
    answer: &Presence,
    lost_before: DateTime<Utc>,
) -> Vec<Event> {
    if !rules_out_a_call(answer.state) || answer.as_of < lost_before {
        return Vec::new();
    }
    open_legs(roster, person, lost_before)
        .map(|ended| Event::Call(CallReport { at: answer.as_of, ..ended }))
        .collect()
}

/// A state that a person chose themselves may hide a call; these are Zoom's own.
const fn rules_out_a_call(state: PresenceState) -> bool {
    matches!(
        state,
        PresenceState::Available | PresenceState::Mobile | PresenceState::Away | PresenceState::Offline
    )
}

fn open_legs(roster: &Roster, person: &PersonId, before: DateTime<Utc>) -> impl Iterator<Item = CallReport> {
    let legs = roster.calls().flat_map(|call| call.legs.iter().map(move |leg| (&call.id, leg)));
    legs.filter(move |(_, leg)| leg.person == *person && leg.state() != LegState::Ended)
        .filter(move |(_, leg)| leg.changed_at().is_some_and(|heard| heard < before))
        .map(move |(call, leg)| CallReport {
            call: call.clone(),
            person: leg.person.clone(),
            side: leg.side,
            at: before,
            step: Step::Ended(Outcome::Unknown),
            other: leg.other.clone(),
            queue: leg.queue.clone(),
        })
}

#[cfg(test)]
mod tests {
    use rollcall_model::{CallId, Party, Side, Source};

    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn talking_since(seconds: i64) -> Roster {
        let mut roster = Roster::default();
        roster.apply(Event::Call(CallReport {
            call: CallId::new("c1"),
            person: PersonId::new("ada"),
            side: Side::Callee,
            at: at(seconds),
            step: Step::Answered,
            other: Party::default(),
            queue: None,
        }));
        roster
    }

    fn answer(state: PresenceState) -> Presence {
        Presence { as_of: at(100), source: Source::Asked, state, raw: String::new(), until: None }
    }

    #[test]
    fn a_free_person_ends_a_call_whose_end_may_have_been_lost() {
        let mut roster = talking_since(10);

        let ended = ended_by(&roster, &PersonId::new("ada"), &answer(PresenceState::Available), at(50));
        for event in ended {
            roster.apply(event);
        }

        let leg = &roster.call(&CallId::new("c1")).unwrap().legs[0];
        assert_eq!(leg.state(), LegState::Ended);
        assert_eq!(leg.ended.unwrap().at, at(100));
    }

    #[test]
    fn a_call_heard_of_since_and_a_hidden_one_are_left_alone() {
        let ada = PersonId::new("ada");

        assert_eq!(ended_by(&talking_since(60), &ada, &answer(PresenceState::Available), at(50)), []);
        assert_eq!(ended_by(&talking_since(10), &ada, &answer(PresenceState::DoNotDisturb), at(50)), []);
        assert_eq!(ended_by(&talking_since(10), &ada, &answer(PresenceState::OnCall), at(50)), []);
    }
}
