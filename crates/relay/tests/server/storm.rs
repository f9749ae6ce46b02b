//! Ten times as much comes as can be taken.

use std::collections::BTreeMap;

use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tempfile::tempdir;
use tokio::task::JoinSet;

use crate::{
    delivery::Delivery,
    process::{Relay, client, until},
};

/// How many deliveries have a place while they wait.
const PLACES: usize = 3_072;
/// How many come at the same time.
const STORM: usize = 10 * PLACES;
/// How many of them one connection brings side by side.
const SIDE_BY_SIDE: usize = 128;
/// More memory than this the relay never has, whatever comes.
const BOUND: u64 = 256 << 20;
/// Those for whom there is no place.
const BUSY: &str = "rollcall_deliveries_refused_total{reason=\"busy\"}";

/// Brings all of these at the same time; tells which are to come again. No other answer is right.
async fn bring(relay: &Relay, storm: BTreeMap<usize, Delivery>) -> BTreeMap<usize, Delivery> {
    let mut senders = JoinSet::new();
    let mut storm = storm.into_iter().peekable();
    while storm.peek().is_some() {
        let client = client().http2_prior_knowledge().build().unwrap();
        for (number, delivery) in storm.by_ref().take(SIDE_BY_SIDE) {
            let request = client.post(format!("{}zoom/webhook", relay.base)).body(delivery.body.clone());
            let headers = delivery.headers.iter();
            let request = headers.fold(request, |request, (name, value)| request.header(*name, value));
            senders.spawn(async move {
                let answer = request.send().await.unwrap();
                if answer.status() == 204 {
                    return None;
                }
                assert_eq!(answer.status(), 503);
                assert!(answer.headers().contains_key("retry-after"));
                Some((number, delivery))
            });
        }
    }
    senders.join_all().await.into_iter().flatten().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_storm_every_answer_is_true_memory_stays_bounded_and_what_comes_again_is_in_the_log_once() {
    let data = tempdir().unwrap();
    let relay = Relay::of(&data, &[]).await;
    let options = SqliteConnectOptions::new().filename(data.path().join("main.sqlite"));
    let mut other = SqliteConnection::connect_with(&options).await.unwrap();
    let storm: BTreeMap<usize, Delivery> =
        (0..STORM).map(|number| (number, Delivery::presence(&format!("p-{number}"), "Busy"))).collect();

    // Nothing can be committed until most were turned away.
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let (mut left, ()) = tokio::join!(bring(&relay, storm), async {
        until("most are turned away", async || relay.figure(BUSY).await > Some(2.0 * 3_072.0)).await;
        sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    });
    assert!(!left.is_empty());
    while !left.is_empty() {
        left = bring(&relay, left).await;
    }

    assert!(relay.peak_memory() < BOUND, "{} bytes", relay.peak_memory());
    let all = u32::try_from(STORM).unwrap().into();
    // Answered is committed; what is counted follows a moment later, and stays.
    until("everybody is known", async || {
        relay.figure("rollcall_people{organisation=\"main\"}").await == Some(all)
    })
    .await;
    assert_eq!(relay.figure("rollcall_log_head{organisation=\"main\"}").await, Some(all));
}
