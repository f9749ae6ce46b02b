//! The roster that all parts of the relay read, and the position up to which it knows the log.

use std::{
    collections::HashSet,
    sync::{PoisonError, RwLock},
};

use rollcall_model::{Change, Event, Logged, PersonFact, PersonId, Roster, Seq};

/// The fold of the log. Only the log's follower applies; everybody reads.
#[derive(Debug)]
pub(crate) struct Fold(RwLock<Known>);

#[derive(Debug)]
struct Known {
    roster: Roster,
    head: Seq,
    /// Whose record changed since somebody asked; nothing before somebody does.
    changed: Option<HashSet<PersonId>>,
}

impl Fold {
    /// A roster that knows the log up to `head`.
    pub(crate) const fn new(roster: Roster, head: Seq) -> Self {
        Self(RwLock::new(Known { roster, head, changed: None }))
    }

    /// Folds events in that are the next of the log.
    pub(crate) fn apply(&self, events: &[Logged]) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for Logged { seq, event } in events {
            let change = known.roster.apply(event.clone());
            known.head = *seq;
            if let (Change::Record(id), Some(changed)) = (change, &mut known.changed) {
                changed.insert(id);
            }
        }
    }

    /// Knows what `other` knows, and nothing else.
    pub(crate) fn replace(&self, other: Self) {
        let other = other.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = other;
    }

    /// Whose record changed since this was last asked; nothing when this roster was never asked before, and
    /// everybody's may have.
    pub(crate) fn changed(&self) -> Option<HashSet<PersonId>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner).changed.replace(HashSet::new())
    }

    /// Changes what no event can: how far back calls are remembered.
    pub(crate) fn tidy(&self, change: impl FnOnce(&mut Roster)) {
        change(&mut self.0.write().unwrap_or_else(PoisonError::into_inner).roster);
    }

    /// Reads the roster. Do little in `question`: the writer waits for it.
    pub(crate) fn read<T>(&self, question: impl FnOnce(&Roster) -> T) -> T {
        question(&self.0.read().unwrap_or_else(PoisonError::into_inner).roster)
    }

    /// Reads the roster together with the position up to which it knows the log.
    pub(crate) fn read_at<T>(&self, question: impl FnOnce(&Roster, Seq) -> T) -> T {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        question(&known.roster, known.head)
    }

    /// The last position that is folded in.
    pub(crate) fn head(&self) -> Seq {
        self.0.read().unwrap_or_else(PoisonError::into_inner).head
    }
}

/// Whether an answer tells anything that the roster does not know: the same facts heard again later are
/// no news, except that a touched person was asked, and that a presence is still what it was.
pub(crate) fn is_news(roster: &Roster, event: &Event) -> bool {
    let report = match event {
        Event::Presence(_) => return true,
        Event::Call(report) => {
            return roster.call(&report.call).is_none_or(|call| call.clone().learn(report));
        }
        Event::Organisation(report) => {
            return roster.organisation().clone().learn(report.as_of, report.fact.clone());
        }
        Event::Person(report) => report,
    };
    let Some(person) = roster.get(&report.id).map(|entry| &entry.person) else { return true };
    match &report.fact {
        PersonFact::Profile(heard) => person.profile.as_ref().is_none_or(|known| known.value != *heard),
        PersonFact::Phone(heard) => person.phone.as_ref().is_none_or(|known| known.value != *heard),
        PersonFact::Expertise(heard) => *person.expertise() != *heard,
        PersonFact::Consulted(heard) => person.consulted.as_ref().is_none_or(|known| known.value != *heard),
        PersonFact::Standing(heard) => person.standing.as_ref().is_none_or(|known| known.value != *heard),
        PersonFact::Detail(heard) => {
            person.wants_detail() || person.detail.as_ref().is_none_or(|known| known.value != *heard)
        }
        PersonFact::Touched => true,
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use rollcall_model::{Detail, PersonId, PersonReport, Profile, Standing};

    use super::*;

    fn said(fact: PersonFact, at: i64) -> Event {
        let as_of = DateTime::from_timestamp(at, 0).unwrap();
        Event::Person(PersonReport { id: PersonId::new("ada"), as_of, fact })
    }

    fn after(events: &[Event]) -> Roster {
        let mut roster = Roster::default();
        for event in events {
            roster.apply(event.clone());
        }
        roster
    }

    #[test]
    fn the_same_profile_listed_again_is_no_news() {
        let roster = after(&[said(PersonFact::Profile(Profile::default()), 1)]);
        let moved = Profile { department: "Lending".into(), ..Profile::default() };

        assert!(!is_news(&roster, &said(PersonFact::Profile(Profile::default()), 2)));
        assert!(is_news(&roster, &said(PersonFact::Profile(moved), 2)));
        assert!(is_news(&roster, &said(PersonFact::Standing(Standing::Active), 2)));
    }

    #[test]
    fn the_answer_about_a_touched_person_is_news_even_when_nothing_changed() {
        let detail = || PersonFact::Detail(Detail::default());
        let roster = after(&[said(detail(), 1), said(PersonFact::Touched, 2)]);

        assert!(is_news(&roster, &said(detail(), 3)));
        assert!(!is_news(&after(&[said(detail(), 1)]), &said(detail(), 3)));
    }
}
