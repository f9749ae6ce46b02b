//! The organisation's own life: what the hour suggests, and what chance brings.

mod alone;
pub(crate) mod day;
pub(crate) mod traffic;

pub use alone::Alone;
