//! What can be done with a call, and what the account hears of it.

use serde::Deserialize;
use thiserror::Error;

use super::CallId;
use crate::org::PersonIx;

/// Something that is done with a call.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "move", rename_all = "snake_case")]
pub enum CallMove {
    /// The called side picks up; `by` names who, where several telephones ring (default: the first).
    Answer {
        /// User id or e-mail of the person who picks up.
        #[serde(default)]
        by: Option<String>,
    },
    /// The called side declines.
    Reject,
    /// Nobody picks up until ringing stops.
    Miss,
    /// The called side is engaged.
    Busy,
    /// Nobody picks up and the caller is sent to voicemail.
    Voicemail,
    /// The caller gives up while it rings.
    Cancel,
    /// One side puts the other on hold.
    Hold {
        /// Whether the caller does it; else the called side.
        #[serde(default)]
        by_caller: bool,
    },
    /// The side on hold is taken back.
    Unhold {
        /// Whether the caller does it; else the called side.
        #[serde(default)]
        by_caller: bool,
    },
    /// One side mutes its microphone.
    Mute {
        /// Whether the caller does it; else the called side.
        #[serde(default)]
        by_caller: bool,
    },
    /// One side takes its microphone back.
    Unmute {
        /// Whether the caller does it; else the called side.
        #[serde(default)]
        by_caller: bool,
    },
    /// The called side parks the call.
    Park,
    /// The called side hands the call to a number without asking there first; the call ends here.
    BlindTransfer {
        /// An E.164 number or an extension.
        to: String,
    },
    /// The called side asks at a number before handing the call over.
    WarmTransfer {
        /// An E.164 number or an extension.
        to: String,
    },
    /// The warm transfer is carried out; the call ends here.
    CompleteTransfer {
        /// An E.164 number or an extension.
        to: String,
    },
    /// The warm transfer is given up.
    CancelTransfer {
        /// An E.164 number or an extension.
        to: String,
    },
    /// The called side sends a ringing call to its voicemail.
    ToVoicemail,
    /// The call becomes a conference.
    Conference,
    /// The called side invites the caller to a meeting.
    InviteToMeeting,
    /// Somebody hangs up.
    End,
}

/// What the account hears; the person is the one on the called side it is told about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Happening {
    CallerRinging,
    CalleeRinging(PersonIx),
    CallerConnected,
    CalleeAnswered(PersonIx),
    CallerEnded,
    CalleeEnded(PersonIx),
    CalleeMissed(PersonIx),
    CalleeRejected(PersonIx),
    Side { word: &'static str, by_caller: bool },
    Parked(PersonIx),
    Transfer { word: &'static str, to: String },
    Conference,
    MeetingInvited(PersonIx),
}

/// Why a call cannot be moved.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum MoveError {
    /// No running call has this id.
    #[error("no call {0} is running")]
    NoSuchCall(CallId),
    /// The call is not where this can be done.
    #[error("a call that is {state} cannot do that")]
    NotNow {
        /// Where the call is: `ringing`, `talking`, `held`, `parked` or `over`.
        state: &'static str,
    },
    /// The person named does not ring in this call.
    #[error("that person's telephone does not ring in this call")]
    NotRinging,
}
