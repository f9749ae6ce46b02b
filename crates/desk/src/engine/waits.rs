//! Who waits for whom, where the organisation shows it: the relay is told for whom this desk watches, and tells who
//! watches for the person at this desk.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use rollcall_model::PersonId;
use rollcall_wire::{
    relay::Waits as Told,
    window::{Waiter, WatchWish},
};
use tokio::{sync::Notify, time};

use super::Desk;
use crate::sync::{hold, read};

/// How often the same is told again.
const AGAIN: Duration = Duration::from_secs(Told::AGAIN_SECS);

/// Who waits for whom.
#[derive(Debug, Default)]
pub(crate) struct Waits {
    /// Who waits for the person at this desk.
    by: Mutex<Vec<PersonId>>,
    /// For whom this desk waits may be others than was told.
    wake: Notify,
}

impl Waits {
    /// For whom this desk waits, or whether that is to be told, may have changed.
    pub(super) fn wake(&self) {
        self.wake.notify_one();
    }
}

/// Tells the relay until the task is dropped.
pub(crate) async fn run(desk: Arc<Desk>) {
    let mut told = false;
    loop {
        let people = desk.waits_for();
        // That it is nobody any more is told once.
        if told || !people.is_empty() {
            told = desk.tell_waits(people).await.unwrap_or(told);
        }
        let news = desk.waits.wake.notified();
        if told {
            time::timeout(AGAIN, news).await.ok();
        } else {
            news.await;
        }
    }
}

impl Desk {
    /// Tells the relay; whether there is somebody to be told again.
    async fn tell_waits(&self, people: Vec<PersonId>) -> Option<bool> {
        let relay = self.relay()?;
        let anybody = !people.is_empty();
        match relay.wait_for(people).await {
            Ok(()) => Some(anybody),
            Err(failure) => {
                tracing::debug!(%failure, "The relay was not told for whom this desk waits");
                // It is told again in a while.
                Some(true)
            }
        }
    }

    /// For whom the relay is told that this desk waits: nobody where the organisation does not show it. Who waits for
    /// anyone of a search waits for nobody in particular.
    fn waits_for(&self) -> Vec<PersonId> {
        if !self.watchers_shown() {
            return Vec::new();
        }
        let watches = self.watches().into_iter();
        let people = watches.filter_map(|watch| match watch.wish {
            WatchWish::Person { person } => Some(person),
            WatchWish::Search { .. } => None,
        });
        people.take(Told::MOST).collect()
    }

    /// Whether the organisation shows to people who waits for them.
    pub(super) fn watchers_shown(&self) -> bool {
        read(&self.world).roster.organisation().policy().watchers_shown
    }

    /// The relay says who waits for the person at this desk.
    pub(crate) fn waited_by(&self, by: Vec<PersonId>) {
        let mut known = hold(&self.waits.by);
        if *known != by {
            *known = by;
            drop(known);
            self.outbox.status();
        }
    }

    /// Who waits for the person at this desk, as far as they are known, in the order of their names.
    pub(super) fn waiters(&self) -> Vec<Waiter> {
        let (world, by) = (read(&self.world), hold(&self.waits.by));
        let named = |person: &PersonId| {
            let name = world.roster.get(person).map(|entry| entry.person.name())?;
            Some(Waiter { person: person.clone(), name })
        };
        let mut waiters: Vec<Waiter> = by.iter().filter_map(named).collect();
        waiters.sort_by(|one, other| (&one.name, &one.person).cmp(&(&other.name, &other.person)));
        waiters
    }
}
