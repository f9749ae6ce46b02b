//! Zoom's contract, as far as the product uses it: OAuth, REST, webhook signatures and payloads, the
//! WebSocket subscription, and pacing.
//!
//! Everything that comes in is parsed here into the facts of `rollcall_model`; everything that goes out
//! is paced here by Zoom's own limits. This crate stores nothing, keeps no roster and decides nothing
//! about what to ask for: that is the relay's part.

mod addresses;
mod asked;
mod backoff;
mod client;
mod credentials;
pub mod delivery;
mod error;
mod lenient;
mod mac;
pub mod oauth;
mod outcome;
mod pace;
mod refusal;
mod rest;
pub mod subscription;
mod token;
mod transport;
pub mod webhook;

pub use addresses::Addresses;
pub use asked::Asked;
pub use client::Client;
pub use credentials::{Credentials, Plan};
pub use error::ZoomError;
pub use pace::Lane;
pub use rest::{
    CallQueue, CallQueueRecord, CallRecord, Contact, HistorySync, ListedUser, OwnPresence, Page, PageToken,
    Paging, PhoneUser, QueueFigures, QueueMember, SyncToken, UserRecord, UsersSummary,
};
pub use rollcall_model::{Presence, Standing};
pub use token::Token;
