//! What is true of a database that several nodes share. Skipped where there is none.

use std::{collections::HashSet, sync::Arc, time::Duration};

use rollcall_model::Seq;
use secrecy::SecretString;
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use super::{PostgresLedger, options};
use crate::ledger::{
    Arrival, Keys, Ledger, LedgerError,
    conformance::{Place, answer, append, at, crowd, delivery, event, places, snapshot},
};

/// Two nodes of one new organisation, and a connection of an administrator.
struct House {
    one: Arc<PostgresLedger>,
    other: Arc<PostgresLedger>,
    admin: PgConnection,
}

async fn house() -> Option<House> {
    let Place::Server { address, organisation } = Place::server()? else { return None };
    let open = async || Arc::new(PostgresLedger::open(&address, &organisation).await.unwrap());
    let admin = PgConnection::connect_with(&options(&address).unwrap()).await.unwrap();
    Some(House { one: open().await, other: open().await, admin })
}

#[tokio::test(flavor = "multi_thread")]
async fn commits_of_two_nodes_leave_no_gap_and_a_delivery_that_reached_both_is_kept_once() {
    let Some(House { one, other, .. }) = house().await else { return };
    let work = |node: Arc<PostgresLedger>| {
        tokio::spawn(async move {
            let mut logged = Vec::new();
            for n in 0..100 {
                let arrivals = [delivery(&n.to_string(), "ada"), answer(&["bo", "cy"])];
                logged.extend(append(&*node, &arrivals, at(n)).await.logged);
            }
            logged
        })
    };

    let (here, there) = (work(one.clone()), work(other));
    let mut logged = [here.await.unwrap(), there.await.unwrap()].concat();

    logged.sort_by_key(|logged| logged.seq);
    assert_eq!(one.tail(Seq::START, 9_999).await.unwrap(), logged);
    assert_eq!(logged.iter().filter(|logged| logged.event == event("ada")).count(), 100);
    assert_eq!(logged.last().unwrap().seq, Seq(500));
}

#[tokio::test]
async fn a_commit_that_happened_unheard_is_not_done_twice() {
    let Some(House { one, other, .. }) = house().await else { return };
    let arrivals = [delivery("1", "ada"), answer(&["bo"])];
    let commit = Uuid::new_v4();
    let first = one.append(commit, &arrivals, at(0)).await.unwrap();
    append(&*other, &[answer(&["cy"])], at(0)).await;

    one.unsure.store(true, std::sync::atomic::Ordering::Relaxed);
    let again = one.append(commit, &arrivals, at(1)).await.unwrap();

    assert_eq!(again.logged, first.logged);
    assert_eq!(places(&*one, 0, 9).await, [1, 2, 3]);
}

/// How many commits lose their connection before the test is content.
const CUT: u32 = 10;

#[tokio::test(flavor = "multi_thread")]
async fn commits_whose_connection_is_cut_at_any_moment_are_in_the_log_once() {
    let Some(House { one, mut admin, .. }) = house().await else { return };
    let node = one.clone();
    let writer = tokio::spawn(async move {
        let (mut cut, mut n) = (0, 0);
        while cut < CUT && n < 20_000 {
            let commit = Uuid::new_v4();
            let arrivals =
                [delivery(&n.to_string(), &format!("by webhook {n}")), answer(&[&format!("asked {n}")])];
            while let Err(error) = node.append(commit, &arrivals, at(n)).await {
                assert!(matches!(error, LedgerError::Unwritable(_)), "{error:?}");
                cut += 1;
            }
            n += 1;
        }
        (cut, n)
    });

    for pause in (5..60).step_by(11).cycle().map(Duration::from_millis) {
        if writer.is_finished() {
            break;
        }
        cut_off(&mut admin, &one).await;
        tokio::time::sleep(pause).await;
    }

    let (cut, commits) = writer.await.unwrap();
    assert_eq!(cut, CUT, "in {commits} commits");
    let tail = one.tail(Seq::START, u32::MAX).await.unwrap();
    let people: HashSet<String> = tail.iter().map(|logged| format!("{:?}", logged.event)).collect();
    let events = 2 * usize::try_from(commits).unwrap();
    assert_eq!((tail.len(), people.len()), (events, events));
}

/// Cuts all connections of the node's organisation; tells how many that were.
async fn cut_off(admin: &mut PgConnection, node: &PostgresLedger) -> usize {
    let cut: Vec<bool> = sqlx::query_scalar(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE pid <> pg_backend_pid() AND application_name = $1",
    )
    .bind(super::application(&node.organisation))
    .fetch_all(admin)
    .await
    .unwrap();
    cut.len()
}

