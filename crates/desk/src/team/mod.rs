//! A desk of an organisation: how it is let in by the organisation's relay, and stays let in.
//!
//! ```text
//! JoinLink ──────────────> Redeem ──┐
//! SignIn: browser, Zoom ──> Redeem ─┴─> Seat: token in the keychain, rotated by a Keeper ──> Upstream
//! ```
//! It asks a relay's session endpoints ([`rollcall_wire::session`]) and nothing else. It opens no browser
//! and no window, and it does not link an engine to the relay: whoever embeds it does.

mod address;
mod certificate;
mod door;
mod join_link;
mod keeper;
mod landing;
mod seat;
mod sign_in;
mod tokens;
mod trust;

pub use address::RelayAddress;
pub use join_link::{JoinLink, Joined};
pub use keeper::Keeper;
pub use landing::Page;
pub use seat::{Membership, Seat, Turn, Turned, Turning};
pub use sign_in::{Ear, SignIn};
pub use trust::Trust;
pub(crate) use trust::unreached;
