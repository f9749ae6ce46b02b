//! The binary itself, over real sockets and real files, with deliveries signed as Zoom signs them.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "these are tests")]

mod cluster;
mod delivery;
mod process;

mod command_line;
mod doors;
mod faults;
mod organisations;
mod people;
mod roles;
mod webhooks;
