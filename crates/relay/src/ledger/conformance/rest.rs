//! What a ledger remembers beside the log.

use chrono::TimeDelta;
use rollcall_model::{PersonId, Seq};

use super::{Place, answer, append, at, crowd, delivery, everywhere, places};
use crate::ledger::{
    Appended, Checkpoint, Ledger, LedgerError, ODDITIES_KEPT, Oddity, OddityKind, Span, Step,
};

everywhere! {
    a_snapshot_counts_when_it_is_whole_and_replaces_the_one_before
    a_snapshot_that_was_cut_short_can_be_begun_again
    a_checkpoint_is_kept_together_with_whom_its_page_listed
    only_the_first_hundred_oddities_are_kept
    the_last_listing_of_queues_is_kept
    when_everything_is_forgotten_an_empty_log_of_another_name_is_there
}

async fn a_snapshot_counts_when_it_is_whole_and_replaces_the_one_before(place: Place) {
    let ledger = place.open().await;
    ledger.open_snapshot(Seq(1)).await.unwrap();
    ledger.add_part(Seq(1), 0, "one").await.unwrap();
    ledger.add_part(Seq(1), 1, "two").await.unwrap();
    ledger.close_snapshot(Seq(1)).await.unwrap();

    ledger.open_snapshot(Seq(5)).await.unwrap();
    ledger.add_part(Seq(5), 0, "five").await.unwrap();
    assert_eq!(ledger.snapshot().await.unwrap(), Some(Seq(1)));
    assert_eq!(ledger.part(Seq(1), 1).await.unwrap().as_deref(), Some("two"));
    ledger.close_snapshot(Seq(5)).await.unwrap();

    assert_eq!(ledger.snapshot().await.unwrap(), Some(Seq(5)));
    assert_eq!(ledger.part(Seq(5), 0).await.unwrap().as_deref(), Some("five"));
    assert_eq!(ledger.part(Seq(5), 1).await.unwrap(), None);
    assert_eq!(ledger.part(Seq(1), 0).await.unwrap(), None);
}

async fn a_snapshot_that_was_cut_short_can_be_begun_again(place: Place) {
    let ledger = place.open().await;
    ledger.open_snapshot(Seq(1)).await.unwrap();
    ledger.add_part(Seq(1), 0, "half").await.unwrap();

    ledger.open_snapshot(Seq(1)).await.unwrap();

    assert_eq!(ledger.part(Seq(1), 0).await.unwrap(), None);
}

async fn a_checkpoint_is_kept_together_with_whom_its_page_listed(place: Place) {
    let ledger = place.open().await;
    assert_eq!(ledger.checkpoint().await.unwrap(), None);
    let first = Checkpoint {
        number: 1,
        started_at: at(0),
        step: Step::Active,
        page: Some("next".into()),
        finished_at: None,
    };
    let second =
        Checkpoint { number: 2, step: Step::Phones, page: None, finished_at: Some(at(9)), ..first.clone() };

    ledger.keep_checkpoint(&first, &["ada", "bo"].map(PersonId::new)).await.unwrap();
    ledger.keep_checkpoint(&second, &["bo"].map(PersonId::new)).await.unwrap();
    ledger.keep_checkpoint(&first, &[]).await.unwrap();

    assert_eq!(ledger.checkpoint().await.unwrap(), Some(second), "an older sweep never comes back");
    assert_eq!(ledger.listed(1).await.unwrap(), ["ada"].map(PersonId::new).into());
    assert_eq!(ledger.listed(2).await.unwrap(), ["bo"].map(PersonId::new).into());
}

async fn only_the_first_hundred_oddities_are_kept(place: Place) {
    let ledger = place.open().await;
    let oddity = |bytes| Oddity {
        heard_at: at(0) + TimeDelta::milliseconds(5),
        kind: OddityKind::Malformed,
        bytes,
        shape: "text(3)".into(),
    };

    for bytes in 0..150 {
        ledger.keep_oddity(&oddity(bytes)).await.unwrap();
    }

    let kept = ledger.oddities().await.unwrap();
    assert_eq!(i64::try_from(kept.len()).unwrap(), ODDITIES_KEPT);
    assert_eq!(kept[7], oddity(7));
}

async fn the_last_listing_of_queues_is_kept(place: Place) {
    let ledger = place.open().await;
    assert_eq!(ledger.queues().await.unwrap(), None);

    for body in ["one", "two"] {
        ledger.keep_queues(body).await.unwrap();
    }

    assert_eq!(ledger.queues().await.unwrap().as_deref(), Some("two"));
}

/// Fills everything that a ledger keeps.
async fn fill(ledger: &dyn Ledger) -> Result<Appended, LedgerError> {
    ledger.open_snapshot(Seq(1)).await?;
    ledger.add_part(Seq(1), 0, "part").await?;
    ledger.close_snapshot(Seq(1)).await?;
    let started_at = at(0);
    let sweep = Checkpoint { number: 1, started_at, step: Step::Active, page: None, finished_at: None };
    ledger.keep_checkpoint(&sweep, &["ada"].map(PersonId::new)).await?;
    ledger.keep_queues("queues").await?;
    let (heard_at, kind) = (at(0), OddityKind::Unknown);
    ledger.keep_oddity(&Oddity { heard_at, kind, bytes: 1, shape: "int".into() }).await?;
    ledger.append(uuid::Uuid::new_v4(), &[crowd(30), delivery("1", "ada")], at(0)).await
}

async fn when_everything_is_forgotten_an_empty_log_of_another_name_is_there(place: Place) {
    let ledger = place.open().await;
    fill(&*ledger).await.unwrap();
    assert_eq!(ledger.removed_at().await.unwrap(), None);

    ledger.forget_all(at(5)).await.unwrap();

    assert!(matches!(ledger.span().await, Err(LedgerError::Replaced)));
    assert!(matches!(fill(&*ledger).await, Err(LedgerError::Replaced)));
    let late = ledger.append(uuid::Uuid::new_v4(), &[answer(&["ada"])], at(6)).await;
    assert!(matches!(late, Err(LedgerError::Replaced)), "{late:?}");
    let name = ledger.name().to_owned();
    ledger.close().await;
    drop(ledger);

    let anew = place.open().await;
    assert_ne!(anew.name(), name);
    assert_eq!(anew.span().await.unwrap(), Span { floor: Seq::START, head: Seq::START });
    assert_eq!(places(&*anew, 0, 99).await, [0; 0]);
    assert_eq!((anew.snapshot().await.unwrap(), anew.part(Seq(1), 0).await.unwrap()), (None, None));
    assert_eq!((anew.checkpoint().await.unwrap(), anew.queues().await.unwrap()), (None, None));
    assert!(anew.listed(1).await.unwrap().is_empty() && anew.oddities().await.unwrap().is_empty());
    assert_eq!(anew.removed_at().await.unwrap(), Some(at(5)));
    assert_eq!(append(&*anew, &[delivery("1", "ada")], at(7)).await.logged[0].seq, Seq(1));
    anew.note_return().await.unwrap();
    assert_eq!(anew.removed_at().await.unwrap(), None);
}
