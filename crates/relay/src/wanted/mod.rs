//! Who is to be asked about next: a bounded queue, best first, each person in it once.

mod asked;
mod queue;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rollcall_model::PersonId;
use tokio::sync::Notify;

pub(crate) use asked::{Asked, OTHERS, ask_all};
use queue::Queue;
pub(crate) use queue::{Rank, Wish};

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
        let free = self.queue().take_out_of_turn(person);
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
        self.wanted.queue().landed(&self.person);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(name: &str) -> PersonId {
        PersonId::new(name)
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
