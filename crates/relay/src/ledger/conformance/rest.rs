//! What a ledger remembers beside the log.

use chrono::TimeDelta;
use rollcall_model::{PersonId, Seq};

use super::{Place, at, everywhere};
use crate::ledger::{Checkpoint, ODDITIES_KEPT, Oddity, OddityKind, Step};

everywhere! {
    a_snapshot_counts_when_it_is_whole_and_replaces_the_one_before
    a_snapshot_that_was_cut_short_can_be_begun_again
    a_checkpoint_is_kept_together_with_whom_its_page_listed
    only_the_first_hundred_oddities_are_kept
    the_last_listing_of_queues_is_kept
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
