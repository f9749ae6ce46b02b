//! The webhook sender: validates a receiver, then delivers every event there as Zoom does.

mod delivery;
mod sender;
mod sign;

pub use sender::{ReceiverCounts, RegisterError};
pub(crate) use sender::{Receivers, register};
