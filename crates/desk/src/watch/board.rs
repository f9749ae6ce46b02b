//! All watches of a desk, and since when those are free whom they wait for.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use rollcall_model::PersonId;

use super::{
    Moment, Sight, ToAsk, Told, Watch,
    running::{Flow, Running},
};
use crate::rows::Now;

/// How many watches run at a time; the oldest makes room.
pub(crate) const MOST: usize = 1_000;
/// How many people of a watch are asked about at a time because only old news says that they are free.
const CONFIRMED_AT_ONCE: usize = 5;

/// The state of all watches.
#[derive(Debug, Default)]
pub(crate) struct Board {
    running: Vec<Running>,
    /// Since when somebody has been seen free without a break, by Zoom's clock.
    spells: HashMap<PersonId, DateTime<Utc>>,
    /// The last time by which anything was dated here.
    latest: DateTime<Utc>,
    /// Since when news comes in without a gap, and the name of that stretch.
    flow: Option<Flow>,
}

impl Board {
    /// Goes on with watches as they were kept. Whom they wait for is told by [`Board::wait_for`].
    pub(crate) fn new(watches: Vec<Watch>) -> Self {
        let latest = watches.iter().map(|watch| watch.since).max().unwrap_or_default();
        Self { running: watches.into_iter().map(Running::new).collect(), latest, ..Self::default() }
    }

    /// The watches, oldest first.
    pub(crate) fn running(&self) -> &[Running] {
        &self.running
    }

    /// A watch that runs.
    pub(crate) fn get(&self, id: &str) -> Option<&Watch> {
        self.running.iter().map(|running| &running.watch).find(|watch| watch.id == id)
    }

    /// Whether nobody is waited for.
    pub(crate) const fn is_idle(&self) -> bool {
        self.running.is_empty()
    }

    /// Adds a watch; gives those that make room: an earlier one for the same, and the oldest of too many.
    pub(crate) fn start(&mut self, watch: Watch) -> Vec<Watch> {
        if self.is_idle() {
            // Nobody looked meanwhile.
            self.spells.clear();
        }
        self.latest = self.latest.max(watch.since);
        let same = |running: &mut Running| running.watch.whom == watch.whom;
        let mut gone: Vec<Watch> = self.running.extract_if(.., same).map(|running| running.watch).collect();
        self.running.push(Running::new(watch));
        let surplus = self.running.len().saturating_sub(MOST);
        gone.extend(self.running.drain(..surplus).map(|running| running.watch));
        gone
    }

    /// Takes whom a watch waits for, best first; `free` says who of them is seen free now.
    pub(crate) fn wait_for(
        &mut self,
        id: &str,
        members: Vec<PersonId>,
        now: DateTime<Utc>,
        free: impl Fn(&PersonId) -> bool,
    ) {
        let Some(running) = self.running.iter_mut().find(|running| running.watch.id == id) else { return };
        self.latest = self.latest.max(now);
        for person in members.iter().filter(|person| free(person)) {
            self.spells.entry(person.clone()).or_insert(now);
        }
        running.among = members.iter().cloned().collect();
        running.members = members;
        running.look_at = Some(now);
    }

    /// Takes in how a person is seen now; nothing of one who is not free.
    pub(crate) fn see(&mut self, person: &PersonId, sight: Option<Sight>, now: DateTime<Utc>) {
        self.latest = self.latest.max(now);
        let mut waited_for = false;
        for running in self.running.iter_mut().filter(|running| running.among.contains(person)) {
            waited_for = true;
            running.look_at = Some(now);
        }
        let Some(sight) = sight.filter(|_| waited_for) else {
            self.spells.remove(person);
            return;
        };
        // A report that says the same again breaks no spell; a call that came and went unseen does.
        let spell = self.spells.entry(person.clone()).or_insert(now.max(sight.as_of));
        *spell = sight.off_call_at.map_or(*spell, |ended| ended.max(*spell));
    }

