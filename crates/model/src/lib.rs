//! People, numbers, presence, calls and search.
//!
//! Everything here is a value or a pure function of values: no I/O, no async, no clock of its own
//! (time comes in as an argument; [`Clock`] is where the callers get it from). This crate knows no
//! other crate of the workspace.

mod clock;

pub use clock::{Clock, Hand};
