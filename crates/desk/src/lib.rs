//! The agent's engine: what the window asks, and what it is told without asking.
//!
//! An [`Engine`] keeps a replica of one organisation in SQLite and in memory, links to one relay,
//! answers questions about people, places calls and remembers what the person at the desk owns
//! (lists, calls, watches, settings). It knows neither Zoom nor how a relay is started: whoever embeds it
//! hands it an [`Upstream`]; for an organisation's relay, [`team`] gets one. It dials nothing itself: whoever embeds it hands it a [`Dial`].

mod consult;
mod count;
mod engine;
mod home;
mod link;
mod lists;
mod question;
mod rows;
pub mod secrets;
pub mod settings;
mod store;
mod sync;
pub mod team;
mod watch;

pub use engine::{Dial, Engine, Timing, Who, dial_uri};
pub use home::{Home, write_atomically};
pub use link::Upstream;
