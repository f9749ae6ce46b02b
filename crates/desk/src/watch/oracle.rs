//! The board against a naive witness that remembers everything and works out the rule from its words.

use std::collections::HashMap;

use proptest::prelude::*;

use super::*;

/// A board, and all that happened to it.
pub(super) struct Scene {
    pub(super) board: Board,
    now: DateTime<Utc>,
    /// How everybody was seen, oldest first.
    seen: HashMap<PersonId, Vec<Seen>>,
    /// When each watch was told its members, and who they are.
    members: HashMap<String, Vec<PersonId>>,
    calls: HashMap<String, Fate>,
    hung_up_at: Option<DateTime<Utc>>,
    flow: Option<DateTime<Utc>>,
    flow_since: DateTime<Utc>,
}

/// How somebody was seen from a moment on.
#[derive(Clone, Copy)]
struct Seen {
    at: DateTime<Utc>,
    free: Option<DateTime<Utc>>,
}

/// How long a report is fresh here.
const FRESH: TimeDelta = TimeDelta::minutes(10);

pub(super) fn watch(id: &str, whom: Whom, since: DateTime<Utc>) -> Watch {
    let ends_at = since + TimeDelta::minutes(30);
    Watch { id: id.to_owned(), whom, since, ends_at, passed: BTreeSet::new(), calling: None }
}

impl Scene {
    pub(super) fn begin() -> Self {
        let now = DateTime::from_timestamp(1_795_000_000, 0).unwrap();
        let (seen, members, calls) = (HashMap::new(), HashMap::new(), HashMap::new());
        let mut scene = Self {
            board: Board::default(),
            now,
            seen,
            members,
            calls,
            hung_up_at: None,
            flow: Some(now),
            flow_since: now,
        };
        scene.wait(0);
        scene
    }

    pub(super) fn watch(&mut self, id: &str, members: &[PersonId]) -> Vec<Watch> {
        let whom = Whom::Search { text: "them".into(), only: Only::Everyone };
        let mut watch = watch(id, whom, self.now);
        watch.ends_at = self.now + TimeDelta::minutes(30);
        let gone = self.board.start(watch);
        self.members(id, members);
        gone
    }

    pub(super) fn members(&mut self, id: &str, members: &[PersonId]) {
        self.members.insert(id.to_owned(), members.to_vec());
        let free: Vec<_> = members.iter().filter(|person| self.sight(person).is_some()).cloned().collect();
        self.board.wait_for(id, members.to_vec(), self.now, |person| free.contains(person));
    }

    pub(super) fn free(&mut self, person: &PersonId) {
        self.hear(person, Some(self.now));
    }

    pub(super) fn busy(&mut self, person: &PersonId) {
        self.hear(person, None);
    }

    fn hear(&mut self, person: &PersonId, free: Option<DateTime<Utc>>) {
        self.seen.entry(person.clone()).or_default().push(Seen { at: self.now, free });
        self.board.see(person, self.sight(person), self.now);
    }

    /// Lets so many seconds pass, and does what is due in each of them.
    pub(super) fn wait(&mut self, seconds: i64) -> Vec<Told> {
        let mut told = self.step();
        for _ in 0..seconds {
            self.now += TimeDelta::seconds(1);
            told.extend(self.step());
        }
        told
    }

    pub(super) fn next(&mut self, id: &str) {
        self.board.next(id, self.now);
    }

    pub(super) fn calls(&mut self, person: &PersonId, fate: Fate) {
        self.board.called(person, person.as_str());
        self.calls.insert(person.to_string(), fate);
    }

    pub(super) fn hung_up(&mut self) {
        self.hung_up_at = Some(self.now);
    }

    pub(super) fn flows(&mut self, on: bool) {
        self.flow = on.then_some(self.now);
        self.flow_since = self.now;
    }

    pub(super) fn set_back(&mut self, seconds: i64) {
        self.now -= TimeDelta::seconds(seconds);
    }

    pub(super) fn pause(&self) -> Option<TimeDelta> {
        self.board.pause(Now { zoom: self.now, own: self.now })
    }

    pub(super) fn to_ask(&self) -> Vec<PersonId> {
        self.with_moment(|moment| self.board.to_ask(moment, |_| false)).confirm
    }

    fn step(&mut self) -> Vec<Told> {
        let mut board = std::mem::take(&mut self.board);
        let told = self.with_moment(|moment| board.step(moment));
        self.board = board;
        told
    }

