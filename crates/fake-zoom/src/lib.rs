//! A Zoom that can be told to misbehave: for tests, the demo and load.
//!
//! A real server on loopback with a seeded organisation and a day's life. It is an independent witness of
//! Zoom's contract: it shares no code with the rooms that speak to Zoom, only the clock.

mod api;
mod calls;
mod control;
mod events;
mod fake;
mod feed;
mod history;
mod ids;
mod life;
mod limits;
mod mischief;
mod oauth;
mod options;
mod org;
mod presence;
mod ready;
mod requests;
mod serial;
mod server;
mod shared;
mod time;
mod webhook;
mod world;
mod ws;

pub use calls::{CallId, CallMove, MoveError};
pub use control::{CallView, PersonView};
pub use fake::{FakeZoom, StartError};
pub use life::Alone;
pub use limits::Label;
pub use mischief::{Dose, Mischief, MischiefError};
pub use options::{Options, Plan, UnknownPlan};
pub use presence::{Status, UnknownStatus};
pub use ready::Ready;
pub use requests::{Requests, Second};
pub use webhook::{ReceiverCounts, RegisterError};
pub use world::{NewPerson, PersonChange, WorldError};
