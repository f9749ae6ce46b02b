//! Tests of the crate from outside.

#![expect(clippy::unwrap_used, reason = "a fixture that does not hold is a failed test")]

mod freshness;
mod people;
mod roster;
mod search;
