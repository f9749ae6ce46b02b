//! Keeps a seat's token young: a new one at every start and twice a day.

use std::{pin::Pin, sync::Arc, time::Duration};

use chrono::TimeDelta;
use rollcall_model::Clock;
use rollcall_wire::Failure;
use tokio::{task::JoinHandle, time};
use tokio_util::sync::CancellationToken;

use super::Seat;

/// How old a token may get.
const OLDEST: TimeDelta = TimeDelta::hours(12);
/// How often it is looked whether one is due: a computer that slept is late by this at most.
const LOOK: Duration = Duration::from_mins(5);

/// Told after every try to renew the token, in order; the next try waits for what it gives.
pub type Renewed = Box<dyn Fn(Result<(), Failure>) -> Telling + Send + Sync>;
/// What is done about a try to renew the token.
pub type Telling = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The task that renews a seat's token until it is stopped, or until the session has ended.
#[derive(Debug)]
pub struct Keeper {
    cancel: CancellationToken,
    task: JoinHandle<()>,
}

impl Keeper {
    /// Starts it; a seat that was taken just now has a young token.
    pub fn start(seat: Arc<Seat>, clock: Clock, taken_now: bool, renewed: Renewed) -> Self {
        Self::start_timed(seat, clock, taken_now, LOOK, renewed)
    }

    /// As [`Keeper::start`], looking more or less often.
    pub fn start_timed(
        seat: Arc<Seat>,
        clock: Clock,
        taken_now: bool,
        look: Duration,
        renewed: Renewed,
    ) -> Self {
        let cancel = CancellationToken::new();
        let own = cancel.clone();
        let task = tokio::spawn(async move {
            own.run_until_cancelled(keep(&seat, &clock, taken_now, look, &renewed)).await;
        });
        Self { cancel, task }
    }

    /// Ends it. A rotation that was under way is left; the keychain holds what is needed.
    pub async fn stop(self) {
        self.cancel.cancel();
        self.task.await.ok();
    }
}

async fn keep(seat: &Seat, clock: &Clock, taken_now: bool, look: Duration, renewed: &Renewed) {
    let mut due = if taken_now { clock.now() + OLDEST } else { clock.now() };
    loop {
        if clock.now() >= due {
            let outcome = seat.rotate().await;
            match &outcome {
                Ok(()) => due = clock.now() + OLDEST,
                Err(failure) => tracing::warn!(%failure, "the session's token was not renewed"),
            }
            let over = outcome == Err(Failure::SessionEnded);
            renewed(outcome).await;
            if over {
                return;
            }
        }
        time::sleep(look).await;
    }
}
