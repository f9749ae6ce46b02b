//! What the engine tells the window without being asked.

use chrono::{DateTime, Utc};
use rollcall_model::PersonId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Confirmation, Consult, Invitation, Lists, OfferedGroups, Policy, PresenceView, Watch};
use crate::Failure;

/// One piece of news. They come in batches, at most one batch every 50 ms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "push", rename_all = "snake_case")]
pub enum Push {
    /// A person's presence changed: repaint the row in place.
    Presence {
        /// Who.
        #[ts(type = "string")]
        person: PersonId,
        /// The presence.
        presence: PresenceView,
    },
    /// Records of people changed: the list may be other than what is shown.
    People {
        /// How many, since the last time this was said.
        changed: u32,
    },
    /// A call made from here came on.
    Consult {
        /// The call.
        consult: Consult,
    },
    /// Watches that run, all of them: one began, ended, or tells of somebody else than before.
    Watches {
        /// Oldest first.
        watches: Vec<Watch>,
    },
    /// The person's own lists changed, or how many people are in them.
    Lists {
        /// As they are now.
        lists: Lists,
    },
    /// How things stand changed.
    Status {
        /// How they stand.
        status: Status,
    },
    /// Show this person (a link was opened).
    Open {
        /// Who.
        #[ts(type = "string")]
        person: PersonId,
    },
    /// Ask whether to call (a link was opened).
    Confirm {
        /// What to ask.
        confirmation: Confirmation,
    },
    /// Show the join screen, filled in (a link was opened).
    Join {
        /// What stands in it.
        invitation: Invitation,
    },
    /// Ask whether to add groups (a link was opened).
    Groups {
        /// Which.
        offered: OfferedGroups,
    },
    /// Something failed that nobody asked for.
    Failed {
        /// What.
        failure: Failure,
    },
}

impl Push {
    /// Whether it shows what a link leads to: the last one waits until a window listens.
    pub const fn is_link(&self) -> bool {
        matches!(self, Self::Open { .. } | Self::Confirm { .. } | Self::Join { .. } | Self::Groups { .. })
    }
}

/// How things stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Status {
    /// Where the people come from.
    pub mode: Mode,
    /// Whether news comes in: the worse of the link to the relay and the relay's link to Zoom.
    pub link: Link,
    /// How far the directory is known.
    pub directory: StatusProgress,
    /// After an outage: whose presence is known again.
    pub repair: Option<StatusRepair>,
    /// When the last news came.
    #[ts(type = "string | null")]
    pub heard_at: Option<DateTime<Utc>>,
    /// Who is at this desk, when known.
    pub me: Option<Me>,
    /// Whether what the organisation itself tells of people may be changed here.
    pub may_tell: bool,
    /// Who waits until the person at this desk is free, where the organisation shows that.
    pub waited_by: Vec<Waiter>,
    /// What the organisation asks of those who call its experts.
    pub policy: Policy,
    /// What stays to be told until it is dismissed or mended.
    pub notices: Vec<Notice>,
}

/// Where the people come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Not set up yet.
    Unset,
    /// A made-up organisation inside the app.
    Demo,
    /// Zoom, through a relay inside the app.
    ThisComputer,
    /// The organisation's relay.
    Team,
}

/// Whether news comes in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "link", rename_all = "snake_case")]
pub enum Link {
    /// Not yet.
    Connecting,
    /// Yes.
    Online {
        /// Since when.
        #[ts(type = "string")]
        since: DateTime<Utc>,
    },
    /// No; what is known is kept and shown with its age.
    Offline {
        /// Since when.
        #[ts(type = "string")]
        since: DateTime<Utc>,
        /// Why.
        failure: Failure,
        /// When it is tried again.
        #[ts(type = "string | null")]
        retry_at: Option<DateTime<Utc>>,
    },
}

/// How much of a task is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StatusProgress {
    /// Done.
    pub done: u32,
    /// All there is, when known.
    pub of: Option<u32>,
}

/// After an outage: whose presence is known again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StatusRepair {
    /// How many people were heard of since.
    pub done: u32,
    /// How many are to be.
    pub of: u32,
    /// For how many seconds nothing was heard of Zoom, where that is known.
    pub away_secs: Option<u32>,
    /// How many seconds the rest takes at the pace so far; nothing before that can be told.
    pub left_secs: Option<u32>,
}

/// Who is at this desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Me {
    /// Who.
    #[ts(type = "string")]
    pub id: PersonId,
    /// The name.
    pub name: String,
    /// The own presence.
    pub presence: PresenceView,
}

/// Somebody who waits until the person at this desk is free.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Waiter {
    /// Who.
    #[ts(type = "string")]
    pub person: PersonId,
    /// The name.
    pub name: String,
}

/// Something that stays to be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Notice {
    /// What.
    pub failure: Failure,
    /// Since when.
    #[ts(type = "string")]
    pub since: DateTime<Utc>,
}
