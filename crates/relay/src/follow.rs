//! The one place where committed events are folded in, strictly in order, whoever committed them.
//!
//! Own commits come from the writer, those of other nodes over the bus; what is missing in between is read from
//! the ledger. A message that the bus lost is healed by looking at the ledger's head now and then.

use std::{sync::Arc, time::Duration};

use rollcall_model::{CallReport, Event, Logged, PersonFact, PersonId, PersonReport, Seq, Step};
use rollcall_wire::Failure;
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep_until},
};

use crate::{
    bus::{Reach, Told},
    core::Core,
    directory,
    ledger::{self, LedgerError},
    presence,
    restore::restore,
    state::Part,
    tally::count,
    wanted::Rank,
};

/// How often the ledger's head is looked at while the others can be heard.
const LOOK: Duration = Duration::from_secs(3);
/// The same while the bus is away.
const LOOK_CUT_OFF: Duration = Duration::from_secs(1);
/// How many events are read at a time.
const PAGE: u32 = 1_000;

/// What this node committed.
#[derive(Debug)]
pub(crate) struct Own {
    /// The events with their places.
    pub(crate) logged: Vec<Logged>,
    /// Who waits until they are folded in.
    pub(crate) folded: Vec<oneshot::Sender<()>>,
}

/// What brings the follower forward.
enum News {
    Own(Own),
    Told(Told),
    Look,
}

#[derive(Debug)]
struct Follower {
    core: Arc<Core>,
    fan_out: mpsc::Sender<Vec<Logged>>,
}

/// Follows the log until the writer has ended and everything that it committed is folded in.
pub(crate) async fn follow(
    core: Arc<Core>,
    mut own: mpsc::Receiver<Own>,
    mut log: mpsc::Receiver<Told>,
    fan_out: mpsc::Sender<Vec<Logged>>,
) {
    let follower = Follower { core, fan_out };
    let mut looked = Instant::now();
    loop {
        let look = follower.look_every().map(|every| looked + every);
        let news = tokio::select! {
            committed = own.recv() => match committed {
                Some(committed) => News::Own(committed),
                None => return,
            },
            Some(told) = log.recv() => News::Told(told),
            () = sleep_until(look.unwrap_or(looked)), if look.is_some() => {
                looked = Instant::now();
                News::Look
            }
        };
        follower.take(news).await;
    }
}

/// Takes in what people at desks of other nodes want, until the relay stops.
pub(crate) async fn take_wishes(core: Arc<Core>, mut wishes: mpsc::Receiver<Vec<PersonId>>) {
    while let Some(Some(people)) = core.stop.run_until_cancelled(wishes.recv()).await {
        // Only a node that asks Zoom can grant a wish.
        if core.leads() {
            directory::want_details(&core, &people);
            presence::want(&core, &people);
        }
    }
}

impl Follower {
    /// How often to look at the ledger's head; never when nobody else writes.
    fn look_every(&self) -> Option<Duration> {
        match self.core.bus.reach() {
            Reach::Nobody => None,
            Reach::Others => Some(LOOK),
            Reach::CutOff => Some(LOOK_CUT_OFF),
        }
    }

    async fn take(&self, news: News) {
        match news {
            News::Own(own) => self.take_own(own).await,
            News::Told(Told::Events(logged)) => {
                self.fold_in(logged).await;
            }
            News::Told(Told::Head(head)) => self.catch_up(head).await,
            News::Look | News::Told(Told::Gap) => match self.core.ledger.span().await {
                Ok(span) => {
                    self.catch_up(span.head).await;
                    self.look_for_return().await;
                }
                Err(LedgerError::Replaced) => self.core.leave(),
                Err(error) => tracing::warn!(%error, "the head of the log cannot be looked at"),
            },
        }
    }

    async fn take_own(&self, Own { logged, folded }: Own) {
        let events = logged.len() as u64;
        self.core.bus.tell(&logged).await;
        if !self.fold_in(logged).await {
            return;
        }
        count(&self.core.tally.events, events);
        for folded in folded {
            // Whoever no longer waits does not need to know.
            let _ = folded.send(());
        }
    }

