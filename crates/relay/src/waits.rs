//! Who waits until whom is free, where the organisation shows that to those who are waited for.
//!
//! Desks tell it when it changes and again every minute; whoever does not is soon forgotten. It is in memory alone, on
//! every node, and in no log: a node that starts hears of everybody within that minute.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rollcall_model::PersonId;
use rollcall_wire::relay::Waits as Told;
use serde::{Deserialize, Serialize};
use tokio::{
    sync::{Notify, mpsc},
    time::Instant,
};
use uuid::Uuid;

use crate::core::Core;

/// Whoever did not tell it again for so long waits for nobody any more: twice may be missed.
const KEPT: Duration = Duration::from_secs(2 * Told::AGAIN_SECS + 30);
/// So many desks are kept in mind; what others tell is not taken.
const MOST_DESKS: usize = 65_536;
/// How many of those who wait are told of.
const MOST_TOLD: usize = 100;

/// For whom somebody waits at one of their desks: all of them, in place of those before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Waiting {
    /// The desk's session.
    pub(crate) desk: Uuid,
    /// Who waits.
    pub(crate) who: PersonId,
    /// For whom.
    pub(crate) people: Vec<PersonId>,
}

/// Who waits for whom.
#[derive(Debug, Default)]
pub(crate) struct Waits {
    known: Mutex<Known>,
    /// Somebody is waited for by others than before.
    pub(crate) news: Notify,
}

#[derive(Debug, Default)]
struct Known {
    desks: HashMap<Uuid, (Waiting, Instant)>,
    /// At which desks somebody is waited for, and by whom.
    waited: HashMap<PersonId, HashMap<Uuid, PersonId>>,
    /// Who is waited for by others than they were told.
    turned: HashSet<PersonId>,
}

impl Waits {
    /// Takes what a desk told.
    pub(crate) fn take(&self, waiting: Waiting, now: Instant) {
        let mut known = self.known();
        known.take(waiting, now);
        let is_news = !known.turned.is_empty();
        drop(known);
        if is_news {
            self.news.notify_one();
        }
    }

    /// Forgets those who did not tell it again.
    pub(crate) fn forget_old(&self, now: Instant) {
        let mut known = self.known();
        let old = known.desks.values().filter(|(_, told_at)| now.duration_since(*told_at) > KEPT);
        let old: Vec<Waiting> = old.map(|(waiting, _)| waiting.clone()).collect();
        for waiting in old {
            known.take(Waiting { people: Vec::new(), ..waiting }, now);
        }
    }

    /// Forgets everybody.
    pub(crate) fn forget_all(&self) {
        let mut known = self.known();
        let everybody: Vec<PersonId> = known.waited.drain().map(|(person, _)| person).collect();
        known.turned.extend(everybody);
        known.desks.clear();
    }

    /// Who is waited for by others than when this was last asked, and by whom now.
    pub(crate) fn turned(&self) -> Vec<(PersonId, Vec<PersonId>)> {
        let mut known = self.known();
        let turned = std::mem::take(&mut known.turned);
        let by = |person: PersonId| {
            let by = known.of(&person);
            (person, by)
        };
        turned.into_iter().map(by).collect()
    }

