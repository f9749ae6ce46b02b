//! Telling what the organisation itself knows of somebody, and its policy, for those who may.

use std::{num::NonZeroU16, time::Duration};

use rollcall_model::PersonId;
use rollcall_wire::{
    Failure,
    window::{OwnExpertise, Policy},
};
use tokio::{sync::watch, time};

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
        self.comes_back(&mut folded, || {
            let world = read(&self.world);
            let told = world.roster.get(person).map(|entry| rows::own_expertise(entry.person.expertise()));
            told.is_some_and(|told| told == kept)
        })
        .await;
        Ok(())
    }

    /// Tells the relay another policy, and waits until it is known here.
    pub(super) async fn set_policy(&self, policy: &Policy) -> Result<(), Failure> {
        let relay = self.relay().ok_or(Failure::RelayUnreachable)?;
        let mut folded = self.folded.subscribe();
        let kept = relay.set_policy(policy).await?;
        self.comes_back(&mut folded, || self.policy() == kept).await;
        Ok(())
    }

    /// What the organisation asks of those who call its experts.
    pub(super) fn policy(&self) -> Policy {
        let world = read(&self.world);
        let policy = world.roster.organisation().policy();
        Policy {
            consults_a_day: policy.consults_a_day.map(NonZeroU16::get),
            quiet_hours: policy.quiet.to_string(),
            watchers_shown: policy.watchers_shown,
        }
    }

    /// Waits until what was told is known by the log, for a while.
    async fn comes_back(&self, folded: &mut watch::Receiver<u64>, is_known: impl Fn() -> bool) {
        let comes_back = async { while !is_known() && folded.changed().await.is_ok() {} };
        time::timeout(COMES_BACK, comes_back).await.ok();
    }
}
