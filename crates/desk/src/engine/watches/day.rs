//! A thousand watches over a day of a made-up organisation: no false alarm, and none that is missed.
//!
//! The desk is the real one, without its tasks: it is given each event at the very moment it happens, and its
//! clock is moved by hand. What is true is asked of the organisation itself, never of the desk.

use std::collections::{BTreeMap, HashMap, HashSet};

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use rollcall_fake_zoom::Alone;
use rollcall_model::{
    Clock, Event, Hand, Logged, PersonFact, PersonReport, Phone, Presence, PresenceReport, PresenceState,
    Profile, Seq, Source,
};
use rollcall_wire::{
    relay::{Progress, RelayState, ZoomLink},
    window::Only,
};
use rollcall_zoom::delivery::{self, Meaning};
use serde_json::Value;

use super::{
    super::{finder::Among, tick},
    *,
};
use crate::{
    Home, Timing,
    lists::{Lists, Recents},
};

const PEOPLE: usize = 200;
const WATCHES: u32 = 1_000;
/// How long the day is.
const DAY: TimeDelta = TimeDelta::hours(24);
/// Something happens by chance about this often.
const HAPPENS_MS: std::ops::Range<i64> = 500..24_000;
/// Within this time after five seconds an alarm must come, when an event told that somebody became free.
const AT_ONCE: TimeDelta = TimeDelta::milliseconds(20);
/// The same when Zoom had to be asked first.
const ONCE_CONFIRMED: TimeDelta = TimeDelta::seconds(8);
const STEADY: TimeDelta = crate::watch::STEADY;

/// The desk, the organisation, and a witness of both.
struct Life {
    desk: Desk,
    zoom: Alone,
    hand: Hand,
    clock: Clock,
    seq: u64,
    dice: StdRng,
    witness: Witness,
    faded: DateTime<Utc>,
    asked: HashMap<PersonId, DateTime<Utc>>,
    /// Who is free for less than five seconds, and until when.
    flap: Option<(String, DateTime<Utc>)>,
    flaps: u32,
    started: u32,
    _folder: tempfile::TempDir,
}

/// What is true, and what the desk did about it.
#[derive(Default)]
struct Witness {
    /// Since when somebody has truly been free, and whether an event of presence said so.
    free: HashMap<PersonId, (DateTime<Utc>, bool)>,
    /// The last time of any report about somebody.
    reported: HashMap<PersonId, DateTime<Utc>>,
    watches: BTreeMap<String, Waiting>,
    alarms: u32,
    withdrawn: u32,
    nexts: u32,
    faults: Vec<String>,
}

/// A watch as the witness knows it.
struct Waiting {
    set: DateTime<Utc>,
    /// Since when nobody is told of.
    since: DateTime<Utc>,
    /// Those whom it waited for from the beginning.
    members: Vec<PersonId>,
    told_of: Option<PersonId>,
    /// Who was passed over while free.
    passed: HashSet<PersonId>,
}

