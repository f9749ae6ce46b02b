//! Who came into the directory, or has another address there: what is told of them is looked up.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use rollcall_model::PersonId;
use tokio::sync::Notify;

/// More people are not noted by name: then everybody is looked up.
const MOST: usize = 8_192;

/// Who came since somebody asked.
#[derive(Debug, Default)]
pub(crate) struct Newcomers {
    noted: Mutex<Came>,
    /// Somebody came, or something was told here.
    pub(crate) news: Notify,
}

/// Who came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Came {
    /// These.
    These(HashSet<PersonId>),
    /// More than were noted.
    Many,
}

impl Default for Came {
    fn default() -> Self {
        Self::These(HashSet::new())
    }
}

impl Newcomers {
    /// Somebody came.
    pub(crate) fn note(&self, person: &PersonId) {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        if let Came::These(these) = &mut *noted {
            these.insert(person.clone());
            if these.len() > MOST {
                *noted = Came::Many;
            }
        }
        self.news.notify_one();
    }

    /// Who came since this was last asked.
    pub(crate) fn take(&self) -> Came {
        std::mem::take(&mut *self.noted.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crowd_is_noted_as_one() {
        let newcomers = Newcomers::default();
        newcomers.note(&PersonId::new("ada"));
        newcomers.note(&PersonId::new("ada"));
        assert_eq!(newcomers.take(), Came::These([PersonId::new("ada")].into()));

        (0..=MOST).for_each(|n| newcomers.note(&PersonId::new(&n.to_string())));

        assert_eq!(newcomers.take(), Came::Many);
        assert_eq!(newcomers.take(), Came::default());
    }
}
