//! Frames between a relay and its desks.
//!
//! A desk opens `GET /v1/stream?since=SEQ` (WebSocket, one JSON frame a message). The relay answers with
//! [`Frame::Hello`]; when it says [`Resume::Snapshot`], the desk reads `GET /v1/snapshot` (one
//! [`SnapshotLine`] a line) and opens the stream again from the snapshot's position.

use chrono::{DateTime, Utc};
use rollcall_model::{Call, Logged, Person, PersonId, Presence, Seq};
use serde::{Deserialize, Serialize};

use crate::Failure;

/// The version of these frames. A relay serves desks of its own version only.
pub const PROTOCOL: u16 = 1;

/// One message of the stream, from relay to desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "frame", rename_all = "snake_case")]
pub enum Frame {
    /// The first frame.
    Hello {
        /// The relay's [`PROTOCOL`].
        protocol: u16,
        /// Names this log; a desk with another log's positions starts anew.
        log: String,
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
    /// Nothing happened for a while.
    Heartbeat {
        /// The relay's time.
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
    /// How many of the people of whom presence is wanted were asked since the last outage.
    pub repair: Option<Progress>,
    /// What an admin should know, each once.
    pub failures: Vec<Failure>,
}

/// Whether Zoom's events come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
pub struct Progress {
    /// Done.
    pub done: u64,
    /// All there is, when known.
    pub of: Option<u64>,
}

/// One line of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "snake_case")]
pub enum SnapshotLine {
    /// The first line.
    Head {
        /// Names the log.
        log: String,
        /// The position up to which the snapshot knows everything.
        seq: Seq,
        /// How many person lines follow.
        people: u64,
        /// How many call lines follow.
        calls: u64,
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
pub struct Refresh {
    /// Who; at most [`Refresh::MOST`].
    pub people: Vec<PersonId>,
}

impl Refresh {
    /// How many people one request may name.
    pub const MOST: usize = 100;
}
