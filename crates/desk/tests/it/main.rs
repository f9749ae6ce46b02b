//! The desk against a relay on loopback that speaks the frames of `rollcall_wire`.

#![expect(clippy::unwrap_used, reason = "a test stops at what it does not expect")]

mod calls;
mod keeping;
mod link;
mod lists;
mod people;
mod policy;
mod pushes;
mod relay;
mod scene;
mod secrets;
mod team;
mod waits;
mod watches;
