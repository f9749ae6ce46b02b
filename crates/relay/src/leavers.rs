//! Who left: people whose account was deactivated, deleted or moved away, told to whoever let them in.

use std::sync::OnceLock;

use rollcall_model::{Event, Logged, PersonFact, Standing};
use tokio::sync::mpsc;

/// How many commits may wait to be taken note of. What does not fit is found when everybody is looked up, which
/// happens every few minutes.
const WAITING: usize = 256;

/// Tells who left, if somebody wants to know.
#[derive(Debug, Default)]
pub(crate) struct Leavers(OnceLock<mpsc::Sender<Vec<Logged>>>);

impl Leavers {
    /// Everybody who leaves from now on, once for each relay.
    pub(crate) fn listen(&self) -> mpsc::Receiver<Vec<Logged>> {
        let (sender, receiver) = mpsc::channel(WAITING);
        // A second listener hears nothing, and nobody asks for one.
        let _ = self.0.set(sender);
        receiver
    }

    /// Takes note of events that were folded in.
    pub(crate) fn tell(&self, logged: &[Logged]) {
        let Some(listener) = self.0.get() else { return };
        let left: Vec<Logged> = logged.iter().filter(|logged| is_leave(&logged.event)).cloned().collect();
        if !left.is_empty() && listener.try_send(left).is_err() {
            tracing::warn!("more people left at once than could be taken note of at once");
        }
    }
}

const fn is_leave(event: &Event) -> bool {
    matches!(event, Event::Person(report)
        if matches!(report.fact, PersonFact::Standing(Standing::Inactive | Standing::Gone)))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use rollcall_model::{PersonId, PersonReport, Seq};

    use super::*;

    fn logged(seq: u64, fact: PersonFact) -> Logged {
        let (id, as_of) = (PersonId::new("ada"), DateTime::UNIX_EPOCH);
        Logged { seq: Seq(seq), event: Event::Person(PersonReport { id, as_of, fact }) }
    }

    #[test]
    fn only_those_who_left_are_told() {
        let leavers = Leavers::default();
        let mut heard = leavers.listen();

        leavers.tell(&[logged(1, PersonFact::Touched), logged(2, PersonFact::Standing(Standing::Active))]);
        leavers.tell(&[logged(3, PersonFact::Touched), logged(4, PersonFact::Standing(Standing::Gone))]);

        assert_eq!(heard.try_recv().unwrap(), [logged(4, PersonFact::Standing(Standing::Gone))]);
        assert!(heard.try_recv().is_err());
    }
}
