//! What a person is doing, and Zoom's four spellings of it.

use std::str::FromStr;

use thiserror::Error;

/// A person's presence as Zoom knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// At the desk and free.
    Available,
    /// Signed in, but not at the desk.
    Away,
    /// Wants no notifications.
    DoNotDisturb,
    /// In a Zoom meeting.
    InMeeting,
    /// In a meeting and sharing the screen.
    Presenting,
    /// On a Zoom Phone call.
    OnPhoneCall,
    /// In a calendar event without a Zoom meeting.
    InCalendarEvent,
    /// Out of office. Not in the enumeration of the webhook's schema.
    OutOfOffice,
    /// Set to busy by hand.
    Busy,
    /// Signed in nowhere.
    Offline,
    /// The desktop client is off and the mobile one is signed in.
    MobileSignedIn,
}

/// Which spelling `GET /users/{id}/presence_status` uses: Zoom's text and enumeration disagree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// As in the specification's enumeration: `In_A_Zoom_Meeting`, `On_A_Call`.
    Enumeration,
    /// As in the specification's text: `In_A_Meeting`, `In_A_Call`.
    Text,
}

/// A word that is no presence in any of Zoom's spellings.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("not a presence status: {0}")]
pub struct UnknownStatus(pub String);

impl Status {
    /// The word in `user.presence_status_updated`.
    pub fn in_event(self) -> &'static str {
        match self {
            Self::Available => "Available",
            Self::Away => "Away",
            Self::DoNotDisturb => "Do_Not_Disturb",
            Self::InMeeting => "In_Meeting",
            Self::Presenting => "Presenting",
            Self::OnPhoneCall => "On_Phone_Call",
            Self::InCalendarEvent => "In_Calendar_Event",
            Self::OutOfOffice => "Out_of_Office",
            Self::Busy => "Busy",
            Self::Offline => "Offline",
            Self::MobileSignedIn => "Mobile_signed_in",
        }
    }

    /// The word in the reply to `GET /users/{id}/presence_status`.
    pub(crate) fn in_rest(self, spelling: Spelling) -> &'static str {
        match (self, spelling) {
            (Self::InMeeting, Spelling::Enumeration) => "In_A_Zoom_Meeting",
            (Self::InMeeting, Spelling::Text) => "In_A_Meeting",
            (Self::OnPhoneCall, Spelling::Enumeration) => "On_A_Call",
            (Self::OnPhoneCall, Spelling::Text) => "In_A_Call",
            (Self::InCalendarEvent, Spelling::Text) => "In_A_Calendar_Event",
            (Self::MobileSignedIn, _) => "Away",
            _ => self.in_event(),
        }
    }

    /// The word in `/contacts`, which knows four only.
    pub(crate) fn in_contacts(self) -> &'static str {
        match self {
            Self::Available => "Available",
            Self::Offline | Self::OutOfOffice => "Offline",
            Self::Away | Self::MobileSignedIn | Self::InCalendarEvent => "Away",
            Self::DoNotDisturb | Self::InMeeting | Self::Presenting | Self::OnPhoneCall | Self::Busy => {
                "Do_Not_Disturb"
            }
        }
    }

    /// Whether a call to this person would be picked up at all.
    pub(crate) fn may_answer(self) -> bool {
        matches!(self, Self::Available | Self::Away | Self::InCalendarEvent | Self::MobileSignedIn)
    }

    /// Whether a client of this person is running somewhere.
    pub(crate) fn is_signed_in(self) -> bool {
        self != Self::Offline
    }
}

impl FromStr for Status {
    type Err = UnknownStatus;

    /// Reads any of Zoom's spellings, `Do_No_Disturb` of the specification among them.
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Ok(match word {
            "Available" => Self::Available,
            "Away" => Self::Away,
            "Do_Not_Disturb" | "Do_No_Disturb" => Self::DoNotDisturb,
            "In_Meeting" | "In_A_Meeting" | "In_A_Zoom_Meeting" => Self::InMeeting,
            "Presenting" => Self::Presenting,
            "On_Phone_Call" | "In_A_Call" | "On_A_Call" => Self::OnPhoneCall,
            "In_Calendar_Event" | "In_A_Calendar_Event" => Self::InCalendarEvent,
            "Out_of_Office" => Self::OutOfOffice,
            "Busy" => Self::Busy,
            "Offline" => Self::Offline,
            "Mobile_signed_in" => Self::MobileSignedIn,
            other => return Err(UnknownStatus(other.to_owned())),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_reads_back_to_the_same_status() {
        for status in [Status::InMeeting, Status::OnPhoneCall, Status::InCalendarEvent, Status::DoNotDisturb]
        {
            for word in
                [status.in_event(), status.in_rest(Spelling::Enumeration), status.in_rest(Spelling::Text)]
            {
                assert_eq!(word.parse(), Ok(status), "{word}");
            }
        }
    }
}
