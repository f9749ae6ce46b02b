//! The desk that the engine's tasks and verbs share.

use std::{
    fmt,
    sync::{
        Arc, Mutex, RwLock,
        atomic::{AtomicBool, Ordering},
    },
};

use chrono::{DateTime, Utc};
use rand::{SeedableRng as _, rngs::StdRng};
use rollcall_model::Clock;
use rollcall_wire::{
    Failure,
    window::{Settings, Status},
};
use tokio::{
    sync::{Notify, watch},
    task::{self, JoinHandle},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    condition::{Condition, code},
    finder::Finder,
    groups::{self, Groups},
    lists::Shelf,
    look::{self, Looks},
    me::Own,
    push::{self, Outbox},
    tick,
    timing::Timing,
    waits::{self, Waits},
    watches::{self, Watches},
    world::World,
    writer,
    zoom_time::Ahead,
};
use crate::{
    Home,
    consult::Docket,
    link::{self, Relay, Upstream},
    settings::{Kept, ZoomBases},
    store::{Loaded, Mine, Replica, Trouble},
    sync::{hold, write},
    team::Trust,
};

/// A link that runs.
struct Linked {
    relay: Arc<Relay>,
    cancel: CancellationToken,
    task: JoinHandle<()>,
}

/// Everything that one desk holds. Locks are taken in the order in which they stand here, and never
/// across an await.
pub(crate) struct Desk {
    pub(crate) clock: Clock,
    pub(crate) timing: Timing,
    pub(super) ahead: Ahead,
    pub(super) cancel: CancellationToken,
    pub(super) home: Home,
    pub(super) replica: Replica,
    pub(super) mine: Mine,
    /// Whether `mine` holds what its last backup does not.
    pub(super) own_changed: AtomicBool,
    /// Whether something of the person's own could not be written.
    pub(super) own_unwritten: AtomicBool,
    /// Whether something of the organisation's could not be written.
    pub(super) replica_unwritten: AtomicBool,
    /// Whether a file could not be written when it was opened: what it would hold is in memory until the end.
    pub(super) in_memory: bool,
    pub(super) world: RwLock<World>,
    pub(super) own: Mutex<Own>,
    pub(super) docket: Mutex<Docket>,
    pub(super) condition: Mutex<Condition>,
    pub(super) watches: Watches,
    pub(super) waits: Waits,
    pub(super) finder: Finder,
    pub(super) shelf: Shelf,
    pub(super) groups: Groups,
    pub(super) outbox: Outbox,
    pub(super) looks: Looks,
    pub(super) to_write: Notify,
    /// A call waits for its first news: look at it sooner.
    pub(super) ticks: Notify,
    /// Counts folds: who waits for news is woken.
    pub(super) folded: watch::Sender<u64>,
    kept: Mutex<Kept>,
    zoom: ZoomBases,
    pub(super) trust: Trust,
    random: Mutex<StdRng>,
    linked: Mutex<Option<Linked>>,
    tasks: TaskTracker,
}

/// Both databases, and what they held.
struct Databases {
    replica: Replica,
    loaded: Loaded,
    mine: Mine,
    shelf: Shelf,
    docket: Docket,
    watches: Watches,
    told: Vec<Failure>,
}

impl Databases {
    /// Reads both at the same time.
    async fn open(home: &Home, now: DateTime<Utc>) -> Result<Self, Trouble> {
        let ((replica, loaded, mut told), (mine, held, told_of_mine)) =
            tokio::try_join!(Replica::open(home, now), Mine::open(home, now))?;
        told.extend(told_of_mine);
        let (shelf, docket) = (Shelf::new(held.lists, held.recents), Docket::new(held.tracks));
        let watches = Watches::new(held.watches);
        Ok(Self { replica, loaded, mine, shelf, docket, watches, told })
    }
}

impl Desk {
    /// Opens what was kept. Only SQLite itself can fail; everything else is told of and done without.
    pub(super) async fn open(home: Home, clock: Clock, seed: u64, timing: Timing) -> Result<Self, Failure> {
        let now = clock.now();
        let made = home.make().map_err(|_| Failure::DatabaseUnwritable).err();
        let (kept, spoilt) = Kept::read(&home, now);
        let (zoom, bad_fields) = kept.zoom(|name| std::env::var(name).ok());
        let (trust, untrusted) = Trust::of(kept.relay_ca(|name| std::env::var(name).ok()).as_deref());
        let databases = Databases::open(&home, now).await.map_err(|trouble| {
            tracing::error!(%trouble, "SQLite does not work");
            Failure::Internal { reference: "desk-database".to_owned() }
        })?;
        let mut condition = Condition::new();
        let in_memory = databases.told.contains(&Failure::DatabaseUnwritable);
        for failure in made.into_iter().chain(spoilt).chain(bad_fields).chain(untrusted).chain(databases.told)
        {
            condition.notice(now, failure);
        }
        Ok(Self {
            clock,
            timing,
            ahead: Ahead::default(),
            cancel: CancellationToken::new(),
            home,
            replica: databases.replica,
            mine: databases.mine,
            own_changed: AtomicBool::new(false),
            own_unwritten: AtomicBool::new(false),
            replica_unwritten: AtomicBool::new(false),
            in_memory,
            finder: Finder::build(&databases.loaded.roster, &databases.docket, now),
            world: RwLock::new(World::new(databases.loaded)),
            own: Mutex::default(),
            docket: Mutex::new(databases.docket),
            condition: Mutex::new(condition),
            waits: Waits::default(),
            watches: databases.watches,
            shelf: databases.shelf,
            groups: Groups::default(),
            outbox: Outbox::default(),
            looks: Looks::default(),
            to_write: Notify::new(),
            ticks: Notify::new(),
            folded: watch::Sender::new(0),
            kept: Mutex::new(kept),
            zoom,
            trust,
            random: Mutex::new(StdRng::seed_from_u64(seed)),
            linked: Mutex::new(None),
            tasks: TaskTracker::new(),
        })
    }

