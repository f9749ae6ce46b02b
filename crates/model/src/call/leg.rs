//! One person's part in a call, from steps that may be heard in any order.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{CallReport, Outcome, Party, QueueRef, Side, Step};
use crate::{Latest, PersonId, latest::learn};

/// One person's part in a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leg {
    /// Whose.
    pub person: PersonId,
    /// Which end.
    pub side: Side,
    /// When it first rang.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rang_at: Option<DateTime<Utc>>,
    /// When it was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<DateTime<Utc>>,
    /// The last time it was put on hold or taken off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<Latest<Hold>>,
    /// The end; nothing that is heard later opens the leg again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ending>,
    /// The other end, as fully as any report told it.
    #[serde(default)]
    pub other: Party,
    /// The queue that sent the call, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<QueueRef>,
}

/// Whether a leg is on hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Hold {
    /// `true` while it is.
    pub on: bool,
}

/// How and when a leg ended. Of two endings the one with the better reason wins, then the earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Ending {
    /// How.
    pub outcome: Outcome,
    /// When.
    pub at: DateTime<Utc>,
}

/// What a leg is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LegState {
    /// Ringing.
    Ringing,
    /// Talking.
    Connected,
    /// On hold.
    Held,
    /// Over.
    Ended,
}

impl Leg {
    /// A leg of which nothing was heard yet.
    pub fn new(person: PersonId, side: Side) -> Self {
        Self {
            person,
            side,
            rang_at: None,
            answered_at: None,
            held: None,
            ended: None,
            other: Party::default(),
            queue: None,
        }
    }

    /// What the leg is doing, from all that was heard.
    pub fn state(&self) -> LegState {
        if self.ended.is_some() {
            LegState::Ended
        } else if self.held.as_ref().is_some_and(|held| held.value.on) {
            LegState::Held
        } else if self.answered_at.is_some() {
            LegState::Connected
        } else {
            LegState::Ringing
        }
    }

    /// The time of the last thing that was heard.
    pub fn changed_at(&self) -> Option<DateTime<Utc>> {
        let held = self.held.as_ref().map(|held| held.as_of);
        let ended = self.ended.map(|ending| ending.at);
        [self.rang_at, self.answered_at, held, ended].into_iter().flatten().max()
    }

    /// Takes in one step; tells whether anything changed.
    pub fn learn(&mut self, report: &CallReport) -> bool {
        let news = match report.step {
            Step::Ringing => keep_earlier(&mut self.rang_at, report.at),
            Step::Answered => keep_earlier(&mut self.answered_at, report.at),
            Step::Held(on) => learn(&mut self.held, Latest::new(report.at, Hold { on })),
            Step::Ended(outcome) => keep_earlier(&mut self.ended, Ending { outcome, at: report.at }),
        };
        self.learn_other(&report.other) | keep_greater(&mut self.queue, report.queue.clone()) | news
    }

    /// Joins another record of the same leg into this one; tells whether anything changed.
    pub fn join(&mut self, other: Self) -> bool {
        let mut changed = other.rang_at.is_some_and(|at| keep_earlier(&mut self.rang_at, at));
        changed |= other.answered_at.is_some_and(|at| keep_earlier(&mut self.answered_at, at));
        changed |= other.held.is_some_and(|held| learn(&mut self.held, held));
        changed |= other.ended.is_some_and(|ending| keep_earlier(&mut self.ended, ending));
        self.learn_other(&other.other) | keep_greater(&mut self.queue, other.queue) | changed
    }

    fn learn_other(&mut self, other: &Party) -> bool {
        let known = &mut self.other;
        let mut changed = keep_greater(&mut known.person, other.person.clone());
        changed |= keep_greater(&mut known.number, other.number);
        changed |= keep_greater(&mut known.extension, other.extension);
        if other.name > known.name {
            known.name.clone_from(&other.name);
            changed = true;
        }
        changed
    }
}

fn keep_earlier<T: Ord>(known: &mut Option<T>, heard: T) -> bool {
    let news = known.as_ref().is_none_or(|known| heard < *known);
    if news {
        *known = Some(heard);
    }
    news
}

fn keep_greater<T: Ord>(known: &mut Option<T>, heard: Option<T>) -> bool {
    let news = heard > *known;
    if news {
        *known = heard;
    }
    news
}
