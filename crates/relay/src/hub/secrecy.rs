//! For any events: nothing but what a role may see is in a frame, in what a desk catches up on, or in a
//! snapshot; and what it sees is enough to show everybody's presence.

use std::{collections::HashSet, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use proptest::{collection::vec, option, prelude::*, sample::select};
use rollcall_model::{
    CallId, CallReport, Event, Extension, Logged, Outcome, Party, PersonFact, PersonId, PersonReport,
    Presence, PresenceReport, PresenceState, Profile, QueueRef, Roster, Seq, Shown, Side, Source, Step,
};
use rollcall_wire::{
    packed::Unpacker,
    relay::{Frame, SnapshotLine, Way},
};
use tokio_util::task::TaskTracker;

use super::{Hub, Ready, View, cut::cut};
use crate::{
    core::{Core, tests::idle},
    snapshot::{Snapshots, unpacked},
};

const PEOPLE: [&str; 4] = ["ada", "bo", "cy", "di"];
const CALLS: [&str; 3] = ["7100000000000000001", "7100000000000000002", "7100000000000000003"];

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000 + seconds, 0).unwrap()
}

fn person() -> impl Strategy<Value = PersonId> {
    select(&PEOPLE[..]).prop_map(PersonId::new)
}

fn step() -> impl Strategy<Value = Step> {
    use Outcome::{Answered, AnsweredElsewhere, Busy, Cancelled, NoAnswer, Rejected, Unknown, Voicemail};
    let outcomes = [Answered, AnsweredElsewhere, Busy, Cancelled, NoAnswer, Rejected, Unknown, Voicemail]
        .map(Step::Ended);
    let others = [Step::Ringing, Step::Answered, Step::Held(true), Step::Held(false)];
    prop_oneof![select(others.to_vec()), select(outcomes.to_vec())]
}

fn call() -> impl Strategy<Value = Event> {
    let whose = (select(&CALLS[..]), person(), select(vec![Side::Caller, Side::Callee]), 0..200_i64, step());
    let secrets = (option::of(person()), 10_000..99_999_u64, option::of(10_000..99_999_u64));
    (whose, secrets).prop_map(|((call, person, side, seconds, step), (other, number, queue))| {
        let other = Party {
            person: other,
            number: Some(format!("+493012{number}").parse().unwrap()),
            extension: Some(Extension(number)),
            name: format!("secret party {number}"),
        };
        let queue = queue.map(|n| QueueRef { extension: None, name: format!("secret queue {n}") });
        Event::Call(CallReport { call: CallId::new(call), person, side, at: at(seconds), step, other, queue })
    })
}

fn presence() -> impl Strategy<Value = Event> {
    let states = [PresenceState::Available, PresenceState::Away, PresenceState::OnCall, PresenceState::Busy];
    (person(), select(states.to_vec()), 0..200_i64).prop_map(|(person, state, seconds)| {
        let (as_of, source, raw) = (at(seconds), Source::Event, format!("{state:?}"));
        Event::Presence(PresenceReport {
            person,
            presence: Presence { as_of, source, state, raw, until: None },
        })
    })
}

fn record() -> impl Strategy<Value = Event> {
    (person(), 0..200_i64).prop_map(|(id, seconds)| {
        let profile = Profile { display_name: format!("Called {id}"), ..Profile::default() };
        Event::Person(PersonReport { id, as_of: at(seconds), fact: PersonFact::Profile(profile) })
    })
}

fn events() -> impl Strategy<Value = Vec<Logged>> {
    vec(prop_oneof![5 => call(), 2 => presence(), 1 => record()], 1..60)
        .prop_map(|events| (1..).map(Seq).zip(events).map(|(seq, event)| Logged { seq, event }).collect())
}

fn views() -> Vec<View> {
    let agents = PEOPLE.iter().map(|who| View::Agent(Some(PersonId::new(who))));
    [View::Admin, View::Supervisor, View::Agent(None), View::Agent(Some(PersonId::new("nobody")))]
        .into_iter()
        .chain(agents)
        .collect()
}

/// What stands in a message, packed or not.
fn text(ready: &Ready, way: Way) -> String {
    let message = ready.told(way);
    let head = match message[1] {
        127 => 10,
        126 => 4,
        _ => 2,
    };
    match message[0] {
        0x81 => String::from_utf8(message[head..].to_vec()).unwrap(),
        _ => Unpacker::new().unwrap().unpack(&message[head..]).unwrap(),
    }
}

fn is_own(view: &View, person: &PersonId) -> bool {
    match view {
        View::Admin | View::Supervisor => true,
        View::Agent(me) => me.as_ref() == Some(person),
    }
}

/// What must not stand in a text: the words of those reports that are not this view's, unless they are also
/// words of one that is.
fn assert_silent(text: &str, view: &View, all: &[Logged]) {
    let words = |own: bool| -> HashSet<String> {
        let reports = all.iter().filter_map(|logged| match &logged.event {
            Event::Call(report) if is_own(view, &report.person) == own => Some(report),
            _ => None,
        });
        let words = |report: &CallReport| {
            let queue = report.queue.iter().map(|queue| queue.name.clone());
            let other = [report.other.name.clone(), report.other.number.unwrap().to_string()];
            queue.chain(other).chain([report.call.to_string()]).collect::<Vec<_>>()
        };
        reports.flat_map(words).collect()
    };
    for word in words(false).difference(&words(true)) {
        assert!(!text.contains(word), "{word} in {text}");
    }
}

