//! Times as both databases keep them: nanoseconds since 1970, in UTC.

use chrono::{DateTime, Utc};

/// The whole precision of a report is kept: a rounded one would lose against its own repeat.
pub(crate) fn to_nanos(at: DateTime<Utc>) -> i64 {
    let limit = if at < DateTime::UNIX_EPOCH { i64::MIN } else { i64::MAX };
    at.timestamp_nanos_opt().unwrap_or(limit)
}

pub(crate) fn from_nanos(nanos: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_nanos(nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_comes_back_as_it_went_in() {
        let at = DateTime::from_timestamp(1_795_000_000, 123_456_789).unwrap();
        assert_eq!(from_nanos(to_nanos(at)), at);
    }

    #[test]
    fn a_time_out_of_range_becomes_the_nearest_that_fits() {
        assert_eq!(to_nanos(DateTime::<Utc>::MAX_UTC), i64::MAX);
        assert_eq!(to_nanos(DateTime::<Utc>::MIN_UTC), i64::MIN);
    }
}
