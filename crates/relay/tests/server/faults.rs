use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tempfile::tempdir;
use tokio::{task::JoinSet, time::Instant};

use crate::{
    delivery::Delivery,
    process::{Relay, until},
};

/// A relay ends within this.
const ENDS: Duration = Duration::from_secs(10);

#[tokio::test]
async fn while_the_log_cannot_be_written_zoom_is_asked_to_come_again_and_nothing_is_lost() {
    let data = tempdir().unwrap();
    let relay = Relay::of(&data, &[]).await;
    let options = SqliteConnectOptions::new().filename(data.path().join("main.sqlite"));
    let mut other = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();

    let refused = relay.deliver_at("zoom/webhook", &Delivery::presence("ada", "Busy")).await;
    assert_eq!(refused.status(), 503);
    assert!(refused.headers().contains_key("retry-after"));
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();

    until("it is taken when it comes again", async || {
        relay.deliver(&Delivery::presence("ada", "Busy")).await == 204
    })
    .await;
    relay.until_known("ada", "Busy").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_is_asked_to_end_under_load_loses_nothing_that_it_answered() {
    let data = tempdir().unwrap();
    let relay = Arc::new(Relay::of(&data, &[]).await);
    let answered = Arc::new(Mutex::new(Vec::new()));
    let mut senders = JoinSet::new();
    for sender in 0..16 {
        let (relay, answered) = (relay.clone(), answered.clone());
        senders.spawn(async move {
            for number in 0.. {
                let person = format!("p-{sender}-{number}");
                match relay.try_deliver("zoom/webhook", &Delivery::presence(&person, "Busy")).await {
                    Ok(answer) if answer.status() == 204 => answered.lock().unwrap().push(person),
                    Ok(answer) => assert_eq!(answer.status(), 503),
                    Err(_) => return,
                }
            }
        });
    }
    until("there is load", async || answered.lock().unwrap().len() > 200).await;

    let asked = Instant::now();
    relay.signal("TERM").await;
    senders.join_all().await;
    let ended = Arc::into_inner(relay).unwrap().ended().await;

    assert!(ended.status.success(), "{}", ended.log);
    assert!(asked.elapsed() < ENDS, "it took {:?}", asked.elapsed());
    let known = Relay::of(&data, &[]).await.presences().await;
    let answered = answered.lock().unwrap();
    let lost: Vec<&String> = answered.iter().filter(|person| !known.contains_key(*person)).collect();
    assert!(lost.is_empty(), "{} of {} are lost: {lost:?}", lost.len(), answered.len());
}
