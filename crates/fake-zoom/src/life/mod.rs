//! The organisation's own life: what the hour suggests, and what chance brings.

pub(crate) mod day;
pub(crate) mod traffic;