impl Life {
    async fn begin() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = Home { data: folder.path().join("data"), config: folder.path().join("config") };
        // Where no file can be written, own things are kept in memory: thousands of commits need no disk.
        std::fs::create_dir_all(home.mine()).unwrap();
        let begin: DateTime<Utc> = "2026-11-20T00:00:00Z".parse().unwrap();
        let (clock, hand) = Clock::still(begin);
        let desk = Desk::open(home, clock.clone(), 1, Timing::default()).await.unwrap();
        let zoom = Alone::new(PEOPLE, 7, begin);
        let mut life = Self {
            desk,
            zoom,
            hand,
            clock,
            seq: 0,
            dice: StdRng::seed_from_u64(3),
            witness: Witness::default(),
            faded: begin,
            asked: HashMap::new(),
            flap: None,
            flaps: 0,
            started: 0,
            _folder: folder,
        };
        life.desk.linked("day".to_owned(), connected(begin));
        life.tell_everybody().await;
        life
    }

    fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// What the directory and one question about each would tell.
    async fn tell_everybody(&mut self) {
        let now = self.now();
        let facts = self.zoom.people().into_iter().flat_map(|person| {
            let id = PersonId::new(&person.id);
            let profile = Profile {
                display_name: person.name.clone(),
                email: person.email.clone(),
                department: person.department.clone(),
                ..Profile::default()
            };
            let phone = Phone {
                direct: person.number.iter().filter_map(|n| n.parse().ok()).collect(),
                ..Phone::default()
            };
            let record = |fact| Event::Person(PersonReport { id: id.clone(), as_of: now, fact });
            let standing = standing(person.status);
            [
                record(PersonFact::Profile(profile)),
                record(PersonFact::Phone(phone)),
                record(PersonFact::Standing(standing)),
                said(&id, person.presence, Source::Asked, now),
            ]
        });
        let facts = facts.collect();
        self.fold(facts).await;
    }

    async fn fold(&mut self, events: Vec<Event>) {
        let now = self.now();
        for event in &events {
            if let Event::Presence(report) = event {
                self.witness.reported.insert(report.person.clone(), report.presence.as_of);
            }
        }
        let logged = events.into_iter().map(|event| {
            self.seq += 1;
            Logged { seq: Seq(self.seq), event }
        });
        let logged = logged.collect();
        self.desk.fold(logged).await;
        self.witness.look(&self.zoom, now);
    }

    /// Lets the organisation do what it does at this moment; each event reaches the desk at once, some twice.
    async fn happen(&mut self, by_chance: bool) {
        let now = self.now();
        let bodies = if by_chance { self.zoom.happen(now) } else { self.zoom.pass(now) };
        let mut events = read_all(&bodies);
        if self.dice.random_bool(0.1) {
            events.extend(events.clone());
        }
        self.fold(events).await;
    }

    /// Lets somebody who is waited for be free for a moment that is too short to be told of.
    async fn flap(&mut self) {
        let now = self.now();
        let busy = |person: &PersonId| !self.zoom.is_free(person.as_str());
        let waited_for: Vec<&PersonId> =
            self.witness.watches.values().flat_map(|watch| &watch.members).filter(|id| busy(id)).collect();
        if waited_for.is_empty() {
            return;
        }
        let person = waited_for[self.dice.random_range(0..waited_for.len())].to_string();
        let ends = now + TimeDelta::milliseconds(self.dice.random_range(50..4_990));
        if let Ok(bodies) = self.zoom.set_presence(&person, "Available", now) {
            self.fold(read_all(&bodies)).await;
            self.flap = Some((person, ends));
            self.flaps += 1;
        }
    }

    /// Ends that moment, when it is over.
    async fn end_flap(&mut self) {
        let now = self.now();
        let Some((person, _)) = self.flap.take_if(|(_, ends)| *ends <= now) else { return };
        if let Ok(bodies) = self.zoom.set_presence(&person, "Busy", now) {
            self.fold(read_all(&bodies)).await;
        }
    }

    /// Answers what the desk asks, as a relay would within a moment.
    async fn answer(&mut self) {
        let now = self.now();
        let asked = &mut self.asked;
        let ToAsk { confirm, faded } = self.desk.watched_to_ask();
        let wanted = confirm.into_iter().chain(faded).filter(|person| {
            let rests = asked.get(person).is_some_and(|at| now - *at < TimeDelta::seconds(1));
            !rests && asked.insert(person.clone(), now) != Some(now)
        });
        let known = wanted.filter_map(|id| {
            let word = self.zoom.presence(id.as_str()).ok()?;
            Some(said(&id, word, Source::Asked, now))
        });
        let answers: Vec<Event> = known.take(100).collect();
        if !answers.is_empty() {
            self.fold(answers).await;
        }
    }

    /// Lets the desk do what is due, and holds it against the truth.
    async fn heed(&mut self) -> Option<Duration> {
        let now = self.now();
        if now - self.faded >= TimeDelta::seconds(15) {
            tick::fade(&self.desk, self.faded, now);
            self.faded = now;
        }
        self.desk.heed_watches().await;
        self.answer().await;
        let pause = self.desk.heed_watches().await;
        let shown = self.desk.watches();
        self.witness.compare(&shown, now, |wish| found(&self.desk, wish));
        pause
    }

    async fn start_watch(&mut self) {
        let people = self.zoom.people();
        let one = &people[self.dice.random_range(0..people.len())];
        let wish = if self.dice.random_bool(0.6) {
            WatchWish::Person { person: PersonId::new(&one.id) }
        } else {
            let text = one.department.clone();
            WatchWish::Search { text, only: Only::Free }
        };
        let now = self.now();
        let Ok(watch) = self.desk.watch(wish.clone()).await else { return };
        self.started += 1;
        let members = found(&self.desk, &watch.wish);
        let (told_of, passed) = (None, HashSet::new());
        self.witness.watches.insert(watch.id, Waiting { set: now, since: now, members, told_of, passed });
    }

    /// Lets the agent choose: mostly nothing, sometimes the next one, seldom an end.
    async fn choose(&mut self) {
        let raised: Vec<_> = self.desk.watches().into_iter().filter(|watch| watch.raised.is_some()).collect();
        for watch in raised {
            let choice = match self.dice.random_range(0..100) {
                0..3 => WatchChoice::Next,
                3..4 => WatchChoice::Stop,
                _ => continue,
            };
            self.desk.choose(&watch.id, choice).await.unwrap();
            self.witness.chose(&watch.id, choice, self.clock.now());
        }
    }

    /// When something happens next.
    fn next_moment(&mut self, pause: Option<Duration>, chance: DateTime<Utc>) -> DateTime<Utc> {
        let due = self.zoom.due_at().unwrap_or(chance).max(self.now());
        let pause = pause.map_or(chance, |pause| self.now() + TimeDelta::from_std(pause).unwrap());
        let flap = self.flap.as_ref().map_or(chance, |(_, ends)| *ends);
        chance.min(due).min(pause).min(flap)
    }
}