    fn with_moment<T>(&self, act: impl FnOnce(&Moment<'_>) -> T) -> T {
        let now = Now { zoom: self.now, own: self.now };
        let eyes = |person: &PersonId| self.sight(person);
        let call = |id: &str| self.calls.get(id).copied().unwrap_or(Fate::Open);
        act(&Moment { now, eyes: &eyes, call: &call, hung_up_at: self.hung_up_at, flow: self.flow })
    }

    fn sight(&self, person: &PersonId) -> Option<Sight> {
        let as_of = self.seen.get(person)?.last()?.free?;
        Some(Sight { as_of, off_call_at: None, fresh: self.now - as_of <= FRESH })
    }

    /// Since when somebody was seen free, and nothing else, as far as a watch that was set then could see.
    fn free_since(&self, person: &PersonId, set: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let seen = self.seen.get(person)?;
        let spell = seen.iter().rev().take_while(|seen| seen.free.is_some());
        let first = spell.map(|seen| seen.at).min()?;
        Some(first.max(set))
    }

    /// Whom the words of the rule allow to be told of.
    fn may_be_told(&self, set: DateTime<Utc>, passed: &HashMap<PersonId, DateTime<Utc>>) -> Vec<PersonId> {
        let bar = set.max(self.flow_since);
        let may = |person: &&PersonId| {
            let (Some(sight), Some(since)) = (self.sight(person), self.free_since(person, set)) else {
                return false;
            };
            let steady = self.now - since.max(self.flow_since) >= STEADY;
            let busy_since =
                |passed: DateTime<Utc>| self.seen[*person].iter().any(|s| s.free.is_none() && s.at >= passed);
            let open = passed.get(*person).is_none_or(|passed| busy_since(*passed));
            self.flow.is_some() && sight.fresh && sight.as_of > bar && steady && open
        };
        self.members["w"].iter().filter(may).cloned().collect()
    }
}

#[derive(Clone, Debug)]
enum Act {
    Wait(u8),
    Free(u8),
    Busy(u8),
    Next,
    Flows(bool),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        4 => (0..12_u8).prop_map(Act::Wait),
        4 => (0..4_u8).prop_map(Act::Free),
        3 => (0..4_u8).prop_map(Act::Busy),
        1 => Just(Act::Next),
        1 => any::<bool>().prop_map(Act::Flows),
    ];
    prop::collection::vec(act, 1..80)
}

/// Does what is to be done, second by second, and holds each step against the words of the rule.
fn live(acts: &[Act]) {
    let people: Vec<PersonId> = ["a", "b", "c", "d"].map(PersonId::new).to_vec();
    let mut scene = Scene::begin();
    let set = scene.now;
    let end = set + TimeDelta::minutes(30);
    scene.watch("w", &people[..3]);
    let (mut told_of, mut passed) = (None::<PersonId>, HashMap::new());
    for act in acts {
        let seconds = match *act {
            Act::Wait(seconds) => seconds,
            Act::Free(who) => {
                scene.free(&people[usize::from(who)]);
                0
            }
            Act::Busy(who) => {
                scene.busy(&people[usize::from(who)]);
                0
            }
            Act::Next => {
                passed.extend(told_of.take().map(|person| (person, scene.now)));
                scene.next("w");
                0
            }
            Act::Flows(on) => {
                if on != scene.flow.is_some() {
                    scene.flows(on);
                }
                0
            }
        };
        for second in 0..=i64::from(seconds) {
            scene.now += TimeDelta::seconds(second.min(1));
            let news = scene.step();
            if scene.now >= end {
                assert_eq!(news.last(), Some(&Told::Over { watch: "w".into(), why: Why::Time }));
                return;
            }
            told_of.take_if(|person| scene.sight(person).is_none());
            let may = scene.may_be_told(set, &passed);
            let raised = news.iter().find_map(|told| match told {
                Told::Raised { person, .. } => Some(person.clone()),
                _ => None,
            });
            match (&told_of, raised) {
                (Some(_), raised) => assert_eq!(raised, None, "one at a time"),
                (None, Some(person)) => {
                    assert!(may.contains(&person), "false alarm");
                    told_of = Some(person);
                }
                (None, None) => assert!(may.is_empty(), "missed alarm"),
            }
        }
    }
}

proptest! {
    #[test]
    fn whatever_happens_exactly_those_are_told_of_whom_the_rule_allows(acts in acts()) {
        live(&acts);
    }
}
