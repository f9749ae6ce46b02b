//! Keeps a seat's token young: a new one at every start and twice a day.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use rollcall_model::Clock;
use rollcall_wire::Failure;
use tokio::{task::JoinHandle, time};
use tokio_util::sync::CancellationToken;

use super::{Seat, Turn, Turned};

/// How old a token may get.
const OLDEST: TimeDelta = TimeDelta::hours(12);
/// How often it is looked whether one is due: a computer that slept is late by this at most.
const LOOK: Duration = Duration::from_mins(5);

/// The task that renews a seat's token until it is stopped, or until the session has ended.
#[derive(Debug)]
pub struct Keeper {
    cancel: CancellationToken,
    task: JoinHandle<()>,
}

impl Keeper {
    /// Starts it, with a first [`Turn::Link`]; a seat that was taken just now has a young token.
    pub fn start(seat: Arc<Seat>, clock: Clock, taken_now: bool, turned: Turned) -> Self {
        Self::start_timed(seat, clock, taken_now, LOOK, turned)
    }

    /// As [`Keeper::start`], looking more or less often.
    pub fn start_timed(
        seat: Arc<Seat>,
        clock: Clock,
        taken_now: bool,
        look: Duration,
        turned: Turned,
    ) -> Self {
        let cancel = CancellationToken::new();
        let own = cancel.clone();
        let task = tokio::spawn(async move {
            own.run_until_cancelled(keep(&seat, &clock, taken_now, look, &turned)).await;
        });
        Self { cancel, task }
    }

    /// Ends it. A rotation that was under way is left; the keychain holds what is needed.
    pub async fn stop(self) {
        self.cancel.cancel();
        self.task.await.ok();
    }
}

async fn keep(seat: &Seat, clock: &Clock, taken_now: bool, look: Duration, turned: &Turned) {
    let mut due = if taken_now { clock.now() + OLDEST } else { clock.now() };
    let mut linked = false;
    loop {
        let now = clock.now();
        if now >= due {
            match seat.rotate(turned).await {
                Ok(()) => (due, linked) = (now + OLDEST, true),
                Err(Failure::SessionEnded) => return turned(Turn::Ended).await,
                Err(failure) => tracing::warn!(%failure, "the session's token was not renewed"),
            }
        }
        if !linked {
            linked = true;
            turned(Turn::Link(seat.upstream().await)).await;
        }
        time::sleep(look).await;
    }
}
