//! The fold at a start: the last whole snapshot, then the tail of the log.

use rollcall_model::{Roster, Seq};

use crate::{
    fold::Fold,
    ledger::{Ledger, LedgerError},
    snapshot,
};

/// How many events are read at a time.
const PAGE: u32 = 5_000;

/// Restores the fold from what the ledger keeps.
pub(crate) async fn restore(ledger: &dyn Ledger) -> Result<Fold, LedgerError> {
    let mut roster = Roster::default();
    let mut known = Seq::START;
    if let Some(seq) = ledger.snapshot().await? {
        for part in 0.. {
            let Some(body) = ledger.part(seq, part).await? else { break };
            snapshot::join(&mut roster, &body).map_err(|source| LedgerError::Body { at: seq, source })?;
        }
        known = seq;
    }
    let fold = Fold::new(roster, known);
    loop {
        let page = ledger.tail(fold.head(), PAGE).await?;
        if page.is_empty() {
            break;
        }
        fold.apply(&page);
    }
    tracing::info!(
        people = fold.read(Roster::len),
        snapshot = known.0,
        head = fold.head().0,
        "fold restored"
    );
    Ok(fold)
}
