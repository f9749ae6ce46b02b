//! Two SQLite databases: [`Replica`] (what the relay tells, can be thrown away) and [`Mine`] (what the
//! person at the desk owns, backed up). Apart, so that trouble with the big one never touches the
//! small one.

mod backup;
mod mine;
mod open;
mod replica;
mod time;
mod trouble;

pub(crate) use mine::{Held, Mine};
pub(crate) use replica::{Facts, Loaded, Place, Replica};
pub(crate) use trouble::Trouble;