impl Witness {
    /// Looks who is truly free.
    fn look(&mut self, zoom: &Alone, now: DateTime<Utc>) {
        for id in self.reported.keys() {
            if !zoom.is_free(id.as_str()) {
                self.free.remove(id);
            } else if !self.free.contains_key(id) {
                let told = self.reported[id] == now;
                self.free.insert(id.clone(), (now, told));
            }
        }
        for waiting in self.watches.values_mut() {
            waiting.passed.retain(|person| self.free.contains_key(person));
        }
    }

    fn chose(&mut self, id: &str, choice: WatchChoice, now: DateTime<Utc>) {
        match choice {
            WatchChoice::Stop => drop(self.watches.remove(id)),
            WatchChoice::Next => {
                self.nexts += 1;
                let waiting = self.watches.get_mut(id).unwrap();
                // Who is busy by now is as good as forgotten.
                let told_of = waiting.told_of.take().filter(|person| self.free.contains_key(person));
                waiting.passed.extend(told_of);
                waiting.since = now;
            }
        }
    }

    /// Compares what the desk shows with what is true.
    fn compare(
        &mut self,
        shown: &[contract::Watch],
        now: DateTime<Utc>,
        found: impl Fn(&WatchWish) -> Vec<PersonId>,
    ) {
        // One ends by its time, or because the same wish took its place.
        self.watches.retain(|id, _| shown.iter().any(|watch| watch.id == *id));
        for watch in shown {
            let Some(waiting) = self.watches.get_mut(&watch.id) else {
                self.faults.push(format!("{now}: a watch that nobody set, or that is over"));
                continue;
            };
            let raised = watch.raised.as_ref().map(|raised| raised.person.clone());
            if raised != waiting.told_of {
                if let Some(person) = &raised {
                    self.alarms += 1;
                    let steady = self.free.get(person).is_some_and(|(since, _)| now - *since >= STEADY);
                    let new = self.reported[person] > waiting.set;
                    // Whoever was hired meanwhile is meant, too.
                    let meant = found(&watch.wish).contains(person) && !waiting.passed.contains(person);
                    if !(steady && new && meant) {
                        self.faults
                            .push(format!("{now}: false alarm: steady {steady}, new {new}, meant {meant}"));
                    }
                } else {
                    self.withdrawn += 1;
                    waiting.since = now;
                }
                waiting.told_of = raised;
            }
            let told_of_busy = waiting.told_of.as_ref().is_some_and(|person| !self.free.contains_key(person));
            if told_of_busy {
                self.faults.push(format!("{now}: somebody is told of who is busy"));
            }
            if waiting.told_of.is_none() {
                self.faults.extend(missed(waiting, &self.free, now));
            }
        }
    }
}