/// An event as a view is told it, beside what happened.
fn assert_may_see(view: &View, told: &Event, happened: &Event) {
    let (Event::Call(told), Event::Call(report)) = (told, happened) else {
        return assert_eq!(told, happened);
    };
    if is_own(view, &report.person) {
        return assert_eq!(told, report);
    }
    assert!(!CALLS.contains(&told.call.as_str()));
    assert_eq!((&told.person, told.at, told.side), (&report.person, report.at, Side::Callee));
    assert_eq!((&told.other, &told.queue), (&Party::default(), &None));
    let line_state = |step| match step {
        Step::Ended(_) => Step::Ended(Outcome::Unknown),
        step => step,
    };
    assert_eq!(told.step, line_state(report.step));
}

/// The events of one frame.
fn heard(ready: &Ready, way: Way, view: &View, all: &[Logged]) -> Vec<Logged> {
    let text = text(ready, way);
    assert_silent(&text, view, all);
    let Ok(Frame::Events { events }) = serde_json::from_str(&text) else { panic!("{text}") };
    for logged in &events {
        let happened = &all[usize::try_from(logged.seq.0).unwrap() - 1];
        assert_may_see(view, &logged.event, &happened.event);
    }
    events
}

/// Presence as it is shown; how long ago a call ended is told but not promised.
fn shown(roster: &Roster, now: DateTime<Utc>) -> Vec<Shown> {
    let shown = |who: &&str| roster.shown(&PersonId::new(who), now);
    PEOPLE.iter().map(shown).map(|shown| Shown { off_call_at: None, ..shown }).collect()
}

fn assert_shows_the_same(roster: &Roster, all: &[Logged]) {
    let mut full = Roster::default();
    for logged in all {
        full.apply(logged.event.clone());
    }
    for seconds in [0, 100, 250, 4_000, 7_300, 9_000] {
        let now = at(0) + TimeDelta::seconds(seconds);
        assert_eq!(shown(roster, now), shown(&full, now), "after {seconds} s");
    }
}

/// Joins a snapshot of the core's fold into a roster, as a desk with this view reads it.
async fn read_snapshot(core: &Arc<Core>, view: &View, all: &[Logged]) -> Roster {
    let mut reading = Snapshots::read(core, &TaskTracker::new(), view).await.unwrap().unwrap();
    let mut text = String::new();
    while let Some(part) = reading.next().await.unwrap() {
        text.push_str(std::str::from_utf8(&unpacked(&part).unwrap()).unwrap());
    }
    assert_silent(&text, view, all);
    let (mut roster, mut calls, mut ended) = (Roster::default(), 0, false);
    let lines: Vec<SnapshotLine> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let SnapshotLine::Head { log, calls: told, .. } = &lines[0] else { panic!("{text}") };
    assert_eq!(*log, core.hub.veil.log(view));
    for line in &lines[1..] {
        match line.clone() {
            SnapshotLine::Person { person, presence } => roster.join_person(*person, presence),
            SnapshotLine::Call { call } => {
                calls += 1;
                if CALLS.contains(&call.id.as_str()) {
                    assert!(call.legs.iter().all(|leg| is_own(view, &leg.person)), "{call:?}");
                } else {
                    let leg = &call.legs[0];
                    assert_eq!((call.legs.len(), leg.side, &leg.queue), (1, Side::Callee, &None));
                    assert!(!is_own(view, &leg.person) && leg.other == Party::default(), "{call:?}");
                    assert!(leg.ended.is_none_or(|ending| ending.outcome == Outcome::Unknown));
                }
                roster.join_call(call);
            }
            SnapshotLine::Organisation { organisation } => _ = roster.join_organisation(organisation),
            SnapshotLine::End => ended = true,
            SnapshotLine::Head { .. } => panic!("a second head"),
        }
    }
    assert!(ended && calls == *told, "{calls} of {told} calls");
    roster
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_frame_tells_what_its_view_may_see_and_every_position(
        all in events(),
        most in 1..20_usize,
        behind in 0..20_u64,
    ) {
        let hub = Hub::new("log", Seq::START);
        for view in views() {
            let (mut roster, mut next) = (Roster::default(), Seq(1));
            for cut in cut(&all, most, &hub.veil, &hub.packer) {
                for way in Way::ALL {
                    let events = heard(&hub.told(&cut, &view, cut.first()), way, &view, &all);
                    prop_assert_eq!(events.len() as u64, cut.last().0 - cut.first().0 + 1);
                }
                let late = Seq((cut.first().0 + behind).min(cut.last().0));
                let rest = heard(&hub.told(&cut, &view, late), Way::Packed, &view, &all);
                prop_assert_eq!((rest[0].seq, rest[rest.len() - 1].seq), (late, cut.last()));
                for logged in heard(&hub.told(&cut, &view, cut.first()), Way::Packed, &view, &all) {
                    prop_assert_eq!(logged.seq, next);
                    next = next.next();
                    roster.apply(logged.event);
                }
            }
            assert_shows_the_same(&roster, &all);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn a_snapshot_and_the_tail_after_it_tell_what_the_view_may_see(all in events(), begun in 0..60_usize) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let core = Arc::new(idle(folder.path()).await);
            let (before, after) = all.split_at(begun.min(all.len()));
            core.fold.apply(before);
            for view in views() {
                let mut roster = read_snapshot(&core, &view, &all).await;
                for cut in cut(after, 7, &core.hub.veil, &core.hub.packer) {
                    for logged in heard(&core.hub.told(&cut, &view, cut.first()), Way::Packed, &view, &all) {
                        roster.apply(logged.event);
                    }
                }
                assert_shows_the_same(&roster, &all);
            }
        });
    }
}
