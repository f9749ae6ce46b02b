//! The binary itself, over real sockets and real files, with deliveries signed as Zoom signs them.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "these are tests")]

mod admin;
mod cluster;
mod delivery;
mod load;
mod process;

mod added_again;
mod clock;
mod command_line;
mod crowd;
mod cut_off;
mod database;
mod deaths;
mod disk;
mod doors;
mod faults;
mod organisations;
mod people;
mod policy;
mod removal;
mod roles;
mod skills;
mod storm;
mod subscription;
mod two_leaders;
mod webhooks;
