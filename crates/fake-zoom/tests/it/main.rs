//! The fake Zoom seen from outside, over real sockets.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on shall say where")]

mod calls;
mod control;
mod directory;
mod harness;
mod history;
mod limits;
mod mischief;
mod oauth;
#[cfg(unix)]
mod serve;
mod socket;
mod webhooks;
