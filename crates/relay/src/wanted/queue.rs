//! The order in which people are asked about, without any waiting.

use std::collections::{BTreeMap, HashMap, HashSet};

use rollcall_model::PersonId;

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

/// Who waits, and who is being asked about.
#[derive(Debug, Default)]
pub(super) struct Queue {
    order: BTreeMap<(Rank, u64), PersonId>,
    places: HashMap<PersonId, (Rank, u64)>,
    in_flight: HashSet<PersonId>,
    tickets: u64,
}

impl Queue {
    /// Puts a person into the queue, or moves them forward in it.
    pub(super) fn want(&mut self, person: &PersonId, rank: Rank) -> Wish {
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

    /// Takes out the most wanted; they are in flight then.
    pub(super) fn take(&mut self) -> Option<(PersonId, Rank)> {
        let ((rank, _), person) = self.order.pop_first()?;
        self.places.remove(&person);
        self.in_flight.insert(person.clone());
        Some((person, rank))
    }

    /// Takes out of turn a person who neither waits nor is in flight; tells whether that worked.
    pub(super) fn take_out_of_turn(&mut self, person: &PersonId) -> bool {
        !self.places.contains_key(person) && self.in_flight.insert(person.clone())
    }

    /// The question about this person is answered.
    pub(super) fn landed(&mut self, person: &PersonId) {
        self.in_flight.remove(person);
    }
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
    fn a_full_queue_drops_the_least_wanted() {
        let mut queue = Queue::default();
        for n in 0..MOST {
            assert_eq!(queue.want(&id(&n.to_string()), Rank::Looked(5)), Wish::Queued);
        }

        assert_eq!(queue.want(&id("late"), Rank::Heard), Wish::Full);
        assert_eq!(queue.want(&id("looked at"), Rank::Looked(0)), Wish::Queued);
        assert_eq!(drained(&mut queue).len(), MOST);
    }
}
