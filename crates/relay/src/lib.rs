//! The organisation's log: what Zoom says goes in, in order and once; what desks must know comes out.
//!
//! A [`Relay`] lists the directory, asks for presence, takes in events, commits everything to a ledger,
//! folds it into a roster and fans it out to desks over a loopback port. It paints nothing, calls nobody
//! and keeps no person's own things; every failure is a code, never a sentence.

pub mod access;
mod api;
mod bus;
mod caller;
mod consults;
mod core;
mod current;
mod declined;
mod directory;
mod door;
mod failure;
mod fold;
mod follow;
mod housekeeping;
mod hub;
mod intake;
mod lead;
mod ledger;
mod log;
pub mod lore;
mod metrics;
mod movers;
mod noted;
mod options;
mod organisation;
mod presence;
mod relay;
mod removal;
mod repair;
mod restore;
pub mod server;
mod snapshot;
mod sqlite;
mod state;
mod tally;
mod tell;
mod waits;
mod wanted;

pub use api::openapi;
pub use bus::BusError;
pub use caller::{Caller, NoSlug, Slug};
pub use failure::failure;
pub use ledger::{LedgerError, Oddity, OddityKind};
pub use log::Stopping;
pub use options::{NoRandomness, Options, StartError, fresh_token};
pub use organisation::Source;
pub use relay::Relay;
pub use tally::Counts;
