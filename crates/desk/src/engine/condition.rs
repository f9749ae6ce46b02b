//! How things stand: the link, the relay's own state, and what the person must be told.

use chrono::{DateTime, TimeDelta, Utc};
use rollcall_wire::{
    Failure,
    relay::{Progress, RelayState, Repair, ZoomLink},
    session::Role,
    window::{Link, Me, Mode, Notice, Policy, Status, StatusProgress, StatusRepair},
};
use serde_json::Value;

use crate::count::narrow;

/// How often the window is told that events come, when nothing else of the status changes.
const TELL_EVERY: TimeDelta = TimeDelta::seconds(10);

/// Everything that [`Status`] is made of but the person at the desk.
#[derive(Debug)]
pub(crate) struct Condition {
    pub(crate) mode: Mode,
    /// What the person at the desk may see and do at the organisation's relay.
    pub(crate) role: Option<Role>,
    pub(crate) heard_at: Option<DateTime<Utc>>,
    /// The `heard_at` that the window was last told because of events alone.
    told: Option<DateTime<Utc>>,
    link: Link,
    relay: Option<RelayState>,
    /// How far a snapshot was read, while one is.
    snapshot: Option<Progress>,
    notices: Vec<Notice>,
    /// What the relay reports, each with the time when it was first reported.
    reported: Vec<Notice>,
    /// Codes that the relay reports and the person has dismissed.
    dismissed: Vec<String>,
}

impl Condition {
    pub(crate) const fn new() -> Self {
        Self {
            mode: Mode::Unset,
            role: None,
            heard_at: None,
            told: None,
            link: Link::Connecting,
            relay: None,
            snapshot: None,
            notices: Vec::new(),
            reported: Vec::new(),
            dismissed: Vec::new(),
        }
    }

    /// Events came; tells whether the window is to be told of it, which is now and then.
    pub(crate) fn heard(&mut self, now: DateTime<Utc>) -> bool {
        self.heard_at = Some(now);
        let due = self.told.is_none_or(|told| now - told >= TELL_EVERY);
        if due {
            self.told = Some(now);
        }
        due
    }

    /// A new link is being made; nothing of an earlier relay counts any more.
    pub(crate) fn connecting(&mut self) {
        self.link = Link::Connecting;
        self.relay = None;
        self.snapshot = None;
        self.reported.clear();
    }

    /// The relay sends events.
    pub(crate) fn linked(&mut self, now: DateTime<Utc>) {
        self.snapshot = None;
        if !matches!(self.link, Link::Online { .. }) {
            self.link = Link::Online { since: now };
        }
    }

    /// The link failed; an outage begins once, however often it is tried.
    pub(crate) fn unlinked(&mut self, now: DateTime<Utc>, failure: Failure, retry_at: Option<DateTime<Utc>>) {
        let since = match self.link {
            Link::Offline { since, .. } => since,
            Link::Online { .. } | Link::Connecting => now,
        };
        self.snapshot = None;
        self.link = Link::Offline { since, failure, retry_at };
    }

    /// How the relay stands with Zoom; tells whether that is news.
    pub(crate) fn relay_stands(&mut self, now: DateTime<Utc>, state: RelayState) -> bool {
        let known = std::mem::take(&mut self.reported);
        self.reported = state
            .failures
            .iter()
            .map(|failure| {
                let since = known.iter().find(|notice| notice.failure == *failure).map(|notice| notice.since);
                Notice { failure: failure.clone(), since: since.unwrap_or(now) }
            })
            .collect();
        let reported = &self.reported;
        self.dismissed.retain(|dismissed| reported.iter().any(|notice| code(&notice.failure) == *dismissed));
        let news = self.relay.as_ref() != Some(&state);
        self.relay = Some(state);
        news
    }

    pub(crate) const fn snapshot_at(&mut self, progress: Progress) {
        self.snapshot = Some(progress);
    }

    pub(crate) const fn snapshot_over(&mut self) {
        self.snapshot = None;
    }

    /// Adds what stays to be told; one code is told once, as it is now.
    pub(crate) fn notice(&mut self, now: DateTime<Utc>, failure: Failure) {
        let told = code(&failure);
        // Two databases that were set aside are two files to know of.
        let twice = |notice: &Notice| notice.failure == failure || is_replaced(&notice.failure, &told);
        let since = self.notices.iter().find(|notice| twice(notice)).map_or(now, |notice| notice.since);
        self.notices.retain(|notice| !twice(notice));
        self.notices.push(Notice { failure, since });
    }

    /// Removes what is told under this code.
    pub(crate) fn dismiss(&mut self, told: &str) {
        self.notices.retain(|notice| code(&notice.failure) != told);
        let reported = self.reported.iter().any(|notice| code(&notice.failure) == told);
        if reported && !self.dismissed.iter().any(|dismissed| dismissed == told) {
            self.dismissed.push(told.to_owned());
        }
    }

    /// How things stand; `people` is how many are known.
    pub(crate) fn status(&self, me: Option<Me>, people: usize) -> Status {
        let reported = self.reported.iter().filter(|notice| !self.dismissed.contains(&code(&notice.failure)));
        Status {
            mode: self.mode,
            link: self.worse_link(),
            directory: self.directory(people),
            repair: self.relay.as_ref().and_then(|relay| relay.repair).map(repair),
            heard_at: self.heard_at,
            me,
            may_tell: self.may_tell(),
            waited_by: Vec::new(),
            policy: Policy::default(),
            notices: self.notices.iter().chain(reported).cloned().collect(),
        }
    }

