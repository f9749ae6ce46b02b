//! When to say that the connection is lost: once for each outage, after it has lasted a while.

use chrono::{DateTime, TimeDelta, Utc};
use rollcall_wire::window::Link;

/// What is known of the present outage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outage {
    patience: TimeDelta,
    since: Option<DateTime<Utc>>,
    told: bool,
}

impl Outage {
    /// No outage; the next one is told after `patience`.
    pub(crate) const fn none(patience: TimeDelta) -> Self {
        Self { patience, since: None, told: false }
    }

    /// Takes in how the link stands now.
    #[must_use]
    pub(crate) fn hear(self, link: &Link, now: DateTime<Utc>) -> Self {
        match link {
            Link::Online { .. } => Self::none(self.patience),
            Link::Offline { since, .. } => Self { since: Some(self.since.unwrap_or(*since)), ..self },
            // A try to connect does not end an outage, and the first one starts none before its time.
            Link::Connecting => Self { since: self.since.or(Some(now)), ..self },
        }
    }

    /// When the toast is due, if one still is.
    pub(crate) fn due_at(self) -> Option<DateTime<Utc>> {
        if self.told { None } else { self.since.map(|since| since + self.patience) }
    }

    /// Whether the toast is due at `now`; if so, it counts as shown.
    pub(crate) fn take_due(&mut self, now: DateTime<Utc>) -> bool {
        let due = self.due_at().is_some_and(|at| now >= at);
        self.told |= due;
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rollcall_wire::Failure;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn offline(since: i64) -> Link {
        Link::Offline { since: at(since), failure: Failure::RelayUnreachable, retry_at: None }
    }

    #[test]
    fn a_short_outage_is_not_told() {
        let mut outage = Outage::none(TimeDelta::minutes(1)).hear(&offline(0), at(0));
        assert!(!outage.take_due(at(59)));

        let mut over = outage.hear(&Link::Online { since: at(59) }, at(59));

        assert!(!over.take_due(at(600)));
    }

    #[test]
    fn a_long_outage_is_told_once_though_it_tries_to_connect() {
        let mut outage =
            Outage::none(TimeDelta::minutes(1)).hear(&offline(0), at(0)).hear(&Link::Connecting, at(30));
        assert!(outage.take_due(at(60)));

        outage = outage.hear(&Link::Connecting, at(90)).hear(&offline(95), at(95));

        assert!(!outage.take_due(at(400)));
    }

    #[test]
    fn the_next_outage_is_told_again() {
        let mut outage = Outage::none(TimeDelta::minutes(1)).hear(&offline(0), at(0));
        assert!(outage.take_due(at(61)));

        let mut next = outage.hear(&Link::Online { since: at(70) }, at(70)).hear(&offline(100), at(100));

        assert!(next.take_due(at(160)));
    }
}
