//! Calls in the organisation: begun, moved by hand, and going on by themselves.

use chrono::{DateTime, TimeDelta, Utc};

use super::{World, WorldError};
use crate::{
    calls::{
        Call, CallId, CallMove, End, Happening, MoveError, State,
        agenda::Due,
        script::{self, Called},
    },
    events::{call::Scene, record},
    ids,
    org::{PersonIx, numbers::E164},
};

/// The longest talk of a call nobody moves by hand, in seconds.
const LONGEST_TALK: i64 = 240;

/// The most telephones that ring together for a queue.
const RING_TOGETHER: usize = 6;

/// A call to be begun.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dial {
    pub(crate) from: End,
    pub(crate) to: End,
    /// Whether it waits to be moved by hand.
    pub(crate) by_hand: bool,
}

impl World {
    /// Finds the end of a call: a user id, an e-mail, a queue's id, an E.164 number or an extension.
    pub(crate) fn end(&self, key: &str) -> Result<End, WorldError> {
        if let Some(ix) = self.org.find(key) {
            return Ok(End::Person(ix));
        }
        if let Some(queue) = self.org.queues.iter().position(|queue| queue.id == key) {
            return Ok(End::Queue(queue));
        }
        let unreachable = || WorldError::NoSuchNumber(key.to_owned());
        match key.strip_prefix('+') {
            Some(digits) if (7..=15).contains(&digits.len()) => {
                digits.parse().map(|number| self.end_of(number)).map_err(|_| unreachable())
            }
            Some(_) => Err(unreachable()),
            None => key
                .parse()
                .ok()
                .and_then(|extension| self.end_of_extension(extension))
                .ok_or_else(unreachable),
        }
    }

    fn end_of(&self, number: E164) -> End {
        let person = self.org.by_number(number).map(End::Person);
        person.or_else(|| self.org.queue_by_number(number).map(End::Queue)).unwrap_or(End::Outside(number))
    }

    fn end_of_extension(&self, extension: u64) -> Option<End> {
        let queue = || self.org.queues.iter().position(|queue| queue.extension == extension).map(End::Queue);
        self.org.by_extension(extension).map(End::Person).or_else(queue)
    }

    /// Begins a call.
    pub(crate) fn dial(&mut self, dial: Dial, now: DateTime<Utc>) -> Result<CallId, WorldError> {
        self.check(dial.from)?;
        let called = self.called(dial.to);
        let ringing = self.ringing(dial)?;
        let id = CallId(ids::call(&mut self.rng));
        let call = Call::new(id, dial.from, dial.to, ringing, now);
        let begun = call.begin();
        self.calls.insert(id, call);
        self.tell(id, &begun, now);
        if !dial.by_hand {
            let mut at = now;
            for (pause, step) in script::draw(called, LONGEST_TALK, &mut self.rng) {
                at += TimeDelta::seconds(pause);
                self.agenda.enter(at, Due { call: id, generation: 0, step });
            }
        }
        Ok(id)
    }

    /// Moves a call by hand; it does nothing by itself any more.
    pub(crate) fn move_call(
        &mut self,
        id: CallId,
        step: &CallMove,
        now: DateTime<Utc>,
    ) -> Result<(), WorldError> {
        let call = self.calls.get_mut(&id).ok_or(MoveError::NoSuchCall(id))?;
        call.generation += 1;
        self.apply(id, step, now)
    }

    /// When a call will next do something by itself.
    pub(crate) fn due_at(&self) -> Option<DateTime<Utc>> {
        self.agenda.due_at()
    }

    /// Does what calls were due to do by themselves.
    pub(crate) fn run_due(&mut self, now: DateTime<Utc>) {
        while let Some((at, due)) = self.agenda.next(now) {
            if self.calls.get(&due.call).is_some_and(|call| call.generation == due.generation) {
                // A step that no longer fits is left out: the call is over or elsewhere.
                let _ = self.apply(due.call, &due.step, at);
            }
        }
    }

    fn apply(&mut self, id: CallId, step: &CallMove, now: DateTime<Utc>) -> Result<(), WorldError> {
        let by = match step {
            CallMove::Answer { by: Some(key) } => Some(self.find(key)?),
            _ => None,
        };
        let call = self.calls.get_mut(&id).ok_or(MoveError::NoSuchCall(id))?;
        let before = call.state;
        let told = call.apply(step, by, now)?;
        let after = call.state;
        self.tell(id, &told, now);
        self.follow(id, before, after, now);
        Ok(())
    }

    fn tell(&mut self, id: CallId, told: &[Happening], at: DateTime<Utc>) {
        let Some(call) = self.calls.get(&id) else { return };
        let scene = Scene { org: &self.org, call, manner: &self.manner, at };
        self.out.extend(told.iter().map(|happening| scene.event(happening)));
    }

    fn follow(&mut self, id: CallId, before: State, after: State, now: DateTime<Utc>) {
        if before == State::Ringing && after == State::Talking {
            self.talk(id, true, now);
        } else if after == State::Over {
            if before != State::Ringing {
                self.talk(id, false, now);
            }
            self.file(id, now);
        }
    }

    fn talk(&mut self, id: CallId, talking: bool, now: DateTime<Utc>) {
        let Some(call) = self.calls.get(&id) else { return };
        for ix in [call.caller(), call.answerer()].into_iter().flatten() {
            self.set_talking(ix, talking, now);
        }
    }

    fn file(&mut self, id: CallId, now: DateTime<Utc>) {
        let Some(call) = self.calls.remove(&id) else { return };
        let scene = Scene { org: &self.org, call: &call, manner: &self.manner, at: now };
        self.out.extend(record::events(&scene));
        self.history.file(call);
    }

    fn check(&self, from: End) -> Result<(), WorldError> {
        match from {
            End::Person(ix) if self.org[ix].line.is_none() || !self.org[ix].is_active() => {
                Err(WorldError::NoTelephone(self.org[ix].id.to_string()))
            }
            _ => Ok(()),
        }
    }

    fn called(&self, to: End) -> Called {
        match to {
            End::Person(ix) => Called::Person(self.presence(ix)),
            End::Outside(_) => Called::Outside,
            End::Queue(queue) => Called::Queue { ringing: !self.free_members(queue).is_empty() },
        }
    }

    fn ringing(&self, dial: Dial) -> Result<Vec<PersonIx>, WorldError> {
        match dial.to {
            End::Person(ix) => self.check(dial.to).map(|()| vec![ix]),
            End::Outside(_) => Ok(Vec::new()),
            End::Queue(queue) => Ok(self.free_members(queue)),
        }
    }

    /// The members of a queue whose telephones ring for its next call.
    fn free_members(&self, queue: usize) -> Vec<PersonIx> {
        let queue = &self.org.queues[queue];
        let members = queue.members.iter().map(|member| member.person);
        members
            .filter(|ix| queue.receives(*ix) && self.presence(*ix).may_answer() && self.org[*ix].is_active())
            .take(RING_TOGETHER)
            .collect()
    }
}
