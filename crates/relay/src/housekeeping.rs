//! What keeps the log small: snapshots, compaction, and forgetting what is too old to matter.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use rollcall_model::{Roster, Seq};
use rollcall_wire::Failure;
use tokio_util::sync::CancellationToken;

use crate::{
    core::Core,
    fold::Fold,
    ledger::{Ledger, LedgerError},
    snapshot::Lines,
    state::Part,
};

/// How often to look.
const LOOK: Duration = Duration::from_secs(10);
/// At every how many looks people are forgotten who are gone: once an hour.
const GONE_EVERY: u64 = 360;
/// A snapshot is taken after so many events, or after one for each person when there are more people.
const SNAPSHOT_AFTER: u64 = 10_000;
/// So many events are kept even when a snapshot knows them.
const KEEP: u64 = 100_000;
/// How many events one transaction removes: the writer waits meanwhile.
const STEP: u64 = 10_000;
/// How long a delivery can come again: Zoom repeats for an hour and a half. Each one costs memory until then.
const DELIVERIES: TimeDelta = TimeDelta::hours(3);
/// Calls that were last heard of before this are no longer told to new desks.
const CALLS: TimeDelta = TimeDelta::hours(24);

/// Keeps house until the relay stops.
pub(crate) async fn run(core: Arc<Core>) {
    for look in 0.. {
        if let Err(error) = tidy(&core, look).await {
            tracing::error!(%error, "housekeeping failed");
            core.state.failed(Part::Ledger, Failure::from(&error));
        }
        tokio::select! {
            () = core.stop.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

async fn tidy(core: &Core, look: u64) -> Result<(), LedgerError> {
    let now = core.clock.now();
    core.fold.tidy(|roster| roster.forget_calls_before(now - CALLS));
    // Whoever is gone is looked for among everybody, while the log's writer waits.
    if look.is_multiple_of(GONE_EVERY) {
        core.fold.tidy(|roster| drop(roster.forget_gone_before(now - core.retention)));
    }
    if !core.leads() {
        return Ok(());
    }
    core.ledger.forget_deliveries(now - DELIVERIES).await?;
    let taken = core.ledger.snapshot().await?.unwrap_or(Seq::START);
    let (people, head) = core.fold.read_at(|roster, head| (Roster::len(roster), head));
    if head.0 - taken.0 >= SNAPSHOT_AFTER.max(people as u64) {
        take_snapshot(&*core.ledger, &core.fold, &core.stop).await?;
    }
    compact(core).await
}

/// Stores what `fold` knows, a part at a time, so that the log's writer gets its turns in between.
pub(crate) async fn take_snapshot(
    ledger: &dyn Ledger,
    fold: &Fold,
    stop: &CancellationToken,
) -> Result<(), LedgerError> {
    let mut lines = Lines::of(fold, ledger.name());
    let seq = lines.seq();
    ledger.open_snapshot(seq).await?;
    for part in 0.. {
        let body = lines.next_part(fold).map_err(LedgerError::Encoding)?;
        let Some(body) = body else { break };
        if stop.is_cancelled() {
            // An open snapshot does not count, and the next one drops it.
            return Ok(());
        }
        ledger.add_part(seq, part, &body).await?;
    }
    ledger.close_snapshot(seq).await?;
    tracing::info!(seq = seq.0, "a snapshot was taken");
    Ok(())
}

async fn compact(core: &Core) -> Result<(), LedgerError> {
    let span = core.ledger.span().await?;
    let target = span.head.0.saturating_sub(KEEP);
    let mut floor = span.floor.0;
    while floor < target && !core.stop.is_cancelled() {
        floor = target.min(floor + STEP);
        if core.ledger.compact(Seq(floor)).await? == 0 {
            break;
        }
    }
    Ok(())
}
