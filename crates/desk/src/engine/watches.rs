//! Watches as the engine runs them: it looks at the world for the [`Board`], keeps what it decides, and tells
//! the window.
//!
//! News marks whom it is about and wakes the task; the task steps the board at once, and again when something
//! may happen without any news. Whoever is watched counts as looked at, so that the relay keeps them fresh.

#[cfg(test)]
mod day;
mod facts;
mod find;

use std::{
    collections::BTreeSet,
    slice,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use facts::{fate, hung_up_at, name, raised, sight, wish};
use rollcall_model::{Freshness, PersonId, Roster};
use rollcall_wire::{
    Failure,
    window::{self as contract, WatchChoice, WatchWish},
};
use tokio::{sync::Notify, time};

use super::{Desk, world::World};
use crate::{
    count::narrow,
    rows::Now,
    sync::{hold, read},
    watch::{Board, Moment, ToAsk, Told, Watch, Whom},
};

/// How long a watch may last, in minutes.
const LASTS: (u16, u16) = (1, 480);
/// How often it is looked who is to be asked about.
const ASK_AGAIN: TimeDelta = TimeDelta::seconds(5);
/// The shortest pause between two steps without any news.
const SHORTEST: Duration = Duration::from_millis(10);

/// The watches of a desk, and when to look at them.
#[derive(Debug)]
pub(crate) struct Watches {
    board: Mutex<Board>,
    wake: Notify,
    /// Whether searches may find others than they did.
    stale: AtomicBool,
    done: Mutex<Done>,
}

/// When what was last done, by this computer's clock.
#[derive(Debug, Default)]
struct Done {
    found: Option<DateTime<Utc>>,
    asked: Option<DateTime<Utc>>,
}

impl Watches {
    /// Watches as they were kept.
    pub(super) fn new(kept: Vec<Watch>) -> Self {
        Self {
            board: Mutex::new(Board::new(kept)),
            wake: Notify::new(),
            stale: AtomicBool::new(true),
            done: Mutex::default(),
        }
    }

    /// What is to be kept of them.
    pub(super) fn kept(&self) -> Vec<Watch> {
        hold(&self.board).running().iter().map(|running| running.watch.clone()).collect()
    }

    /// Something is other than before.
    pub(super) fn wake(&self) {
        if !hold(&self.board).is_idle() {
            self.wake.notify_one();
        }
    }

    /// Searches may find others than they did.
    pub(super) fn others_are_found(&self) {
        self.stale.store(true, Ordering::Relaxed);
        self.wake();
    }
}

/// Steps until the task is dropped.
pub(crate) async fn run(desk: Arc<Desk>) {
    loop {
        match desk.heed_watches().await {
            Some(pause) => drop(time::timeout(pause, desk.watches.wake.notified()).await),
            None => desk.watches.wake.notified().await,
        }
    }
}

impl Desk {
    pub(super) async fn watch(&self, wish: WatchWish) -> Result<contract::Watch, Failure> {
        let whom = self.whom(wish)?;
        let now = self.now();
        let lasts = self.settings().watch_minutes.clamp(LASTS.0, LASTS.1);
        let watch = Watch {
            id: self.new_id(now.zoom),
            whom,
            since: now.zoom,
            ends_at: now.own + TimeDelta::minutes(lasts.into()),
            passed: BTreeSet::new(),
            calling: None,
        };
        let gone = hold(&self.watches.board).start(watch.clone());
        self.find_members(&watch.id, &watch.whom, now);
        self.forget_watches(gone.into_iter().map(|gone| gone.id).collect()).await;
        self.keep_watches(slice::from_ref(&watch)).await;
        self.looks.faded();
        let started = self.watches().into_iter().find(|shown| shown.id == watch.id);
        started.ok_or_else(|| Failure::Internal { reference: "watch".to_owned() })
    }

    pub(super) async fn choose(&self, id: &str, choice: WatchChoice) -> Result<(), Failure> {
        match choice {
            WatchChoice::Next => {
                let changed = hold(&self.watches.board).next(id, self.zoom_now());
                self.keep_watches(changed.as_slice()).await;
                self.looks.faded();
            }
            WatchChoice::Stop => {
                let stopped = hold(&self.watches.board).stop(id);
                self.forget_watches(stopped.into_iter().map(|stopped| stopped.id).collect()).await;
            }
        }
        Ok(())
    }

    /// The watches as the window shows them, oldest first.
    pub(super) fn watches(&self) -> Vec<contract::Watch> {
        let world = read(&self.world);
        let board = hold(&self.watches.board);
        let shown = board.running().iter().map(|running| {
            let Watch { id, whom, ends_at, calling, .. } = &running.watch;
            contract::Watch {
                id: id.clone(),
                wish: wish(whom),
                name: match whom {
                    Whom::Person(person) => name(&world.roster, person),
                    Whom::Search { .. } => String::new(),
                },
                members: narrow(running.members()),
                ends_at: *ends_at,
                raised: running.raised.as_ref().and_then(|person| raised(&world.roster, person)),
                calling: calling.is_some(),
            }
        });
        shown.collect()
    }

    /// A person is being called from here: watches that told of them rest until it is known whether they answer.
    pub(super) async fn watched_is_called(&self, person: &PersonId, call: &str) {
        let changed = hold(&self.watches.board).called(person, call);
        if !changed.is_empty() {
            self.keep_watches(&changed).await;
        }
    }

    /// Takes in how these people are seen now, as far as anybody waits for them.
    pub(super) fn see<'a>(&self, world: &World, people: impl IntoIterator<Item = &'a PersonId>) {
        let now = self.zoom_now();
        let mut board = hold(&self.watches.board);
        if board.is_idle() {
            return;
        }
        for person in people {
            board.see(person, sight(&world.roster, person, now), now);
        }
        drop(board);
        self.watches.wake.notify_one();
    }

    /// Whom the relay is to be asked about because they are watched.
    pub(super) fn watched_to_ask(&self) -> ToAsk {
        if hold(&self.watches.board).is_idle() {
            return ToAsk::default();
        }
        self.with_moment(self.now(), |board, moment, roster| {
            board.to_ask(moment, |person| roster.shown(person, moment.now.zoom).freshness != Freshness::Fresh)
        })
    }

    /// Does what is due; gives after how long something may be due again without any news.
    pub(super) async fn heed_watches(&self) -> Option<Duration> {
        if hold(&self.watches.board).is_idle() {
            return None;
        }
        let now = self.now();
        self.find_watched(now);
        let (told, pause) =
            self.with_moment(now, |board, moment, _| (board.step(moment), board.pause(moment.now)));
        self.ask_for_watched(now);
        if !told.is_empty() {
            self.carry_out(&told).await;
        }
        let pause = pause?.to_std().unwrap_or_default().max(SHORTEST);
        Some(pause.min(self.timing.fade))
    }

    /// Keeps what changed, and tells the window.
    async fn carry_out(&self, told: &[Told]) {
        let (mut changed, mut over) = (Vec::new(), Vec::new());
        for told in told {
            match told {
                Told::Changed { watch } => changed.extend(hold(&self.watches.board).get(watch).cloned()),
                Told::Over { watch, why } => {
                    tracing::info!(?why, "a watch is over");
                    over.push(watch.clone());
                }
                Told::Raised { .. } | Told::Lowered { .. } => {}
            }
        }
        self.keep_watches(&changed).await;
        self.forget_watches(over).await;
    }

    fn with_moment<T>(&self, now: Now, act: impl FnOnce(&mut Board, &Moment<'_>, &Roster) -> T) -> T {
        let world = read(&self.world);
        let me = hold(&self.own).id.clone();
        let docket = hold(&self.docket);
        let flow = hold(&self.condition).flow();
        let hung_up_at = hung_up_at(&world.roster, me.as_ref(), docket.tracks());
        let eyes = |person: &PersonId| sight(&world.roster, person, now.zoom);
        let call = |id: &str| fate(docket.tracks(), id);
        let moment = Moment { now, eyes: &eyes, call: &call, hung_up_at, flow };
        act(&mut hold(&self.watches.board), &moment, &world.roster)
    }

    /// Has it looked every few seconds whether somebody is to be asked about.
    fn ask_for_watched(&self, now: Now) {
        let mut done = hold(&self.watches.done);
        if done.asked.is_none_or(|asked| (now.own - asked).abs() >= ASK_AGAIN) {
            done.asked = Some(now.own);
            self.looks.faded();
        }
    }

    /// Writes watches, and tells the window.
    async fn keep_watches(&self, watches: &[Watch]) {
        for watch in watches {
            let written = self.mine.put_watch(watch).await;
            // What could not be written is told of, and kept at hand.
            self.own_written(written).ok();
        }
        self.outbox.watches();
        self.waits.wake();
        self.watches.wake();
    }

    /// Removes watches that are over, and tells the window.
    async fn forget_watches(&self, over: Vec<String>) {
        for id in over {
            let written = self.mine.remove_watch(&id).await;
            self.own_written(written).ok();
        }
        self.outbox.watches();
        self.waits.wake();
        self.watches.wake();
    }
}
