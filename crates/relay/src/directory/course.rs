//! The course of a directory sweep: from page to page, from list to list, and when to begin again.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use rollcall_model::Standing;

use crate::ledger::{Checkpoint, Step};

/// When events were lost since the last sweep and come again, it is listed again after this: soon, because
/// whoever came or left meanwhile is told by nothing else, but not at every flap of a bad line.
const AFTER_A_GAP: TimeDelta = TimeDelta::minutes(5);
/// While no events come, it is listed again after this.
const WITHOUT_EVENTS: TimeDelta = TimeDelta::hours(1);

/// The sweep after `previous`, or the first.
pub(super) fn begin(previous: Option<&Checkpoint>, now: DateTime<Utc>) -> Checkpoint {
    Checkpoint {
        number: previous.map_or(1, |previous| previous.number + 1),
        started_at: whole_millis(now),
        step: Step::Active,
        page: None,
        finished_at: previous.and_then(|previous| previous.finished_at),
    }
}

/// Whether a sweep that finished at `finished_at` must be followed by another one: after `reconcile` when
/// events came without a gap since `events_since`, sooner or later when not.
pub(super) fn is_due(
    finished_at: Option<DateTime<Utc>>,
    events_since: Option<DateTime<Utc>>,
    reconcile: TimeDelta,
    now: DateTime<Utc>,
) -> bool {
    let Some(finished_at) = finished_at else { return true };
    let patience = match events_since {
        Some(since) if since <= finished_at => reconcile,
        Some(_) => AFTER_A_GAP.min(reconcile),
        None => WITHOUT_EVENTS.min(reconcile),
    };
    now - finished_at >= patience
}

impl Checkpoint {
    /// After a page: its next one, or the next list.
    pub(super) fn after_page(self, next: Option<String>) -> Self {
        if next.is_some() { Self { page: next, ..self } } else { self.after_list() }
    }

    /// After a list: the next one.
    pub(super) fn after_list(self) -> Self {
        let step = match self.step {
            Step::Active => Step::Inactive,
            Step::Inactive => Step::Pending,
            Step::Pending => Step::Phones,
            Step::Phones | Step::Finished => Step::Finished,
        };
        Self { step, page: None, ..self }
    }

    /// The same list from its first page.
    pub(super) fn list_again(self) -> Self {
        Self { page: None, ..self }
    }

    /// After everything was listed.
    pub(super) fn finished(self, now: DateTime<Utc>) -> Self {
        Self { step: Step::Finished, page: None, finished_at: Some(whole_millis(now)), ..self }
    }

    /// Whether this sweep has finished.
    pub(super) fn is_finished(&self) -> bool {
        self.step == Step::Finished && self.finished_at.is_some_and(|at| at >= self.started_at)
    }
}

impl Step {
    /// Whom the list of this step tells; nothing for the phone system's.
    pub(super) const fn standing(self) -> Option<Standing> {
        match self {
            Self::Active => Some(Standing::Active),
            Self::Inactive => Some(Standing::Inactive),
            Self::Pending => Some(Standing::Pending),
            Self::Phones | Self::Finished => None,
        }
    }
}

/// Ledgers keep times to the millisecond.
fn whole_millis(at: DateTime<Utc>) -> DateTime<Utc> {
    at.duration_trunc(TimeDelta::milliseconds(1)).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hours)
    }

    #[test]
    fn a_sweep_goes_through_three_standings_and_the_phones() {
        let mut course = begin(None, at(0));
        let mut steps = Vec::new();
        while course.step != Step::Finished {
            steps.push(course.step);
            course = course.after_page(None);
        }

        assert_eq!(steps, [Step::Active, Step::Inactive, Step::Pending, Step::Phones]);
        assert!(!course.is_finished(), "who is gone must still be found");
        assert!(course.finished(at(1)).is_finished());
    }

    #[test]
    fn a_list_goes_on_with_its_next_page() {
        let course = begin(None, at(0)).after_page(Some("two".into()));

        assert_eq!((course.step, course.page.as_deref()), (Step::Active, Some("two")));
        assert_eq!(course.list_again().page, None);
    }

    #[test]
    fn a_new_sweep_is_not_finished_by_the_one_before() {
        let first = begin(None, at(0)).finished(at(1));

        let second = begin(Some(&first), at(9));

        assert_eq!((second.number, second.finished_at), (2, Some(at(1))));
        assert!(!Checkpoint { step: Step::Finished, ..second }.is_finished());
    }

    #[test]
    fn the_directory_is_listed_again_sooner_when_events_may_be_missing() {
        let is_due = |finished, since, now| is_due(finished, since, TimeDelta::hours(6), now);
        assert!(is_due(None, None, at(0)));
        assert!(is_due(Some(at(10)), None, at(11)));
        let (gap, minutes) = (at(10) + TimeDelta::minutes(1), |count| at(10) + TimeDelta::minutes(count));
        assert!(!is_due(Some(at(10)), Some(gap), minutes(4)));
        assert!(is_due(Some(at(10)), Some(gap), minutes(5)));
        assert!(!is_due(Some(at(10)), Some(at(9)), at(12)));
        assert!(is_due(Some(at(10)), Some(at(9)), at(16)));
    }
}
