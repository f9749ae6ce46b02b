//! The real way: a relay takes deliveries in and commits them to a ledger on disk.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use rollcall_model::Clock;
use rollcall_relay::{Options, Relay, fresh_token};
use rollcall_zoom::{Addresses, Client, Credentials, Plan};
use secrecy::SecretString;
use tokio::time;
use url::Url;

use super::verify;
use crate::{deliveries::Deliveries, failure::Failure, house, stopwatch::Stopwatch};

/// What the real way took.
pub(super) struct Durable {
    pub(super) time: Duration,
    pub(super) commits: u64,
}

/// How long all of it may take.
const PATIENCE: Duration = Duration::from_mins(5);

/// Takes everything in; the clock stops when the last event is committed and folded.
pub(super) async fn run(made: &Deliveries, clock: &Clock) -> Result<Durable, Failure> {
    let folder = house::folder()?;
    let relay = Relay::start(options(folder.path().join("relay.sqlite"), clock)?)
        .await
        .map_err(Failure::no_start("the relay"))?;
    let before = relay.counts();
    let begun = Stopwatch::start();
    for delivery in &made.all {
        verify(delivery, &made.secrets, clock.now())?;
        relay.take_in(&delivery.body).await.map_err(|stopping| Failure::Refused(stopping.to_string()))?;
    }
    let committed = before.events + made.all.len() as u64;
    let all = async {
        while relay.counts().events < committed {
            time::sleep(Duration::from_millis(1)).await;
        }
    };
    time::timeout(PATIENCE, all)
        .await
        .map_err(|_| Failure::TooLate { what: "the last commit", within_secs: PATIENCE.as_secs() })?;
    let time = begun.elapsed();
    let commits = relay.counts().commits - before.commits;
    relay.stop().await;
    Ok(Durable { time, commits })
}

/// A relay that hears what it is handed and nothing else: nobody listens at Zoom's address.
fn options(database: std::path::PathBuf, clock: &Clock) -> Result<Options, Failure> {
    let nowhere = Url::parse("http://127.0.0.1:9/").map_err(Failure::no_start("the client"))?;
    let credentials = Credentials::ServerToServer {
        account_id: "made-up-account".to_owned(),
        client_id: "made-up-client".to_owned(),
        client_secret: SecretString::from("made-up-secret"),
    };
    let addresses = Addresses::at(nowhere.clone(), nowhere);
    Ok(Options {
        zoom: Client::new(addresses, credentials, Plan::Business, clock.clone(), 1)
            .map_err(Failure::no_start("the client"))?,
        subscription_id: None,
        database,
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        clock: clock.clone(),
        seed: 1,
        token: fresh_token().map_err(Failure::no_start("the relay"))?,
    })
}
