//! Presence as it is shown: the report, corrected by calls and faded by age.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{Entry, Freshness, LegState, PersonId, Presence, PresenceState, Roster, Source};

/// How long after a call a row says so.
pub const JUST_OFF_A_CALL: TimeDelta = TimeDelta::minutes(2);

/// A person's presence as it is shown at a moment: the report, corrected by calls and faded by age.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The state to show.
    pub state: PresenceState,
    /// The state of the report itself, however old; differs from `state` when it has expired.
    pub last_heard: PresenceState,
    /// When it was true; nothing when nothing was ever heard.
    pub as_of: Option<DateTime<Utc>>,
    /// How it was heard.
    pub source: Option<Source>,
    /// How far it can be believed.
    pub freshness: Freshness,
    /// When Zoom says that the state ends.
    pub until: Option<DateTime<Utc>>,
    /// When the person's last call ended, within the last [`JUST_OFF_A_CALL`].
    pub off_call_at: Option<DateTime<Utc>>,
}

impl Roster {
    /// The presence of a person as it is to be shown at `now`.
    pub fn shown(&self, id: &PersonId, now: DateTime<Utc>) -> Shown {
        self.entries.get(id).map_or(Shown::NOTHING, |entry| self.shown_of(entry, now))
    }

    /// The same for a person's entry of this roster.
    pub fn shown_of(&self, entry: &Entry, now: DateTime<Utc>) -> Shown {
        let reported = entry.presence.as_ref().map_or(Shown::NOTHING, |report| Shown::reported(report, now));
        let shown = match self.inferred(entry, now) {
            // A call that is ringing says nothing against a report that already knows of a call.
            Some(inferred) if inferred.state == PresenceState::OnCall || reported.state.is_free() => inferred,
            _ => reported,
        };
        Shown { off_call_at: self.off_call_at(entry, now), ..shown }
    }

    /// Presence as a person's own open call shows it, while that can be believed.
    fn inferred(&self, entry: &Entry, now: DateTime<Utc>) -> Option<Shown> {
        let legs = entry.calls.iter().filter_map(|id| self.calls.get(id)).flat_map(|call| &call.legs);
        legs.filter(|leg| leg.person == entry.person.id)
            .filter_map(|leg| {
                let state = match leg.state() {
                    LegState::Ended => return None,
                    LegState::Ringing => PresenceState::Ringing,
                    LegState::Connected | LegState::Held => PresenceState::OnCall,
                };
                let as_of = leg.changed_at()?;
                let report =
                    Presence { as_of, source: Source::Inferred, state, raw: String::new(), until: None };
                Some(Shown::reported(&report, now))
            })
            .filter(|shown| shown.freshness != Freshness::Expired)
            .max_by_key(|shown| (shown.state == PresenceState::OnCall, shown.as_of))
    }

    fn off_call_at(&self, entry: &Entry, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let legs = entry.calls.iter().filter_map(|id| self.calls.get(id)).flat_map(|call| &call.legs);
        legs.filter(|leg| leg.person == entry.person.id && leg.answered_at.is_some())
            .filter_map(|leg| leg.ended.map(|ending| ending.at))
            .max()
            .filter(|&at| now - at <= JUST_OFF_A_CALL)
    }
}

impl Shown {
    /// What is shown of a person of whom nothing was heard.
    pub const NOTHING: Self = Self {
        state: PresenceState::Unknown,
        last_heard: PresenceState::Unknown,
        as_of: None,
        source: None,
        freshness: Freshness::Expired,
        until: None,
        off_call_at: None,
    };

    fn reported(report: &Presence, now: DateTime<Utc>) -> Self {
        let freshness = report.freshness(now);
        let state = if freshness == Freshness::Expired { PresenceState::Unknown } else { report.state };
        Self {
            state,
            last_heard: report.state,
            as_of: Some(report.as_of),
            source: Some(report.source),
            freshness,
            until: report.until,
            off_call_at: None,
        }
    }
}
