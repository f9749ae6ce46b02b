//! What whoever brings something to the log is told.

use rollcall_model::Seq;

use super::*;
use crate::core::tests::idle;

fn nothing() -> Arrival {
    Arrival { keys: Keys::NONE, events: Vec::new() }
}

/// A writer over a real file, and what it hands to the follower.
async fn writing(folder: &std::path::Path) -> (Arc<Core>, Log, mpsc::Receiver<Own>) {
    let core = Arc::new(idle(folder).await);
    let (log, entries) = Log::new();
    let (own, committed) = mpsc::channel(8);
    tokio::spawn(write(core.clone(), entries, own, core.stop.clone()));
    (core, log, committed)
}

#[tokio::test]
async fn a_delivery_is_answered_when_it_is_committed_though_nobody_folds_it_in() {
    let folder = tempfile::tempdir().unwrap();
    let (core, log, _committed) = writing(folder.path()).await;
    let report = rollcall_model::PersonReport {
        id: rollcall_model::PersonId::new("ada"),
        as_of: core.clock.now(),
        fact: rollcall_model::PersonFact::Touched,
    };
    let arrival = Arrival { keys: Keys::of_body(b"{}"), events: vec![Event::Person(report)] };

    assert_eq!(log.keep(arrival).await, Ok(()));

    assert_eq!(core.ledger.span().await.unwrap().head, Seq(1));
    assert_eq!(core.fold.head(), Seq::START);
}

#[tokio::test]
async fn a_delivery_that_cannot_be_written_is_to_be_brought_again() {
    let folder = tempfile::tempdir().unwrap();
    let (core, log, _committed) = writing(folder.path()).await;
    core.ledger.close().await;

    assert_eq!(log.keep(nothing()).await, Err(NotKept::Unwritable));
    core.stop.cancel();
}

#[tokio::test(start_paused = true)]
async fn when_the_queue_stays_full_a_delivery_is_to_be_brought_again() {
    let (log, entries) = Log::new();
    for _ in 0..QUEUE {
        log.append(nothing()).await.unwrap();
    }

    assert_eq!(log.keep(nothing()).await, Err(NotKept::Full));
    drop(entries);
    assert_eq!(log.keep(nothing()).await, Err(NotKept::Stopping));
}

#[tokio::test(start_paused = true)]
async fn when_a_commit_takes_too_long_a_delivery_is_to_be_brought_again() {
    let (log, _entries) = Log::new();

    assert_eq!(log.keep(nothing()).await, Err(NotKept::Late));
}
