//! Who moves: people whose account was deactivated, deleted or moved away, and those who become known while somebody
//! waits for it; told to whoever lets them in.

use std::{
    collections::HashSet,
    sync::{Mutex, MutexGuard, OnceLock, PoisonError},
};

use rollcall_model::{Event, Logged, PersonFact, Standing};
use tokio::sync::mpsc;

/// How many commits may wait to be taken note of. What does not fit is found when everybody is looked up, which
/// happens every few minutes.
const WAITING: usize = 256;
/// How many addresses are awaited at once. Others become known when everybody is looked up.
const AWAITED: usize = 16_384;

/// Tells who moves, if somebody wants to know.
#[derive(Debug, Default)]
pub(crate) struct Movers {
    listener: OnceLock<mpsc::Sender<Vec<Logged>>>,
    /// Addresses (lower case) of people who are in and whom the directory does not know.
    awaited: Mutex<HashSet<String>>,
}

impl Movers {
    /// Everybody who moves from now on, once for each relay.
    pub(crate) fn listen(&self) -> mpsc::Receiver<Vec<Logged>> {
        let (sender, receiver) = mpsc::channel(WAITING);
        // A second listener hears nothing, and nobody asks for one.
        let _ = self.listener.set(sender);
        receiver
    }

    /// Somebody with this address is to be told of when they become known, once.
    pub(crate) fn await_email(&self, email: &str) {
        let mut awaited = self.awaited();
        if awaited.len() < AWAITED {
            awaited.insert(email.to_owned());
        }
    }

    /// Takes note of events that were folded in.
    pub(crate) fn tell(&self, logged: &[Logged]) {
        let Some(listener) = self.listener.get() else { return };
        let mut awaited = self.awaited();
        let moved = logged.iter().filter(|logged| is_move(&logged.event, &mut awaited));
        let moved: Vec<Logged> = moved.cloned().collect();
        if !moved.is_empty() && listener.try_send(moved).is_err() {
            tracing::warn!("more people came or left at once than could be taken note of at once");
        }
    }

    fn awaited(&self) -> MutexGuard<'_, HashSet<String>> {
        self.awaited.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_move(event: &Event, awaited: &mut HashSet<String>) -> bool {
    let Event::Person(report) = event else { return false };
    match &report.fact {
        PersonFact::Standing(standing) => matches!(standing, Standing::Inactive | Standing::Gone),
        PersonFact::Profile(profile) => awaited.remove(&profile.email),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use rollcall_model::{PersonId, PersonReport, Profile, Seq};

    use super::*;

    fn logged(seq: u64, fact: PersonFact) -> Logged {
        let (id, as_of) = (PersonId::new("ada"), DateTime::UNIX_EPOCH);
        Logged { seq: Seq(seq), event: Event::Person(PersonReport { id, as_of, fact }) }
    }

    #[test]
    fn those_who_left_are_told_and_nobody_else() {
        let movers = Movers::default();
        let mut heard = movers.listen();

        movers.tell(&[logged(1, PersonFact::Touched), logged(2, PersonFact::Standing(Standing::Active))]);
        movers.tell(&[logged(3, PersonFact::Touched), logged(4, PersonFact::Standing(Standing::Gone))]);

        assert_eq!(heard.try_recv().unwrap(), [logged(4, PersonFact::Standing(Standing::Gone))]);
        assert!(heard.try_recv().is_err());
    }

    #[test]
    fn whoever_is_awaited_is_told_of_once() {
        let movers = Movers::default();
        let mut heard = movers.listen();
        let listed = |seq, email: &str| {
            logged(seq, PersonFact::Profile(Profile { email: email.to_owned(), ..Profile::default() }))
        };
        movers.await_email("ada@example.test");

        movers.tell(&[listed(1, "bo@example.test"), listed(2, "ada@example.test")]);
        movers.tell(&[listed(3, "ada@example.test")]);

        assert_eq!(heard.try_recv().unwrap(), [listed(2, "ada@example.test")]);
        assert!(heard.try_recv().is_err());
    }
}
