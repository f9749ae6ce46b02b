//! Who is to be asked about next: a bounded queue, best first, each person in it once.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::{StreamExt, stream};
use rollcall_model::PersonId;
use tokio::sync::Notify;

/// How many people may wait; beyond that the least wanted is dropped.
const MOST: usize = 10_000;

/// How much an answer is wanted; the least is the most wanted. People of one rank go in the order in
/// which they came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    /// Somebody looks at this person: the place in their list, 0 is the one they look at most.
    Looked(u16),
    /// An event said that something changed, or events about this person may have been lost.
    Heard,
}

/// What became of a wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// The person is in the queue, or is there already.
    Queued,
    /// The question is on its way.
    InFlight,
    /// The queue is full of people who are wanted more.
    Full,
}

/// What became of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// The answer is in the log.
    Answered,
    /// There is no answer about this person, or none is needed any more.
    Declined,
    /// Nobody can be asked about for so long.
    Rest(Duration),
}

/// The queue itself, without any waiting.
#[derive(Debug, Default)]
struct Queue {
    order: BTreeMap<(Rank, u64), PersonId>,
    places: HashMap<PersonId, (Rank, u64)>,
    in_flight: HashSet<PersonId>,
    tickets: u64,
}

/// The queue that askers wait at.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    queue: Mutex<Queue>,
    news: Notify,
}

/// The right to ask about one person; nobody else has it until this is dropped.
#[derive(Debug)]
pub(crate) struct Claim {
    wanted: Wanted,
    /// Whom to ask about.
    pub(crate) person: PersonId,
    /// How much the answer is wanted; nothing when only a sweep wants it.
    pub(crate) rank: Option<Rank>,
}

impl Queue {
    fn want(&mut self, person: &PersonId, rank: Rank) -> Wish {
        if self.in_flight.contains(person) {
            return Wish::InFlight;
        }
        if let Some(&place) = self.places.get(person) {
            if place.0 <= rank {
                return Wish::Queued;
            }
            self.order.remove(&place);
        } else if self.places.len() >= MOST && !self.make_room(rank) {
            return Wish::Full;
        }
        self.tickets += 1;
        let place = (rank, self.tickets);
        self.order.insert(place, person.clone());
        self.places.insert(person.clone(), place);
        Wish::Queued
    }

    /// Drops the least wanted if it is wanted less than `rank`.
    fn make_room(&mut self, rank: Rank) -> bool {
        let Some(last) = self.order.last_entry().filter(|last| last.key().0 > rank) else { return false };
        self.places.remove(&last.remove());
        true
    }

    fn take(&mut self) -> Option<(PersonId, Rank)> {
        let ((rank, _), person) = self.order.pop_first()?;
        self.places.remove(&person);
        self.in_flight.insert(person.clone());
        Some((person, rank))
    }
}

impl Wanted {
    /// Puts a person into the queue, or moves them forward in it.
    pub(crate) fn want(&self, person: &PersonId, rank: Rank) -> Wish {
        let wish = self.queue().want(person, rank);
        self.0.news.notify_one();
        wish
    }

    /// The most wanted person, as soon as there is one.
    pub(crate) async fn next(&self) -> Claim {
        loop {
            let news = self.0.news.notified();
            let taken = self.queue().take();
            if let Some((person, rank)) = taken {
                // One notice may stand for several wishes: pass it on.
                self.0.news.notify_one();
                return Claim { wanted: self.clone(), person, rank: Some(rank) };
            }
            news.await;
        }
    }

