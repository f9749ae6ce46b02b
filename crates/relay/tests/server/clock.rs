//! This machine's clock is set while the relay runs.

use std::{ffi::OsString, fs, path::PathBuf, time::Duration};

use chrono::TimeDelta;
use rollcall_fake_zoom::{FakeZoom, Options as FakeOptions};
use rollcall_model::Clock;
use tempfile::{TempDir, tempdir};
use tokio::time::Instant;

use crate::{
    admin::Admin,
    cluster::{Bus, Nodes, shared_ledger},
    delivery::Signer,
    load::{At, Load},
    people::{come_in, status},
    process::{Relay, beside, until},
};

/// The stream's times differ by less from the time.
const CLOSE: TimeDelta = TimeDelta::seconds(5);
/// Longer than a lease and the pause before it is looked at again.
const TERM: Duration = Duration::from_secs(14);

/// The clock that a relay sees; what it measures by time that nobody sets stays true.
pub(crate) struct FakeClock {
    library: PathBuf,
    folder: TempDir,
}

impl FakeClock {
    /// A clock that is right; nothing where `libfaketime` is not installed.
    pub(crate) fn new() -> Option<Self> {
        let folders = fs::read_dir("/usr/lib").unwrap().map(|folder| folder.unwrap().path());
        let mut libraries = folders.map(|folder| folder.join("faketime/libfaketimeMT.so.1"));
        let Some(library) = libraries.find(|library| library.exists()) else {
            eprintln!("skipped: libfaketime is not installed");
            return None;
        };
        let clock = Self { library, folder: tempdir().unwrap() };
        clock.set(0);
        Some(clock)
    }

    /// From now on it is so many seconds ahead.
    pub(crate) fn set(&self, ahead: i64) {
        let fresh = self.folder.path().join("fresh");
        fs::write(&fresh, format!("{ahead:+}")).unwrap();
        fs::rename(fresh, self.file()).unwrap();
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("clock")
    }

    pub(crate) fn environment(&self) -> Vec<(&'static str, OsString)> {
        vec![
            ("LD_PRELOAD", self.library.clone().into()),
            ("FAKETIME_TIMESTAMP_FILE", self.file().into()),
            ("FAKETIME_NO_CACHE", "1".into()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".into()),
            ("NO_FAKE_STAT", "1".into()),
        ]
    }
}

/// Brings a delivery until it is taken. It is never refused as if its sender were at fault.
async fn bring(relay: &Relay, zoom: &FakeZoom, person: &str) {
    until("it is taken", async || {
        // Somebody looks at somebody now and then: Zoom is asked, and its answers say what time it is.
        relay.look_at(&zoom.ready().agent_user_id).await;
        match relay.deliver(&Signer::of(zoom).presence(person, "Busy")).await {
            204 => true,
            503 => false,
            other => panic!("answered {other}"),
        }
    })
    .await;
    relay.until_known(person, "Busy").await;
}

async fn when_the_clock_is_set(ahead: i64) {
    let Some(clock) = FakeClock::new() else { return };
    let data = tempdir().unwrap();
    let zoom = FakeZoom::start(FakeOptions { people: 10, seed: 7, ..FakeOptions::default() }).await.unwrap();
    let agent = zoom.ready().agent_user_id.clone();
    let flags = beside(&zoom, data.path());
    let admin = Admin::of(&flags);
    let relay = Relay::within(&clock.environment(), flags, admin).await;
    let token = come_in(&relay, &data, "ada@example.org", "agent").await;
    until("the agent is known", async || relay.presences().await.contains_key(&agent)).await;
    bring(&relay, &zoom, "before").await;

    clock.set(ahead);
    bring(&relay, &zoom, "meanwhile").await;
    until("desks are told the right time", async || {
        (relay.hello().await.0 - Clock::system().now()).abs() < CLOSE
    })
    .await;
    assert_eq!(status(&relay, &token).await, 200, "who came in is in");
    let late = Clock::system().now() + CLOSE;
    assert!(relay.reports().await.values().all(|report| report.as_of < late), "a fact from the future");

    clock.set(0);
    bring(&relay, &zoom, "afterwards").await;
    assert_eq!(status(&relay, &token).await, 200, "who came in is in");
    zoom.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_set_an_hour_forward_costs_no_delivery_and_no_session() {
    when_the_clock_is_set(3_600).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_set_an_hour_back_costs_no_delivery_and_no_session() {
    when_the_clock_is_set(-3_600).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_leads_goes_on_leading_when_clocks_are_set() {
    let (Some(clock), Some(ledger)) = (FakeClock::new(), shared_ledger()) else { return };
    let bus = Bus::start().await;
    let nodes = Nodes::within(clock.environment(), 2, &ledger, &bus.address()).await;
    let leader = nodes.leader().await;

    for ahead in [3_600, -3_600] {
        clock.set(ahead);
        let set = Instant::now();
        while set.elapsed() < TERM {
            assert!(nodes.leads(leader).await && !nodes.leads(1 - leader).await, "another leads");
        }
    }

    clock.set(0);
    let load = Load::on(&nodes, [At::Node(0), At::Node(1)]);
    load.until_answered(20).await;
    load.end().await;
}
