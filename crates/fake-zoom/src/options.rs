//! How a fake Zoom is to be.

use std::{
    net::{Ipv4Addr, SocketAddr},
    str::FromStr,
};

use rollcall_model::Clock;
use thiserror::Error;

use crate::mischief::Mischief;

/// What [`FakeZoom::start`](crate::FakeZoom::start) needs to know.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen; port 0 lets the system choose one.
    pub listen: SocketAddr,
    /// How many people the organisation has, the agent among them.
    pub people: usize,
    /// The same seed draws the same organisation, secrets and day.
    pub seed: u64,
    /// How many events a second the organisation's own life makes; 0 keeps it still.
    pub events_per_second: f64,
    /// The plan that sets the rate limits.
    pub plan: Plan,
    /// What to get wrong from the start.
    pub mischief: Vec<Mischief>,
    /// The clock the whole organisation lives by.
    pub clock: Clock,
}

/// The account's plan: it decides how many requests are allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// The free plan.
    Free,
    /// The Pro plan.
    Pro,
    /// Business, Education, Enterprise and partners.
    Business,
}

/// A word that names no plan.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("not a plan: {0} (free, pro or business)")]
pub struct UnknownPlan(pub String);

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            people: 2000,
            seed: 1,
            events_per_second: 0.0,
            plan: Plan::Business,
            mischief: Vec::new(),
            clock: Clock::system(),
        }
    }
}

impl FromStr for Plan {
    type Err = UnknownPlan;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "free" => Ok(Self::Free),
            "pro" => Ok(Self::Pro),
            "business" => Ok(Self::Business),
            other => Err(UnknownPlan(other.to_owned())),
        }
    }
}
