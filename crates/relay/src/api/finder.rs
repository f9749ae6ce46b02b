//! The index that `/v1/people` asks.
//!
//! It is built at the first question, and a relay that nobody asks never has one. From then on the fold keeps the ids
//! of those whose record changed, and the next question takes these in: an answer knows every event that was
//! committed before it was asked for. At 100,000 people it takes about 40 MB besides the fold (`rollcall-bench search`).

use std::{
    collections::BTreeSet,
    ops::Bound::{Excluded, Unbounded},
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use arc_swap::ArcSwap;
use chrono::{DateTime, TimeDelta, Utc};
use rollcall_model::{
    Person, PersonId,
    search::{Filter, FilterKey, Hit, Index, Only, Question, Standing, Walls, filters},
};
use tokio::{sync, task};

use crate::{core::Core, fold::Fold};

/// How many records are copied under one lock of the fold: its writer waits meanwhile.
const PART: usize = 1_024;

/// For how long it is believed how everybody stands.
const STANDS: TimeDelta = TimeDelta::seconds(1);

/// Finds people.
#[derive(Debug, Default)]
pub(crate) struct Finder {
    index: ArcSwap<Index>,
    /// Those who can be found, by id.
    ids: RwLock<BTreeSet<PersonId>>,
    /// When the organisation's own words were told that the index speaks.
    words: Mutex<Option<DateTime<Utc>>>,
    /// How everybody stood a moment ago, and when that was; kept once somebody asked who is free or awake.
    standing: Mutex<Option<(DateTime<Utc>, Arc<Standing>)>>,
    /// Whose turn it is to take changes in.
    turn: Arc<sync::Mutex<()>>,
}

/// What was found, best first.
pub(super) struct Found {
    pub(super) hits: Vec<Hit>,
    /// How many fit in all.
    pub(super) total: usize,
    /// How many people there are to look among.
    pub(super) among: usize,
}

/// Takes in what changed since the last question.
pub(super) async fn catch_up(core: &Arc<Core>) {
    let turn = core.finder.turn.clone().lock_owned().await;
    let core = core.clone();
    // The changes were taken from the fold and get in even when whoever asked does not wait for it.
    let taken = task::spawn_blocking(move || {
        core.finder.take_in(&core.fold);
        drop(turn);
    });
    if let Err(error) = taken.await {
        tracing::error!(%error, "the index of people could not be kept");
    }
}

impl Finder {
    /// The best rows, at most `limit`. Presence counts only where the text asks who is free or awake, so that the
    /// pages of any other question stay as they are.
    pub(super) fn find(&self, text: String, limit: usize, fold: &Fold, now: DateTime<Utc>) -> Found {
        let index = self.index.load();
        let asks = |filter: Filter| matches!(filter.key, FilterKey::Free | FilterKey::Awake);
        let standing = if filters(&text).into_iter().any(asks) {
            self.standing(&index, fold, now)
        } else {
            Arc::default()
        };
        let answer = index.ask(&Question { text, only: Only::Everyone, skip: 0, limit }, &standing);
        Found { hits: answer.hits, total: answer.total, among: index.len() }
    }

    /// At most `limit` people after `after` in the order of ids, and how many there are.
    pub(super) fn list(&self, after: Option<&PersonId>, limit: usize) -> (Vec<PersonId>, usize) {
        let ids = self.ids.read().unwrap_or_else(PoisonError::into_inner);
        let from = after.map_or(Unbounded, Excluded);
        (ids.range((from, Unbounded)).take(limit).cloned().collect(), ids.len())
    }

    /// How everybody stands, as of at most [`STANDS`] ago: looking at 100,000 people costs some ten milliseconds.
    fn standing(&self, index: &Index, fold: &Fold, now: DateTime<Utc>) -> Arc<Standing> {
        let mut known = self.standing.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, standing)) = &*known
            && (TimeDelta::zero()..STANDS).contains(&(now - *at))
        {
            return standing.clone();
        }
        let (standing, mut walls) = (Arc::new(Standing::default()), Walls::at(now));
        let people: Vec<_> = index.people().collect();
        for part in people.chunks(PART) {
            fold.read(|roster| {
                for (slot, person) in part {
                    if let Some(entry) = roster.get(person) {
                        standing.heed(*slot, roster, entry, &mut walls);
                    }
                }
            });
        }
        *known = Some((now, standing.clone()));
        standing
    }

    fn take_in(&self, fold: &Fold) {
        match fold.changed() {
            Some(changed) if changed.is_empty() => {}
            Some(changed) => {
                let changed: Vec<PersonId> = changed.into_iter().collect();
                let index =
                    read(fold, Index::clone(&self.index.load()), &changed, |id, found| self.heed(id, found));
                self.index.store(Arc::new(index));
            }
            None => self.build(fold),
        }
        self.speak(fold);
    }

    /// Takes in the organisation's own words when others were told.
    fn speak(&self, fold: &Fold) {
        let mut known = self.words.lock().unwrap_or_else(PoisonError::into_inner);
        let told = fold.read(|roster| {
            let told = roster.organisation().synonyms.as_ref();
            told.filter(|told| Some(told.as_of) != *known).cloned()
        });
        if let Some(told) = told {
            self.index.store(Arc::new(self.index.load().speaking(&told.value)));
            *known = Some(told.as_of);
        }
    }

    fn build(&self, fold: &Fold) {
        let everybody: Vec<PersonId> =
            fold.read(|roster| roster.entries().map(|entry| entry.person.id.clone()).collect());
        let mut ids = BTreeSet::new();
        let index = read(fold, Index::default(), &everybody, |id, found| {
            if found {
                ids.insert(id.clone());
            }
        });
        tracing::info!(
            people = index.len(),
            bytes = index.footprint().index_bytes,
            "the index of people was built"
        );
        *self.words.lock().unwrap_or_else(PoisonError::into_inner) = None;
        *self.ids.write().unwrap_or_else(PoisonError::into_inner) = ids;
        self.index.store(Arc::new(index));
    }

    fn heed(&self, id: &PersonId, found: bool) {
        let mut ids = self.ids.write().unwrap_or_else(PoisonError::into_inner);
        if found {
            ids.insert(id.clone());
        } else {
            ids.remove(id);
        }
    }
}