    /// Passes over the person who is told of: the next one, please.
    pub(crate) fn next(&mut self, id: &str, now: DateTime<Utc>) -> Option<Watch> {
        let running = self.running.iter_mut().find(|running| running.watch.id == id)?;
        running.watch.passed.extend(running.raised.take());
        running.look_at = Some(now);
        Some(running.watch.clone())
    }

    /// Ends a watch; gives it when it was there.
    pub(crate) fn stop(&mut self, id: &str) -> Option<Watch> {
        let place = self.running.iter().position(|running| running.watch.id == id)?;
        Some(self.running.remove(place).watch)
    }

    /// Somebody is being called: watches that told of them, or wait for nobody else, rest until it is known
    /// whether they answered. Gives those.
    pub(crate) fn called(&mut self, person: &PersonId, call: &str) -> Vec<Watch> {
        let leads = |running: &&mut Running| {
            running.raised.as_ref() == Some(person) || running.members == [person.clone()]
        };
        let mut changed = Vec::new();
        for running in self.running.iter_mut().filter(leads) {
            running.raised = None;
            running.watch.passed.insert(person.clone());
            running.watch.calling = Some(call.to_owned());
            changed.push(running.watch.clone());
        }
        changed
    }

    /// Does what is due at this moment, and says what came of it.
    pub(crate) fn step(&mut self, moment: &Moment<'_>) -> Vec<Told> {
        let mut told = Vec::new();
        let now = moment.now.zoom;
        self.heed_clock(now);
        self.heed_flow(moment.flow, now);
        let (spells, flow) = (&self.spells, self.flow);
        self.running.retain_mut(|running| {
            let over = running.over(moment);
            match over {
                Some(why) => told.push(Told::Over { watch: running.watch.id.clone(), why }),
                None => running.step(moment, spells, flow, &mut told),
            }
            over.is_none()
        });
        told
    }

    /// After how long something may happen without any news.
    pub(crate) fn pause(&self, now: Now) -> Option<TimeDelta> {
        let flows = self.flow.is_some();
        let looks = self.running.iter().filter(|running| flows && running.waits());
        let looks = looks.filter_map(|running| Some(running.look_at? - now.zoom));
        let ends = self.running.iter().map(|running| running.watch.ends_at - now.own);
        looks.chain(ends).min()
    }

    /// Whom Zoom is to be asked about. `fades` says whose report is not fresh any more.
    pub(crate) fn to_ask(&self, moment: &Moment<'_>, fades: impl Fn(&PersonId) -> bool) -> ToAsk {
        let Some(flow) = self.flow else { return ToAsk::default() };
        let mut confirm = Vec::new();
        for running in self.running.iter().filter(|running| running.waits()) {
            let bar = running.bar(flow);
            let old = |person: &&PersonId| {
                !running.watch.passed.contains(*person)
                    && (moment.eyes)(person).is_some_and(|sight| sight.as_of <= bar)
            };
            confirm.extend(running.members.iter().filter(old).take(CONFIRMED_AT_ONCE).cloned());
        }
        let members = self.running.iter().flat_map(|running| &running.members);
        ToAsk { confirm, faded: members.filter(|person| fades(person)).cloned().collect() }
    }

    /// The clock was found to be ahead: nothing was seen later than now.
    fn heed_clock(&mut self, now: DateTime<Utc>) {
        if now < self.latest {
            self.spells.values_mut().for_each(|seen| *seen = now.min(*seen));
            for running in &mut self.running {
                running.watch.since = now.min(running.watch.since);
                running.look_at = Some(now);
            }
            self.flow = self.flow.map(|flow| Flow { since: now.min(flow.since), ..flow });
        }
        self.latest = now;
    }

    /// News that comes in again after a gap begins anew: what is known from before may be over.
    fn heed_flow(&mut self, flow: Option<DateTime<Utc>>, now: DateTime<Utc>) {
        if self.flow.map(|known| known.name) == flow {
            return;
        }
        self.flow = flow.map(|name| Flow { name, since: now });
        for running in &mut self.running {
            running.look_at = Some(now);
        }
    }
}