    /// Claims a person out of turn, unless somebody asks about them now or is about to.
    pub(crate) fn claim(&self, person: &PersonId) -> Option<Claim> {
        let mut queue = self.queue();
        let free = !queue.places.contains_key(person) && queue.in_flight.insert(person.clone());
        drop(queue);
        free.then(|| Claim { wanted: self.clone(), person: person.clone(), rank: None })
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Claim {
    /// Gives the person back into the queue, to be asked about again.
    pub(crate) fn put_back(self) {
        let (wanted, person, rank) = (self.wanted.clone(), self.person.clone(), self.rank);
        drop(self);
        if let Some(rank) = rank {
            wanted.want(&person, rank);
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.wanted.queue().in_flight.remove(&self.person);
    }
}

/// How many questions of one sweep are on their way at a time; the pace is the lane's.
const AT_A_TIME: usize = 8;
/// How long a sweep waits for questions of others that are on their way.
const OTHERS: Duration = Duration::from_millis(200);

/// Asks about all claimed people, some at a time; tells how long to rest before going on.
pub(crate) async fn ask_all<A>(claims: Vec<Claim>, ask: impl Fn(Claim) -> A) -> Option<Duration>
where
    A: Future<Output = Asked>,
{
    if claims.is_empty() {
        return Some(OTHERS);
    }
    let mut asked = stream::iter(claims).map(ask).buffer_unordered(AT_A_TIME);
    while let Some(outcome) = asked.next().await {
        if let Asked::Rest(pause) = outcome {
            return Some(pause);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(name: &str) -> PersonId {
        PersonId::new(name)
    }

    fn drained(queue: &mut Queue) -> Vec<String> {
        std::iter::from_fn(|| queue.take()).map(|(person, _)| person.to_string()).collect()
    }

    #[test]
    fn the_first_of_every_list_goes_before_the_second_of_any() {
        let mut queue = Queue::default();
        queue.want(&id("heard"), Rank::Heard);
        for (place, name) in (0..).zip(["a0", "a1"]) {
            queue.want(&id(name), Rank::Looked(place));
        }
        for (place, name) in (0..).zip(["b0", "b1"]) {
            queue.want(&id(name), Rank::Looked(place));
        }

        assert_eq!(drained(&mut queue), ["a0", "b0", "a1", "b1", "heard"]);
    }

    #[test]
    fn a_person_waits_once_and_at_the_best_place() {
        let mut queue = Queue::default();
        queue.want(&id("ada"), Rank::Heard);
        queue.want(&id("bo"), Rank::Looked(3));
        queue.want(&id("ada"), Rank::Looked(1));
        queue.want(&id("ada"), Rank::Looked(9));

        assert_eq!(drained(&mut queue), ["ada", "bo"]);
    }

    #[test]
    fn a_person_in_flight_is_not_asked_about_twice() {
        let wanted = Wanted::default();
        let claim = wanted.claim(&id("ada")).unwrap();

        assert_eq!(wanted.want(&id("ada"), Rank::Looked(0)), Wish::InFlight);
        assert!(wanted.claim(&id("ada")).is_none());
        drop(claim);
        assert_eq!(wanted.want(&id("ada"), Rank::Looked(0)), Wish::Queued);
    }

    #[test]
    fn a_full_queue_drops_the_least_wanted() {
        let mut queue = Queue::default();
        for n in 0..MOST {
            assert_eq!(queue.want(&id(&n.to_string()), Rank::Looked(5)), Wish::Queued);
        }

        assert_eq!(queue.want(&id("late"), Rank::Heard), Wish::Full);
        assert_eq!(queue.want(&id("looked at"), Rank::Looked(0)), Wish::Queued);
        assert_eq!(drained(&mut queue).len(), MOST);
    }

    #[tokio::test]
    async fn every_waiting_asker_gets_somebody() {
        let wanted = Wanted::default();
        let askers: Vec<_> = (0..3)
            .map(|_| {
                let wanted = wanted.clone();
                tokio::spawn(async move { wanted.next().await.person.clone() })
            })
            .collect();
        tokio::task::yield_now().await;

        for name in ["ada", "bo", "cy"] {
            wanted.want(&id(name), Rank::Looked(0));
        }

        for asker in askers {
            asker.await.unwrap();
        }
    }
}
