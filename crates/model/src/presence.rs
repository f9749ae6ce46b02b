//! Presence: what Zoom said, when it was true, how it was heard, and how long that may be believed.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::PersonId;

/// The thirteen states that a person can be shown in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PresenceState {
    /// At a desktop client and free.
    Available,
    /// Signed in on a phone only.
    Mobile,
    /// Their phone is ringing (from calls; Zoom has no such presence).
    Ringing,
    /// On a phone call.
    OnCall,
    /// In a meeting.
    InMeeting,
    /// Sharing a screen.
    Presenting,
    /// The calendar has an event now.
    InCalendarEvent,
    /// Set to busy.
    Busy,
    /// Set to do not disturb.
    DoNotDisturb,
    /// Idle or set to away.
    Away,
    /// Out of office.
    OutOfOffice,
    /// Signed in nowhere.
    Offline,
    /// Never heard, unreadable, or heard too long ago.
    Unknown,
}

/// How a report of presence was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Concluded from a call of theirs.
    Inferred,
    /// Zoom was asked and answered.
    Asked,
    /// Zoom sent an event.
    Event,
}

/// One report of a person's presence.
///
/// The order of the fields is the rule by which two reports are compared: the later one wins; of two
/// with the same time an event beats an answer, then the state and the raw word decide, so that any
/// order of arrival gives one result.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Presence {
    /// When it was true: the event's own time, or the time at which the question was sent.
    pub as_of: DateTime<Utc>,
    /// How it was heard.
    pub source: Source,
    /// What it means.
    pub state: PresenceState,
    /// Zoom's own word for it.
    pub raw: String,
    /// When Zoom says that the state ends, where it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
}

/// A report together with whom it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresenceReport {
    /// Who.
    pub person: PersonId,
    /// What was heard.
    #[serde(flatten)]
    pub presence: Presence,
}

/// How far a report can be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Freshness {
    /// Within half of its budget.
    Fresh,
    /// In the second half of its budget: shown with its age.
    Old,
    /// Older than its budget: shown as unknown, with what was last heard.
    Expired,
}

/// What the first key on a chosen person does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FirstAction {
    /// Call.
    Call,
    /// Call, and say in which state the person is.
    CallTold,
    /// Ask once more before calling.
    AskOnceMore,
    /// Ask for a reason before calling.
    AskReason,
    /// Ask Zoom first, then call, and say so.
    RefreshThenCall,
}

impl PresenceState {
    /// Reads Zoom's word in any of its three vocabularies; a word that is none of them is unknown.
    pub fn from_zoom(raw: &str) -> Self {
        match raw {
            "Available" => Self::Available,
            "Mobile_signed_in" => Self::Mobile,
            "On_Phone_Call" | "In_A_Call" | "On_A_Call" => Self::OnCall,
            "In_Meeting" | "In_A_Meeting" | "In_A_Zoom_Meeting" => Self::InMeeting,
            "Presenting" => Self::Presenting,
            "In_Calendar_Event" | "In_A_Calendar_Event" => Self::InCalendarEvent,
            "Busy" => Self::Busy,
            "Do_Not_Disturb" | "Do_No_Disturb" => Self::DoNotDisturb,
            "Away" => Self::Away,
            "Out_of_Office" => Self::OutOfOffice,
            "Offline" => Self::Offline,
            _ => Self::Unknown,
        }
    }

    /// What Enter does on a person in this state.
    pub const fn first_action(self) -> FirstAction {
        match self {
            Self::Available => FirstAction::Call,
            Self::Mobile | Self::InCalendarEvent | Self::Away => FirstAction::CallTold,
            Self::Ringing
            | Self::OnCall
            | Self::InMeeting
            | Self::Presenting
            | Self::Busy
            | Self::OutOfOffice
            | Self::Offline => FirstAction::AskOnceMore,
            Self::DoNotDisturb => FirstAction::AskReason,
            Self::Unknown => FirstAction::RefreshThenCall,
        }
    }

    /// Where the state stands in a ranking by how likely a call is answered; 0 is best.
    pub const fn rank(self) -> u8 {
        match self {
            Self::Available => 0,
            Self::Mobile => 1,
            Self::Away | Self::InCalendarEvent => 2,
            Self::Unknown => 3,
            Self::Ringing | Self::OnCall => 4,
            Self::Busy | Self::InMeeting | Self::Presenting => 5,
            Self::DoNotDisturb => 6,
            Self::OutOfOffice | Self::Offline => 7,
        }
    }

    /// Whether a call now would not interrupt anything.
    pub const fn is_free(self) -> bool {
        matches!(self, Self::Available | Self::Mobile)
    }
}

impl Source {
    /// How long a report of this source may be believed.
    ///
    /// An event stands until the next one, but none is promised when a client crashes: two hours, in
    /// which a Business account's quarter budget (15 requests a second) re-asks 100,000 people once.
    /// An answer is as good, but proves no subscription: one hour. A call that never ended in our log
    /// is a lost event sooner than a two-hour call.
    pub const fn budget(self) -> TimeDelta {
        match self {
            Self::Event | Self::Inferred => TimeDelta::hours(2),
            Self::Asked => TimeDelta::hours(1),
        }
    }
}

impl Presence {
    /// How far this report can be believed at `now`. A report from the future counts as just heard.
    pub fn freshness(&self, now: DateTime<Utc>) -> Freshness {
        let age = now - self.as_of;
        let budget = self.source.budget();
        if age > budget {
            Freshness::Expired
        } else if age > budget / 2 {
            Freshness::Old
        } else {
            Freshness::Fresh
        }
    }

    /// When this report stops being shown as what it says.
    pub fn expires_at(&self) -> DateTime<Utc> {
        self.as_of + self.source.budget()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_zoom_is_read() {
        let spellings = [
            ("On_Phone_Call", PresenceState::OnCall),
            ("In_A_Call", PresenceState::OnCall),
            ("On_A_Call", PresenceState::OnCall),
            ("In_A_Zoom_Meeting", PresenceState::InMeeting),
            ("Do_No_Disturb", PresenceState::DoNotDisturb),
            ("In_A_Calendar_Event", PresenceState::InCalendarEvent),
            ("Lunch", PresenceState::Unknown),
        ];
        for (raw, state) in spellings {
            assert_eq!(PresenceState::from_zoom(raw), state, "{raw}");
        }
    }

    #[test]
    fn a_report_fades_and_then_expires() {
        let as_of = DateTime::from_timestamp(1_000_000, 0).unwrap();
        let report = Presence {
            as_of,
            source: Source::Asked,
            state: PresenceState::Available,
            raw: "Available".into(),
            until: None,
        };

        assert_eq!(report.freshness(as_of - TimeDelta::hours(1)), Freshness::Fresh);
        assert_eq!(report.freshness(as_of + TimeDelta::minutes(30)), Freshness::Fresh);
        assert_eq!(report.freshness(as_of + TimeDelta::minutes(31)), Freshness::Old);
        assert_eq!(report.freshness(as_of + TimeDelta::minutes(61)), Freshness::Expired);
    }
}
