//! Frames between a relay and its desks.
//!
//! A desk opens `GET /v1/stream?since=SEQ&log=NAME` (WebSocket) and offers the ways in which it reads
//! frames ([`Way`]); the relay takes the first that it has. Each message is one frame: a text message is
//! JSON, a binary one is JSON packed by [`crate::packed`]. The relay answers with [`Frame::Hello`]; when it
//! says [`Resume::Snapshot`], the desk reads `GET /v1/snapshot` (one [`SnapshotLine`] a line, as a zstd
//! stream when the request accepts one) and opens the stream again from the snapshot's position.
//!
//! What a desk is told depends on its [`Role`](crate::session::Role). Positions are the same for everybody:
//! an event of which a desk may see little still takes its place.

use chrono::{DateTime, Utc};
use rollcall_model::{Call, Logged, Organisation, Person, PersonId, Presence, Seq};
use serde::{Deserialize, Serialize};

use crate::Failure;

/// The version of these frames. A relay serves desks of its own version only.
pub const PROTOCOL: u16 = 4;

/// A way in which frames are sent: a subprotocol of the WebSocket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Small frames as text, larger ones packed.
    Packed,
    /// All frames as text.
    Plain,
}

impl Way {
    /// All ways, the one that a desk likes best first.
    pub const ALL: [Self; 2] = [Self::Packed, Self::Plain];

    /// What a desk offers: the names of all ways.
    pub const OFFER: &str = "rollcall.4.zstd, rollcall.4";

    /// Its name as a WebSocket subprotocol.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Packed => "rollcall.4.zstd",
            Self::Plain => "rollcall.4",
        }
    }

    /// The first of the offered subprotocols that is a way of this protocol, or the failure that tells
    /// which side is to be updated. A desk of the first protocol offered nothing.
    pub fn choose<'a>(offered: impl Iterator<Item = &'a str>) -> Result<Self, Failure> {
        let mut desk = 1;
        for name in offered.map(str::trim) {
            if let Some(way) = Self::ALL.into_iter().find(|way| way.name() == name) {
                return Ok(way);
            }
            desk = desk.max(version(name).unwrap_or(desk));
        }
        Err(Self::apart(PROTOCOL, desk))
    }

    /// What is told when a relay and a desk speak different protocols.
    pub const fn apart(relay: u16, desk: u16) -> Failure {
        if relay < desk {
            Failure::RelayTooOld { relay, desk }
        } else {
            Failure::ProtocolTooOld { relay, desk }
        }
    }
}

/// The version in a name such as `rollcall.4.zstd`.
fn version(name: &str) -> Option<u16> {
    name.strip_prefix("rollcall.")?.split('.').next()?.parse().ok()
}

/// One message of the stream, from relay to desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "frame", rename_all = "snake_case")]
pub enum Frame {
    /// The first frame.
    Hello {
        /// The relay's [`PROTOCOL`].
        protocol: u16,
        /// Names this log as this desk may see it; a desk with another log's positions starts anew, and so
        /// does one that may see more or less than before.
        log: String,
        /// The time by Zoom's clock, as far as the relay knows it.
        at: DateTime<Utc>,
        /// The last position of the log.
        head: Seq,
        /// What follows.
        resume: Resume,
        /// How the relay stands with Zoom.
        state: RelayState,
    },
    /// Events since the last frame, without a gap, in order.
    Events {
        /// The events; the first is the one after the last that was sent.
        events: Vec<Logged>,
    },
    /// How the relay stands with Zoom has changed.
    State {
        /// How it stands.
        state: RelayState,
    },
    /// Others wait for the person at this desk, where the organisation shows that; comes when it turns.
    Waited {
        /// Who waits until they are free; at most a hundred, and nobody when that is over.
        by: Vec<PersonId>,
    },
    /// The relay is there. Comes every few seconds.
    Heartbeat {
        /// The time by Zoom's clock, as far as the relay knows it.
        at: DateTime<Utc>,
        /// The last position of the log.
        head: Seq,
    },
    /// The relay closes this socket.
    Bye {
        /// Why.
        why: Bye,
    },
}

/// What follows a [`Frame::Hello`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resume {
    /// Every event after the position that the desk gave.
    Tail,
    /// Nothing: the desk is too far behind, or has a position that this log never had.
    Snapshot,
}

