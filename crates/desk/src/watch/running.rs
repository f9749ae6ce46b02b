//! One watch that runs: whom it waits for, and of whom it tells.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use rollcall_model::PersonId;

use super::{Fate, Moment, STEADY, Told, Watch, Why};

/// A watch that runs.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) watch: Watch,
    /// Whom it waits for, best first.
    pub(super) members: Vec<PersonId>,
    pub(super) among: HashSet<PersonId>,
    /// Who is told of.
    pub(crate) raised: Option<PersonId>,
    /// When it is worth looking again; nothing while only news can change anything.
    pub(super) look_at: Option<DateTime<Utc>>,
}

/// A stretch of time in which news has come in without a gap.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flow {
    pub(super) name: DateTime<Utc>,
    pub(super) since: DateTime<Utc>,
}

impl Running {
    pub(super) fn new(watch: Watch) -> Self {
        Self { look_at: Some(watch.since), watch, members: Vec::new(), among: HashSet::new(), raised: None }
    }

    /// How many people it waits for.
    pub(crate) const fn members(&self) -> usize {
        self.members.len()
    }

    /// Whether nobody is told of and nobody called.
    pub(super) const fn waits(&self) -> bool {
        self.raised.is_none() && self.watch.calling.is_none()
    }

    /// What was true no later than this is old news.
    pub(super) fn bar(&self, flow: Flow) -> DateTime<Utc> {
        self.watch.since.max(flow.since)
    }

    /// Why it is over, if it is.
    pub(super) fn over(&self, moment: &Moment<'_>) -> Option<Why> {
        if self.watch.calling.as_deref().is_some_and(|call| (moment.call)(call) == Fate::Answered) {
            return Some(Why::Reached);
        }
        if moment.hung_up_at.is_some_and(|hung_up| hung_up > self.watch.since) {
            return Some(Why::HungUp);
        }
        (moment.now.own >= self.watch.ends_at).then_some(Why::Time)
    }

    /// Does what is due of it.
    pub(super) fn step(
        &mut self,
        moment: &Moment<'_>,
        spells: &HashMap<PersonId, DateTime<Utc>>,
        flow: Option<Flow>,
        told: &mut Vec<Told>,
    ) {
        let now = moment.now.zoom;
        let unanswered = |call: &mut String| (moment.call)(call) == Fate::Unanswered;
        let mut changed = self.watch.calling.take_if(unanswered).is_some();
        if changed {
            self.look_at = Some(now);
        }
        if self.look_at.is_some_and(|at| at <= now) {
            // Whom the search finds no more is as good as busy.
            let stays = |person: &PersonId| spells.contains_key(person) && self.among.contains(person);
            let passed = self.watch.passed.len();
            self.watch.passed.retain(stays);
            changed |= self.watch.passed.len() < passed;
            if self.raised.take_if(|person| !stays(person)).is_some() {
                told.push(Told::Lowered { watch: self.watch.id.clone() });
            }
            self.look_at = None;
            if let Some(flow) = flow.filter(|_| self.waits()) {
                self.look(moment, spells, flow, told);
            }
        }
        if changed {
            told.push(Told::Changed { watch: self.watch.id.clone() });
        }
    }

    /// Tells of the first one who may be told of; when nobody may yet, but without any news will, that is when to
    /// look again.
    fn look(
        &mut self,
        moment: &Moment<'_>,
        spells: &HashMap<PersonId, DateTime<Utc>>,
        flow: Flow,
        told: &mut Vec<Told>,
    ) {
        let bar = self.bar(flow);
        let free = self.members.iter().filter(|person| !self.watch.passed.contains(*person));
        let free = free.filter_map(|person| Some((person, *spells.get(person)?, (moment.eyes)(person)?)));
        let new = free.filter(|(_, _, sight)| sight.fresh && sight.as_of > bar);
        // Of equals the first one stays: the members are in the order of the search.
        let since = new.map(|(person, seen, _)| (seen.max(flow.since), person));
        let Some((since, person)) = since.min_by_key(|(since, _)| *since) else { return };
        if moment.now.zoom - since < STEADY {
            self.look_at = Some(since + STEADY);
            return;
        }
        told.push(Told::Raised { watch: self.watch.id.clone(), person: person.clone() });
        self.raised = Some(person.clone());
    }
}
