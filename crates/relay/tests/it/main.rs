//! The relay against the fake Zoom, over real sockets and a real file.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "these are tests")]

mod desk;
mod house;

mod access;
mod admission;
mod api;
mod directory;
mod failures;
mod intake;
mod log;
mod presence;
mod restore;
mod stream;
