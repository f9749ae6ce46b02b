//! The words of the interface for what the model knows: its own, so that a new name inside changes nothing outside.

use rollcall_model as model;
use serde::Serialize;
use utoipa::ToSchema;

/// Declares the words for one of the model's choices; one that is missing does not compile.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident for $known:ty { $($(#[$about:meta])* $word:ident,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub(super) enum $name {
            $($(#[$about])* $word,)+
        }

        impl From<$known> for $name {
            fn from(known: $known) -> Self {
                match known {
                    $(<$known>::$word => Self::$word,)+
                }
            }
        }
    };
}

pub(super) use words;

words! {
    /// How somebody can be reached now.
    PresenceState for model::PresenceState {
        /// At a desktop client and free.
        Available,
        /// Signed in on a phone only.
        Mobile,
        /// Their phone is ringing.
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
}

words! {
    /// How a presence was heard.
    PresenceSource for model::Source {
        /// Concluded from a call of theirs.
        Inferred,
        /// Zoom was asked and answered.
        Asked,
        /// Zoom sent an event.
        Event,
    }
}

words! {
    /// How far a presence can be believed.
    Freshness for model::Freshness {
        /// Within half of its time.
        Fresh,
        /// In the second half of its time.
        Old,
        /// Beyond its time: the state is unknown now.
        Expired,
    }
}

words! {
    /// What a number is for.
    NumberKind for model::NumberKind {
        /// A direct number of the organisation's phone system.
        Direct,
        /// The office number of the person's profile.
        Office,
        /// The mobile number of the person's profile.
        Mobile,
        /// The home number of the person's profile.
        Home,
    }
}

words! {
    /// Where words of the question were found.
    Field for model::search::Field {
        /// The name.
        Name,
        /// The e-mail address.
        Email,
        /// The department.
        Department,
        /// The job title.
        Title,
        /// The place of work.
        Place,
        /// A skill.
        Skill,
        /// A language.
        Language,
        /// A number.
        Number,
        /// The extension.
        Extension,
        /// A name by which colleagues know them.
        Alias,
        /// A name that they had before.
        FormerName,
    }
}

words! {
    /// Whether an account is in use.
    Account for model::Standing {
        /// In use.
        Active,
        /// Invited, not yet accepted.
        Pending,
        /// Deactivated by an admin.
        Inactive,
        /// Deleted, or moved out of the account.
        Gone,
    }
}
