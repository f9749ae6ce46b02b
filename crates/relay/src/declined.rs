//! People about whom Zoom gave no answer: not asked about again for a while.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use rollcall_model::PersonId;

/// How long a person is left in peace.
const PEACE: TimeDelta = TimeDelta::hours(1);

/// Until when each person is left in peace. At most one entry for each person of the roster.
#[derive(Debug, Default)]
pub(crate) struct Declined(Mutex<HashMap<PersonId, DateTime<Utc>>>);

impl Declined {
    /// Zoom gave no answer about this person.
    pub(crate) fn note(&self, person: &PersonId, now: DateTime<Utc>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(person.clone(), now + PEACE);
    }

    /// Everybody who is left in peace at `now`; the others are forgotten.
    pub(crate) fn at(&self, now: DateTime<Utc>) -> HashMap<PersonId, DateTime<Utc>> {
        let mut declined = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        declined.retain(|_, until| *until > now);
        declined.clone()
    }
}
