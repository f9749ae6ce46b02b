//! The whole system in one process, over real sockets.

#![expect(clippy::unwrap_used, reason = "a test ends where its premise fails")]

mod architecture;
mod faults;
mod journeys;
mod kill;
mod rivet;
mod spec;
mod team;
