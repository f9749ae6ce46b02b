//! What only one node of an organisation does: list the directory, ask for presence, hold the subscription.

use std::sync::Arc;

use rollcall_zoom::subscription;
use tokio::{sync::mpsc, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::{core::Core, directory, intake, organisation::Source, presence, repair};

/// How many questions about presence are on their way for those whom somebody waits for.
const PRESENCE_AT_A_TIME: usize = 12;
/// How many questions about touched records are on their way.
const DETAILS_AT_A_TIME: usize = 2;

/// Leads until the relay stops.
pub(crate) async fn run(core: Arc<Core>, source: Source) {
    let stop = core.stop.clone();
    let term = stop.child_token();
    let tasks = begin(&core, &source, &term);
    stop.cancelled().await;
    end(tasks).await;
}

/// Starts everything that a leader does.
fn begin(core: &Arc<Core>, source: &Source, term: &CancellationToken) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    tasks.spawn(directory::sweep(core.clone()));
    tasks.spawn(directory::sweep_details(core.clone()));
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

/// Waits until every task has ended by itself.
async fn end(mut tasks: JoinSet<()>) {
    while let Some(ended) = tasks.join_next().await {
        if let Err(error) = ended {
            tracing::error!(%error, "a task of the leader ended badly");
        }
    }
}
