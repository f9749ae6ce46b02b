//! The organisation's call queues and who serves them, listed a few times a day, last of all questions to Zoom.
//!
//! No event tells of a change in them. An account without Zoom Phone, or an app without the scopes, has none: that is
//! told where somebody asks for queues, and is no failure of the relay.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use rollcall_wire::{Failure, relay::Progress};
use rollcall_zoom::{CallQueue, Lane, QueueMember, ZoomError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    core::Core,
    failure::{self, Next},
    ledger::LedgerError,
};

/// How often the queues are listed.
const EVERY: Duration = Duration::from_hours(6);
/// How long they are left alone that Zoom refuses for a reason which passes only when somebody does something.
const REFUSED: Duration = Duration::from_hours(1);
/// How long to rest when the ledger cannot be read or written.
const NOT_KEPT: Duration = Duration::from_mins(1);

/// The queues as they were last listed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct QueueList {
    /// When they were listed; nothing before the first time.
    as_of: Option<DateTime<Utc>>,
    /// Why they could not be listed since.
    failure: Option<Failure>,
    /// All of them, in the order of names, then ids.
    queues: Vec<Queue>,
}

/// A call queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct Queue {
    /// Zoom's id of the queue.
    id: String,
    /// Its name.
    name: String,
    /// Its internal extension.
    extension: Option<String>,
    /// Its direct numbers, in E.164.
    numbers: Vec<String>,
    /// Its site; empty when it has none.
    site: String,
    /// Who serves it; nothing when Zoom did not tell.
    members: Option<Vec<Member>>,
}

/// Somebody who serves a queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct Member {
    /// Zoom's id of the user.
    id: String,
    /// Whether they manage the queue.
    manages: bool,
    /// Whether they take its calls at present.
    receives_calls: bool,
}

/// The queues as they were last listed, on whichever node that was.
pub(crate) async fn known(core: &Core) -> Result<QueueList, LedgerError> {
    let kept = core.ledger.queues().await?;
    // What another version kept and this one cannot read is listed again.
    Ok(kept.and_then(|body| serde_json::from_str(&body).ok()).unwrap_or_default())
}

/// Lists the queues after the first sweep of people, then a few times a day, until the relay stops.
pub(crate) async fn sweep(core: Arc<Core>) {
    if !people_are_listed(&core).await {
        return;
    }
    let mut failures = 0;
    loop {
        let turn = tokio::select! {
            () = core.stop.cancelled() => return,
            turn = turn(&core, &mut failures) => turn,
        };
        let pause = turn.unwrap_or_else(|error| {
            tracing::error!(%error, "the call queues cannot be kept");
            NOT_KEPT
        });
        if !core.rest(pause).await {
            return;
        }
    }
}

/// Lists the queues if it is time; tells how long to rest.
async fn turn(core: &Core, failures: &mut u32) -> Result<Duration, LedgerError> {
    let known = known(core).await?;
    if let Some(rest) = until_due(&known, core.clock.now()) {
        return Ok(rest);
    }
    match list(core).await {
        Ok(queues) => {
            *failures = 0;
            keep(core, &queues).await?;
            tracing::info!(queues = queues.queues.len(), "the call queues are listed");
            Ok(EVERY)
        }
        Err(error) => {
            *failures += 1;
            let now = core.clock.now();
            tracing::info!(%error, failures, "Zoom does not tell the call queues");
            keep(core, &QueueList { failure: Some(failure::failure(&error, now)), ..known }).await?;
            Ok(match failure::next(&error, *failures, now) {
                Next::Pause(pause) if error.is_passing() => pause,
                _ => REFUSED,
            })
        }
    }
}

/// How long it is until the queues are to be listed again; nothing when they are to be listed now.
fn until_due(known: &QueueList, now: DateTime<Utc>) -> Option<Duration> {
    let age = now - known.as_of.filter(|_| known.failure.is_none())?;
    EVERY.checked_sub(age.to_std().unwrap_or_default()).filter(|rest| !rest.is_zero())
}

async fn keep(core: &Core, queues: &QueueList) -> Result<(), LedgerError> {
    let body = serde_json::to_string(queues).map_err(LedgerError::Encoding)?;
    core.ledger.keep_queues(&body).await
}

/// Waits until somebody is listed and nobody is left out; tells whether the relay goes on.
async fn people_are_listed(core: &Core) -> bool {
    let mut changes = core.state.watch();
    let listed = |Progress { done, of }: Progress| done > 0 && of == Some(done);
    while !listed(core.state.now().directory) {
        let change = tokio::select! {
            () = core.stop.cancelled() => return false,
            change = changes.next() => change,
        };
        if change.is_none() {
            return false;
        }
    }
    true
}

/// Lists the queues, then asks for each.
async fn list(core: &Core) -> Result<QueueList, ZoomError> {
    let as_of = core.clock.now();
    let mut listed = Vec::new();
    let mut page = None;
    loop {
        let next = core.zoom.call_queues(page.as_ref(), Lane::Sweep).await?;
        listed.extend(next.items);
        page = next.next;
        if page.is_none() {
            break;
        }
    }
    let mut queues = Vec::with_capacity(listed.len());
    for queue in listed {
        queues.extend(with_members(core, queue).await?);
    }
    queues.sort_by(|one, other| (&one.name, &one.id).cmp(&(&other.name, &other.id)));
    Ok(QueueList { as_of: Some(as_of), failure: None, queues })
}

/// A queue with its members; nothing when it is gone meanwhile. Waits as long as Zoom bids, and asks again.
async fn with_members(core: &Core, queue: CallQueue) -> Result<Option<Queue>, ZoomError> {
    let mut failures = 0;
    loop {
        let error = match core.zoom.call_queue(&queue.id, Lane::Sweep).await {
            Ok(record) => return Ok(Some(Queue::of(&queue, Some(record.members())))),
            Err(error) => error,
        };
        failures += 1;
        match failure::next(&error, failures, core.clock.now()) {
            Next::Gone => return Ok(None),
            Next::Skip => return Ok(Some(Queue::of(&queue, None))),
            Next::Pause(_) if matches!(error, ZoomError::MissingScope { .. }) => {
                return Ok(Some(Queue::of(&queue, None)));
            }
            Next::Pause(pause) if error.is_passing() && core.rest(pause).await => {}
            Next::Pause(_) => return Err(error),
        }
    }
}

impl Queue {
    fn of(queue: &CallQueue, members: Option<&[QueueMember]>) -> Self {
        Self {
            id: queue.id.clone(),
            name: queue.name.clone(),
            extension: queue.extension.map(|extension| extension.0.to_string()),
            numbers: queue.numbers().iter().map(ToString::to_string).collect(),
            site: queue.site().to_owned(),
            members: members.map(|members| members.iter().map(Member::of).collect()),
        }
    }
}

impl Member {
    fn of(member: &QueueMember) -> Self {
        let id = member.person().as_str().to_owned();
        Self { id, manages: member.is_manager(), receives_calls: member.receives_calls }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn queues_are_listed_again_after_some_hours_or_when_they_were_refused() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let listed = |hours| QueueList { as_of: Some(now - TimeDelta::hours(hours)), ..QueueList::default() };

        assert_eq!(until_due(&listed(2), now), Some(Duration::from_hours(4)));
        assert_eq!(until_due(&listed(6), now), None);
        assert_eq!(until_due(&QueueList::default(), now), None);
        let refused = QueueList { failure: Some(Failure::PhoneNotEnabled), ..listed(1) };
        assert_eq!(until_due(&refused, now), None);
    }
}
