//! How the relay stands with Zoom, as its desks are told.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rollcall_wire::{
    Failure,
    relay::{Progress, RelayState, Repair, ZoomLink},
};
use tokio::sync::watch;

/// A part of the relay that can fail on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    /// Listing people.
    Directory,
    /// Listing users of the phone system.
    Phones,
    /// Asking for people's own records.
    Details,
    /// Asking for presence.
    Presence,
    /// Taking in events.
    Events,
    /// Storing the log.
    Ledger,
    /// Asking the ledger who leads.
    Lease,
    /// What the organisation tells.
    Lore,
    /// The app itself.
    App,
}

/// The state that desks are told, and which part each failure belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Told {
    state: RelayState,
    failures: BTreeMap<Part, Failure>,
}

/// The one place where the state is kept.
#[derive(Debug)]
pub(crate) struct State(watch::Sender<Told>);

/// Waits for changes of the state.
#[derive(Debug)]
pub(crate) struct Watch(watch::Receiver<Told>);

impl State {
    /// Nothing was heard and nothing has failed yet.
    pub(crate) fn new() -> Self {
        let state = RelayState {
            zoom: ZoomLink::Connecting,
            directory: Progress::default(),
            repair: None,
            failures: Vec::new(),
        };
        Self(watch::Sender::new(Told { state, failures: BTreeMap::new() }))
    }

    /// The state now.
    pub(crate) fn now(&self) -> RelayState {
        self.0.borrow().state.clone()
    }

    /// Something that tells of every change after this moment.
    pub(crate) fn watch(&self) -> Watch {
        Watch(self.0.subscribe())
    }

    /// Events come since `since`.
    pub(crate) fn connected(&self, since: DateTime<Utc>) {
        self.change(|told| {
            told.state.zoom = ZoomLink::Connected { since };
            told.failures.remove(&Part::Events);
        });
    }

    /// This node begins to listen for events itself; whoever did before does not any more.
    pub(crate) fn connecting(&self) {
        self.change(|told| told.state.zoom = ZoomLink::Connecting);
    }

    /// Since when events do not come; nothing while they do, or when they never came.
    pub(crate) fn lost_since(&self) -> Option<DateTime<Utc>> {
        match self.0.borrow().state.zoom {
            ZoomLink::Lost { since, .. } => Some(since),
            _ => None,
        }
    }

    /// Events never come: the relay was told no way by which they could.
    pub(crate) fn no_events(&self) {
        self.change(|told| told.state.zoom = ZoomLink::None);
    }

    /// Events do not come any more. While they stay away, the time of the first loss is kept.
    pub(crate) fn lost(&self, at: DateTime<Utc>, failure: Failure) {
        self.change(|told| {
            let since = match told.state.zoom {
                ZoomLink::Lost { since, .. } => since,
                _ => at,
            };
            told.state.zoom = ZoomLink::Lost { since, failure };
        });
    }

    /// How far the directory is known.
    pub(crate) fn directory(&self, progress: Progress) {
        self.change(|told| told.state.directory = progress);
    }

    /// How far the repair after an outage is; nothing when there is none.
    pub(crate) fn repair(&self, repair: Option<Repair>) {
        self.change(|told| told.state.repair = repair);
    }

    /// Another node of this organisation stands so with Zoom, and this one asks nothing itself.
    pub(crate) fn take_over(&self, state: RelayState) {
        self.0.send_if_modified(|told| {
            let changed = told.state != state;
            told.state = state;
            changed
        });
    }

    /// A part failed.
    pub(crate) fn failed(&self, part: Part, failure: Failure) {
        self.change(|told| {
            told.failures.insert(part, failure);
        });
    }

    /// This node asks Zoom nothing any more: what it was refused says nothing of how the organisation stands.
    pub(crate) fn asks_no_more(&self) {
        self.change(|told| told.failures.retain(|part, _| matches!(part, Part::Ledger | Part::Lease)));
    }

    /// By how many seconds this machine's clock is ahead of Zoom's, as far as this node was told itself.
    pub(crate) fn clock_ahead(&self) -> Option<i32> {
        self.0.borrow().failures.values().find_map(|failure| match failure {
            Failure::ClockWrong { ahead_secs } => Some(*ahead_secs),
            _ => None,
        })
    }

    /// Whether a part failed when it was last needed.
    pub(crate) fn fails(&self, part: Part) -> bool {
        self.0.borrow().failures.contains_key(&part)
    }

    /// A part works.
    pub(crate) fn works(&self, part: Part) {
        if self.fails(part) {
            self.change(|told| {
                told.failures.remove(&part);
            });
        }
    }

    fn change(&self, change: impl FnOnce(&mut Told)) {
        self.0.send_if_modified(|told| {
            let before = told.clone();
            change(told);
            told.state.failures = each_once(told.failures.values());
            *told != before
        });
    }
}

impl Watch {
    /// The next state; nothing when the relay is gone.
    pub(crate) async fn next(&mut self) -> Option<RelayState> {
        self.0.changed().await.ok()?;
        Some(self.0.borrow_and_update().state.clone())
    }
}

fn each_once<'a>(failures: impl Iterator<Item = &'a Failure>) -> Vec<Failure> {
    let mut once: Vec<Failure> = Vec::new();
    for failure in failures {
        if !once.contains(failure) {
            once.push(failure.clone());
        }
    }
    once
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_of_two_parts_is_told_once_and_until_both_work() {
        let state = State::new();
        state.failed(Part::Directory, Failure::WrongClient);
        state.failed(Part::Presence, Failure::WrongClient);
        assert_eq!(state.now().failures, [Failure::WrongClient]);

        state.works(Part::Directory);
        assert_eq!(state.now().failures, [Failure::WrongClient]);
        state.works(Part::Presence);
        assert!(state.now().failures.is_empty());
    }

    #[test]
    fn a_long_outage_keeps_the_time_of_its_beginning() {
        let state = State::new();
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();

        state.lost(at(10), Failure::ZoomUnreachable);
        state.lost(at(70), Failure::SubscriptionRefused);

        let lost = ZoomLink::Lost { since: at(10), failure: Failure::SubscriptionRefused };
        assert_eq!(state.now().zoom, lost);
    }

    #[test]
    fn what_changes_nothing_is_not_told() {
        let state = State::new();
        let watch = state.watch();

        state.works(Part::Ledger);
        state.repair(None);

        assert!(!watch.0.has_changed().unwrap());
    }
}
