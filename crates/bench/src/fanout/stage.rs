//! A server with its desks, at rest and at work.

use std::time::Duration;

use tokio::time;

use super::publish::Publisher;
use crate::{
    crowd::{Crowd, Heard, Plan},
    failure::Failure,
    server::Server,
    stopwatch::Stopwatch,
};

/// How long the desks may take to connect.
const CONNECT: Duration = Duration::from_mins(2);
/// How long a server is left alone before its memory is read.
const REST: Duration = Duration::from_secs(3);
/// When the desks heard nothing for so long, they have heard everything.
const QUIET: Duration = Duration::from_millis(300);
/// A server that is behind by so much has lost its time: what it still owes does not count.
const BEHIND: Duration = Duration::from_secs(10);

/// A server and those who listen to it.
pub(super) struct Stage {
    server: Server,
    crowd: Option<Crowd>,
    plan: Plan,
    /// Memory of a desk at rest, beyond the kernel's.
    pub(super) idle_kib: Option<f64>,
    origin: Stopwatch,
}

impl Stage {
    /// Lets all desks connect and rest.
    pub(super) async fn set(server: Server, plan: Plan) -> Result<Self, Failure> {
        let before = server.processes().pss_mb();
        let crowd = gather(&plan).await?;
        time::sleep(REST).await;
        let after = server.processes().pss_mb();
        let kib = |(before, after): (f64, f64)| (after - before) * 1e6 / 1024.0 / super::float(plan.desks);
        let idle_kib = before.zip(after).map(kib).map(super::rounded);
        let origin = plan.origin;
        Ok(Self { server, crowd: Some(crowd), plan, idle_kib, origin })
    }

    /// Publishes and waits until everything is heard; the desks are gone afterwards, and come again when
    /// something more is played.
    pub(super) async fn play(&mut self, publisher: &Publisher) -> Result<Played, Failure> {
        let crowd = match self.crowd.take() {
            Some(crowd) => crowd,
            None => gather(&self.plan).await?,
        };
        publisher.warm_up().await?;
        quiet(&crowd).await;
        crowd.begin().await;
        let tree = self.server.processes();
        let before = tree.spent();
        let begun = self.origin.elapsed();
        let times = publisher.publish(self.origin).await?;
        quiet(&crowd).await;
        let cpu = tree.spent().since(&before);
        let heard = crowd.leave().await?;
        Ok(Played { cpu, begun, published: times, heard })
    }

    /// How many desks there are.
    pub(super) const fn desks(&self) -> usize {
        self.plan.desks
    }

    /// Ends the server.
    pub(super) async fn strike(self) -> Result<(), Failure> {
        if let Some(crowd) = self.crowd {
            crowd.leave().await?;
        }
        self.server.end().await
    }
}

/// What was published and what was heard of it.
pub(super) struct Played {
    pub(super) cpu: f64,
    pub(super) begun: Duration,
    /// When each piece was published, in microseconds.
    pub(super) published: Vec<u32>,
    pub(super) heard: Heard,
}

async fn gather(plan: &Plan) -> Result<Crowd, Failure> {
    let crowd = Crowd::gather(plan.clone());
    match crowd.here(CONNECT).await? {
        0 => Ok(crowd),
        refused => Err(Failure::Refused(format!("{refused} of {} desks", plan.desks))),
    }
}

async fn quiet(crowd: &Crowd) {
    let quiet = async {
        let mut bytes = crowd.bytes();
        loop {
            time::sleep(QUIET).await;
            let now = crowd.bytes();
            if now == bytes {
                return;
            }
            bytes = now;
        }
    };
    // Whoever is not done by then has not delivered.
    let _ = time::timeout(BEHIND, quiet).await;
}
