//! The dictionary of packed frames is what today's types make of a few made-up frames.
//!
//! `ROLLCALL_WRITE=1 cargo test -p rollcall-wire` writes the file; without it the test fails when the file
//! is stale. A desk that has another dictionary cannot read a packed frame: change it with the protocol only.

#![expect(clippy::unwrap_used, reason = "a test ends where its premise fails")]

use std::{env, fs, path::Path};

use chrono::{DateTime, TimeDelta, Utc};
use rollcall_model::{
    CallId, CallReport, Detail, Event, Expertise, Extension, Latest, Level, Line, Logged, NumberKind,
    Outcome, Party, Person, PersonFact, PersonId, PersonReport, Phone, Presence, PresenceReport,
    PresenceState, Profile, QueueRef, Seq, Side, Skill, Source, Standing, Step,
};
use rollcall_wire::{
    packed::{DICTIONARY, Packer, Unpacker},
    relay::{Frame, Progress, RelayState, ZoomLink},
};

const FILE: &str = "src/packed/dictionary.txt";

fn at(millis: i64) -> DateTime<Utc> {
    "2026-11-20T10:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::milliseconds(millis)
}

fn who() -> PersonId {
    PersonId::new("AbCdEfGhIjKlMnOpQrStUw")
}

fn record(fact: PersonFact) -> Event {
    Event::Person(PersonReport { id: who(), as_of: at(123), fact })
}

fn presence(state: PresenceState, raw: &str, source: Source) -> Event {
    let presence = Presence { as_of: at(123), source, state, raw: raw.to_owned(), until: None };
    Event::Presence(PresenceReport { person: who(), presence })
}

fn call(side: Side, step: Step, other: Party, queue: Option<QueueRef>) -> Event {
    let call = CallId::new("7123456789012345678");
    Event::Call(CallReport { call, person: who(), side, at: at(123), step, other, queue })
}

fn records() -> Vec<Event> {
    let number = "+14155550123".parse().unwrap();
    let profile = Profile {
        display_name: "Ada Example".to_owned(),
        first_name: "Ada".to_owned(),
        last_name: "Example".to_owned(),
        email: "ada.example@example.com".to_owned(),
        department: "Customer Service".to_owned(),
        time_zone: "Europe/Berlin".parse().ok(),
        skills: vec!["billing".to_owned()],
        languages: vec!["English".to_owned(), "German".to_owned()],
    };
    let line = Line { kind: NumberKind::Office, number };
    let detail = Detail {
        title: "Service Specialist".to_owned(),
        location: "Berlin".to_owned(),
        picture: Some("https://zoom.us/p/".to_owned()),
        lines: vec![line],
    };
    let phone =
        Phone { direct: vec![number], extension: Some(Extension(1234)), site: "Main Site".to_owned() };
    let standings = [Standing::Gone, Standing::Inactive, Standing::Pending, Standing::Active];
    let mut facts: Vec<PersonFact> = standings.map(PersonFact::Standing).into();
    let skill = Skill { name: "billing".to_owned(), level: Level::try_from(4).ok() };
    facts.push(PersonFact::Expertise(Expertise {
        skills: vec![skill],
        languages: vec!["English".to_owned()],
        hours: "Mon-Fri 08:00-18:00".parse().unwrap(),
        aliases: vec!["Ada".to_owned()],
        ..Expertise::default()
    }));
    facts.extend([PersonFact::Touched, PersonFact::Phone(phone), PersonFact::Detail(detail)]);
    facts.push(PersonFact::Profile(profile));
    facts.into_iter().map(record).collect()
}

fn calls() -> Vec<Event> {
    use Outcome::{Answered, AnsweredElsewhere, Busy, Cancelled, NoAnswer, Rejected, Unknown, Voicemail};
    let other = || Party {
        person: Some(who()),
        number: "+493012345678".parse().ok(),
        extension: Some(Extension(1234)),
        name: "Ada Example".to_owned(),
    };
    let queue = || Some(QueueRef { extension: Some(Extension(1234)), name: "Support".to_owned() });
    let endings = [Busy, Cancelled, Rejected, AnsweredElsewhere, Voicemail, NoAnswer, Unknown, Answered];
    let mut calls: Vec<Event> =
        endings.map(|outcome| call(Side::Caller, Step::Ended(outcome), other(), None)).into();
    calls.extend([Step::Held(false), Step::Held(true)].map(|step| call(Side::Caller, step, other(), None)));
    for step in [Step::Ringing, Step::Answered, Step::Ended(Unknown)] {
        calls.push(call(Side::Callee, step, other(), queue()));
        calls.push(call(Side::Callee, step, Party::default(), None));
    }
    calls
}

