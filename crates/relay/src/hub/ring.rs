//! The last frames, for desks that come back: most were away for seconds, and all of them for the same ones.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use rollcall_model::Seq;
use rollcall_wire::packed::Packer;

use super::{cut::Cut, ready::Ready, veil::View};

/// How much memory the frames may take.
const MOST: usize = 16 << 20;

/// The last frames, without a gap from the oldest to the newest.
#[derive(Debug, Default)]
pub(crate) struct Ring {
    kept: RwLock<Kept>,
    /// The rest of a frame that was told last: desks of a relay that stopped come back with one position.
    rest: Mutex<Option<Rest>>,
}

#[derive(Debug, Default)]
struct Kept {
    cuts: VecDeque<Arc<Cut>>,
    bytes: usize,
}

#[derive(Debug)]
struct Rest {
    /// Its first and last event, and whether it is what agents are told.
    what: (Seq, Seq, bool),
    ready: Ready,
}

impl Ring {
    /// Keeps a frame; after a gap, nothing of what was kept before.
    pub(crate) fn keep(&self, cut: Arc<Cut>) {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if kept.cuts.back().is_some_and(|newest| newest.last().next() != cut.first()) {
            *kept = Kept::default();
        }
        kept.bytes += cut.bytes();
        kept.cuts.push_back(cut);
        while kept.bytes > MOST
            && let Some(oldest) = kept.cuts.pop_front()
        {
            kept.bytes -= oldest.bytes();
        }
    }

    /// The frame with this event.
    pub(crate) fn holding(&self, seq: Seq) -> Option<Arc<Cut>> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        let place = kept.cuts.partition_point(|cut| cut.last() < seq);
        kept.cuts.get(place).filter(|cut| cut.holds(seq)).cloned()
    }

    /// The frame for a desk that has everything before `next`, made once for all who have the same.
    pub(crate) fn told(&self, cut: &Cut, view: &View, next: Seq, packer: &Packer) -> Ready {
        if next == cut.first() || !cut.is_shared(view) {
            return cut.told(view, next, packer);
        }
        let what = (next, cut.last(), matches!(view, View::Agent(_)));
        let mut rest = self.rest.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(rest) = rest.as_ref().filter(|rest| rest.what == what) {
            return rest.ready.clone();
        }
        let ready = cut.told(view, next, packer);
        *rest = Some(Rest { what, ready: ready.clone() });
        ready
    }
}
