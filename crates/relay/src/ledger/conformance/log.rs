//! The log and its deliveries.

use rollcall_model::Seq;

use super::{Place, answer, append, at, crowd, delivery, event, everywhere, places, snapshot};
use crate::ledger::{Arrival, Keys, Span};

everywhere! {
    events_get_the_next_places_in_the_order_in_which_they_are_committed
    a_repeated_delivery_is_not_appended_again
    a_delivery_is_a_repeat_when_either_of_its_digests_was_heard
    a_digest_is_forgotten_after_its_horizon_only
    everything_is_there_after_the_ledger_was_opened_again
    two_ledgers_have_two_names
    compaction_never_goes_beyond_the_snapshot_that_counts
    places_go_on_where_they_were_when_everything_was_compacted
    a_large_commit_keeps_its_order
    a_tail_begins_and_ends_anywhere
    a_floor_within_what_was_committed_together_is_true
    what_was_committed_together_goes_away_together
}

async fn events_get_the_next_places_in_the_order_in_which_they_are_committed(place: Place) {
    let ledger = place.open().await;

    let first = append(&*ledger, &[answer(&["ada", "bo"])], at(0)).await;
    let second = append(&*ledger, &[answer(&["cy"]), answer(&[]), answer(&["di"])], at(0)).await;

    assert_eq!(first.logged.iter().map(|logged| logged.seq.0).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(second.logged.iter().map(|logged| logged.seq.0).collect::<Vec<_>>(), [3, 4]);
    let tail = ledger.tail(Seq(1), 2).await.unwrap();
    assert_eq!(tail.into_iter().map(|logged| logged.event).collect::<Vec<_>>(), [event("bo"), event("cy")]);
}

async fn a_repeated_delivery_is_not_appended_again(place: Place) {
    let ledger = place.open().await;

    let first = append(&*ledger, &[delivery("7", "ada"), delivery("7", "ada")], at(0)).await;
    let second = append(&*ledger, &[delivery("7", "ada"), delivery("8", "bo")], at(1)).await;

    assert_eq!((first.logged.len(), first.repeats), (1, 1));
    assert_eq!((second.logged.len(), second.repeats), (1, 1));
    assert_eq!(places(&*ledger, 0, 9).await, [1, 2]);
}

async fn a_delivery_is_a_repeat_when_either_of_its_digests_was_heard(place: Place) {
    let ledger = place.open().await;
    let webhook = |id: &str, body: &str| Arrival {
        keys: Keys::of_body(body.as_bytes()).with_request(id),
        events: vec![event("ada")],
    };
    append(&*ledger, &[webhook("id", "body")], at(0)).await;

    let by_another_way = append(&*ledger, &[delivery("body", "ada")], at(1)).await;
    let in_another_form = append(&*ledger, &[webhook("id", "{ body }")], at(1)).await;
    let like_the_other_form = append(&*ledger, &[delivery("{ body }", "ada")], at(1)).await;

    assert_eq!(
        [by_another_way, in_another_form, like_the_other_form].map(|commit| commit.repeats),
        [1, 1, 1]
    );
    assert_eq!(places(&*ledger, 0, 9).await, [1]);
}

async fn a_digest_is_forgotten_after_its_horizon_only(place: Place) {
    let ledger = place.open().await;
    append(&*ledger, &[delivery("1", "ada")], at(0)).await;
    append(&*ledger, &[delivery("2", "bo")], at(60)).await;

    let forgotten = ledger.forget_deliveries(at(60)).await.unwrap();

    assert_eq!(forgotten, 1);
    assert_eq!(append(&*ledger, &[delivery("2", "bo")], at(61)).await.repeats, 1);
    assert_eq!(append(&*ledger, &[delivery("1", "ada")], at(61)).await.repeats, 0);
}

async fn everything_is_there_after_the_ledger_was_opened_again(place: Place) {
    let ledger = place.open().await;
    let name = ledger.name().to_owned();
    append(&*ledger, &[delivery("1", "ada")], at(0)).await;
    ledger.close().await;
    drop(ledger);

    let ledger = place.open().await;

    assert_eq!(ledger.name(), name);
    assert_eq!(places(&*ledger, 0, 9).await, [1]);
    assert_eq!(append(&*ledger, &[delivery("1", "ada")], at(0)).await.repeats, 1);
    assert_eq!(append(&*ledger, &[delivery("2", "bo")], at(0)).await.logged[0].seq, Seq(2));
}

async fn two_ledgers_have_two_names(place: Place) {
    let other = place.another();

    assert_ne!(place.open().await.name(), other.open().await.name());
}

async fn compaction_never_goes_beyond_the_snapshot_that_counts(place: Place) {
    let ledger = place.open().await;
    append(&*ledger, &[answer(&["a", "b", "c", "d"])], at(0)).await;
    assert_eq!(ledger.compact(Seq(4)).await.unwrap(), 0);

    ledger.open_snapshot(Seq(3)).await.unwrap();
    assert_eq!(ledger.compact(Seq(4)).await.unwrap(), 0, "an open snapshot does not count");
    ledger.close_snapshot(Seq(3)).await.unwrap();

    assert_eq!(ledger.compact(Seq(4)).await.unwrap(), 3);
    assert_eq!(ledger.span().await.unwrap(), Span { floor: Seq(3), head: Seq(4) });
}

async fn places_go_on_where_they_were_when_everything_was_compacted(place: Place) {
    let ledger = place.open().await;
    append(&*ledger, &[answer(&["a", "b"])], at(0)).await;
    snapshot(&*ledger, 2).await;
    ledger.compact(Seq(2)).await.unwrap();

    append(&*ledger, &[answer(&["c"])], at(0)).await;

    assert_eq!(ledger.span().await.unwrap(), Span { floor: Seq(2), head: Seq(3) });
    assert_eq!(places(&*ledger, 0, 9).await, [3]);
}

async fn a_large_commit_keeps_its_order(place: Place) {
    let ledger = place.open().await;
    let arrivals: Vec<Arrival> = crowd(5_000).events.into_iter().map(of_one).collect();

    let appended = append(&*ledger, &arrivals, at(0)).await;

    let tail = ledger.tail(Seq::START, 5_000).await.unwrap();
    assert_eq!(tail, appended.logged);
    assert_eq!(tail[4_999].event, event("p4999"));
}

async fn a_tail_begins_and_ends_anywhere(place: Place) {
    let ledger = place.open().await;
    for size in [3, 1, 1_500, 2] {
        append(&*ledger, &[crowd(size)], at(0)).await;
    }

    for after in [0, 1, 2, 3, 4, 700, 1_027, 1_028, 1_503, 1_505, 1_506, 9_999] {
        for limit in [0, 1, 2, 5, 1_024, 2_000] {
            let last = 1_506.min(after + u64::from(limit));
            let expected: Vec<u64> = (after + 1..=last).collect();
            assert_eq!(places(&*ledger, after, limit).await, expected, "{limit} after {after}");
        }
    }
}

async fn a_floor_within_what_was_committed_together_is_true(place: Place) {
    let ledger = place.open().await;
    append(&*ledger, &[crowd(10)], at(0)).await;
    append(&*ledger, &[crowd(10)], at(0)).await;
    snapshot(&*ledger, 14).await;

    assert_eq!(ledger.compact(Seq(4)).await.unwrap(), 4);
    assert_eq!(places(&*ledger, 0, 3).await, [5, 6, 7], "what is below the floor is not told any more");
    assert_eq!(ledger.compact(Seq(2)).await.unwrap(), 0, "the floor never sinks");

    assert_eq!(ledger.compact(Seq(20)).await.unwrap(), 10);
    assert_eq!(ledger.span().await.unwrap(), Span { floor: Seq(14), head: Seq(20) });
    assert_eq!(places(&*ledger, 12, 3).await, [15, 16, 17]);
}

async fn what_was_committed_together_goes_away_together(place: Place) {
    let ledger = place.open().await;
    for _ in 0..3 {
        append(&*ledger, &[crowd(2)], at(0)).await;
    }
    snapshot(&*ledger, 6).await;

    for floor in 1..=6 {
        assert_eq!(ledger.compact(Seq(floor)).await.unwrap(), 1);
        let expected: Vec<u64> = (floor + 1..=6).collect();
        assert_eq!(places(&*ledger, 0, 9).await, expected);
    }
}

fn of_one(event: rollcall_model::Event) -> Arrival {
    Arrival { keys: Keys::NONE, events: vec![event] }
}
