//! An organisation that lives by itself, without a network: what happens in it, and the truth of it.

use std::fmt;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::traffic;
use crate::{
    control::PersonView,
    org::PersonIx,
    presence::Status,
    world::{World, WorldError},
};

/// An organisation whose time is whatever it is told: for tests that live through a day in seconds.
///
/// Nothing happens in it but by these methods. Each gives the events that Zoom would send, as their bodies.
pub struct Alone {
    world: World,
}

impl Alone {
    /// An organisation of this size; the same seed draws the same one, and the same day.
    pub fn new(people: usize, seed: u64, now: DateTime<Utc>) -> Self {
        Self { world: World::new(people, seed, now) }
    }

    /// Everybody who is not deleted.
    pub fn people(&self) -> Vec<PersonView> {
        self.world.org.people().map(|(ix, _)| PersonView::of(&self.world, ix)).collect()
    }

    /// When a call will next do something by itself.
    pub fn due_at(&self) -> Option<DateTime<Utc>> {
        self.world.due_at()
    }

    /// Lets calls do what is due by then.
    pub fn pass(&mut self, now: DateTime<Utc>) -> Vec<Value> {
        self.world.run_due(now);
        self.take()
    }

    /// Lets something happen, by chance: somebody gets up, somebody calls, somebody is hired.
    pub fn happen(&mut self, now: DateTime<Utc>) -> Vec<Value> {
        self.world.run_due(now);
        traffic::happen(&mut self.world, now);
        self.take()
    }

    /// Lets a person be in a presence, by any of Zoom's words.
    pub fn set_presence(
        &mut self,
        user: &str,
        status: &str,
        now: DateTime<Utc>,
    ) -> Result<Vec<Value>, WorldError> {
        let (ix, status) = (self.world.find(user)?, status.parse()?);
        self.world.set_presence(ix, status, now);
        Ok(self.take())
    }

    /// What Zoom would answer who asked for a person's presence: the word of its events.
    pub fn presence(&self, user: &str) -> Result<&'static str, WorldError> {
        Ok(self.world.presence(self.world.find(user)?).in_event())
    }

    /// Whether a person is active, free by Zoom's words, and in no call, ringing or not.
    pub fn is_free(&self, user: &str) -> bool {
        let Ok(ix) = self.world.find(user) else { return false };
        let free = matches!(self.world.presence(ix), Status::Available | Status::MobileSignedIn);
        free && self.world.org[ix].is_active() && !self.is_in_a_call(ix)
    }

    fn is_in_a_call(&self, ix: PersonIx) -> bool {
        self.world.calls.values().any(|call| call.caller() == Some(ix) || call.is_at(ix))
    }

    fn take(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.world.out).into_iter().map(|event| event.body).collect()
    }
}

impl fmt::Debug for Alone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Alone").finish_non_exhaustive()
    }
}
