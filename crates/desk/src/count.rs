//! Counts as the window is told them.

/// A count in 32 bits; more than fit are as many as fit.
pub(crate) fn narrow(count: impl TryInto<u32>) -> u32 {
    count.try_into().unwrap_or(u32::MAX)
}
