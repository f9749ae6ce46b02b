//! What the rate headers of a reply say, in every form in which they come.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::{HeaderMap, RETRY_AFTER};

use crate::lenient;

/// A wait longer than this is for the day's budget, whatever the headers call it.
const LONGER_THAN_A_RATE: Duration = Duration::from_mins(10);

/// Which limit is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The headers do not say.
    Unsaid,
    /// Calls a second.
    PerSecond,
    /// Calls a day.
    Daily,
}

/// The headers of one reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RateHeaders {
    pub(super) kind: Kind,
    /// How many calls the limit allows.
    pub(super) limit: Option<u32>,
    /// How many of them are left.
    pub(super) remaining: Option<u32>,
    /// When to come back, counted from now.
    pub(super) retry_in: Option<Duration>,
}

impl RateHeaders {
    /// Reads `X-RateLimit-*` and `Retry-After`; what cannot be read counts as absent.
    pub(super) fn read(headers: &HeaderMap, now: DateTime<Utc>) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
        let number = |name: &str| text(name).and_then(|digits| digits.parse().ok());
        let retry_in = text(RETRY_AFTER.as_str()).and_then(|when| retry_in(when, now));
        let kind = match text("x-ratelimit-type").map(str::to_ascii_lowercase).as_deref() {
            Some("qps") => Kind::PerSecond,
            Some(daily) if daily.starts_with("daily") => Kind::Daily,
            _ if retry_in > Some(LONGER_THAN_A_RATE) => Kind::Daily,
            _ => Kind::Unsaid,
        };
        Self {
            kind,
            limit: number("x-ratelimit-limit"),
            remaining: number("x-ratelimit-remaining"),
            retry_in,
        }
    }
}

/// `Retry-After` as an ISO date (Zoom's habit), an HTTP date, or seconds. A date that has passed is 0.
fn retry_in(when: &str, now: DateTime<Utc>) -> Option<Duration> {
    if let Ok(seconds) = when.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let http_date = || httpdate::parse_http_date(when).ok().map(DateTime::from);
    let at = lenient::moment(when).or_else(http_date)?;
    Some((at - now).max(TimeDelta::zero()).to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-03-02T23:00:00Z".parse().unwrap()
    }

    fn read(headers: &[(&'static str, &'static str)]) -> RateHeaders {
        let pairs = headers.iter().map(|&(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        RateHeaders::read(&pairs.collect(), now())
    }

    #[test]
    fn retry_after_is_read_in_each_form() {
        let hour = Some(Duration::from_hours(1));
        let cases = [
            ("2026-03-03T00:00:00Z", hour),
            ("Tue, 03 Mar 2026 00:00:00 GMT", hour),
            ("3600", hour),
            ("1.5", Some(Duration::from_millis(1_500))),
            ("2026-03-02T22:00:00Z", Some(Duration::ZERO)),
            ("soon", None),
            ("-1", None),
            ("NaN", None),
        ];
        for (text, expected) in cases {
            assert_eq!(retry_in(text, now()), expected, "{text}");
        }
    }

    #[test]
    fn the_kind_is_told_by_the_type_or_by_a_long_wait() {
        assert_eq!(read(&[("x-ratelimit-type", "QPS")]).kind, Kind::PerSecond);
        assert_eq!(read(&[("x-ratelimit-type", "Daily-limit")]).kind, Kind::Daily);
        assert_eq!(read(&[("retry-after", "2026-03-03T00:00:00Z")]).kind, Kind::Daily);
        assert_eq!(read(&[("retry-after", "2")]).kind, Kind::Unsaid);
        assert_eq!(read(&[]).kind, Kind::Unsaid);
    }
}
