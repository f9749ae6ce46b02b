//! Telling what the organisation itself knows of somebody, for those who may.

use std::time::Duration;

use rollcall_model::PersonId;
use rollcall_wire::{Failure, window::OwnExpertise};
use tokio::time;

use super::Desk;
use crate::{rows, sync::read};

/// How long what was told may take to come back by the log. It is kept then all the same.
const COMES_BACK: Duration = Duration::from_secs(5);

impl Desk {
    /// Tells the relay, and waits until it is known here what it made of it.
    pub(super) async fn tell(&self, person: &PersonId, told: &OwnExpertise) -> Result<(), Failure> {
        let relay = self.relay().ok_or(Failure::RelayUnreachable)?;
        let mut folded = self.folded.subscribe();
        let kept = relay.tell(person, told).await?;
        let known = || {
            let world = read(&self.world);
            world
                .roster
                .get(person)
                .is_some_and(|entry| rows::own_expertise(entry.person.expertise()) == kept)
        };
        let comes_back = async { while !known() && folded.changed().await.is_ok() {} };
        time::timeout(COMES_BACK, comes_back).await.ok();
        Ok(())
    }
}
