//! What only one node of an organisation does: list the directory, ask for presence, hold the subscription.
//!
//! The right to it is a lease in the ledger, by the database's clock. Two nodes that both believe to have it do no
//! harm: what either hears is recognised when it comes again. It only costs requests.

mod follow;

use std::{sync::Arc, time::Duration};

use rollcall_wire::Failure;
use rollcall_zoom::subscription;
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{Instant, timeout},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub(crate) use follow::take_stand;

use crate::{
    consults, core::Core, directory, intake, ledger::LedgerError, lore, organisation::Source, presence,
    repair, state::Part,
};

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
/// A lease that is about to end is looked at again after this.
const SOON: Duration = Duration::from_millis(100);
/// A leader that could not say so stops this long before the others may begin.
const MARGIN: Duration = Duration::from_secs(2);
/// How long the ledger may take to answer. A leader that asked after [`RENEW`] and waited so long in vain still stops
/// before the others begin.
const ANSWER: Duration = Duration::from_millis(4_500);
/// How long the leader's tasks may take to end by themselves.
const END_WITHIN: Duration = Duration::from_secs(3);

/// Whose the lease is, as far as the ledger says.
enum Whose {
    /// This node's, to be relied on until then.
    Ours(Instant),
    /// Another node's, for so long, unless it says so again.
    Theirs(Duration),
    /// The ledger does not say.
    Unknown,
}

/// Leads whenever nobody else does, until the relay stops.
pub(crate) async fn run(core: Arc<Core>, source: Source) {
    let holder = Uuid::new_v4();
    core.rest_after_removal().await;
    while !core.stop.is_cancelled() {
        match take(&core, holder).await {
            Whose::Ours(until) => {
                tracing::info!("this node leads");
                lead(&core, &source, holder, until).await;
                tracing::info!("this node does not lead any more");
            }
            // Looked at in the moment in which it ends, nobody leads for no longer than that.
            Whose::Theirs(left) => follow::for_a_while(&core, left.clamp(SOON, RENEW)).await,
            Whose::Unknown => follow::for_a_while(&core, RENEW).await,
        }
    }
    if let Err(error) = core.ledger.release(LEASE, holder).await {
        tracing::warn!(%error, "the lease was not given back; it ends by itself");
    }
}

/// Takes or keeps the lease, if nobody else has it.
async fn take(core: &Core, holder: Uuid) -> Whose {
    let asked = Instant::now();
    let answer = timeout(ANSWER, core.ledger.try_lease(LEASE, holder, TERM)).await;
    match answer.unwrap_or(Err(LedgerError::Silent)) {
        Ok(lease) => {
            core.state.works(Part::Lease);
            let relied_on = asked + lease.left.saturating_sub(MARGIN);
            if lease.mine { Whose::Ours(relied_on) } else { Whose::Theirs(lease.left) }
        }
        Err(error) => {
            tracing::warn!(%error, "the lease cannot be asked for");
            core.state.failed(Part::Lease, Failure::from(&error));
            Whose::Unknown
        }
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
        match take(core, holder).await {
            Whose::Ours(renewed) => until = renewed,
            // This node stood still for longer than the lease, or the database's clock went forward.
            Whose::Theirs(_) => break,
            Whose::Unknown if Instant::now() + RENEW >= until => break,
            Whose::Unknown => {}
        }
        core.bus.stand(&core.state.now()).await;
    }
    core.lead(false);
    term.cancel();
    end(core, tasks).await;
    core.state.asks_no_more();
}

/// Starts everything that a leader does.
fn begin(core: &Arc<Core>, source: &Source, term: &CancellationToken) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    tasks.spawn(directory::sweep(core.clone()));
    tasks.spawn(directory::sweep_details(core.clone()));
    tasks.spawn(directory::sweep_queues(core.clone()));
    tasks.spawn(presence::sweep(core.clone()));
    tasks.spawn(repair::check_calls(core.clone()));
    tasks.spawn(lore::teach(core.clone()));
    tasks.spawn(consults::count(core.clone()));
    for _ in 0..PRESENCE_AT_A_TIME {
        tasks.spawn(presence::serve(core.clone()));
    }
    for _ in 0..DETAILS_AT_A_TIME {
        tasks.spawn(directory::serve_touched(core.clone()));
    }
    match source {
        Source::Subscription(id) => {
            core.state.connecting();
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
