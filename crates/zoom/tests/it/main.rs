//! The client against a stand-in for Zoom on loopback, and deliveries of every kind.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::needless_pass_by_value,
    reason = "a test stops at what it does not expect, says so, and builds its values in place"
)]

mod calls;
mod deliveries;
mod directory;
mod fake;
mod hostile;
mod limits;
mod samples;
mod sign_in;
mod stand;
mod subscription;
mod tokens;
mod webhooks;
