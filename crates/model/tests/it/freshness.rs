//! Nothing older than its budget is shown as fresh, whatever was heard, in whatever order, whenever it is looked.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use rollcall_model::{
    CallId, CallReport, Event, Freshness, Outcome, Party, PersonId, Presence, PresenceReport, PresenceState,
    Roster, Side, Source, Step,
};

use crate::people::at;

fn mia() -> PersonId {
    PersonId::new("mia")
}

/// A moment of two days, to the minute.
fn moment() -> impl Strategy<Value = DateTime<Utc>> {
    (0_i64..2 * 24 * 60).prop_map(|minute| at(minute * 60))
}

fn event() -> impl Strategy<Value = Event> {
    let source = prop::sample::select(vec![Source::Inferred, Source::Asked, Source::Event]);
    let word = prop::sample::select(vec!["Available", "Busy", "In_Meeting", "Offline", "Lunch"]);
    let presence = (moment(), source, word).prop_map(|(as_of, source, word)| {
        let state = PresenceState::from_zoom(word);
        let presence = Presence { as_of, source, state, raw: word.to_owned(), until: None };
        Event::Presence(PresenceReport { person: mia(), presence })
    });
    let step = prop::sample::select(vec![Step::Ringing, Step::Answered, Step::Ended(Outcome::Answered)]);
    let call = (moment(), 0_u8..3, step).prop_map(|(at, call, step)| {
        let (call, person, side) = (CallId::new(&call.to_string()), mia(), Side::Callee);
        Event::Call(CallReport { call, person, side, at, step, other: Party::default(), queue: None })
    });
    prop_oneof![3 => presence, 1 => call]
}

proptest! {
    #[test]
    fn what_is_shown_is_within_its_budget(history in prop::collection::vec(event(), 0..12), now in moment()) {
        let mut roster = Roster::default();
        for event in history {
            roster.apply(event);
        }

        let shown = roster.shown(&mia(), now);

        let (Some(as_of), Some(source)) = (shown.as_of, shown.source) else {
            prop_assert_eq!(shown.state, PresenceState::Unknown);
            return Ok(());
        };
        let (age, budget) = (now - as_of, source.budget());
        prop_assert_eq!(shown.freshness == Freshness::Fresh, age <= budget / 2);
        prop_assert_eq!(shown.freshness == Freshness::Expired, age > budget);
        if age > budget {
            prop_assert_eq!(shown.state, PresenceState::Unknown);
        }
        if let Some(ended) = shown.off_call_at {
            prop_assert!(now - ended <= TimeDelta::minutes(2));
        }
    }
}