#[tokio::test]
async fn the_database_itself_lets_no_batch_change_or_skip_a_place() {
    let Some(House { one, mut admin, .. }) = house().await else { return };
    append(&*one, &[crowd(10)], at(0)).await;
    snapshot(&*one, 5).await;
    one.compact(Seq(5)).await.unwrap();

    for refused in [
        "INSERT INTO batch VALUES ($1, 12, 12, gen_random_uuid(), 0, false, '[]')",
        "INSERT INTO batch VALUES ($1, 10, 11, gen_random_uuid(), 0, false, '[]')",
        "INSERT INTO batch VALUES ($1, 11, 10, gen_random_uuid(), 0, false, '[]')",
        "UPDATE batch SET body = '[]' WHERE organisation = $1",
        "DELETE FROM batch WHERE organisation = $1",
        "UPDATE log SET floor = 1 WHERE organisation = $1",
        "UPDATE log SET head = 4, floor = 4 WHERE organisation = $1",
        "UPDATE log SET name = 'other' WHERE organisation = $1",
    ] {
        let outcome = sqlx::query(refused).bind(&one.organisation).execute(&mut admin).await;
        assert!(outcome.is_err(), "{refused}");
    }
    assert!(sqlx::query("TRUNCATE batch").execute(&mut admin).await.is_err());
}

#[tokio::test]
async fn organisations_do_not_meet() {
    let (Some(first), Some(second)) = (house().await, house().await) else { return };
    append(&*first.one, &[delivery("1", "ada")], at(0)).await;
    snapshot(&*first.one, 1).await;

    assert_eq!(append(&*second.one, &[delivery("1", "bo")], at(0)).await.logged[0].seq, Seq(1));
    assert_eq!(second.one.snapshot().await.unwrap(), None);
    assert_eq!(second.one.tail(Seq::START, 9).await.unwrap()[0].event, event("bo"));
    assert_eq!(second.one.forget_deliveries(at(9)).await.unwrap(), 1);
}

#[tokio::test]
async fn one_node_at_a_time_has_a_lease_and_another_gets_it_when_its_term_is_over() {
    let Some(House { one, other, .. }) = house().await else { return };
    let (first, second) = (Uuid::new_v4(), Uuid::new_v4());
    let term = Duration::from_millis(300);
    assert!(one.try_lease("asks", first, term).await.unwrap().mine);

    let refused = other.try_lease("asks", second, term).await.unwrap();
    assert!(!refused.mine && refused.holder == first && refused.left <= term);
    assert!(other.try_lease("another right", second, term).await.unwrap().mine);
    other.release("asks", second).await.unwrap();
    assert!(!other.try_lease("asks", second, term).await.unwrap().mine, "only its holder gives a lease back");

    tokio::time::sleep(refused.left).await;
    while !other.try_lease("asks", second, term).await.unwrap().mine {}
    assert!(!one.try_lease("asks", first, term).await.unwrap().mine);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_as_a_log_that_cannot_be_written() {
    let nowhere = SecretString::from("postgres://nobody@127.0.0.1:9/nothing");

    let error = PostgresLedger::open(&nowhere, "main").await.unwrap_err();

    assert!(matches!(error, LedgerError::Unwritable(_)), "{error:?}");
}

#[tokio::test]
async fn a_node_that_stands_still_in_a_transaction_does_not_hold_the_log_for_ever() {
    let Some(House { one, mut admin, .. }) = house().await else { return };
    sqlx::query("SET idle_in_transaction_session_timeout = '200ms'").execute(&mut admin).await.unwrap();
    let mut still = admin.begin().await.unwrap();
    super::log::lock(&mut still, &one.organisation, &one.name).await.unwrap();

    let arrival = Arrival { keys: Keys::NONE, events: vec![event("ada")] };

    assert_eq!(append(&*one, &[arrival], at(0)).await.logged[0].seq, Seq(1));
}

#[tokio::test]
async fn a_node_that_did_not_hear_that_everything_was_forgotten_writes_nothing_of_it_again() {
    let Some(House { one, other, .. }) = house().await else { return };
    append(&*one, &[crowd(10)], at(0)).await;
    one.forget_all(at(1)).await.unwrap();

    let late = other.append(Uuid::new_v4(), &[answer(&["ada"])], at(2)).await;

    assert!(matches!(late, Err(LedgerError::Replaced)), "{late:?}");
    assert!(matches!(other.keep_queues("queues").await, Err(LedgerError::Replaced)));
    assert!(matches!(other.span().await, Err(LedgerError::Replaced)));
    assert!(matches!(other.forget_all(at(3)).await, Err(LedgerError::Replaced)));
    assert_eq!(places(&*other, 0, 99).await, [0; 0]);
}