    /// Whether what the organisation tells of people may be changed here: by its admins, and without a team by whoever
    /// sits here.
    fn may_tell(&self) -> bool {
        match self.mode {
            Mode::Unset => false,
            Mode::Demo | Mode::ThisComputer => true,
            Mode::Team => self.role == Some(Role::Admin),
        }
    }

    /// Names the stretch of time in which news has come in without a gap; nothing while none comes in.
    pub(crate) fn flow(&self) -> Option<DateTime<Utc>> {
        match self.worse_link() {
            Link::Online { since } => Some(since),
            Link::Connecting | Link::Offline { .. } => None,
        }
    }

    /// The worse of the link to the relay and the relay's link to Zoom.
    fn worse_link(&self) -> Link {
        match (&self.link, self.relay.as_ref().map(|relay| &relay.zoom)) {
            (Link::Online { .. }, Some(ZoomLink::Connecting)) => Link::Connecting,
            (Link::Online { .. }, Some(ZoomLink::Lost { since, failure })) => {
                Link::Offline { since: *since, failure: failure.clone(), retry_at: None }
            }
            // Without a source of events the relay still answers what is asked.
            (Link::Online { since: linked }, Some(ZoomLink::None)) => Link::Online { since: *linked },
            (Link::Online { since: linked }, Some(ZoomLink::Connected { since })) => {
                Link::Online { since: *linked.max(since) }
            }
            (link, _) => link.clone(),
        }
    }

    fn directory(&self, people: usize) -> StatusProgress {
        let known = Progress { done: people as u64, of: None };
        let of_relay = self.relay.as_ref().map(|relay| relay.directory);
        progress(self.snapshot.or(of_relay).unwrap_or(known))
    }
}

/// The word of a failure, as the window knows it.
pub(crate) fn code(failure: &Failure) -> String {
    let written = serde_json::to_value(failure).ok();
    let code = written.as_ref().and_then(|failure| failure.get("code")).and_then(Value::as_str);
    code.unwrap_or_default().to_owned()
}

fn is_replaced(known: &Failure, told: &str) -> bool {
    let dated = matches!(known, Failure::DatabaseSetAside { .. } | Failure::DatabaseTooNew { .. });
    !dated && code(known) == told
}

fn progress(progress: Progress) -> StatusProgress {
    StatusProgress { done: narrow(progress.done), of: progress.of.map(narrow) }
}

fn repair(repair: Repair) -> StatusRepair {
    StatusRepair {
        done: narrow(repair.done),
        of: narrow(repair.of),
        away_secs: repair.away_secs.map(narrow),
        left_secs: repair.left_secs.map(narrow),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn relay(zoom: ZoomLink, failures: Vec<Failure>) -> RelayState {
        RelayState { zoom, directory: Progress { done: 3, of: Some(10) }, repair: None, failures }
    }

    #[test]
    fn the_link_is_as_good_as_its_worse_half() {
        let mut condition = Condition::new();
        condition.linked(at(5));
        let lost = ZoomLink::Lost { since: at(7), failure: Failure::ZoomUnreachable };

        condition.relay_stands(at(7), relay(lost, Vec::new()));
        let half = condition.status(None, 0).link;
        condition.unlinked(at(9), Failure::RelayUnreachable, Some(at(10)));
        let none = condition.status(None, 0).link;

        assert_eq!(half, Link::Offline { since: at(7), failure: Failure::ZoomUnreachable, retry_at: None });
        assert!(matches!(none, Link::Offline { failure: Failure::RelayUnreachable, .. }));
    }

    #[test]
    fn an_outage_begins_once() {
        let mut condition = Condition::new();
        condition.unlinked(at(5), Failure::RelayUnreachable, Some(at(6)));
        condition.unlinked(at(6), Failure::NotAdmitted, Some(at(8)));

        let link = condition.status(None, 0).link;

        let failure = Failure::NotAdmitted;
        assert_eq!(link, Link::Offline { since: at(5), failure, retry_at: Some(at(8)) });
    }

    #[test]
    fn what_the_relay_reports_is_dismissed_until_it_was_mended() {
        let mut condition = Condition::new();
        let failing = || relay(ZoomLink::Connecting, vec![Failure::PhoneNotEnabled]);
        condition.relay_stands(at(1), failing());

        condition.dismiss("phone_not_enabled");
        condition.relay_stands(at(2), failing());
        assert!(condition.status(None, 0).notices.is_empty());

        condition.relay_stands(at(3), relay(ZoomLink::Connecting, Vec::new()));
        condition.relay_stands(at(4), failing());
        assert_eq!(condition.status(None, 0).notices[0].since, at(4));
    }

    #[test]
    fn a_notice_is_told_once_with_its_newest_numbers() {
        let mut condition = Condition::new();
        condition.notice(at(1), Failure::SlowDown { retry_secs: 3 });
        condition.notice(at(2), Failure::SlowDown { retry_secs: 9 });

        let notices = condition.status(None, 0).notices;

        assert_eq!(notices, [Notice { failure: Failure::SlowDown { retry_secs: 9 }, since: at(1) }]);
        condition.dismiss("slow_down");
        assert!(condition.status(None, 0).notices.is_empty());
    }
}