    /// Folds in what is new in `logged`, after all that comes before it; tells whether that could be had.
    async fn fold_in(&self, mut logged: Vec<Logged>) -> bool {
        let Some(first) = logged.first() else { return true };
        self.catch_up(Seq(first.seq.0.saturating_sub(1))).await;
        let head = self.core.fold.head();
        let known = logged.partition_point(|logged| logged.seq <= head);
        logged.drain(..known);
        if logged.first().is_some_and(|next| next.seq != head.next()) {
            return false;
        }
        self.apply(logged).await;
        true
    }

    /// Reads from the ledger what is missing up to `upto`, however long that takes; gives up only when the relay
    /// stops meanwhile, or when the ledger does not have it.
    async fn catch_up(&self, upto: Seq) {
        let mut failures = 0;
        while self.core.fold.head() < upto {
            match self.read_on(upto).await {
                Ok(true) => failures = 0,
                Ok(false) => return tracing::warn!(upto = upto.0, "a position is not in the ledger"),
                Err(LedgerError::Replaced) => return self.core.leave(),
                Err(error) => {
                    failures += 1;
                    tracing::error!(%error, failures, "the log cannot be followed");
                    self.core.state.failed(Part::Ledger, Failure::from(&error));
                    if !self.core.rest(ledger::pause(failures)).await {
                        return;
                    }
                }
            }
        }
    }

    /// Whether the app is back, whoever noticed it.
    async fn look_for_return(&self) {
        if self.core.removal.is_removed()
            && let Err(error) = self.core.look_for_removal().await
        {
            tracing::warn!(%error, "it cannot be told whether the app is back");
        }
    }

    /// Reads a page; tells whether there was one.
    async fn read_on(&self, upto: Seq) -> Result<bool, LedgerError> {
        let head = self.core.fold.head();
        let missing = u32::try_from(upto.0 - head.0).unwrap_or(PAGE).min(PAGE);
        let page = self.core.ledger.tail(head, missing).await?;
        self.core.state.works(Part::Ledger);
        if page.first().is_some_and(|next| next.seq == head.next()) {
            self.apply(page).await;
            return Ok(true);
        }
        if self.core.ledger.span().await?.floor <= head {
            return Ok(false);
        }
        // This node was away for longer than events are kept. Desks that follow it find the gap, and come again
        // for a snapshot.
        tracing::warn!(head = head.0, upto = upto.0, "the fold fell behind the log and is read anew");
        self.core.fold.replace(restore(&*self.core.ledger).await?);
        Ok(true)
    }

    async fn apply(&self, logged: Vec<Logged>) {
        if logged.is_empty() {
            return;
        }
        self.core.fold.apply(&logged);
        ask_further(&self.core, &logged);
        self.core.movers.tell(&logged);
        // At the end of the relay the fan-out may be gone; what was committed is read at the next start.
        let _ = self.fan_out.send(logged).await;
    }
}

/// Some facts ask for more: a touched record is asked for now, those of people who were just listed in turn.
fn ask_further(core: &Core, logged: &[Logged]) {
    for Logged { event, .. } in logged {
        match event {
            Event::Person(PersonReport { id, fact: PersonFact::Touched, .. }) => {
                core.details.want(id, Rank::Heard);
            }
            Event::Person(PersonReport { id, fact: PersonFact::Profile(_), .. }) => {
                core.records_missing.notify_one();
                // Whoever leads later compares everybody.
                if core.leads() {
                    core.newcomers.note(id);
                }
            }
            Event::Call(CallReport { person, step: Step::Answered, other, .. }) if core.leads() => {
                core.answered.note(person);
                other.person.iter().for_each(|other| core.answered.note(other));
            }
            Event::Organisation(_) => {
                core.answered.news.notify_one();
                core.waits.news.notify_one();
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
