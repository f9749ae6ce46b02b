//! What every ledger must do, written against the trait only.

use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use rollcall_model::{Event, PersonFact, PersonId, PersonReport, Seq};

use super::{
    Arrival, Checkpoint, Digest, Ledger, LedgerError, ODDITIES_KEPT, Oddity, OddityKind, Span, SqliteLedger,
    Step,
};

async fn open(folder: &Path) -> impl Ledger {
    SqliteLedger::open(&folder.join("log.db")).await.unwrap()
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000 + seconds, 0).unwrap()
}

fn event(who: &str) -> Event {
    Event::Person(PersonReport { id: PersonId::new(who), as_of: at(0), fact: PersonFact::Touched })
}

fn answer(people: &[&str]) -> Arrival {
    Arrival { digest: None, events: people.iter().map(|who| event(who)).collect() }
}

fn delivery(digest: u8, who: &str) -> Arrival {
    let digest: Digest = [digest; 32];
    Arrival { digest: Some(digest), events: vec![event(who)] }
}

async fn places(ledger: &impl Ledger) -> Vec<u64> {
    let tail = ledger.tail(Seq::START, 1_000).await.unwrap();
    tail.iter().map(|logged| logged.seq.0).collect()
}

#[tokio::test]
async fn events_get_the_next_places_in_the_order_in_which_they_are_committed() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path()).await;

    let first = ledger.append(&[answer(&["ada", "bo"])], at(0)).await.unwrap();
    let second = ledger.append(&[answer(&["cy"]), answer(&[]), answer(&["di"])], at(0)).await.unwrap();

    assert_eq!(first.logged.iter().map(|logged| logged.seq.0).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(second.logged.iter().map(|logged| logged.seq.0).collect::<Vec<_>>(), [3, 4]);
    let tail = ledger.tail(Seq(1), 2).await.unwrap();
    assert_eq!(tail.into_iter().map(|logged| logged.event).collect::<Vec<_>>(), [event("bo"), event("cy")]);
}

#[tokio::test]
async fn a_repeated_delivery_is_not_appended_again() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path()).await;

    let first = ledger.append(&[delivery(7, "ada"), delivery(7, "ada")], at(0)).await.unwrap();
    let second = ledger.append(&[delivery(7, "ada"), delivery(8, "bo")], at(1)).await.unwrap();

    assert_eq!((first.logged.len(), first.repeats), (1, 1));
    assert_eq!((second.logged.len(), second.repeats), (1, 1));
    assert_eq!(places(&ledger).await, [1, 2]);
}

#[tokio::test]
async fn a_digest_is_forgotten_after_its_horizon_only() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path()).await;
    ledger.append(&[delivery(1, "ada")], at(0)).await.unwrap();
    ledger.append(&[delivery(2, "bo")], at(60)).await.unwrap();

    let forgotten = ledger.forget_deliveries(at(60)).await.unwrap();

    assert_eq!(forgotten, 1);
    assert_eq!(ledger.append(&[delivery(2, "bo")], at(61)).await.unwrap().repeats, 1);
    assert_eq!(ledger.append(&[delivery(1, "ada")], at(61)).await.unwrap().repeats, 0);
}

#[tokio::test]
async fn everything_is_there_after_the_ledger_was_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path()).await;
    let name = ledger.name().to_owned();
    ledger.append(&[delivery(1, "ada")], at(0)).await.unwrap();
    drop(ledger);

    let ledger = open(folder.path()).await;

    assert_eq!(ledger.name(), name);
    assert_eq!(places(&ledger).await, [1]);
    assert_eq!(ledger.append(&[delivery(1, "ada")], at(0)).await.unwrap().repeats, 1);
}

#[tokio::test]
async fn two_ledgers_have_two_names() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());

    assert_ne!(open(one.path()).await.name(), open(other.path()).await.name());
}

#[tokio::test]
async fn compaction_never_goes_beyond_the_snapshot_that_counts() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path()).await;
    ledger.append(&[answer(&["a", "b", "c", "d"])], at(0)).await.unwrap();
    assert_eq!(ledger.compact(Seq(4)).await.unwrap(), 0);

    ledger.open_snapshot(Seq(3)).await.unwrap();
    assert_eq!(ledger.compact(Seq(4)).await.unwrap(), 0, "an open snapshot does not count");
    ledger.close_snapshot(Seq(3)).await.unwrap();

    assert_eq!(ledger.compact(Seq(4)).await.unwrap(), 3);
    assert_eq!(ledger.span().await.unwrap(), Span { floor: Seq(3), head: Seq(4) });
}

#[tokio::test]
async fn places_go_on_where_they_were_when_everything_was_compacted() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path()).await;
    ledger.append(&[answer(&["a", "b"])], at(0)).await.unwrap();
    ledger.open_snapshot(Seq(2)).await.unwrap();
    ledger.close_snapshot(Seq(2)).await.unwrap();
    ledger.compact(Seq(2)).await.unwrap();

    ledger.append(&[answer(&["c"])], at(0)).await.unwrap();

    assert_eq!(ledger.span().await.unwrap(), Span { floor: Seq(2), head: Seq(3) });
    assert_eq!(places(&ledger).await, [3]);
}

#[tokio::test]
async fn a_snapshot_counts_when_it_is_whole_and_replaces_the_one_before() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path()).await;
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

#[tokio::test]
async fn a_snapshot_that_was_cut_short_can_be_begun_again() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path()).await;
    ledger.open_snapshot(Seq(1)).await.unwrap();
    ledger.add_part(Seq(1), 0, "half").await.unwrap();

    ledger.open_snapshot(Seq(1)).await.unwrap();

    assert_eq!(ledger.part(Seq(1), 0).await.unwrap(), None);
}

#[tokio::test]
async fn a_checkpoint_is_kept_together_with_whom_its_page_listed() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path()).await;
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

#[tokio::test]
async fn only_the_first_hundred_oddities_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path()).await;
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

#[tokio::test]
async fn a_large_commit_keeps_its_order() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path()).await;
    let names: Vec<String> = (0..5_000).map(|n| format!("p{n}")).collect();
    let arrivals: Vec<Arrival> = names.iter().map(|name| answer(&[name])).collect();

    let appended = ledger.append(&arrivals, at(0)).await.unwrap();

    let tail = ledger.tail(Seq::START, 5_000).await.unwrap();
    assert_eq!(tail, appended.logged);
    assert_eq!(tail[4_999].event, event("p4999"));
}

#[tokio::test]
async fn one_relay_at_a_time_works_with_a_log() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(folder.path()).await;

    let second = SqliteLedger::open(&folder.path().join("log.db")).await;
    assert!(matches!(second, Err(LedgerError::InUse)), "{second:?}");

    first.close().await;
    assert!(SqliteLedger::open(&folder.path().join("log.db")).await.is_ok());
}

#[cfg(unix)]
#[tokio::test]
async fn the_files_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path()).await;
    ledger.append(&[answer(&["ada"])], at(0)).await.unwrap();

    for file in std::fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.file_name());
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("log.db"), [b'?'; 8_192]).unwrap();

    let error = SqliteLedger::open(&folder.path().join("log.db")).await.unwrap_err();

    assert!(matches!(error, LedgerError::Corrupt(_)), "{error:?}");
}