    /// Starts the tasks that live as long as the desk.
    pub(super) fn start(self: &Arc<Self>) {
        self.spawn(push::run(Arc::clone(self)));
        self.spawn(look::run(Arc::clone(self)));
        self.spawn(tick::run(Arc::clone(self)));
        self.spawn(watches::run(Arc::clone(self)));
        self.spawn(waits::run(Arc::clone(self)));
        self.spawn(groups::run(Arc::clone(self)));
        self.tasks.spawn(writer::run(Arc::clone(self), self.cancel.clone()));
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let cancel = self.cancel.clone();
        self.tasks.spawn(async move { cancel.run_until_cancelled(task).await });
    }

    pub(super) fn connect(self: &Arc<Self>, upstream: Upstream) {
        let relay = match Relay::new(upstream, self.timing.silence, &self.trust) {
            Ok(relay) => Arc::new(relay),
            Err(failure) => return self.unlinked(failure, None),
        };
        self.ahead.forget();
        self.change(Condition::connecting);
        let mut linked = hold(&self.linked);
        let earlier = linked.take().map(|earlier| {
            earlier.cancel.cancel();
            earlier.task
        });
        let cancel = self.cancel.child_token();
        let run = link::run(Arc::clone(self), Arc::clone(&relay), cancel.clone());
        let task = self.tasks.spawn(async move {
            // What the earlier link folds last belongs to the earlier relay's log.
            if let Some(earlier) = earlier {
                earlier.await.ok();
            }
            run.await;
        });
        *linked = Some(Linked { relay, cancel, task });
    }

    pub(super) async fn disconnect(&self) {
        let linked = hold(&self.linked).take();
        if let Some(Linked { relay, cancel, task }) = linked {
            cancel.cancel();
            task.await.ok();
            relay.fall_silent().await;
        }
        self.waited_by(Vec::new());
        self.change(Condition::connecting);
    }

    /// The relay, while there is a link to it or one is being made.
    pub(super) fn relay(&self) -> Option<Arc<Relay>> {
        hold(&self.linked).as_ref().map(|linked| Arc::clone(&linked.relay))
    }

    pub(super) async fn stop(&self) {
        self.disconnect().await;
        self.cancel.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        self.finish_lists().await;
        tick::back_up(self).await;
        self.replica.close().await;
        self.mine.close().await;
    }

    /// Changes how things stand, and pushes that.
    pub(super) fn change(&self, change: impl FnOnce(&mut Condition)) {
        change(&mut hold(&self.condition));
        self.watches.wake();
        self.outbox.status();
    }

    pub(super) fn status(&self) -> Status {
        let (me, waited_by, policy) = (self.me(), self.waiters(), self.policy());
        let status = hold(&self.condition).status(me, self.finder.len());
        Status { waited_by, policy, ..status }
    }

    pub(super) fn settings(&self) -> Settings {
        hold(&self.kept).settings()
    }

    pub(super) async fn save_settings(self: &Arc<Self>, settings: Settings) -> Result<(), Failure> {
        let desk = Arc::clone(self);
        // The lock is held while writing: of two choices the later one ends in the file.
        let write = move || {
            let mut kept = hold(&desk.kept);
            *kept = kept.with(&settings);
            kept.write(&desk.home)
        };
        let written = task::spawn_blocking(write).await.map_err(std::io::Error::other).flatten();
        written.map_err(|error| {
            tracing::warn!(kind = %error.kind(), "The settings cannot be written");
            Failure::DatabaseUnwritable
        })
    }

    pub(super) fn zoom(&self) -> ZoomBases {
        self.zoom.clone()
    }

    /// Lends the desk's randomness.
    pub(crate) fn with_random<T>(&self, draw: impl FnOnce(&mut StdRng) -> T) -> T {
        draw(&mut hold(&self.random))
    }

    /// Writes to the world, and nobody reads meanwhile.
    pub(super) fn with_world<T>(&self, work: impl FnOnce(&mut World) -> T) -> T {
        work(&mut write(&self.world))
    }

    /// Tells that a database cannot be written, once.
    pub(super) fn unwritable(&self, trouble: &Trouble) {
        tracing::warn!(%trouble, "A database cannot be written");
        let now = self.clock.now();
        self.change(|condition| condition.notice(now, Failure::DatabaseUnwritable));
    }

    /// What could not be written is written. Two files are written here; while one of them waits, it is told on.
    pub(super) fn writable(&self) {
        let waits = [&self.own_unwritten, &self.replica_unwritten];
        if !self.in_memory && !waits.into_iter().any(|waits| waits.load(Ordering::Relaxed)) {
            self.change(|condition| condition.dismiss(&code(&Failure::DatabaseUnwritable)));
        }
    }

    /// The link failed and is tried again then.
    pub(crate) fn unlinked(&self, failure: Failure, retry_at: Option<DateTime<Utc>>) {
        let now = self.clock.now();
        self.waited_by(Vec::new());
        self.change(|condition| condition.unlinked(now, failure, retry_at));
    }
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk").field("home", &self.home).finish_non_exhaustive()
    }
}
