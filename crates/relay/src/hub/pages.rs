//! Older events, as frames read from the ledger: a few reads at a time, and once for all who want the same.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use rollcall_model::Seq;
use rollcall_wire::packed::Packer;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::{
    FRAME_EVENTS,
    cut::{Cut, cut},
    veil::Veil,
};
use crate::ledger::{Ledger, LedgerError};

/// How many reads of the ledger desks may cause at the same time.
const READS: usize = 4;
/// How much memory the pages may take.
const MOST: usize = 16 << 20;

/// Pages of the log, each of [`FRAME_EVENTS`] positions that begin at a multiple of it.
#[derive(Debug)]
pub(crate) struct Pages {
    kept: Mutex<VecDeque<Arc<Cut>>>,
    reads: Semaphore,
}

impl Default for Pages {
    fn default() -> Self {
        Self { kept: Mutex::default(), reads: Semaphore::new(READS) }
    }
}

impl Pages {
    /// Waits for a turn to read the ledger on behalf of a desk.
    pub(crate) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        // The semaphore is never closed.
        self.reads.acquire().await.ok()
    }

    /// A frame with the event `next`; nothing when the ledger has it no more. `head` is the last position.
    pub(crate) async fn holding(
        &self,
        next: Seq,
        head: Seq,
        ledger: &dyn Ledger,
        (veil, packer): (&Veil, &Packer),
    ) -> Result<Option<Arc<Cut>>, LedgerError> {
        if let Some(kept) = self.kept(next) {
            return Ok(Some(kept));
        }
        let _turn = self.turn().await;
        if let Some(kept) = self.kept(next) {
            return Ok(Some(kept));
        }
        let before = (next.0 - 1) / u64::from(FRAME_EVENTS) * u64::from(FRAME_EVENTS);
        // The last page is not whole yet and not read again: its events are in the ring.
        let is_whole = before + u64::from(FRAME_EVENTS) <= head.0;
        let after = if is_whole { Seq(before) } else { Seq(next.0 - 1) };
        let events = ledger.tail(after, u32::from(FRAME_EVENTS)).await?;
        let cuts: Vec<Arc<Cut>> =
            cut(&events, usize::from(FRAME_EVENTS), veil, packer).into_iter().map(Arc::new).collect();
        if is_whole {
            self.keep(&cuts);
        }
        Ok(cuts.into_iter().find(|cut| cut.holds(next)))
    }

    fn kept(&self, seq: Seq) -> Option<Arc<Cut>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|cut| cut.holds(seq)).cloned()
    }

    fn keep(&self, cuts: &[Arc<Cut>]) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend(cuts.iter().cloned());
        let mut bytes: usize = kept.iter().map(|cut| cut.bytes()).sum();
        while bytes > MOST
            && let Some(oldest) = kept.pop_front()
        {
            bytes -= oldest.bytes();
        }
    }
}
