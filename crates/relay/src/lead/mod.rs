//! What only one node of an organisation does: list the directory, ask for presence, hold the subscription.
//!
//! The right to it is a lease in the ledger, by the database's clock. Two nodes that both believe to have it do no
//! harm: what either hears is recognised when it comes again. It only costs requests.

mod follow;

use std::{sync::Arc, time::Duration};

use rollcall_zoom::subscription;
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{Instant, timeout},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub(crate) use follow::take_stand;

use crate::{core::Core, directory, intake, organisation::Source, presence, repair};

/// How many questions about presence are on their way for those whom somebody waits for.
const PRESENCE_AT_A_TIME: usize = 12;
/// How many questions about touched records are on their way.
const DETAILS_AT_A_TIME: usize = 2;
/// What the lease is called.
const LEASE: &str = "lead";
/// For how long a node leads without saying so again: a leader that is lost is replaced after this at the latest,
/// and a moment.
const TERM: Duration = Duration::from_secs(10);
/// How often a leader says that it still is, and how often the others look whether somebody does.
const RENEW: Duration = Duration::from_secs(3);
/// A leader that could not say so stops this long before the others may begin.
const MARGIN: Duration = Duration::from_secs(2);
/// How long the leader's tasks may take to end by themselves.
const END_WITHIN: Duration = Duration::from_secs(3);

/// Leads whenever nobody else does, until the relay stops.
pub(crate) async fn run(core: Arc<Core>, source: Source) {
    let holder = Uuid::new_v4();
    while !core.stop.is_cancelled() {
        match take(&core, holder).await {
            Some(until) => {
                tracing::info!("this node leads");
                lead(&core, &source, holder, until).await;
                tracing::info!("this node does not lead any more");
            }
            None => follow::for_a_while(&core, RENEW).await,
        }
    }
    if let Err(error) = core.ledger.release(LEASE, holder).await {
        tracing::warn!(%error, "the lease was not given back; it ends by itself");
    }
}

/// Takes or keeps the lease; tells until when it may be relied on.
async fn take(core: &Core, holder: Uuid) -> Option<Instant> {
    let asked = Instant::now();
    match timeout(RENEW, core.ledger.try_lease(LEASE, holder, TERM)).await {
        Ok(Ok(lease)) => lease.mine.then(|| asked + lease.left.saturating_sub(MARGIN)),
        Ok(Err(error)) => {
            tracing::warn!(%error, "the lease cannot be asked for");
            None
        }
        Err(_) => None,
    }
}

/// Leads until the lease is lost or the relay stops.
async fn lead(core: &Arc<Core>, source: &Source, holder: Uuid, mut until: Instant) {
    let term = core.stop.child_token();
    core.lead(true);
    let tasks = begin(core, source, &term);
    loop {
        tokio::select! {
            () = core.stop.cancelled() => break,
            () = tokio::time::sleep(RENEW) => {}
        }
        core.bus.stand(&core.state.now()).await;
        if let Some(renewed) = take(core, holder).await {
            until = renewed;
        } else if Instant::now() + RENEW >= until {
            break;
        }
    }
    core.lead(false);
    term.cancel();
    end(core, tasks).await;
}

/// Starts everything that a leader does.
fn begin(core: &Arc<Core>, source: &Source, term: &CancellationToken) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    tasks.spawn(directory::sweep(core.clone()));
    tasks.spawn(directory::sweep_details(core.clone()));
    tasks.spawn(directory::sweep_queues(core.clone()));
    tasks.spawn(presence::sweep(core.clone()));
    tasks.spawn(repair::check_calls(core.clone()));
    for _ in 0..PRESENCE_AT_A_TIME {
        tasks.spawn(presence::serve(core.clone()));
    }
    for _ in 0..DETAILS_AT_A_TIME {
        tasks.spawn(directory::serve_touched(core.clone()));
    }
    match source {
        Source::Subscription(id) => {
            let (heard, deliveries) = mpsc::channel(intake::QUEUE);
            tasks.spawn(subscription::run(core.zoom.clone(), id.clone(), heard, term.clone()));
            tasks.spawn(intake::run(core.clone(), deliveries));
        }
        Source::Webhook => repair::begin(core),
        Source::Nothing => core.state.no_events(),
    }
    tasks
}

/// When the relay stops, waits until every task has ended by itself. Cuts off what is left: every task may be cut
/// off at any of its steps.
async fn end(core: &Core, mut tasks: JoinSet<()>) {
    if core.stop.is_cancelled() {
        let all = async { while tasks.join_next().await.is_some() {} };
        // What takes longer is cut off below.
        let _ = timeout(END_WITHIN, all).await;
    }
    tasks.shutdown().await;
}
