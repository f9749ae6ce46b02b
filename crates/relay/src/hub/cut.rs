//! Events that leave in one frame: each view's encoding, made once.
//!
//! A frame that differs from its view's (an agent's own legs, the rest of a frame of which a desk has the
//! beginning) is put together from what was encoded already.

use std::iter::Peekable;

use rollcall_model::{Event, Logged, PersonId, Seq};
use rollcall_wire::packed::Packer;

use super::{
    ready::Ready,
    veil::{Veil, View},
};

/// What stands before and after the events of a frame.
const BEFORE: &str = r#"{"frame":"events","events":["#;
const AFTER: &str = "]}";
/// A frame that has grown to so many bytes takes no further event.
const FULL: usize = 1 << 20;

/// Events without a gap, as frames.
#[derive(Debug)]
pub(crate) struct Cut {
    first: Seq,
    /// What supervisors and admins are told.
    whole: Layer,
    /// What agents are told; nothing when that is the same.
    agents: Option<Layer>,
    /// Whose leg each report of a call is about, by person and place.
    legs: Vec<(PersonId, usize)>,
}

/// One encoding of the events.
#[derive(Debug)]
struct Layer {
    ready: Ready,
    /// Where each event begins in the message; one more for where the next one would.
    bounds: Vec<usize>,
}

/// A frame that is being written.
struct Draft {
    text: String,
    bounds: Vec<usize>,
}

/// Cuts events into frames of at most `most` events, without a gap within.
pub(crate) fn cut(events: &[Logged], most: usize, veil: &Veil, packer: &Packer) -> Vec<Cut> {
    let mut events = events.iter().peekable();
    std::iter::from_fn(|| Cut::next(&mut events, most, veil, packer)).collect()
}

impl Cut {
    fn next<'a>(
        events: &mut Peekable<impl Iterator<Item = &'a Logged>>,
        most: usize,
        veil: &Veil,
        packer: &Packer,
    ) -> Option<Self> {
        let first = events.peek()?.seq;
        let (mut whole, mut agents, mut legs) = (Draft::new(), Draft::new(), Vec::new());
        let mut next = first;
        while whole.len() < most
            && whole.text.len() < FULL
            && let Some(logged) = events.next_if(|logged| logged.seq == next)
        {
            next = next.next();
            whole.push(&written(logged));
            if let Event::Call(report) = &logged.event {
                legs.push((report.person.clone(), agents.len()));
                let event = Event::Call(veil.report(report));
                agents.push(&written(&Logged { seq: logged.seq, event }));
            } else {
                agents.repeat(&whole);
            }
        }
        legs.sort();
        let agents = (!legs.is_empty()).then(|| agents.finish(packer));
        Some(Self { first, whole: whole.finish(packer), agents, legs })
    }

    /// The position of the first event.
    pub(crate) const fn first(&self) -> Seq {
        self.first
    }

    /// The position of the last event.
    pub(crate) fn last(&self) -> Seq {
        Seq(self.first.0 + self.whole.len() as u64 - 1)
    }

    /// Whether this event is among them.
    pub(crate) fn holds(&self, seq: Seq) -> bool {
        self.first <= seq && seq <= self.last()
    }

    /// How much memory it takes.
    pub(crate) fn bytes(&self) -> usize {
        self.whole.ready.bytes() + self.agents.as_ref().map_or(0, |agents| agents.ready.bytes())
    }

    /// The frame for a desk that has everything before `next`, which must be among the events.
    pub(crate) fn told(&self, view: &View, next: Seq, packer: &Packer) -> Ready {
        let from = usize::try_from(next.0.saturating_sub(self.first.0)).unwrap_or(usize::MAX);
        let (layer, own) = match view {
            View::Admin | View::Supervisor => (&self.whole, &[][..]),
            View::Agent(me) => {
                let own = me.as_ref().map_or(&[][..], |me| self.legs_of(me));
                (self.agents.as_ref().unwrap_or(&self.whole), own)
            }
        };
        if from == 0 && own.is_empty() {
            return layer.ready.clone();
        }
        let own = |place: usize| own.iter().any(|&(_, own)| own == place);
        let mut draft = Draft::new();
        for place in from..self.whole.len() {
            draft.push(if own(place) { self.whole.event(place) } else { layer.event(place) });
        }
        draft.finish(packer).ready
    }

    /// Whether this desk is told what its whole view is.
    pub(crate) fn is_shared(&self, view: &View) -> bool {
        !matches!(view, View::Agent(Some(me)) if !self.legs_of(me).is_empty())
    }

    fn legs_of(&self, person: &PersonId) -> &[(PersonId, usize)] {
        let begin = self.legs.partition_point(|(other, _)| other < person);
        let length = self.legs[begin..].partition_point(|(other, _)| other == person);
        &self.legs[begin..begin + length]
    }
}

impl Layer {
    fn len(&self) -> usize {
        self.bounds.len() - 1
    }

    /// One event as JSON.
    fn event(&self, place: usize) -> &str {
        let bytes = &self.ready.plain()[self.bounds[place]..self.bounds[place + 1] - 1];
        // The bounds are those of texts that were put in.
        std::str::from_utf8(bytes).unwrap_or_default()
    }
}

impl Draft {
    fn new() -> Self {
        Self { text: BEFORE.to_owned(), bounds: Vec::new() }
    }

    fn len(&self) -> usize {
        self.bounds.len()
    }

    fn push(&mut self, event: &str) {
        if !self.bounds.is_empty() {
            self.text.push(',');
        }
        self.bounds.push(self.text.len());
        self.text.push_str(event);
    }

    /// Takes over the last event of another draft.
    fn repeat(&mut self, other: &Self) {
        self.push(&other.text[other.bounds.last().copied().unwrap_or_default()..]);
    }

    fn finish(mut self, packer: &Packer) -> Layer {
        self.bounds.push(self.text.len() + 1);
        self.text.push_str(AFTER);
        let ready = Ready::of(&self.text, packer);
        let head = ready.plain().len() - self.text.len();
        Layer { bounds: self.bounds.into_iter().map(|bound| bound + head).collect(), ready }
    }
}

fn written(logged: &Logged) -> String {
    // Events have only string keys and no failing parts: they can always be written as JSON.
    serde_json::to_string(logged).unwrap_or_default()
}