/// The index with the records of `ids` as they are now; tells `heed` of each whether they can be found.
fn read(fold: &Fold, mut index: Index, ids: &[PersonId], mut heed: impl FnMut(&PersonId, bool)) -> Index {
    for part in ids.chunks(PART) {
        let people: Vec<Person> = fold.read(|roster| {
            // Who is gone for long may be forgotten before the next question.
            let person = |id| roster.get(id).map(|entry| entry.person.clone());
            part.iter().map(|id| person(id).unwrap_or_else(|| Person::unknown(id.clone()))).collect()
        });
        for person in &people {
            heed(&person.id, person.is_active());
        }
        index = index.with(&people, &[]);
    }
    index
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use rollcall_model::{
        Event, Logged, PersonFact, PersonReport, Presence, PresenceReport, PresenceState, Profile, Roster,
        Seq, Source, Standing as Account,
    };

    use super::*;

    fn said(seq: u64, who: &str, fact: PersonFact) -> Logged {
        let as_of = DateTime::from_timestamp(seq.cast_signed(), 0).unwrap();
        Logged { seq: Seq(seq), event: Event::Person(PersonReport { id: PersonId::new(who), as_of, fact }) }
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000 + seconds, 0).unwrap()
    }

    fn is(seq: u64, who: &str, state: PresenceState) -> Logged {
        let presence =
            Presence { as_of: at(0), source: Source::Event, state, raw: String::new(), until: None };
        let report = PresenceReport { person: PersonId::new(who), presence };
        Logged { seq: Seq(seq), event: Event::Presence(report) }
    }

    fn named(name: &str) -> PersonFact {
        PersonFact::Profile(Profile { display_name: name.to_owned(), ..Profile::default() })
    }

    fn found(finder: &Finder, fold: &Fold, text: &str) -> Vec<String> {
        finder.find(text.to_owned(), 10, fold, at(0)).hits.iter().map(|hit| hit.person.to_string()).collect()
    }

    #[test]
    fn a_change_is_found_by_the_next_question() {
        let (finder, fold) = (Finder::default(), Fold::new(Roster::default(), Seq::START));
        fold.apply(&[said(1, "a", named("Ada")), said(2, "b", named("Ben"))]);
        finder.take_in(&fold);

        fold.apply(&[said(3, "a", named("Zoe")), said(4, "b", PersonFact::Standing(Account::Gone))]);
        finder.take_in(&fold);

        assert_eq!(
            (found(&finder, &fold, "zoe"), found(&finder, &fold, "ada")),
            (vec!["a".to_owned()], vec![])
        );
        assert_eq!(finder.list(None, 10), (vec![PersonId::new("a")], 1));
    }

    #[test]
    fn who_was_forgotten_between_two_questions_is_not_found() {
        let (finder, fold) = (Finder::default(), Fold::new(Roster::default(), Seq::START));
        fold.apply(&[said(1, "a", named("Ada"))]);
        finder.take_in(&fold);

        fold.apply(&[said(2, "a", PersonFact::Standing(Account::Gone))]);
        fold.tidy(|roster| drop(roster.forget_gone_before(DateTime::from_timestamp(9, 0).unwrap())));
        finder.take_in(&fold);

        assert_eq!((found(&finder, &fold, "ada"), finder.list(None, 10)), (vec![], (vec![], 0)));
    }

    #[test]
    fn the_list_of_everybody_goes_on_where_it_was() {
        let (finder, fold) = (Finder::default(), Fold::new(Roster::default(), Seq::START));
        let people: Vec<Logged> = (1..=3_000).map(|n| said(n, &format!("{n:04}"), named("Person"))).collect();
        fold.apply(&people);
        finder.take_in(&fold);

        let (first, total) = finder.list(None, 2_000);
        let (rest, _) = finder.list(first.last(), 2_000);

        assert_eq!((first.len(), rest.len(), total), (2_000, 1_000, 3_000));
        assert!(first.iter().chain(&rest).is_sorted());
    }

    #[test]
    fn equals_come_by_name_whatever_their_presence() {
        let (finder, fold) = (Finder::default(), Fold::new(Roster::default(), Seq::START));
        fold.apply(&[said(1, "1", named("Mia Zeta")), said(2, "2", named("Mia Alpha"))]);
        finder.take_in(&fold);

        assert_eq!(found(&finder, &fold, "mia"), ["2", "1"]);
    }

    #[test]
    fn who_is_free_is_found_where_that_is_asked_as_of_a_second_ago() {
        let (finder, fold) = (Finder::default(), Fold::new(Roster::default(), Seq::START));
        fold.apply(&[said(1, "1", named("Mia Zeta")), said(2, "2", named("Mia Alpha"))]);
        fold.apply(&[is(3, "1", PresenceState::Available), is(4, "2", PresenceState::Busy)]);
        finder.take_in(&fold);
        let free = |seconds| {
            let found = finder.find("mia free".to_owned(), 10, &fold, at(seconds));
            found.hits.iter().map(|hit| hit.person.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(free(0), ["1"]);

        fold.apply(&[is(5, "3", PresenceState::Available), said(6, "3", named("Mia Beta"))]);
        finder.take_in(&fold);

        assert_eq!((free(0), free(1)), (vec!["1".to_owned()], vec!["3".to_owned(), "1".to_owned()]));
        assert_eq!(found(&finder, &fold, "mia"), ["2", "3", "1"], "presence does not count otherwise");
    }
}