    /// Who waits for this person.
    pub(crate) fn of(&self, person: &PersonId) -> Vec<PersonId> {
        self.known().of(person)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn take(&mut self, waiting: Waiting, now: Instant) {
        let is_new = !self.desks.contains_key(&waiting.desk);
        if is_new && (waiting.people.is_empty() || self.desks.len() >= MOST_DESKS) {
            return;
        }
        let before = self.desks.get(&waiting.desk).map(|(before, _)| before.people.clone());
        for person in before.iter().flatten().filter(|person| !waiting.people.contains(person)) {
            self.ends(person, waiting.desk);
        }
        for person in &waiting.people {
            if *person != waiting.who
                && self
                    .waited
                    .entry(person.clone())
                    .or_default()
                    .insert(waiting.desk, waiting.who.clone())
                    .is_none()
            {
                self.turned.insert(person.clone());
            }
        }
        if waiting.people.is_empty() {
            self.desks.remove(&waiting.desk);
        } else {
            self.desks.insert(waiting.desk, (waiting, now));
        }
    }

    fn ends(&mut self, person: &PersonId, desk: Uuid) {
        let Some(desks) = self.waited.get_mut(person) else { return };
        if desks.remove(&desk).is_some() {
            self.turned.insert(person.clone());
        }
        if desks.is_empty() {
            self.waited.remove(person);
        }
    }

    fn of(&self, person: &PersonId) -> Vec<PersonId> {
        let mut by: Vec<PersonId> =
            self.waited.get(person).into_iter().flat_map(HashMap::values).cloned().collect();
        by.sort_unstable();
        by.dedup();
        by.truncate(MOST_TOLD);
        by
    }
}

/// Takes in what desks of other nodes told, until the relay stops.
pub(crate) async fn take_waits(core: Arc<Core>, mut heard: mpsc::Receiver<Waiting>) {
    while let Some(Some(waiting)) = core.stop.run_until_cancelled(heard.recv()).await {
        if core.fold.read(|roster| roster.organisation().policy().watchers_shown) {
            core.waits.take(waiting, Instant::now());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(name: &str) -> PersonId {
        PersonId::new(name)
    }

    fn waiting(desk: u128, who: &str, people: &[&str]) -> Waiting {
        Waiting {
            desk: Uuid::from_u128(desk),
            who: id(who),
            people: people.iter().map(|name| id(name)).collect(),
        }
    }

    fn turned(waits: &Waits) -> Vec<(PersonId, Vec<PersonId>)> {
        let mut turned = waits.turned();
        turned.sort();
        turned
    }

    #[test]
    fn each_is_told_who_waits_when_that_turns_and_once() {
        let (waits, now) = (Waits::default(), Instant::now());

        waits.take(waiting(1, "ada", &["bo", "cy"]), now);
        waits.take(waiting(2, "di", &["cy"]), now);
        assert_eq!(turned(&waits), [(id("bo"), vec![id("ada")]), (id("cy"), vec![id("ada"), id("di")])]);

        waits.take(waiting(1, "ada", &["bo", "cy"]), now);
        assert_eq!(turned(&waits), [], "the same again is no news");

        waits.take(waiting(1, "ada", &["bo"]), now);
        assert_eq!(turned(&waits), [(id("cy"), vec![id("di")])]);
    }

    #[test]
    fn somebody_at_two_desks_waits_once_and_until_both_end() {
        let (waits, now) = (Waits::default(), Instant::now());
        waits.take(waiting(1, "ada", &["bo"]), now);
        waits.take(waiting(2, "ada", &["bo"]), now);
        assert_eq!(turned(&waits), [(id("bo"), vec![id("ada")])]);

        waits.take(waiting(1, "ada", &[]), now);

        assert_eq!(waits.of(&id("bo")), [id("ada")]);
        waits.take(waiting(2, "ada", &[]), now);
        assert!(waits.of(&id("bo")).is_empty() && waits.known().desks.is_empty());
    }

    #[test]
    fn whoever_does_not_tell_it_again_is_forgotten() {
        let (waits, now) = (Waits::default(), Instant::now());
        waits.take(waiting(1, "ada", &["bo"]), now);
        waits.take(waiting(2, "cy", &["bo"]), now + KEPT);
        assert_eq!(turned(&waits), [(id("bo"), vec![id("ada"), id("cy")])]);

        waits.forget_old(now + KEPT + Duration::from_secs(1));

        assert_eq!(turned(&waits), [(id("bo"), vec![id("cy")])]);
    }

    #[test]
    fn nobody_waits_for_themselves_and_all_is_forgotten_at_once() {
        let (waits, now) = (Waits::default(), Instant::now());
        waits.take(waiting(1, "ada", &["ada", "bo"]), now);
        assert_eq!(turned(&waits), [(id("bo"), vec![id("ada")])]);

        waits.forget_all();

        assert_eq!(turned(&waits), [(id("bo"), vec![])]);
    }
}
