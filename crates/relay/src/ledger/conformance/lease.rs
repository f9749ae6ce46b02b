//! The right to do what one node does at a time.

use std::time::Duration;

use uuid::Uuid;

use super::{Place, everywhere};

everywhere! {
    a_lease_is_had_for_its_term_and_kept_by_its_holder
    a_lease_that_was_given_back_is_free
}

const TERM: Duration = Duration::from_mins(1);

async fn a_lease_is_had_for_its_term_and_kept_by_its_holder(place: Place) {
    let (ledger, holder) = (place.open().await, Uuid::new_v4());

    for _ in 0..2 {
        let lease = ledger.try_lease("asks", holder, TERM).await.unwrap();

        assert!(lease.mine && lease.holder == holder);
        assert!(lease.left <= TERM && lease.left > TERM / 2);
    }
}

async fn a_lease_that_was_given_back_is_free(place: Place) {
    let (ledger, first, second) = (place.open().await, Uuid::new_v4(), Uuid::new_v4());
    ledger.try_lease("asks", first, TERM).await.unwrap();

    ledger.release("asks", first).await.unwrap();

    assert!(ledger.try_lease("asks", second, TERM).await.unwrap().mine);
}
