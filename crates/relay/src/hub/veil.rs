//! What each role may see of the log, and what stands in the place of the rest.
//!
//! Supervisors and admins see everything. Agents see everybody's record and presence and their own legs of
//! calls; of any other leg they see that its person's line rings, talks, is held or is free again, and when:
//! without the other end, the queue, the side and the outcome, and under another name. That name is made from
//! the call, the person and the side with a key, so that no two legs can be put together and no call be
//! recognised by its id.
//!
//! The key is the log's own name: at least 122 random bits that the ledger drew when it was made, the same on every
//! node and after every restart. That is enough because the name is never told: what desks take for the log's
//! name is made from it here, and is another one for each view. Whoever may see more than before, or less,
//! therefore meets another log and begins anew.

use std::fmt;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac as _};
use rollcall_model::{Call, CallId, CallReport, Ending, Leg, Outcome, Party, PersonId, Side, Step};
use rollcall_wire::{relay::RelayState, session::Role};
use sha2::Sha256;

use crate::caller::Caller;

/// The side of every leg that is somebody else's.
const SIDE: Side = Side::Callee;

/// What a desk may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum View {
    /// Everything, and what is wrong with the relay.
    Admin,
    /// Everything.
    Supervisor,
    /// Everybody, and this person's own calls.
    Agent(Option<PersonId>),
}

/// Makes what agents see of others' calls.
pub(crate) struct Veil(Hmac<Sha256>);

impl View {
    /// What this caller may see.
    pub(crate) fn of(caller: &Caller) -> Self {
        match caller.role {
            Role::Admin => Self::Admin,
            Role::Supervisor => Self::Supervisor,
            Role::Agent => Self::Agent(caller.person.clone()),
        }
    }

    /// The state as it is told in this view.
    pub(crate) fn state(&self, mut state: RelayState) -> RelayState {
        if *self != Self::Admin {
            state.failures.clear();
        }
        state
    }
}

impl Veil {
    /// The veil of the log of this name.
    pub(crate) fn of(log: &str) -> Self {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
        Self(Hmac::new_from_slice(log.as_bytes()).expect("a key"))
    }

    /// What a desk with this view takes for the log's name.
    pub(crate) fn log(&self, view: &View) -> String {
        match view {
            View::Admin | View::Supervisor => self.name(&["log"]),
            View::Agent(None) => self.name(&["log of agents"]),
            View::Agent(Some(person)) => self.name(&["log of an agent", person.as_str()]),
        }
    }

    /// What agents hear of a report about somebody else's leg.
    pub(crate) fn report(&self, report: &CallReport) -> CallReport {
        let step = match report.step {
            Step::Ended(_) => Step::Ended(Outcome::Unknown),
            step @ (Step::Ringing | Step::Answered | Step::Held(_)) => step,
        };
        CallReport {
            call: self.call(&report.call, &report.person, report.side),
            person: report.person.clone(),
            side: SIDE,
            at: report.at,
            step,
            other: Party::default(),
            queue: None,
        }
    }

    /// What agents know of somebody else's leg: a call of its own.
    pub(crate) fn leg(&self, call: &CallId, leg: &Leg) -> Call {
        let ended = leg.ended.map(|ending| Ending { outcome: Outcome::Unknown, at: ending.at });
        let seen = Leg {
            person: leg.person.clone(),
            side: SIDE,
            rang_at: leg.rang_at,
            answered_at: leg.answered_at,
            held: leg.held,
            ended,
            other: Party::default(),
            queue: None,
        };
        Call { id: self.call(call, &leg.person, leg.side), legs: vec![seen] }
    }

    fn call(&self, call: &CallId, person: &PersonId, side: Side) -> CallId {
        let side = match side {
            Side::Caller => "caller",
            Side::Callee => "callee",
        };
        CallId::new(&self.name(&["leg", call.as_str(), person.as_str(), side]))
    }

    /// 128 bits made from the parts; no other parts give the same.
    fn name(&self, parts: &[&str]) -> String {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part.as_bytes());
        }
        BASE64_URL_SAFE_NO_PAD.encode(&mac.finalize().into_bytes()[..16])
    }
}

/// The key is not printed.
impl fmt::Debug for Veil {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Veil")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_leg_has_a_name_of_its_own_and_keeps_it() {
        let veil = Veil::of("log");
        let name =
            |call: &str, person: &str, side| veil.call(&CallId::new(call), &PersonId::new(person), side);
        let names = [
            name("7", "ada", Side::Caller),
            name("7", "ada", Side::Callee),
            name("7", "bo", Side::Callee),
            name("7a", "da", Side::Caller),
        ];

        for (place, one) in names.iter().enumerate() {
            assert!(!names[..place].contains(one), "{names:?}");
        }
        assert_eq!(names[0], Veil::of("log").call(&CallId::new("7"), &PersonId::new("ada"), Side::Caller));
        assert_ne!(names[0], Veil::of("other").call(&CallId::new("7"), &PersonId::new("ada"), Side::Caller));
    }

    #[test]
    fn whoever_may_see_something_else_meets_another_log() {
        let veil = Veil::of("the name that is never told");
        let agent = |person: &str| veil.log(&View::Agent(Some(PersonId::new(person))));
        let logs = [veil.log(&View::Admin), veil.log(&View::Agent(None)), agent("ada"), agent("bo")];

        assert_eq!(veil.log(&View::Admin), veil.log(&View::Supervisor), "both see all events");
        for (place, log) in logs.iter().enumerate() {
            assert!(!logs[..place].contains(log) && !log.contains("never"), "{logs:?}");
        }
    }
}