fn presences() -> Vec<Event> {
    use PresenceState as P;
    let words = [
        (P::OutOfOffice, "Out_of_Office"),
        (P::Presenting, "Presenting"),
        (P::InCalendarEvent, "In_Calendar_Event"),
        (P::Mobile, "Mobile_signed_in"),
        (P::Busy, "Busy"),
        (P::Offline, "Offline"),
        (P::DoNotDisturb, "Do_Not_Disturb"),
        (P::InMeeting, "In_Meeting"),
        (P::OnCall, "On_Phone_Call"),
        (P::Away, "Away"),
        (P::Available, "Available"),
    ];
    let asked = words.map(|(state, raw)| presence(state, raw, Source::Asked));
    asked.into_iter().chain(words.map(|(state, raw)| presence(state, raw, Source::Event))).collect()
}

fn frame(events: Vec<Event>) -> String {
    let events = (100_001..).zip(events).map(|(seq, event)| Logged { seq: Seq(seq), event }).collect();
    serde_json::to_string(&Frame::Events { events }).unwrap()
}

/// The rarest first: what stands last is found most cheaply.
fn dictionary() -> String {
    let mut person = Person::unknown(who());
    person.standing = Some(Latest::new(at(123), Standing::Active));
    let zoom = ZoomLink::Connected { since: at(123) };
    let directory = Progress { done: 1_000, of: Some(1_000) };
    let state = RelayState { zoom, directory, repair: None, failures: Vec::new() };
    [
        serde_json::to_string(&Frame::State { state }).unwrap(),
        frame(records()),
        frame(calls()),
        frame(presences()),
    ]
    .join("\n")
}

#[test]
fn the_dictionary_is_made_of_frames_as_they_are() {
    let now = dictionary();
    if env::var_os("ROLLCALL_WRITE").is_some() {
        fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE), &now).unwrap();
    }

    assert_eq!(DICTIONARY, now, "stale: ROLLCALL_WRITE=1 cargo test -p rollcall-wire, with a new protocol");
}

/// An id as Zoom makes them: 22 characters of base64url, all of them different.
fn id(n: u64) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut mixed = n + 1;
    let mut digit = || {
        mixed ^= mixed << 13;
        mixed ^= mixed >> 7;
        mixed ^= mixed << 17;
        char::from(DIGITS[usize::try_from(mixed.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 58).unwrap()])
    };
    (0..22).map(|_| digit()).collect()
}

/// Presence events as an organisation has them: all people differ, most states are of few kinds.
fn lively(count: u64) -> String {
    let states = [(PresenceState::Available, "Available"), (PresenceState::Away, "Away")];
    let events = (0..count).map(|n| {
        let person = PersonId::new(&id(n));
        let (state, raw) = states[usize::try_from(n % 2).unwrap()];
        let as_of = at(i64::try_from(n * 5).unwrap());
        let presence = Presence { as_of, source: Source::Event, state, raw: raw.to_owned(), until: None };
        let event = Event::Presence(PresenceReport { person, presence });
        Logged { seq: Seq(4_000_000 + n), event }
    });
    serde_json::to_string(&Frame::Events { events: events.collect() }).unwrap()
}

#[test]
fn a_frame_of_one_event_shrinks_to_a_third_and_one_of_many_to_a_seventh() {
    let dictionary = Packer::default();
    for (events, share) in [(1, 0.33), (10, 0.2), (100, 0.15)] {
        let text = lively(events);
        let packed = dictionary.pack(&text).unwrap();

        let plain = zstd::bulk::compress(text.as_bytes(), 3).unwrap();
        eprintln!(
            "{events} event(s): {} bytes, packed {}, without dictionary {}",
            text.len(),
            packed.len(),
            plain.len()
        );
        let least = f64::from(u32::try_from(text.len()).unwrap()) * share;
        assert!(f64::from(u32::try_from(packed.len()).unwrap()) < least, "{events} event(s)");
        assert_eq!(Unpacker::new().unwrap().unpack(&packed).unwrap(), text);
    }
}