/// Why a relay closes a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bye {
    /// The desk reads too slowly: come again with the position you have.
    Resume,
    /// The relay stops.
    Stopping,
}

/// How a relay stands with Zoom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelayState {
    /// Whether events come.
    pub zoom: ZoomLink,
    /// How far the directory is known.
    pub directory: Progress,
    /// How far the repair after the last outage is; nothing when nothing is left of it.
    pub repair: Option<Repair>,
    /// What an admin should know, each once; nobody else is told.
    pub failures: Vec<Failure>,
}

/// Whether Zoom's events come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "link", rename_all = "snake_case")]
pub enum ZoomLink {
    /// Never: no source of events is set up, and presence is only known by asking.
    None,
    /// Not yet.
    Connecting,
    /// Yes.
    Connected {
        /// Since when.
        since: DateTime<Utc>,
    },
    /// No.
    Lost {
        /// Since when.
        since: DateTime<Utc>,
        /// Why.
        failure: Failure,
    },
}

/// How much of a task is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Progress {
    /// Done.
    pub done: u64,
    /// All there is, when known.
    pub of: Option<u64>,
}

/// After an outage: whose presence is known again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Repair {
    /// How many people were heard of since.
    pub done: u64,
    /// How many are to be.
    pub of: u64,
    /// For how many seconds nothing was heard of Zoom, where that is known.
    #[serde(default)]
    pub away_secs: Option<u64>,
    /// How many seconds the rest takes at the pace so far; nothing before that can be told.
    #[serde(default)]
    pub left_secs: Option<u64>,
}

/// One line of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "snake_case")]
pub enum SnapshotLine {
    /// The first line.
    Head {
        /// Names the log, as [`Frame::Hello`] does.
        log: String,
        /// The position up to which the snapshot knows everything.
        seq: Seq,
        /// How many person lines follow.
        people: u64,
        /// How many call lines follow.
        calls: u64,
    },
    /// What is told of the organisation as a whole, when anything is.
    Organisation {
        /// What is told.
        organisation: Organisation,
    },
    /// A person, with the last report of presence.
    Person {
        /// The record.
        person: Box<Person>,
        /// The report.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        presence: Option<Presence>,
    },
    /// A call.
    Call {
        /// The call.
        call: Call,
    },
    /// The last line: a snapshot without it was cut short.
    End,
}

/// The body of `POST /v1/people/refresh`: whose presence a desk wants to be asked for, most wanted first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Refresh {
    /// Who; at most [`Refresh::MOST`].
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>, max_items = 100))]
    pub people: Vec<PersonId>,
}

impl Refresh {
    /// How many people one request may name.
    pub const MOST: usize = 100;
}

/// The body of `PUT /v1/waits`: until whom the person at a desk waits that they are free. Told when it changes, and again
/// every [`Waits::AGAIN_SECS`] while it is somebody; kept only where the organisation shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Waits {
    /// For whom; at most [`Waits::MOST`], in place of those before.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>, max_items = 100))]
    pub people: Vec<PersonId>,
}

impl Waits {
    /// How many people one request may name.
    pub const MOST: usize = 100;
    /// After how many seconds the same is told again.
    pub const AGAIN_SECS: u64 = 60;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(offer: &str) -> Result<Way, Failure> {
        Way::choose(offer.split(','))
    }

    #[test]
    fn the_first_way_that_both_have_is_taken() {
        assert_eq!(chosen(Way::OFFER), Ok(Way::Packed));
        assert_eq!(Way::OFFER, Way::ALL.map(Way::name).join(", "));
        assert_eq!(chosen("rollcall.5, rollcall.4"), Ok(Way::Plain));
    }

    #[test]
    fn whoever_speaks_the_older_protocol_is_named() {
        let desk_is_old = Failure::ProtocolTooOld { relay: 4, desk: 1 };
        for offer in ["", "rollcall.1", "chat, rollcall.x"] {
            assert_eq!(chosen(offer), Err(desk_is_old.clone()), "{offer}");
        }
        assert_eq!(chosen("rollcall.7.zstd, rollcall.5"), Err(Failure::RelayTooOld { relay: 4, desk: 7 }));
    }
}
