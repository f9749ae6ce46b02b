//! The fold gives one roster, whatever the order in which a log is heard.

use proptest::prelude::*;
use rollcall_model::{
    CallId, CallReport, Detail, Event, Expertise, OrganisationFact, OrganisationReport, Outcome, Party,
    PersonFact, PersonId, PersonReport, Phone, Presence, PresenceReport, PresenceState, Profile, QueueRef,
    Roster, Side, Source, Standing, Step, search::Synonyms,
};

use crate::people::at;

/// Few moments, so that reports of different content collide in time.
fn moment() -> impl Strategy<Value = i64> {
    0_i64..6
}

fn person() -> impl Strategy<Value = PersonId> {
    prop::sample::select(vec!["mia", "noor", "otto"]).prop_map(PersonId::new)
}

fn word() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["", "a", "b"]).prop_map(str::to_owned)
}

fn fact() -> impl Strategy<Value = PersonFact> {
    let standing =
        prop::sample::select(vec![Standing::Active, Standing::Pending, Standing::Inactive, Standing::Gone]);
    prop_oneof![
        (word(), word()).prop_map(|(display_name, email)| {
            PersonFact::Profile(Profile { display_name, email, ..Profile::default() })
        }),
        word().prop_map(|title| PersonFact::Detail(Detail { title, ..Detail::default() })),
        word().prop_map(|site| PersonFact::Phone(Phone { site, ..Phone::default() })),
        standing.prop_map(PersonFact::Standing),
        word().prop_map(|note| PersonFact::Expertise(Expertise { note, ..Expertise::default() })),
        Just(PersonFact::Touched),
    ]
}

fn presence() -> impl Strategy<Value = Presence> {
    let source = prop::sample::select(vec![Source::Inferred, Source::Asked, Source::Event]);
    let raw = prop::sample::select(vec!["Available", "Busy", "On_Phone_Call", "In_A_Call", "Lunch"]);
    let until = prop::option::of(moment());
    (moment(), source, raw, until).prop_map(|(as_of, source, raw, until)| Presence {
        as_of: at(as_of),
        source,
        state: PresenceState::from_zoom(raw),
        raw: raw.to_owned(),
        until: until.map(at),
    })
}

fn step() -> impl Strategy<Value = Step> {
    let outcome = prop::sample::select(vec![Outcome::Answered, Outcome::NoAnswer, Outcome::Unknown]);
    prop_oneof![
        Just(Step::Ringing),
        Just(Step::Answered),
        any::<bool>().prop_map(Step::Held),
        outcome.prop_map(Step::Ended),
    ]
}

fn call() -> impl Strategy<Value = CallReport> {
    let call = prop::sample::select(vec!["1", "2", "3"]).prop_map(CallId::new);
    let side = prop::sample::select(vec![Side::Caller, Side::Callee]);
    let queue = prop::option::of(word().prop_map(|name| QueueRef { extension: None, name }));
    let other = (prop::option::of(person()), word());
    (call, person(), side, moment(), step(), other, queue).prop_map(
        |(call, person, side, moment, step, (party, name), queue)| CallReport {
            call,
            person,
            side,
            at: at(moment),
            step,
            other: Party { person: party, name, ..Party::default() },
            queue,
        },
    )
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        (person(), moment(), fact()).prop_map(|(id, as_of, fact)| Event::Person(PersonReport {
            id,
            as_of: at(as_of),
            fact
        })),
        (person(), presence())
            .prop_map(|(person, presence)| Event::Presence(PresenceReport { person, presence })),
        call().prop_map(Event::Call),
        (moment(), prop::sample::select(vec!["a, b", "a, c"])).prop_map(|(as_of, group)| {
            let synonyms = Synonyms { groups: vec![group.parse().unwrap()] };
            let fact = OrganisationFact::Synonyms(synonyms);
            Event::Organisation(OrganisationReport { as_of: at(as_of), fact })
        }),
    ]
}

/// A log, and the same events shuffled with some of them repeated.
fn heard_twice() -> impl Strategy<Value = (Vec<Event>, Vec<Event>)> {
    prop::collection::vec(event(), 0..60).prop_flat_map(|log| {
        let repeats = prop::sample::subsequence(log.clone(), 0..=log.len());
        let heard = repeats.prop_map({
            let log = log.clone();
            move |repeats| [log.clone(), repeats].concat()
        });
        (Just(log), heard.prop_shuffle())
    })
}

fn fold(log: &[Event]) -> Roster {
    let mut roster = Roster::default();
    for event in log {
        roster.apply(event.clone());
    }
    roster
}

/// Joins all that `other` knows into `roster`, as a snapshot does.
fn join(roster: &mut Roster, other: &Roster) {
    roster.join_organisation(other.organisation().clone());
    for entry in other.entries() {
        roster.join_person(entry.person.clone(), entry.presence.clone());
    }
    for call in other.calls() {
        roster.join_call(call.clone());
    }
}

proptest! {
    #[test]
    fn any_order_and_any_repetition_give_the_same_roster((log, heard) in heard_twice()) {
        prop_assert_eq!(fold(&log), fold(&heard));
    }

    #[test]
    fn a_repeated_log_changes_nothing((log, heard) in heard_twice()) {
        let mut roster = fold(&log);
        for event in heard {
            prop_assert_eq!(roster.apply(event), rollcall_model::Change::Nothing);
        }
        prop_assert_eq!(roster, fold(&log));
    }

    #[test]
    fn a_snapshot_of_any_part_joins_to_the_same_roster((log, heard) in heard_twice(), cut in 0_usize..60) {
        let (early, late) = heard.split_at(cut.min(heard.len()));
        let (mut forward, mut backward) = (fold(early), fold(late));

        join(&mut forward, &fold(late));
        join(&mut backward, &fold(early));

        prop_assert_eq!(&forward, &fold(&log));
        prop_assert_eq!(&backward, &forward);
        let once = forward.clone();
        join(&mut forward, &backward);
        prop_assert_eq!(forward, once);
    }
}

fn gone_at(who: &str, seconds: i64) -> Event {
    let fact = PersonFact::Standing(Standing::Gone);
    Event::Person(PersonReport { id: PersonId::new(who), as_of: at(seconds), fact })
}

#[test]
fn who_has_been_gone_for_long_is_forgotten_and_only_news_brings_them_back() {
    let mut roster = fold(&[gone_at("long", 100), gone_at("lately", 900)]);

    assert_eq!(roster.forget_gone_before(at(500)), [PersonId::new("long")]);

    assert_eq!(roster.apply(gone_at("long", 100)), rollcall_model::Change::Nothing);
    assert!(roster.get(&PersonId::new("long")).is_none() && roster.get(&PersonId::new("lately")).is_some());
    roster.apply(gone_at("long", 1_000));
    assert!(roster.get(&PersonId::new("long")).is_some());
}
