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

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use rollcall_model::{Event, PersonFact, PersonId, PersonReport, Profile};
    use tokio_util::sync::CancellationToken;
    use uuid::Uuid;

    use super::*;
    use crate::{
        housekeeping::take_snapshot,
        ledger::{Arrival, Keys, SqliteLedger},
    };

    /// Commits and folds in the profiles of `people`.
    async fn hear(ledger: &SqliteLedger, fold: &Fold, people: std::ops::Range<u32>) {
        let events = people.map(|n| {
            let profile = Profile { display_name: format!("Person {n}"), ..Profile::default() };
            let (id, as_of) = (PersonId::new(&n.to_string()), DateTime::UNIX_EPOCH);
            Event::Person(PersonReport { id, as_of, fact: PersonFact::Profile(profile) })
        });
        let arrival = Arrival { keys: Keys::NONE, events: events.collect() };
        let appended = ledger.append(Uuid::new_v4(), &[arrival], DateTime::UNIX_EPOCH).await.unwrap();
        fold.apply(&appended.logged);
    }

    async fn assert_restored(ledger: &SqliteLedger, fold: &Fold) {
        let restored = restore(ledger).await.unwrap();

        assert_eq!(restored.head(), fold.head());
        fold.read(|known| restored.read(|restored| assert_eq!(known, restored)));
    }

    #[tokio::test]
    async fn a_fold_comes_back_from_its_snapshot_and_the_tail_after_it() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = SqliteLedger::open(&folder.path().join("log.db")).await.unwrap();
        let fold = Fold::new(Roster::default(), Seq::START);
        assert_restored(&ledger, &fold).await;

        hear(&ledger, &fold, 0..1_500).await;
        assert_restored(&ledger, &fold).await;
        take_snapshot(&ledger, &fold, &CancellationToken::new()).await.unwrap();
        ledger.compact(fold.head()).await.unwrap();
        assert_restored(&ledger, &fold).await;
        hear(&ledger, &fold, 1_400..1_600).await;
        assert_restored(&ledger, &fold).await;
    }

    #[tokio::test]
    async fn a_snapshot_that_the_end_of_the_relay_cut_short_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = SqliteLedger::open(&folder.path().join("log.db")).await.unwrap();
        let fold = Fold::new(Roster::default(), Seq::START);
        hear(&ledger, &fold, 0..10).await;
        let stopped = CancellationToken::new();
        stopped.cancel();

        take_snapshot(&ledger, &fold, &stopped).await.unwrap();

        assert_eq!(ledger.snapshot().await.unwrap(), None);
        assert_restored(&ledger, &fold).await;
    }
}
