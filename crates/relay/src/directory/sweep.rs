//! Listing everybody: a page, its facts into the log, the checkpoint, the next page.

use std::{sync::Arc, time::Duration};

use rollcall_model::{Event, PersonId, PersonReport};
use rollcall_wire::{Failure, relay::Progress};
use rollcall_zoom::{Lane, PageToken, ZoomError};

use super::{course, gone};
use crate::{
    core::Core,
    failure::Next,
    ledger::{Checkpoint, LedgerError, Step},
    log::Stopping,
    state::Part,
};

/// How often to look whether a sweep is due.
const LOOK: Duration = Duration::from_mins(1);
/// How long a list rests that Zoom refuses for a reason which passes only when somebody does something.
const REFUSED: Duration = Duration::from_mins(1);

/// What one page said.
struct Listed {
    reports: Vec<PersonReport>,
    people: Vec<PersonId>,
    next: Option<String>,
    /// How many people the whole list has, where Zoom says so.
    total: Option<u64>,
}

/// How often the present list was begun anew because its page token had expired.
#[derive(Debug, Default)]
struct Anew {
    step: Option<Step>,
    times: u32,
}

/// Why a step of the sweep was not done.
#[derive(Debug, thiserror::Error)]
enum Hindered {
    #[error(transparent)]
    Zoom(#[from] ZoomError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error(transparent)]
    Stopping(#[from] Stopping),
}

/// Sweeps whenever it is due, until the relay stops; a sweep that was cut short goes on where it was.
pub(crate) async fn run(core: Arc<Core>) {
    let mut at = None;
    let mut failures = 0;
    let mut begun_anew = Anew::default();
    loop {
        let pause = match turn(&core, &mut at).await {
            Ok(pause) => {
                failures = 0;
                begun_anew.pass_on_to(at.as_ref().map(|at| at.step));
                pause
            }
            Err(Hindered::Stopping(_)) => return,
            Err(Hindered::Zoom(error)) => {
                failures += 1;
                match (&mut at, &error) {
                    (Some(at), ZoomError::PageExpired) => begun_anew.again(at),
                    _ => refused(&core, &mut at, &error, failures),
                }
            }
            Err(Hindered::Ledger(error)) => {
                failures += 1;
                tracing::error!(%error, "the directory sweep cannot keep its place");
                core.state.failed(Part::Ledger, Failure::from(&error));
                crate::failure::doubled(failures)
            }
        };
        if core.stop.is_cancelled() || (!pause.is_zero() && !core.rest(pause).await) {
            return;
        }
    }
}

/// Does the next thing; tells how long to rest after it.
async fn turn(core: &Core, place: &mut Option<Checkpoint>) -> Result<Duration, Hindered> {
    let at = match place.take() {
        Some(at) => at,
        None => known(core).await?,
    };
    if at.is_finished() {
        let now = core.clock.now();
        let due = course::is_due(at.finished_at, core.suspect_before(), core.reconcile, now);
        *place = Some(if due { course::begin(Some(&at), now) } else { at });
        return Ok(if due { Duration::ZERO } else { LOOK });
    }
    let kept = at.clone();
    let result = if at.step == Step::Finished { finish(core, at).await } else { list(core, at).await };
    *place = Some(result.as_ref().map_or(kept, Clone::clone));
    result.map(|_| Duration::ZERO)
}

/// Where the ledger says that the sweep is.
async fn known(core: &Core) -> Result<Checkpoint, LedgerError> {
    let kept = core.ledger.checkpoint().await?;
    if kept.as_ref().is_some_and(|at| at.finished_at.is_some()) {
        let people =
            core.fold.read(|roster| roster.entries().filter(|entry| entry.person.is_active()).count());
        core.state.directory(Progress { done: people as u64, of: Some(people as u64) });
    }
    Ok(kept.unwrap_or_else(|| course::begin(None, core.clock.now())))
}

/// Lists one page and keeps what it said.
async fn list(core: &Core, at: Checkpoint) -> Result<Checkpoint, Hindered> {
    let listed = tokio::select! {
        () = core.stop.cancelled() => return Err(Stopping.into()),
        listed = ask(core, &at) => listed?,
    };
    core.state.works(part(at.step));
    core.zoom_answers().await?;
    core.log.learn(core, listed.reports.into_iter().map(Event::Person).collect()).await?;
    let next = at.clone().after_page(listed.next);
    core.ledger.keep_checkpoint(&next, &listed.people).await?;
    tracing::debug!(sweep = at.number, step = ?at.step, people = listed.people.len(), "a page was listed");
    if at.finished_at.is_none() && at.step == Step::Active {
        let done = core.state.now().directory.done + listed.people.len() as u64;
        core.state.directory(Progress { done, of: listed.total.map(|total| total.max(done)) });
    }
    Ok(next)
}

async fn ask(core: &Core, at: &Checkpoint) -> Result<Listed, ZoomError> {
    // Until a first sweep has finished somebody waits for it.
    let lane = if at.finished_at.is_none() { Lane::Now } else { Lane::Sweep };
    let page = at.page.as_deref().and_then(PageToken::new);
    let as_of = core.clock.now();
    let (reports, next, total): (Vec<PersonReport>, _, _) = if let Some(standing) = at.step.standing() {
        let page = core.zoom.users(standing, page.as_ref(), lane).await?;
        (page.items.iter().flat_map(|user| user.reports(as_of)).collect(), page.next, page.total)
    } else {
        let page = core.zoom.phone_users(page.as_ref(), lane).await?;
        (page.items.iter().flat_map(|user| user.reports(as_of)).collect(), page.next, page.total)
    };
    // Only the lists of people say who is there.
    let mut people: Vec<PersonId> = Vec::new();
    if at.step.standing().is_some() {
        people.extend(reports.iter().map(|report| report.id.clone()));
        people.dedup();
    }
    Ok(Listed { reports, people, next: next.map(|token| token.as_str().to_owned()), total })
}

/// Buries those whom nobody listed.
async fn finish(core: &Core, at: Checkpoint) -> Result<Checkpoint, Hindered> {
    let listed = core.ledger.listed(at.number).await?;
    let tombstones = core.fold.read(|roster| gone::tombstones(roster, &listed, at.started_at));
    let gone = tombstones.len();
    core.log.learn(core, tombstones).await?;
    let finished = at.finished(core.clock.now());
    core.ledger.keep_checkpoint(&finished, &[]).await?;
    let active = core.fold.read(|roster| roster.entries().filter(|entry| entry.person.is_active()).count());
    core.state.directory(Progress { done: active as u64, of: Some(active as u64) });
    core.sweep_now.notify_one();
    tracing::info!(sweep = finished.number, listed = listed.len(), gone, "the directory is listed");
    Ok(finished)
}

/// Decides what to do about a page that Zoom refused.
fn refused(core: &Core, place: &mut Option<Checkpoint>, error: &ZoomError, failures: u32) -> Duration {
    let Some(at) = place.take() else { return REFUSED };
    let next = core.refused(part(at.step), error, failures);
    let without_phones = at.step == Step::Phones && !error.is_passing();
    *place = Some(if without_phones { at.after_list() } else { at });
    match next {
        _ if without_phones => Duration::ZERO,
        Next::Pause(pause) => pause,
        Next::Gone | Next::Skip => REFUSED,
    }
}

impl Anew {
    /// The sweep is at this step now.
    fn pass_on_to(&mut self, step: Option<Step>) {
        if self.step != step {
            *self = Self { step, times: 0 };
        }
    }

    /// Begins the list anew; tells how long to rest before. One token that has expired is what a sweep finds
    /// that was cut short; when they go on expiring, that is trouble of Zoom's and no reason to hurry.
    fn again(&mut self, at: &mut Checkpoint) -> Duration {
        tracing::info!(step = ?at.step, times = self.times, "the page token has expired; the list begins anew");
        *at = at.clone().list_again();
        self.times += 1;
        if self.times == 1 { Duration::ZERO } else { crate::failure::doubled(self.times - 1) }
    }
}

const fn part(step: Step) -> Part {
    match step {
        Step::Phones => Part::Phones,
        _ => Part::Directory,
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    #[test]
    fn a_list_whose_tokens_go_on_expiring_is_begun_anew_ever_more_slowly() {
        let mut at = course::begin(None, DateTime::UNIX_EPOCH).after_page(Some("two".into()));
        let mut anew = Anew::default();
        anew.pass_on_to(Some(at.step));

        let pauses = [(); 4].map(|()| {
            let pause = anew.again(&mut at);
            // The first page of the list comes well each time.
            anew.pass_on_to(Some(at.step));
            pause.as_secs()
        });

        assert_eq!((at.page, pauses), (None, [0, 1, 2, 4]));
        anew.pass_on_to(Some(Step::Inactive));
        assert_eq!(anew.times, 0);
    }
}
