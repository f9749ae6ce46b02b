//! Who is at this desk.

use rollcall_model::{Entry, PersonId};
use rollcall_wire::window::Me;

use super::{Desk, world::World};
use crate::{
    rows,
    sync::{hold, read},
};

/// Who is at this desk, as far as it was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// By Zoom's user id.
    Id(PersonId),
    /// By the Zoom e-mail address; the directory tells who it is.
    Email(String),
}

/// Who is at this desk.
#[derive(Debug, Default)]
pub(super) struct Own {
    who: Option<Who>,
    /// Whom the directory has found for it.
    pub(super) id: Option<PersonId>,
    /// Calls that were heard before that are not matched yet.
    pub(super) unmatched: bool,
}

impl Desk {
    /// The person at this desk, once the directory has found them.
    pub(super) fn me(&self) -> Option<Me> {
        let world = read(&self.world);
        let id = hold(&self.own).id.clone()?;
        let name = world.roster.get(&id).map(|entry| entry.person.name()).unwrap_or_default();
        let presence = rows::presence(&world.roster, &id, self.now());
        Some(Me { id, name, presence })
    }

    /// Takes who is at this desk.
    pub(super) fn set_me(&self, who: Option<Who>) {
        let world = read(&self.world);
        let id = who.as_ref().and_then(|who| found(&world, who));
        *hold(&self.own) = Own { who, id, unmatched: true };
        drop(world);
        self.ticks.notify_one();
        self.outbox.status();
    }

    /// Looks again for the person at this desk when the directory has changed; tells whether one was
    /// found.
    pub(super) fn find_me(&self, world: &World) -> bool {
        let mut own = hold(&self.own);
        if own.id.is_none() {
            own.id = own.who.as_ref().and_then(|who| found(world, who));
            return own.id.is_some();
        }
        false
    }
}

fn found(world: &World, who: &Who) -> Option<PersonId> {
    match who {
        Who::Id(id) => Some(id.clone()),
        Who::Email(email) => {
            let email = email.trim().to_lowercase();
            let profile = |entry: &&Entry| {
                entry.person.profile.as_ref().is_some_and(|profile| profile.value.email == email)
            };
            world.roster.entries().find(profile).map(|entry| entry.person.id.clone())
        }
    }
}
