//! People who are to be looked at by a task of its own, because something was heard of them.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use rollcall_model::PersonId;
use tokio::sync::Notify;

/// More people are not noted by name: then everybody is looked at.
const MOST: usize = 8_192;

/// Who was noted since somebody asked.
#[derive(Debug, Default)]
pub(crate) struct Noted {
    people: Mutex<Whom>,
    /// Somebody was noted, or there is another reason to look.
    pub(crate) news: Notify,
}

/// Who was noted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Whom {
    /// These.
    These(HashSet<PersonId>),
    /// More than were noted.
    Many,
}

impl Default for Whom {
    fn default() -> Self {
        Self::These(HashSet::new())
    }
}

impl Noted {
    /// Somebody is to be looked at.
    pub(crate) fn note(&self, person: &PersonId) {
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        if let Whom::These(these) = &mut *people {
            these.insert(person.clone());
            if these.len() > MOST {
                *people = Whom::Many;
            }
        }
        self.news.notify_one();
    }

    /// Who was noted since this was last asked.
    pub(crate) fn take(&self) -> Whom {
        std::mem::take(&mut *self.people.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crowd_is_noted_as_one() {
        let noted = Noted::default();
        noted.note(&PersonId::new("ada"));
        noted.note(&PersonId::new("ada"));
        assert_eq!(noted.take(), Whom::These([PersonId::new("ada")].into()));

        (0..=MOST).for_each(|n| noted.note(&PersonId::new(&n.to_string())));

        assert_eq!(noted.take(), Whom::Many);
        assert_eq!(noted.take(), Whom::default());
    }
}