/// Somebody who should be told of by now.
fn missed(
    waiting: &Waiting,
    free: &HashMap<PersonId, (DateTime<Utc>, bool)>,
    now: DateTime<Utc>,
) -> Option<String> {
    let open = waiting.members.iter().filter(|person| !waiting.passed.contains(*person));
    let late = open.filter_map(|person| free.get(person)).find(|(since, told)| {
        let news = *told && *since > waiting.set;
        let patience = STEADY + if news { AT_ONCE } else { ONCE_CONFIRMED };
        let from = if news { (*since).max(waiting.since - STEADY) } else { (*since).max(waiting.since) };
        now - from > patience
    })?;
    Some(format!("{now}: missed since {}", late.0))
}

/// Whom a wish means, as the list would show them now.
fn found(desk: &Desk, wish: &WatchWish) -> Vec<PersonId> {
    match wish {
        WatchWish::Person { person } => vec![person.clone()],
        WatchWish::Search { text, .. } => {
            let among =
                Among { only: Only::Everyone, lists: &Lists::default(), recents: &Recents::default() };
            desk.finder.members(text, among)
        }
    }
}

fn connected(since: DateTime<Utc>) -> RelayState {
    let zoom = ZoomLink::Connected { since };
    RelayState { zoom, directory: Progress::default(), repair: None, failures: Vec::new() }
}

fn standing(status: &str) -> rollcall_model::Standing {
    match status {
        "active" => rollcall_model::Standing::Active,
        "pending" => rollcall_model::Standing::Pending,
        _ => rollcall_model::Standing::Inactive,
    }
}

fn said(person: &PersonId, raw: &str, source: Source, as_of: DateTime<Utc>) -> Event {
    let state = PresenceState::from_zoom(raw);
    let presence = Presence { as_of, source, state, raw: raw.to_owned(), until: None };
    Event::Presence(PresenceReport { person: person.clone(), presence })
}

/// The facts of these deliveries, read as the relay reads them.
fn read_all(bodies: &[Value]) -> Vec<Event> {
    let read = bodies.iter().flat_map(|body| match delivery::parse(body.to_string().as_bytes()) {
        Ok(delivery::Delivery { meaning: Meaning::Events(events), .. }) => events,
        other => panic!("{other:?}"),
    });
    read.collect()
}

#[tokio::test]
async fn a_thousand_watches_over_a_day_raise_no_false_alarm_and_miss_none() {
    let mut life = Life::begin().await;
    let (begin, mut chance) = (life.now(), life.now());
    while life.now() - begin < DAY {
        life.end_flap().await;
        if chance <= life.now() {
            life.happen(true).await;
            chance += TimeDelta::milliseconds(life.dice.random_range(HAPPENS_MS));
            let due = i64::from(WATCHES) * (life.now() - begin).num_seconds() / DAY.num_seconds();
            while i64::from(life.started) <= due && life.started < WATCHES {
                life.start_watch().await;
            }
            life.choose().await;
            if life.flap.is_none() && life.dice.random_bool(0.2) {
                life.flap().await;
            }
        } else {
            life.happen(false).await;
        }
        let pause = life.heed().await;
        let next = life.next_moment(pause, chance);
        life.hand.advance(next - life.now());
        assert!(life.witness.faults.is_empty(), "{}", life.witness.faults.join("\n"));
    }
    let Witness { alarms, withdrawn, nexts, .. } = life.witness;
    let flaps = life.flaps;
    println!(
        "{} watches, {alarms} alarms, {withdrawn} withdrawn, {nexts} passed over, {flaps} flaps",
        life.started
    );
    assert_eq!(life.started, WATCHES);
    assert!(
        alarms > WATCHES / 2 && withdrawn > 20 && nexts > 50 && flaps > 500,
        "{alarms} {withdrawn} {nexts}"
    );
}
