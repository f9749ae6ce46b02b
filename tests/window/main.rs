//! The built app in its real window.
//!
//! Needs a desktop (`scripts/with-desktop`); where there is none, each test says "skipped".

#![expect(clippy::unwrap_used, reason = "a test ends where its premise fails")]

mod demo;
mod desktop;
mod groups;
mod keychain;
mod lists;
mod narrow;
mod policy;
mod screens;
mod team;
mod telling;
mod this_computer;
mod watches;
