//! A desk at work: made-up people, a clock that stands still, and waiting for what must come.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use rollcall_desk::{Engine, Home, Timing};
use rollcall_model::{
    CallId, CallReport, Clock, Event, Hand, Party, PersonFact, PersonId, PersonReport, Phone, Presence,
    PresenceReport, PresenceState, Profile, Side, Source, Step,
};
use rollcall_wire::window::{Answer, Link, Only, Question};
use tempfile::TempDir;
use tokio::time;

/// A folder, a clock and a desk; opened again, the desk is the same one later.
pub(crate) struct Scene {
    pub(crate) home: Home,
    pub(crate) clock: Clock,
    pub(crate) hand: Hand,
    pub(crate) engine: Engine,
    _folder: TempDir,
}

/// Ten in the morning on a working day.
pub(crate) fn morning() -> DateTime<Utc> {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

pub(crate) fn after(seconds: i64) -> DateTime<Utc> {
    morning() + TimeDelta::seconds(seconds)
}

/// Patience for tests: what takes seconds at a desk takes milliseconds here.
pub(crate) fn timing() -> Timing {
    Timing {
        first_pause: Duration::from_millis(10),
        spread: Duration::from_millis(10),
        longest_pause: Duration::from_millis(50),
        fade: Duration::from_millis(20),
        rest: Duration::from_millis(10),
        news: Duration::from_millis(300),
        count: Duration::from_millis(10),
        ..Timing::default()
    }
}

impl Scene {
    pub(crate) async fn open() -> Self {
        Self::timed(timing()).await
    }

    pub(crate) async fn timed(timing: Timing) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = Home { data: folder.path().join("data"), config: folder.path().join("config") };
        let (clock, hand) = Clock::still(morning());
        let engine = Engine::open_timed(home.clone(), clock.clone(), 1, timing).await.unwrap();
        Self { home, clock, hand, engine, _folder: folder }
    }

    /// Opens the desk of this home once more.
    pub(crate) async fn reopen(&mut self) {
        self.engine = Engine::open_timed(self.home.clone(), self.clock.clone(), 2, timing()).await.unwrap();
    }

    /// Stops the desk and opens it again.
    pub(crate) async fn restart(&mut self) {
        self.engine.stop().await;
        self.reopen().await;
    }
}

/// Waits until something is so; fails after a minute.
pub(crate) async fn until(what: &str, mut so: impl FnMut() -> bool) {
    let wait = async {
        while !so() {
            time::sleep(Duration::from_millis(5)).await;
        }
    };
    assert!(time::timeout(Duration::from_mins(1), wait).await.is_ok(), "{what} did not come");
}

pub(crate) async fn until_online(engine: &Engine) {
    until("the link", || matches!(engine.status().link, Link::Online { .. })).await;
}

pub(crate) fn asked(engine: &Engine, text: &str) -> Answer {
    engine.ask(Question {
        number: 1,
        text: text.to_owned(),
        only: Only::Everyone,
        group: None,
        skip: 0,
        limit: 50,
    })
}

pub(crate) fn names(engine: &Engine, text: &str) -> Vec<String> {
    asked(engine, text).rows.into_iter().map(|row| row.name).collect()
}

pub(crate) fn id(person: &str) -> PersonId {
    PersonId::new(person)
}

/// A person with a name and a number: what the directory and the phone system tell.
pub(crate) fn joins(person: &str, name: &str, number: &str) -> [Event; 2] {
    let email = format!("{person}@example.org");
    let profile = Profile { display_name: name.to_owned(), email, ..Profile::default() };
    let phone = Phone { direct: vec![number.parse().unwrap()], ..Phone::default() };
    [PersonFact::Profile(profile), PersonFact::Phone(phone)]
        .map(|fact| Event::Person(PersonReport { id: id(person), as_of: morning(), fact }))
}

pub(crate) fn is(person: &str, state: PresenceState, as_of: DateTime<Utc>) -> Event {
    let presence = Presence { as_of, source: Source::Event, state, raw: String::new(), until: None };
    Event::Presence(PresenceReport { person: id(person), presence })
}

/// A step of a call that `person` made to `number`.
pub(crate) fn calls(call: &str, person: &str, number: &str, step: Step, at: DateTime<Utc>) -> Event {
    Event::Call(CallReport {
        call: CallId::new(call),
        person: id(person),
        side: Side::Caller,
        at,
        step,
        other: Party { number: Some(number.parse().unwrap()), ..Party::default() },
        queue: None,
    })
}
