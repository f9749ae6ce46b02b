//! What keeps the log small: snapshots, compaction, and forgetting what is too old to matter.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
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
/// Events that are older than this are not kept, however few there are.
const KEPT: TimeDelta = TimeDelta::days(7);
/// How many events are looked at in one go for their age.
const PAGE: u32 = 1_000;
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
    core.fold.tidy(|roster| drop(roster.forget_calls_before(now - CALLS)));
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
    // At the first look nobody leads yet.
    if look % GONE_EVERY == 1 {
        drop_old(core, now - KEPT).await?;
    }
    let head = core.ledger.span().await?.head;
    compact(core, head.0.saturating_sub(KEEP)).await
}

/// Removes events from before `horizon`, which in a small organisation stay few for years, after a snapshot that knows
/// them: what is forgotten there is then forgotten altogether.
async fn drop_old(core: &Core, horizon: DateTime<Utc>) -> Result<(), LedgerError> {
    let old = last_before(&*core.ledger, horizon).await?;
    if old <= core.ledger.span().await?.floor {
        return Ok(());
    }
    take_snapshot(&*core.ledger, &core.fold, &core.stop).await?;
    compact(core, old.0).await
}

/// The last position of those at the beginning that are all from before `horizon`.
async fn last_before(ledger: &dyn Ledger, horizon: DateTime<Utc>) -> Result<Seq, LedgerError> {
    let mut last = ledger.span().await?.floor;
    loop {
        let page = ledger.tail(last, PAGE).await?;
        let old = page.iter().take_while(|logged| logged.event.as_of() < horizon);
        match old.last() {
            Some(logged) => last = logged.seq,
            None => return Ok(last),
        }
    }
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

async fn compact(core: &Core, target: u64) -> Result<(), LedgerError> {
    let mut floor = core.ledger.span().await?.floor.0;
    while floor < target && !core.stop.is_cancelled() {
        floor = target.min(floor + STEP);
        if core.ledger.compact(Seq(floor)).await? == 0 {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use rollcall_model::{Event, Logged, PersonFact, PersonId, PersonReport};
    use uuid::Uuid;

    use super::*;
    use crate::{
        core::tests::idle,
        ledger::{Arrival, Keys, Span},
    };

    /// Commits and folds in a word about somebody, so many days ago.
    async fn said(core: &Core, who: &str, days_ago: i64) {
        let as_of = core.clock.now() - TimeDelta::days(days_ago);
        let report = PersonReport { id: PersonId::new(who), as_of, fact: PersonFact::Touched };
        let arrival = Arrival { keys: Keys::NONE, events: vec![Event::Person(report)] };
        let appended = core.ledger.append(Uuid::new_v4(), &[arrival], as_of).await.unwrap();
        core.fold.apply(&appended.logged);
    }

    #[tokio::test]
    async fn old_events_go_however_few_there_are_and_a_snapshot_knows_what_they_said() {
        let folder = tempfile::tempdir().unwrap();
        let core = idle(folder.path()).await;
        core.lead(true);
        for (who, days_ago) in [("ada", 30), ("bo", 8), ("cy", 6), ("dee", 9), ("eve", 0)] {
            said(&core, who, days_ago).await;
        }

        tidy(&core, 2).await.unwrap();
        assert_eq!(core.ledger.span().await.unwrap().floor, Seq::START, "it is looked for once an hour");
        tidy(&core, GONE_EVERY + 1).await.unwrap();

        assert_eq!(core.ledger.span().await.unwrap(), Span { floor: Seq(2), head: Seq(5) });
        assert_eq!(core.ledger.snapshot().await.unwrap(), Some(Seq(5)));
        let left: Vec<Seq> =
            core.ledger.tail(Seq::START, 9).await.unwrap().iter().map(|Logged { seq, .. }| *seq).collect();
        assert_eq!(left, [3, 4, 5].map(Seq));
    }
}
